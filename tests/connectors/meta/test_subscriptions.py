"""Where an app's webhooks go, against a provider on this machine."""

import pytest

from connectors.meta.app import Meta
from connectors.meta.settings import MetaSettings
from connectors.meta.split import TYPES
from connectors.meta.subscriptions import FIELDS
from connectors_core import App, Http, Malformed, NeedsAttention, Redactor, Secret
from connectors_core.model import Change

CALLBACK = "https://hooks.example.com/hooks/meta"
PATH = "/v26.0/670843/subscriptions"
NEW, OLD, WORD = Secret("new-app-secret"), Secret("old-app-secret"), Secret("verify-word")
TYPE = "whatsapp"
FIELD_ROWS = [{"name": name, "version": "v26.0"} for name in FIELDS["whatsapp_business_account"]]
ROW = {"object": "whatsapp_business_account", "callback_url": CALLBACK, "active": True, "fields": FIELD_ROWS}


def app(provider, **more):
    """Make an app at the provider."""
    values = {"app_secret": (NEW,), "verify_token": WORD, "app_id": "670843", "graph_url": provider.url, **more}
    return App.build("meta", Meta(MetaSettings(**values), Http("meta", redact=Redactor([NEW, OLD, WORD]))))


def planned(provider, rows, types=(TYPE,), **more):
    """Return the plan where the app has these subscriptions; it says nothing secret."""
    provider.on(PATH, (200, {"data": rows}))
    found = app(provider, **more).plan(CALLBACK, types)
    assert not any(word in str(found) for word in ("app-secret", "verify-word"))
    return found


def test_where_webhooks_come_here_with_every_field_nothing_differs(provider):
    """Other objects are nobody's business here."""
    assert planned(provider, [{"object": "user"}, ROW]) == []
    assert [asked.method for asked in provider.asked] == ["GET"]


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_an_object_that_nobody_subscribed_to_is_a_change_where_an_endpoint_needs_it(provider, name):
    """A page without WhatsApp needs no webhooks of WhatsApp."""
    (change,) = planned(provider, [], (TYPES[name],))
    assert (change.path, change.before) == (f"webhooks.{name}", None)
    assert change.after == {"address": CALLBACK, "switched_on": True, "fields": sorted(FIELDS[name])}


@pytest.mark.parametrize(
    ("differs", "what"),
    [
        ({"active": False}, "switched_on"),
        ({"callback_url": "https://old.example.com/hooks/meta"}, "address"),
        ({"fields": [{"name": "account_update"}, {"name": "standby"}]}, "fields"),
    ],
)
def test_a_subscription_that_is_lost_poor_or_elsewhere_is_a_change(provider, differs, what):
    """What somebody subscribed to by hand stays in it."""
    (change,) = planned(provider, [{**ROW, **differs}])
    assert [key for key in change.after if change.before[key] != change.after[key]] == [what]
    assert set(change.before["fields"]) <= set(change.after["fields"])


def test_apply_registers_the_callback(provider):
    """With the app's own token, the verify token and every field that is read."""
    (change,) = planned(provider, [])
    provider.on(PATH, (200, {"success": True}))
    found = app(provider).apply(change, CALLBACK)
    asked = provider.asked[-1]
    assert (asked.method, asked.path) == ("POST", PATH)
    assert asked.headers["authorization"] == "Bearer 670843|new-app-secret"
    sent = asked.json()
    assert (sent["object"], sent["callback_url"]) == ("whatsapp_business_account", CALLBACK)
    assert sent["verify_token"] == "verify-word"
    assert sent["fields"].split(",") == change.after["fields"]
    assert (found.level, found.text) == ("ok", f"webhooks of whatsapp go to {CALLBACK}")


def test_a_callback_that_does_not_verify_is_said(provider):
    """Meta asks for it while it registers it, so the program must run."""
    provider.on(PATH, (400, {"error": {"code": 2200}}))
    found = app(provider).apply(Change(path="webhooks.whatsapp_business_account", title="x"), CALLBACK)
    assert found.level == "error"
    assert "did not verify" in found.text
    assert "must be reached from outside" in found.text


@pytest.mark.parametrize(("more", "callback", "level", "said"), [
    ({"app_id": ""}, CALLBACK, "warning", "put app_id"),
    ({}, "", "error", "put gateway.public_url"),
])  # fmt: skip
def test_what_is_missing_is_said(provider, more, callback, level, said):
    """And nobody is asked."""
    (found,) = app(provider, **more).plan(callback, (TYPE,))
    assert found.level == level
    assert said in found.text
    assert provider.asked == []


def test_an_app_without_endpoints_has_nothing_to_compare(provider):
    """Nobody would read what came."""
    assert app(provider).plan(CALLBACK, ()) == []
    assert provider.asked == []


def test_an_answer_that_is_none_is_malformed(provider):
    """It is told, not guessed at."""
    with pytest.raises(Malformed, match="data is no list"):
        planned(provider, "x")


def test_while_the_secret_changes_each_is_tried(provider):
    """The first that Meta takes will do; when none is, that is said."""
    provider.on(PATH, (400, {"error": {"code": 190}}), (200, {"data": [ROW]}))
    assert app(provider, app_secret=(OLD, NEW)).plan(CALLBACK, (TYPE,)) == []
    assert [asked.headers["authorization"] for asked in provider.asked] == [
        "Bearer 670843|old-app-secret",
        "Bearer 670843|new-app-secret",
    ]
    provider.on(PATH, (400, {"error": {"code": 190}}))
    with pytest.raises(NeedsAttention):
        app(provider, app_secret=(OLD, NEW)).plan(CALLBACK, (TYPE,))
