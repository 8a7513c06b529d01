"""Who hears the webhooks: the app's subscription with its verification, and the account's."""

import pytest
from sandboxes import ACCOUNT, APP, SECRET, VERIFY, Running, wait_until

from connectors_core import Secret

APP_TOKEN = Secret(f"{APP}|{SECRET.reveal()}")
WHATSAPP = "whatsapp_business_account"


@pytest.fixture
def silent(open_sandbox):
    """Run a sandbox to which nobody has subscribed."""
    sandbox = open_sandbox(callback="")
    with sandbox.running() as url:
        yield Running(sandbox, url)


def subscribe(silent, callback, **changes):
    """Subscribe a callback to messages; return the status and the answer."""
    values = {
        "object": WHATSAPP,
        "callback_url": callback.url,
        "verify_token": VERIFY.reveal(),
        "fields": "messages",
        **changes,
    }
    return silent.graph("POST", f"{APP}/subscriptions", values, token=APP_TOKEN)


def test_app_and_account_must_both_be_subscribed(silent, callback):
    """Then messages arrive, and fields that nobody asked for do not."""
    assert subscribe(silent, callback) == (200, {"success": True})
    silent.write("nobody hears this")
    wait_until(lambda: silent.control("GET", "account")["webhooks_waiting"] == 0)
    assert silent.graph("POST", f"{ACCOUNT}/subscribed_apps") == (200, {"success": True})
    silent.write("hello")
    wait_until(callback.messages)
    hello = silent.control("GET", "templates")["data"][0]["id"]
    silent.control("PATCH", f"templates/{hello}", {"status": "PAUSED"})
    wait_until(lambda: silent.control("GET", "account")["webhooks_waiting"] == 0)
    assert [message["text"]["body"] for message in callback.messages()] == ["hello"]
    assert callback.values("message_template_status_update") == []


def test_the_subscription_is_listed_and_ended(silent, callback):
    """With its fields and their version."""
    subscribe(silent, callback)
    rows = silent.graph("GET", f"{APP}/subscriptions", token=APP_TOKEN)[1]["data"]
    assert rows == [
        {
            "object": WHATSAPP,
            "callback_url": callback.url,
            "active": True,
            "fields": [{"name": "messages", "version": "v26.0"}],
        }
    ]
    silent.graph("DELETE", f"{APP}/subscriptions?object={WHATSAPP}", token=APP_TOKEN)
    assert silent.graph("GET", f"{APP}/subscriptions", token=APP_TOKEN)[1] == {"data": []}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"verify_token": "another word"}, 2200),
        ({"callback_url": "http://127.0.0.1:9/hooks"}, 2200),
        ({"callback_url": "file:///etc/passwd"}, 100),
        ({"object": "user"}, 100),
        ({"fields": "messages,gossip"}, 100),
        ({"verify_token": ""}, 100),
    ],
)
def test_a_subscription_that_cannot_work_is_refused(silent, callback, changes, code):
    """A callback that does not answer as it should, above all."""
    assert subscribe(silent, callback, **changes)[1]["error"]["code"] == code
    assert silent.graph("GET", f"{APP}/subscriptions", token=APP_TOKEN)[1] == {"data": []}


def test_only_the_app_itself_subscribes(silent):
    """A number's token is the wrong kind."""
    assert silent.graph("GET", f"{APP}/subscriptions")[1]["error"]["code"] == 15


def test_the_account_lists_its_apps_and_may_have_a_callback_of_its_own(silent, callback):
    """WA/webhooks/override: the override is verified, and heard instead of the app's."""
    subscribe(silent, callback, callback_url=callback.url + "?app")
    assert silent.graph("GET", f"{ACCOUNT}/subscribed_apps")[1] == {"data": []}
    wrong = {"override_callback_uri": callback.url, "verify_token": "another word"}
    assert silent.graph("POST", f"{ACCOUNT}/subscribed_apps", wrong)[1]["error"]["code"] == 2200
    right = {"override_callback_uri": callback.url, "verify_token": VERIFY.reveal()}
    assert silent.graph("POST", f"{ACCOUNT}/subscribed_apps", right)[0] == 200
    row = silent.graph("GET", f"{ACCOUNT}/subscribed_apps")[1]["data"][0]
    assert (row["whatsapp_business_api_data"]["id"], row["override_callback_uri"]) == (APP, callback.url)
    assert silent.control("GET", "account")["callback"] == callback.url
    silent.write("hello")
    wait_until(callback.messages)
    assert silent.graph("DELETE", f"{ACCOUNT}/subscribed_apps") == (200, {"success": True})
    assert silent.control("GET", "account")["callback"] == ""
