"""The account behind two logins: where its calls go, what is looked at, and when its token ends."""

import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import attrs
import pytest
from marshmallow import ValidationError

from connectors.instagram.account import ACCOUNT_SCOPES, PAGE_SCOPES
from connectors.instagram.connector import Instagram
from connectors.instagram.settings import INSTAGRAM_URL, InstagramSettings, InstagramSettingsSchema
from connectors.meta.messaging.outbound import ascii_name
from connectors.meta.messaging.subscriptions import INSTAGRAM_FIELDS
from connectors.meta.settings import GRAPH_URL
from connectors_core import Endpoint, Http, NotSupported, Redactor, Secret
from connectors_core.model import Activity, ActivityKind, Change, ConversationRef, Message, Origin, Text

ACCOUNT, PAGE, PERSON = "17841400000000012", "106000000000012", "90040000000000017"
TOKEN, SECRET = Secret("IGAA-access-token"), Secret("0123456789abcdef")
ME, DEBUG = "/v26.0/me", "/v26.0/debug_token"
DAY = 24 * 3600


def endpoint(provider, **more):
    """Make an account at the provider; without a page it is connected by Instagram Login."""
    settings = InstagramSettings(account_id=ACCOUNT, access_token=TOKEN, graph_url=provider.url, **more)
    http = Http("shop", timeout=(2.0, 5.0), redact=Redactor([TOKEN, SECRET]))
    return Endpoint.build("shop", Instagram(settings, http))


def token(provider, scopes, ends=0):
    """Say what Meta knows of the token."""
    told = {"app_id": "670843", "is_valid": True, "expires_at": ends, "scopes": list(scopes)}
    provider.on(DEBUG, (200, {"data": told}))


def message(*parts):
    """Return a message to the person."""
    where = ConversationRef(endpoint="shop", account=ACCOUNT, id=PERSON)
    common = {
        "endpoint": "shop",
        "account": ACCOUNT,
        "id": "a1",
        "at": datetime(2026, 9, 21, tzinfo=UTC),
        "conversation": where,
    }
    return Message(**common, parts=parts, origin=Origin.AGENT)


def findings(found):
    """Return level and text of each finding."""
    return [(one.level, one.text) for one in found]


@pytest.mark.parametrize(("page", "node"), [("", ACCOUNT), (PAGE, PAGE)])
def test_calls_go_to_the_account_or_to_its_page(provider, page, node):
    """The login decides, and names are those of the account with both."""
    provider.answer(200, {"recipient_id": PERSON, "message_id": "aWdf1"})
    done = endpoint(provider, page_id=page).deliver(message(Text(body="Hello!")), "shop:1")
    (asked,) = provider.asked
    assert asked.path == f"/v26.0/{node}/messages"
    assert asked.json() == {"recipient": {"id": PERSON}, "messaging_type": "RESPONSE", "message": {"text": "Hello!"}}
    assert {ref.account for ref in done.refs} == {ACCOUNT}


@pytest.mark.parametrize(("page", "url"), [({}, INSTAGRAM_URL), ({"page_id": PAGE}, GRAPH_URL)])
def test_each_login_has_its_host(page, url):
    """The settings name it only for tests."""
    given = {"account_id": ACCOUNT, "access_token": TOKEN, **page}
    assert InstagramSettingsSchema()._make({**given}).graph_url == url


def test_a_human_answers_for_longer_only_where_the_app_may(provider):
    """The window is not there unless the settings say so."""
    tags = [{window.tag for window in endpoint(provider, human_agent=may).policy.windows} for may in (False, True)]
    assert tags == [{"", "private_reply"}, {"", "private_reply", "HUMAN_AGENT"}]


def test_nobody_is_blocked_without_a_page(provider):
    """The account itself has no such thing, and says so before any request."""
    alone = endpoint(provider)
    assert alone.abilities.parts[Activity].kinds == {ActivityKind.TYPING, ActivityKind.SEEN}
    with pytest.raises(NotSupported, match="page_id is not set"):
        alone.deliver(message(Activity(kind=ActivityKind.BLOCK)), "shop:1")
    assert provider.asked == []


def test_an_account_of_its_own_is_subscribed_to_by_field(provider):
    """Without a page each field has to be named."""
    provider.on(f"/v26.0/{ACCOUNT}/subscribed_apps", (200, {"data": []}))
    (change,) = endpoint(provider).plan("https://hooks.example.com/hooks/meta")
    assert (change.path, change.before) == ("account_id", None)
    assert set(change.after) == set(INSTAGRAM_FIELDS)
    endpoint(provider).apply(Change(path="account_id", title=change.title), "")
    assert set(provider.asked[-1].json()["subscribed_fields"].split(",")) == set(INSTAGRAM_FIELDS)


@pytest.fixture
def alone(provider):
    """Make an account of Instagram Login that is in the best of states."""
    provider.answer(200, {"data": []})
    provider.on(ME, (200, {"user_id": ACCOUNT, "username": "lucky.shrub", "id": "1"}))
    token(provider, ACCOUNT_SCOPES, int(time.time()) + 50 * DAY)
    return endpoint(provider, app_id="670843", app_secret=SECRET)


@pytest.fixture
def linked(provider):
    """Make an account of Facebook Login that is in the best of states."""
    provider.answer(200, {"data": []})
    provider.on(f"/v26.0/{PAGE}", (200, {"name": "Lucky Shrub", "instagram_business_account": {"id": ACCOUNT}}))
    token(provider, PAGE_SCOPES)
    return endpoint(provider, page_id=PAGE, app_id="670843", app_secret=SECRET)


def test_all_is_well_with_either_login(alone, linked, provider):
    """The account, its messages, the token and its permissions."""
    assert {one.level for one in linked.check(())} == {"ok"}
    token(provider, ACCOUNT_SCOPES, int(time.time()) + 50 * DAY)
    assert {one.level for one in alone.check(())} == {"ok"}
    asked = [parse_qs(urlsplit(one.path).query) for one in provider.asked if "/conversations" in one.path]
    assert [(one["platform"], one["limit"]) for one in asked] == [(["instagram"], ["1"])] * 2


def test_the_end_of_a_token_is_told_in_time(alone, provider):
    """That of Instagram Login lives 60 days, and nobody renews it by itself."""
    token(provider, ACCOUNT_SCOPES, int(time.time()) + 13 * DAY)
    assert [level for level, text in findings(alone.check(())) if "ends on" in text] == ["warning"]


@pytest.mark.parametrize("lost", ACCOUNT_SCOPES)
def test_a_permission_that_is_missing_is_named(alone, provider, lost):
    """Each login has names of its own."""
    token(provider, [one for one in ACCOUNT_SCOPES if one != lost])
    assert [level for level, text in findings(alone.check(())) if f"lacks {lost}" in text] == ["error"]


def test_without_the_app_the_end_of_a_short_token_is_not_known(provider):
    """A page's may live for ever; an account's does not."""
    provider.on(ME, (200, {"user_id": ACCOUNT}))
    (text,) = [text for level, text in findings(endpoint(provider).check(())) if level == "warning"]
    assert "60 days" in text


def test_the_token_of_another_account_is_found_out(alone, provider):
    """Its webhooks would never find this endpoint."""
    provider.on(ME, (200, {"user_id": "1"}))
    assert ("error", f"the token belongs to the account 1, not to {ACCOUNT}: put the right one") in findings(
        alone.check(())
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "no Instagram account is linked"),
        ({"instagram_business_account": {"id": "1"}}, f"linked to the account 1, not to {ACCOUNT}"),
    ],
)
def test_a_page_of_another_account_is_found_out(linked, provider, told, said):
    """Or one that no account is linked to."""
    provider.on(f"/v26.0/{PAGE}", (200, told))
    assert [level for level, text in findings(linked.check(())) if said in text] == ["error"]


@pytest.mark.parametrize("login", ["alone", "linked"])
def test_an_owner_who_keeps_the_messages_to_themselves_is_told_where_to_allow_it(request, provider, login):
    """The only sign of it is an error with a number."""
    shop = request.getfixturevalue(login)
    node = ACCOUNT if login == "alone" else PAGE
    error = {"code": 200, "error_subcode": 2534041, "message": "x"}
    provider.on(f"/v26.0/{node}/conversations", (403, {"error": error}))
    (text,) = [text for level, text in findings(shop.check(())) if level == "error"]
    assert "Connected tools" in text


def test_what_could_not_be_looked_at_is_no_error(linked, provider):
    """An answer that says nothing of the permission leaves the question open."""
    provider.on(f"/v26.0/{PAGE}/conversations", (400, {"error": {"code": 100, "message": "x"}}))
    (text,) = [text for level, text in findings(linked.check(())) if level == "warning"]
    assert text.startswith("whether messages come is not known")


@pytest.mark.parametrize("login", ["alone", "linked"])
def test_a_dead_token_says_what_to_do(request, provider, login):
    """And does not show itself."""
    shop = request.getfixturevalue(login)
    provider.own.clear()
    provider.answer(401, {"error": {"code": 190, "message": f"{TOKEN.reveal()} has expired"}})
    found = findings(shop.check(()))
    assert "put a new access token" in found[0][1]
    assert not [text for _, text in found if TOKEN.reveal() in text]


def test_settings_are_read_and_refused():
    """A list that is left out is none; what has no form is named."""
    read = InstagramSettingsSchema().load
    secret = {"env": "IG_TOKEN"}
    with pytest.raises(ValidationError) as refused:
        read({"account_id": "lucky.shrub", "access_token": secret, "persistent_menu": [{"title": "x"}]})
    assert {"account_id", "persistent_menu"} <= refused.value.messages.keys()
    assert attrs.fields(InstagramSettings).ice_breakers.default is None


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("order.pdf", "order.pdf"),
        ("Übersicht für März.pdf", "Ubersicht fur Marz.pdf"),
        ("\u0637\u0644\u0628.pdf", "file.pdf"),
        ("\u6587", "file"),
        ("", ""),
    ],
)
def test_names_of_files_are_ascii(name, sent):
    """Meta takes no other at this product; the ending says what it is."""
    assert ascii_name(name) == sent
