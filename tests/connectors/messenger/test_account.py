"""A Page: what is compared and looked at, against a provider on this machine."""

import pytest

from connectors.messenger.connector import Messenger
from connectors.messenger.settings import MessengerSettings
from connectors.meta.messaging.subscriptions import PAGE_FIELDS
from connectors_core import Endpoint, Http, Redactor, Secret
from connectors_core.model import Change, Finding

PAGE, APP = "106000000000012", "670843887433847"
TOKEN, SECRET = Secret("EAAG-page-token"), Secret("0123456789abcdef")
SUBSCRIBED, PROFILE, LIST = (
    f"/v26.0/{PAGE}/subscribed_apps",
    "/v26.0/me/messenger_profile",
    f"/v26.0/{PAGE}/message_templates",
)
GOOD_TOKEN = {"app_id": APP, "is_valid": True, "expires_at": 0, "scopes": ["pages_messaging", "pages_manage_metadata"]}


def endpoint(provider, **more):
    """Make a Page at the provider."""
    settings = MessengerSettings(page_id=PAGE, access_token=TOKEN, graph_url=provider.url, app_id=APP, **more)
    redact = Redactor([TOKEN, SECRET])
    return Endpoint.build("shop", Messenger(settings, Http("shop", timeout=(2.0, 5.0), redact=redact)))


@pytest.fixture
def page(provider):
    """Make a Page that is in the best of states."""
    provider.on(f"/v26.0/{PAGE}", (200, {"name": "Lucky Shrub"}))
    provider.on(SUBSCRIBED, (200, {"data": [{"id": APP, "subscribed_fields": list(PAGE_FIELDS)}]}))
    provider.on("/v26.0/debug_token", (200, {"data": GOOD_TOKEN}))
    return provider


def test_a_good_page_has_no_fault(page):
    """It is reached, and its token is good for ever with all that is needed."""
    found = list(endpoint(page, app_secret=SECRET).check(()))
    assert [(one.level, one.text) for one in found] == [
        ("ok", "the Page Lucky Shrub is reached"),
        ("ok", "the token does not expire"),
    ]


def test_a_page_that_the_token_does_not_reach_is_an_error(page):
    """The id is another's, or the token has no right to it."""
    page.on(f"/v26.0/{PAGE}", (400, {"error": {"code": 100, "error_subcode": 33}}))
    (found,) = endpoint(page).check(())
    assert (found.level, found.path) == ("error", "access_token")
    assert "compare the ids" in found.text


def test_a_missing_permission_is_named(page):
    """Without the second one no subscription can be made."""
    page.on("/v26.0/debug_token", (200, {"data": {**GOOD_TOKEN, "scopes": ["pages_messaging"]}}))
    levels = {one.level: one.text for one in endpoint(page, app_secret=SECRET).check(())}
    assert "lacks pages_manage_metadata" in levels["error"]


def test_one_comparison_that_fails_leaves_the_others(page):
    """Each is made by itself, and says what kept it from being made."""
    page.on(PROFILE, (400, {"error": {"code": 613}}))
    page.on(LIST, (200, {"data": []}))
    template = {"name": "visit", "language": "en", "category": "UTILITY", "components": []}
    found = endpoint(page, get_started="START", templates=(template,)).plan("")
    assert [type(one) for one in found] == [Finding, Change]
    assert (found[0].level, found[0].path) == ("error", "get_started")
    assert found[1].path == "templates[0]"


def test_applying_twice_does_no_harm(page):
    """The second time the same is set once more."""
    page.on(PROFILE, (200, {"result": "success", "data": []}))
    shop = endpoint(page, greeting={"default": "Hello!"})
    (change,) = shop.plan("")
    assert [shop.apply(change, "").level for _ in range(2)] == ["ok", "ok"]
    bodies = [asked.json() for asked in page.asked if asked.method == "POST"]
    assert bodies == [{"greeting": [{"locale": "default", "text": "Hello!"}]}] * 2


def test_a_rejected_template_is_an_answer_and_no_error(page):
    """It was handed in, and Meta does not like it."""
    page.on(LIST, (200, {"id": "1", "status": "REJECTED"}))
    template = {"name": "visit", "language": "en", "category": "UTILITY", "components": []}
    shop = endpoint(page, templates=(template,))
    found = shop.apply(Change(path="templates[0]", title="the template visit (en)"), "")
    assert (found.level, found.path) == ("warning", "templates[0]")
