"""Who controls a thread: passing, taking, letting go, asking, prolonging, and what the others do."""

import pytest
from sandboxes import APP, MATEO, PAGE, PAGE_TOKEN, PETER, wait_until

INBOXES = {"peter": "263902037430900", "mateo": "1217981644879628"}
BOTH = [pytest.param("peter", PETER, 2018171, id="messenger"), pytest.param("mateo", MATEO, 2534037, id="instagram")]


def control(meta, user, action, **more):
    """Call one of the edges; return the status and the answer."""
    body = {"recipient": {"id": user}, **more}
    return meta.graph("POST", f"{PAGE}/{action}_thread_control", body, token=PAGE_TOKEN)


def owner(meta, user):
    """Return the app that controls a thread, None for an idle one."""
    rows = meta.graph("GET", f"{PAGE}/thread_owner?recipient={user}", token=PAGE_TOKEN)[1]["data"]
    return rows[0]["thread_owner"]["app_id"] if rows else None


@pytest.mark.parametrize(("who", "user", "subcode"), BOTH)
def test_a_thread_is_passed_and_taken_back(meta, callback, who, user, subcode):
    """Meanwhile this app may not write, and hears copies."""
    assert owner(meta, user) is None
    meta.chats(who=who)
    assert owner(meta, user) == int(APP)
    assert control(meta, user, "pass", target_app_id=INBOXES[who], metadata="why") == (200, {"success": True})
    assert owner(meta, user) == int(INBOXES[who])
    assert meta.say("x", user)[1]["error"]["error_subcode"] == 2018300
    for action in ("pass", "release", "extend"):
        more = {"pass": {"target_app_id": "1"}, "extend": {"duration": 60}}.get(action, {})
        assert control(meta, user, action, **more)[1]["error"]["error_subcode"] == subcode
    meta.chats("A copy", who)
    (copy,) = wait_until(lambda: callback.items("message", "standby"))
    assert copy["message"]["text"] == "A copy"
    assert control(meta, user, "take")[0] == 200
    assert meta.say("x", user)[0] == 200
    assert callback.items("take_thread_control") == []


@pytest.mark.parametrize(("who", "user", "_subcode"), BOTH)
def test_a_human_in_the_native_inbox_takes_the_thread(meta, callback, who, user, _subcode):
    """It is told, and the words come as a copy of an echo."""
    meta.chats(who=who)
    meta.control("POST", f"customers/{who}/inbox", {"text": "Sam here"})
    (event,) = wait_until(lambda: callback.items("take_thread_control"))
    assert event["take_thread_control"] == {"previous_owner_app_id": APP, "new_owner_app_id": int(INBOXES[who])}
    (copy,) = wait_until(lambda: callback.items("message", "standby"))
    assert copy["message"]["is_echo"]
    assert copy["message"].get("app_id") == (int(INBOXES[who]) if who == "peter" else None)
    assert meta.say("x", user)[1]["error"]["error_subcode"] == 2018300
    assert meta.chat(who)[-1]["content"]["text"] == "Sam here"


def test_without_routing_everybody_may_answer(meta, callback):
    """An answer of the inbox is an echo like others, and a take is refused."""
    meta.control("PATCH", "account", {"routing": False})
    meta.chats()
    meta.control("POST", "customers/peter/inbox", {"text": "Sam here"})
    echo = wait_until(lambda: [one["message"] for one in callback.items("message") if "is_echo" in one["message"]])
    assert echo[0]["app_id"] == 263902037430900
    assert meta.say("x")[0] == 200
    assert control(meta, PETER, "take")[1]["error"]["error_subcode"] == 2018171


def test_another_app_answers_without_taking(meta, callback):
    """Its echo has its own id."""
    meta.chats()
    meta.control("POST", "customers/peter/inbox", {"text": "A bot here", "app_id": "123456789"})
    echo = wait_until(lambda: [one["message"] for one in callback.items("message") if "is_echo" in one["message"]])
    assert echo[0]["app_id"] == 123456789
    assert meta.say("x")[0] == 200


@pytest.mark.parametrize(("who", "user", "_subcode"), BOTH)
def test_others_pass_ask_and_let_go(meta, callback, who, user, _subcode):
    """What they let go is told to nobody, nor that an idle thread was taken."""
    act = f"customers/{who}/thread"
    assert meta.control("POST", act, {"action": "take"}) == {"owner": INBOXES[who]}
    meta.control("POST", act, {"action": "pass", "metadata": "yours"})
    (passed,) = wait_until(lambda: callback.items("pass_thread_control"))
    assert passed["pass_thread_control"] == {
        "previous_owner_app_id": INBOXES[who],
        "new_owner_app_id": APP,
        "metadata": "yours",
    }
    meta.control("POST", act, {"action": "request", "app_id": "42"})
    (asked,) = wait_until(lambda: callback.items("request_thread_control"))
    assert asked["request_thread_control"] == {"requested_owner_app_id": 42}
    meta.control("POST", act, {"action": "release"})
    wait_until(lambda: meta.control("GET", "account")["webhooks_waiting"] == 0)
    assert callback.items("take_thread_control") == []


def test_a_message_passes_its_thread(meta):
    """Inline, in the same call."""
    meta.chats()
    passing = {"control_type": "pass", "app_id": "263902037430900"}
    assert meta.say("Let me transfer you", thread_control=passing)[0] == 200
    assert owner(meta, PETER) == 263902037430900


def test_a_thread_is_kept_longer_than_a_day(meta):
    """Up to seven days."""
    meta.chats()
    assert control(meta, PETER, "extend", duration=7 * 24 * 3600)[0] == 200
    meta.control("PATCH", "customers/peter", {"window": "closed"})
    assert owner(meta, PETER) == int(APP)
    assert control(meta, PETER, "extend", duration=8 * 24 * 3600)[1]["error"]["code"] == 100


def test_a_postback_in_standby_has_no_payload(meta, callback):
    """MP/webhooks/webhook-events/standby."""
    meta.chats()
    payload = {
        "template_type": "button",
        "text": "Well?",
        "buttons": [{"type": "postback", "title": "More", "payload": "MORE"}],
    }
    mid = meta.said({"attachment": {"type": "template", "payload": payload}})
    meta.control("POST", "customers/peter/thread", {"action": "take"})
    meta.control("POST", "customers/peter/choices", {"message": mid, "choice": "0"})
    (item,) = wait_until(lambda: callback.items("postback", "standby"))
    assert set(item["postback"]) == {"mid", "title"}
