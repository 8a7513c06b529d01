"""A thread of a number that a human in the business app takes and gives back: what the gateway hears of it."""

import pytest
from sandboxes import SHEENA, wait_until

from connectors_core.model import Handover as Moved
from connectors_core.model import HandoverAction, Message, Origin


def answers(meta, text="Sam from the shop", who="sheena", **more):
    """Answer in the app."""
    return meta.control("POST", f"customers/{who}/inbox", {"text": text, **more})["id"]


def moves(meta, action, who="sheena", **more):
    """Take or pass the thread on the side of the others."""
    return meta.control("POST", f"customers/{who}/thread", {"action": action, **more})


def test_what_a_human_writes_in_the_app_comes_as_an_echo(meta, callback):
    """In the shape of coexistence (WA/coexistence, 2025-11-25), and the phone has it."""
    mid = answers(meta)
    (value,) = wait_until(lambda: callback.values("smb_message_echoes"))
    (echo,) = value["message_echoes"]
    assert (echo["id"], echo["to"], echo["type"], echo["text"]) == (
        mid,
        SHEENA.lstrip("+"),
        "text",
        {"body": "Sam from the shop"},
    )
    assert echo["from"] == value["metadata"]["display_phone_number"]
    assert echo["timestamp"].isdigit()
    (heard,) = [event for event in callback.events() if isinstance(event, Message)]
    assert (heard.origin, heard.conversation.id) == (Origin.NATIVE_APP, SHEENA.lstrip("+"))
    assert meta.chat()[-1]["content"] == {"body": "Sam from the shop"}


def test_an_echo_for_somebody_without_a_number_names_the_user_id(meta, callback):
    """As every webhook does for people who show none (WA/business-scoped-user-ids, 2026-08-24)."""
    answers(meta, who="barbara")
    (value,) = wait_until(lambda: callback.values("smb_message_echoes"))
    (echo,) = value["message_echoes"]
    assert "to" not in echo
    assert echo["to_user_id"] == meta.control("GET", "customers/barbara")["user_id"]


def test_meanwhile_the_person_is_heard_on_standby_alone(meta, callback):
    """The field is another one, and the message is inside an object of that name."""
    answers(meta)
    written = meta.write("And in green?")
    (value,) = wait_until(lambda: callback.values("standby"))
    assert [one["id"] for one in value["standby"]["messages"]] == [written]
    assert "messages" not in value
    assert callback.values() == []
    copy = callback.events()[-1]
    assert isinstance(copy, Message)
    assert copy.standby


def test_a_thread_that_is_passed_back_is_told_and_heard_again(meta, callback):
    """The gateway learns who had it, and why it comes; without a change nothing is told."""
    answers(meta)
    assert moves(meta, "pass", metadata="over to you") == {"owner": "customer_service"}
    (told,) = wait_until(lambda: [event for event in callback.events() if isinstance(event, Moved)])
    assert (told.action, told.metadata) == (HandoverAction.PASS, "over to you")
    assert (told.previous_owner, told.new_owner) == ("escalation", "customer_service")
    moves(meta, "pass")
    meta.write("Are you back?")
    (value,) = wait_until(callback.values)
    assert value["messages"][0]["text"]["body"] == "Are you back?"
    assert len([event for event in callback.events() if isinstance(event, Moved)]) == 1


def test_another_responder_takes_a_thread_and_answers_on_standby(meta, callback):
    """What it writes is a copy too, and no echo of the app."""
    assert moves(meta, "take", role="ai_agent") == {"owner": "ai_agent"}
    (told,) = wait_until(lambda: [event for event in callback.events() if isinstance(event, Moved)])
    assert (told.action, told.new_owner) == (HandoverAction.TAKE, "ai_agent")
    answers(meta, "A bot of somebody else", role="ai_agent")
    (value,) = wait_until(lambda: callback.values("standby"))
    assert value["standby"]["message_echoes"][0]["text"] == {"body": "A bot of somebody else"}
    assert callback.values("smb_message_echoes") == []


def test_an_answer_of_this_number_takes_the_thread_back(meta, callback):
    """A service message from the standby side does so (WA/conversation routing, 2026-09-23)."""
    meta.write()
    answers(meta)
    meta.sent()
    (told,) = wait_until(lambda: [event for event in callback.events() if isinstance(event, Moved)])
    assert (told.action, told.previous_owner, told.new_owner) == (
        HandoverAction.TAKE,
        "escalation",
        "customer_service",
    )


@pytest.mark.parametrize(
    ("path", "content", "word"),
    [
        ("sheena/inbox", {"text": " "}, "text"),
        ("friends/inbox", {"text": "hello"}, "no such customer"),
        ("nobody/inbox", {"text": "hello"}, "no such customer"),
        ("sheena/thread", {"action": "request"}, "take or pass"),
        ("friends/thread", {"action": "take"}, "no such customer"),
    ],
)
def test_what_others_cannot_do_is_refused(meta, path, content, word):
    """Nothing is written, and nothing moves."""
    answer = meta.session.post(f"{meta.url}/sandbox/customers/{path}", json=content, timeout=20)
    assert answer.status_code in (400, 404)
    assert word in answer.json()["error"]
    assert meta.chat() == []
