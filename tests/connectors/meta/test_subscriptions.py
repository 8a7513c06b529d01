"""Where an app's webhooks go, against a provider on this machine."""

import pytest

from connectors.meta.app import Meta
from connectors.meta.settings import MetaSettings
from connectors_core import App, Http, Redactor, Secret

CALLBACK = "https://hooks.example.com/hooks/meta"
PATH = "/v26.0/670843/subscriptions"
NEW, OLD, WORD = Secret("new-app-secret"), Secret("old-app-secret"), Secret("verify-word")
ROW = {
    "object": "whatsapp_business_account",
    "callback_url": CALLBACK,
    "active": True,
    "fields": [{"name": "messages", "version": "v26.0"}, {"name": "account_update", "version": "v26.0"}],
}


def app(provider, **more):
    """Make an app at the provider."""
    values = {"app_secret": (NEW,), "verify_token": WORD, "app_id": "670843", "graph_url": provider.url, **more}
    return App.build("meta", Meta(MetaSettings(**values), Http("meta", redact=Redactor([NEW, OLD, WORD]))))


def only(findings):
    """Return the one finding, which says nothing secret."""
    (found,) = findings
    assert not any(word in found.text for word in ("app-secret", "verify-word"))
    return found


def test_set_up_registers_the_callback(provider):
    """With the app's own token, the verify token and every field that is read."""
    provider.on(PATH, (200, {"success": True}))
    found = only(app(provider).set_up(CALLBACK))
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("POST", PATH)
    assert asked.headers["authorization"] == "Bearer 670843|new-app-secret"
    sent = asked.json()
    assert (sent["object"], sent["callback_url"]) == ("whatsapp_business_account", CALLBACK)
    assert sent["verify_token"] == "verify-word"
    assert "messages" in sent["fields"].split(",")
    assert (found.level, found.text) == ("ok", f"webhooks of whatsapp_business_account go to {CALLBACK}")


def test_a_callback_that_does_not_verify_is_said(provider):
    """Meta asks for it while it registers it, so the program must run."""
    provider.on(PATH, (400, {"error": {"code": 2200}}))
    found = only(app(provider).set_up(CALLBACK))
    assert found.level == "error"
    assert "did not verify" in found.text
    assert "must be reached from outside" in found.text


@pytest.mark.parametrize(("more", "callback", "level", "said"), [
    ({"app_id": ""}, CALLBACK, "warning", "put app_id"),
    ({}, "", "error", "put gateway.public_url"),
])  # fmt: skip
def test_what_is_missing_for_set_up_is_said(provider, more, callback, level, said):
    """And nobody is asked."""
    found = only(app(provider, **more).set_up(callback))
    assert found.level == level
    assert said in found.text
    assert provider.asked == []


def test_the_check_tells_where_the_webhooks_go(provider):
    """So that another gateway's address is seen."""
    provider.on(PATH, (200, {"data": [{"object": "page"}, ROW]}))
    found = only(app(provider).check())
    assert (found.level, found.text) == ("ok", f"webhooks of whatsapp_business_account go to {CALLBACK}, 2 fields")
    assert provider.asked[0].method == "GET"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no subscription"),
        ([{**ROW, "active": False}], "switched off"),
        ([{**ROW, "fields": [{"name": "account_update"}]}], "lacks the field messages"),
        ("x", "data is no list"),
    ],
)
def test_a_subscription_that_is_lost_or_poor_is_an_error(provider, rows, said):
    """No message would come."""
    provider.on(PATH, (200, {"data": rows}))
    found = only(app(provider).check())
    assert found.level == "error"
    assert said in found.text


def test_while_the_secret_changes_each_is_tried(provider):
    """The first that Meta takes will do; when none is, that is said."""
    provider.on(PATH, (400, {"error": {"code": 190}}), (200, {"data": [ROW]}))
    assert only(app(provider, app_secret=(OLD, NEW)).check()).level == "ok"
    assert [asked.headers["authorization"] for asked in provider.asked] == [
        "Bearer 670843|old-app-secret",
        "Bearer 670843|new-app-secret",
    ]
    provider.on(PATH, (400, {"error": {"code": 190}}))
    assert only(app(provider, app_secret=(OLD, NEW)).check()).level == "error"


def test_a_check_without_the_number_of_the_app_is_a_warning(provider):
    """Nothing can be asked."""
    assert only(app(provider, app_id="").check()).level == "warning"
    assert provider.asked == []
