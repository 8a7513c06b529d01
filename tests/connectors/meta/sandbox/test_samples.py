"""The samples of the WhatsApp connector against the sandbox: what goes out is taken, and every error can be met."""

import json
from pathlib import Path

import pytest
from sandboxes import NUMBER, SHEENA, TOKEN

from connectors.meta.sandbox.limits import Bucket
from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import Endpoint, Http, Refused, Retry, Uncertain
from connectors_core.errors import NeedsAttention
from connectors_core.model import codec

FOLDER = Path(__file__).parents[2] / "whatsapp" / "samples"
SAMPLES = {
    f"{path.parent.name}/{path.stem}": json.loads(path.read_text())
    for hook in ("send", "hand_over", "acknowledge")
    for path in sorted((FOLDER / hook).glob("*.json"))
}
TAKEN = [
    name
    for name, sample in SAMPLES.items()
    if sample["exchange"] and "error" not in sample and name != "hand_over/taken"
]

BODY = {"type": "BODY", "text": "For you, {{1}}"}
IMAGE = {"type": "HEADER", "format": "IMAGE"}
CARD = {"components": [IMAGE, {"type": "BODY", "text": "{{1}} off"}]}
TEMPLATES = {
    "summer_offer": [
        IMAGE,
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Expiring!", "has_expiration": True}},
        BODY,
        {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "25OFF"}]},
    ],
    "new_plants": [BODY, {"type": "CAROUSEL", "cards": [CARD, CARD]}],
    "feedback": [
        {"type": "BODY", "text": "How was it?"},
        {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Tell us", "flow_id": "1"}]},
    ],
}
"""What the samples use besides the templates that every sandbox has."""


@pytest.fixture
def shop(meta):
    """Prepare what the samples are about: templates, an open window, and a sandbox without limits."""
    for name, components in TEMPLATES.items():
        given = {"name": name, "language": "en_US", "category": "MARKETING", "components": components}
        meta.control("POST", "templates", given)
    for who in ("sheena", "friends"):
        meta.write(who=who)
    return meta


def replayed(meta, sample):
    """Make the calls of a sample; return the status and the answer of the last."""
    found = 0, {}
    media = "1013859600285441"
    for step in sample["exchange"]:
        call = step["call"]
        path = call["path"].removeprefix("/v26.0/")
        if "form" in call:
            fields = dict(call["form"])
            file = fields.pop("file")
            files = {"file": (file["filename"], file["text"].encode("latin-1"), file["mime"])}
            found = meta.graph(call["method"], path, files=files, data=fields)
            media = found[1]["id"]
        else:
            # Nothing is fetched from outside in a test.
            body = json.dumps(call["json"]).replace("https://example.com", "http://127.0.0.1:9")
            found = meta.graph(call["method"], path, json.loads(body.replace("1013859600285441", media)))
    return found


@pytest.mark.parametrize("name", TAKEN)
def test_the_sandbox_takes_what_the_connector_sends(shop, name):
    """Every kind of message, mark, block and handover, with the answer that the sample has."""
    if name == "send/unblock":
        replayed(shop, SAMPLES["send/block"])
    status, answer = replayed(shop, SAMPLES[name])
    assert status == 200, answer
    wanted = SAMPLES[name]["exchange"][-1]["answer"]["json"]
    assert set(answer) == set(wanted)


def test_the_phone_shows_what_arrived(shop):
    """Forms, cards, products, requests and offers, each with something to tap."""
    for name in TAKEN:
        if name.startswith("send/") and name not in ("send/block", "send/unblock"):
            replayed(shop, SAMPLES[name])
    page = shop.session.get(f"{shop.url}/phones/sheena", timeout=20)
    assert page.status_code == 200
    for words in (
        *('data-value="flow"', 'data-value="accept"', 'data-value="order"', "sku-2", "Plants", "Catalogue"),
        *('data-act="location"', "Call us", "Order one of each"),
    ):
        assert words in page.text, words


@pytest.mark.parametrize(
    ("name", "choice", "told"),
    [
        ("send/form", "flow", {"nfm_reply"}),
        ("send/request_for_calls", "accept", {"call_permission_reply"}),
        ("send/request_for_calls", "reject", {"call_permission_reply"}),
        ("send/product", "order", {"product_items"}),
        ("send/product_list", "order", {"product_items"}),
        ("send/product_cards", "order", {"product_items"}),
        ("send/catalogue", "order", {"product_items"}),
        ("send/template_with_a_form", "0", {"nfm_reply"}),
    ],
)
def test_a_tap_on_it_comes_back(shop, callback, name, choice, told):
    """As the connector reads it: the answers of a form, a permission, an order."""
    message = replayed(shop, SAMPLES[name])[1]["messages"][0]["id"]
    data = {"message": message, "choice": choice, "answers": {"size": "small"}}
    found = shop.control("POST", "customers/sheena/choices", data)
    assert told & set(found["content"])
    assert found["context"] == message


def connector(meta):
    """Return the connector as it talks to the sandbox."""
    settings = WhatsAppSettings(phone_number_id=NUMBER, access_token=TOKEN, graph_url=meta.url, marketing_messages=True)
    return Endpoint.build("kit", WhatsApp(settings, Http("kit", timeout=(2.0, 10.0))))


def send(meta, sample):
    """Let the connector send the event of a sample."""
    return connector(meta).deliver(codec.from_dict(dict(sample["event"])), "kit:1")


def emptied(meta, name):
    """Use up what may be sent."""
    meta.sandbox.limits._buckets[name] = Bucket(1.0, 0.0, 0.0, 0.0)


def fault(name):
    """Return what puts the account into a state."""
    return lambda meta: meta.control("POST", "faults", {"fault": name, "rate": 1})


def at_once(meta):
    """Let the sandbox refuse at once what it else tells later."""
    meta.control("POST", "faults", {"fault": "refused_at_once", "rate": 1})


def closed(meta):
    """Close Sheena's window."""
    at_once(meta)
    meta.control("PATCH", "customers/sheena", {"window": "closed"})


def nobody(meta):
    """Let Sheena have another number."""
    at_once(meta)
    meta.control("POST", "customers/sheena/number", {"wa_id": "16505550000"})


WAYS = {
    "window_closed": closed,
    "undeliverable": nobody,
    "throughput": lambda meta: emptied(meta, "number"),
    "pair_rate": lambda meta: emptied(meta, "pair 16505551234"),
    "fault_of_meta": fault("meta_fault"),
    "maintenance": fault("maintenance"),
    "token_expired": fault("token_revoked"),
    "account_locked": fault("account_locked"),
    "unpaid": fault("unpaid"),
    "needs_a_number": lambda meta: None,
    "template_unknown": lambda meta: None,
    "template_paused": lambda meta: None,
    "take_not_allowed": lambda meta: None,
    "block_of_a_stranger": lambda meta: meta.control("PATCH", "customers/sheena", {"window": "closed"}),
}
"""How each error is met."""


@pytest.mark.parametrize("name", WAYS)
def test_an_error_is_met_as_its_sample_says(meta, name):
    """The same class and the same code, from a sandbox that is in the state for it."""
    sample = json.loads((FOLDER / "errors" / f"{name}.json").read_text())
    meta.write()
    WAYS[name](meta)
    with pytest.raises((Refused, Retry, Uncertain, NeedsAttention)) as caught:
        send(meta, sample)
    assert (type(caught.value).__name__, caught.value.code) == (sample["error"], sample["code"])


def test_calls_about_the_account_have_a_limit(meta):
    """80007, as the table has it."""
    emptied(meta, "account")
    status, answer = meta.graph("GET", f"{meta.sandbox.settings.business_account_id}/message_templates")
    assert (status, answer["error"]["code"]) == (400, 80007)


def test_marketing_goes_its_own_way_and_nothing_else_does(meta):
    """Templates of the category marketing alone."""
    body = {"messaging_product": "whatsapp", "to": SHEENA, "type": "template", "product_policy": "STRICT"}
    for name, status in (("welcome_offer", 200), ("hello_world", 400)):
        template = {"name": name, "language": {"code": "en_US"}}
        assert meta.graph("POST", f"{NUMBER}/marketing_messages", {**body, "template": template})[0] == status
    text = {**body, "type": "text", "text": {"body": "x"}}
    assert meta.graph("POST", f"{NUMBER}/marketing_messages", text)[1]["error"]["code"] == 134100
