"""One app, one address, many accounts of three products: what belongs to each reaches it, and nobody else."""

import json

import peers
import pytest

from connectors_core.operating.replaying import replay

PAGES, ACCOUNTS, NUMBERS = 200, 50, 50
ITEMS = 1000

APP = """
[apps.meta]
type = "meta"
app_secret = { env = "TOKEN" }
verify_token = { env = "STAMP" }

[endpoints.desk]
type = "desk"
token = { env = "TOKEN" }
"""


def endpoint(kind, key, number):
    """Return the settings of one account, joined with the desk."""
    name = f"{kind}_{number}"
    return f"""
[endpoints.{name}]
type = "{kind}"
app = "meta"
{key} = "{number}"
access_token = {{ env = "API_TOKEN" }}

[[routes]]
between = ["{name}", "desk"]
"""


def names(kind):
    """Return the accounts of a product."""
    first, count = {"messenger": (1000, PAGES), "instagram": (5000, ACCOUNTS), "whatsapp": (7000, NUMBERS)}[kind]
    return [str(first + one) for one in range(count)]


KEYS = {"messenger": "page_id", "instagram": "account_id", "whatsapp": "phone_number_id"}
SETTINGS = APP + "".join(endpoint(kind, key, number) for kind, key in KEYS.items() for number in names(kind))


def piece(kind, account, number):
    """Return an entry with one text of one person."""
    mid, person = f"m-{kind}-{number}", f"9{number}"
    if kind == "whatsapp":
        message = {"id": mid, "from": person, "timestamp": "1772000000", "type": "text", "text": {"body": mid}}
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": account}, "messages": [message]}
        change = {"field": "messages", "value": value}
        return {"object": "whatsapp_business_account", "id": "102290129340398", "changes": [change]}
    text = {"sender": {"id": person}, "recipient": {"id": account}, "timestamp": 1772000000000}
    product = "page" if kind == "messenger" else "instagram"
    message = {**text, "message": {"mid": mid, "text": mid}}
    return {"object": product, "id": account, "time": 1772000000000, "messaging": [message]}


def batch(items=ITEMS):
    """Return a body in which the accounts of all products take turns, and what each of them is to hear."""
    accounts = [(kind, account) for kind in KEYS for account in names(kind)]
    wanted = [(*accounts[number % len(accounts)], number) for number in range(items)]
    body = {"object": "page", "entry": [piece(*one) for one in wanted]}
    return body, {(f"{kind}_{account}", f"m-{kind}-{number}") for kind, account, number in wanted}


def arrived(house):
    """Return which endpoint has heard which message."""
    return {(row.endpoint, row.external_id) for row in house.rows("events", noun="message")}


def test_every_item_reaches_the_endpoint_of_its_own_account(open_house):
    """Three products, three hundred accounts, a thousand items in one body."""
    house = open_house(SETTINGS)
    body, wanted = batch()
    house.journal("meta", json.dumps(body).encode())
    house.read("meta")
    assert arrived(house) == wanted
    assert len(house.rows("deliveries", target="desk")) == ITEMS
    assert house.rows("parked") == []


@pytest.mark.parametrize("kind", KEYS)
def test_a_malformed_item_parks_alone(open_house, kind):
    """The other 999 go on."""
    house = open_house(SETTINGS)
    body, wanted = batch()
    at = next(n for n, entry in enumerate(body["entry"]) if names(kind)[0] in json.dumps(entry))
    bad = json.dumps(body["entry"][at]).replace('"text": {"body"', '"text": {"bodi"').replace('"mid"', '"mit"')
    body["entry"][at] = json.loads(bad)
    house.journal("meta", json.dumps(body).encode())
    house.read("meta")
    (parked,) = house.rows("parked")
    assert (parked.reason, parked.endpoint) == ("malformed", f"{kind}_{names(kind)[0]}")
    assert len(arrived(house)) == ITEMS - 1
    assert arrived(house) < wanted


def test_what_nobody_configured_is_parked_and_delivered_once_it_is(open_house):
    """It is shown with its account; a replay reads the same bytes with today's settings."""
    stranger = names("messenger")[0]
    house = open_house(SETTINGS.replace(endpoint("messenger", "page_id", stranger), ""))
    body, wanted = batch(30)
    house.journal("meta", json.dumps(body).encode())
    house.read("meta")
    (parked,) = house.rows("parked")
    assert (parked.reason, parked.type, parked.account) == ("unrouted", "messenger", stranger)
    assert arrived(house) == {one for one in wanted if one[0] != f"messenger_{stranger}"}
    complete = open_house(SETTINGS)
    found = replay(complete.gateway, complete.rows("journal"), deliver=True)
    assert (found.settled, found.parked, found.delivered) == (1, 0, 1)
    assert arrived(complete) == wanted
    complete.work()
    assert len(peers.of("desk").told()) == len(wanted)
