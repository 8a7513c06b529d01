"""Groups, blocks, the control of threads, and what people see of the number before they write."""

import pytest
from sandboxes import NUMBER, SHEENA, wait_until

from connectors_core.model import Handover, HandoverAction, Message, Receipt

GROUP = "Y2FwaV9ncm91cDoxNTU1MDc4Mzg4MTo0NzEx"


def block(meta, *users, method="POST"):
    """Block people, or let them write again."""
    body = {"messaging_product": "whatsapp", "block_users": [{"user": user} for user in users]}
    return meta.graph(method, f"{NUMBER}/block_users", body)


def control(meta, action, **more):
    """Move the control of Sheena's thread."""
    body = {"messaging_product": "whatsapp", "to": SHEENA, "action": action, **more}
    return meta.graph("POST", f"{NUMBER}/thread_control", body)


def test_a_group_hears_and_is_heard(meta, callback):
    """Each member has statuses of their own, and who writes is one of them."""
    meta.write("Which soil?", who="friends", author="pablo")
    sent = meta.sent(to=GROUP, recipient_type="group", content={"body": "A dry one."})
    wait_until(lambda: len(callback.statuses(sent)) == 6)
    written, *told = callback.events()
    assert isinstance(written, Message)
    assert (written.conversation.id, written.contact.id) == (GROUP, "16505555678")
    assert {event.conversation.id for event in told} == {GROUP}
    delivered = {event.contact.id for event in told if isinstance(event, Receipt) and event.kind == "delivered"}
    assert len(delivered) == 3


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("interactive", {"type": "catalog_message", "body": {"text": "x"}, "action": {"name": "catalog_message"}}),
        ("location", {"latitude": 1, "longitude": 1}),
    ],
)
def test_a_group_takes_texts_files_and_templates(meta, kind, content):
    """Nothing to tap, and no places (WA/groups, 2025-10-06)."""
    status, answer = meta.send(kind, content, to=GROUP, recipient_type="group")
    assert (status, answer["error"]["code"]) == (400, 131051)


def test_an_unknown_group_is_told_later(meta, callback):
    """As a number is that nobody has."""
    sent = meta.sent(to="R1JPVVA9R1JPVVA9", recipient_type="group")
    wait_until(lambda: callback.statuses(sent))
    assert callback.statuses(sent)[0]["errors"][0]["code"] == 131026


def test_a_group_has_no_number_and_no_strangers(meta):
    """It cannot be given one, and only members write in it."""
    for path, body in (("number", {}), ("messages", {"type": "text", "text": {"body": "x"}, "author": "nobody"})):
        found = meta.session.post(f"{meta.url}/sandbox/customers/friends/{path}", json=body, timeout=20)
        assert found.status_code == 400


def test_who_is_blocked_is_not_heard_and_not_reached(meta, callback):
    """Until they are let in again."""
    meta.write()
    assert block(meta, SHEENA)[1]["block_users"] == {"added_users": [{"input": SHEENA, "wa_id": "16505551234"}]}
    refused = meta.session.post(
        f"{meta.url}/sandbox/customers/sheena/messages", json={"type": "text", "text": {"body": "x"}}, timeout=20
    )
    assert refused.status_code == 400
    sent = meta.sent()
    wait_until(lambda: callback.statuses(sent))
    assert callback.statuses(sent)[0]["errors"][0]["code"] == 131026
    listed = meta.graph("GET", f"{NUMBER}/block_users")[1]["data"]
    assert [row["wa_id"] for row in listed] == ["16505551234"]
    assert block(meta, SHEENA, method="DELETE")[0] == 200
    assert meta.graph("GET", f"{NUMBER}/block_users")[1] == {"data": []}
    meta.write("Hello again")


def test_who_has_not_written_cannot_be_blocked(meta):
    """One failure makes the answer an error, and says of each person what became of it."""
    meta.write()
    status, answer = block(meta, SHEENA, "+16505555678")
    assert (status, answer["error"]["code"]) == (400, 139100)
    assert [one["wa_id"] for one in answer["block_users"]["added_users"]] == ["16505551234"]
    (failed,) = answer["block_users"]["failed_users"]
    assert (failed["input"], failed["errors"][0]["code"]) == ("+16505555678", 131047)


def test_a_thread_is_passed_and_comes_back_by_an_answer(meta, callback):
    """Meanwhile its messages come as copies."""
    meta.write()
    assert control(meta, "pass", metadata="wants a person", control_pass={"target_role": "escalation"}) == (
        200,
        {"success": True},
    )
    meta.write("Anybody there?")
    meta.sent()
    wait_until(lambda: len(callback.values("messaging_handovers")) == 2)
    handovers = [event for event in callback.events() if isinstance(event, Handover)]
    assert [(one.action, one.new_owner) for one in handovers] == [
        (HandoverAction.PASS, "escalation"),
        (HandoverAction.TAKE, "customer_service"),
    ]
    assert handovers[0].metadata == "wants a person"
    standby = [event.standby for event in callback.events() if isinstance(event, Message)]
    assert standby == [False, True]


@pytest.mark.parametrize(
    ("action", "more", "code"),
    [
        ("take", {}, 2494191),
        ("request", {}, 131009),
        ("pass", {"control_pass": {"target_role": "nobody"}}, 131009),
        ("release", {"control_pass": {"target_role": "ai_agent"}}, 100),
        ("pass", {"metadata": "x" * 2001}, 131009),
        ("pass", {"to": "+4915112345678"}, 100),
    ],
)
def test_what_cannot_be_done_with_a_thread_is_refused(meta, action, more, code):
    """Only the escalation partner takes, and only who has a thread passes it."""
    assert control(meta, action, **more)[1]["error"]["code"] == code


def test_a_thread_is_released_once(meta):
    """Then it is somebody else's."""
    assert control(meta, "release")[0] == 200
    assert control(meta, "release")[1]["error"]["code"] == 100


def test_prompts_are_shown_until_somebody_writes(meta):
    """As taps on the page; what was set is told again."""
    wanted = {
        "enable_welcome_message": True,
        "prompts": ["Find a plant", "Where is my order?"],
        "commands": [{"command_name": "tickets", "command_description": "Book a tour"}],
    }
    assert meta.graph("POST", f"{NUMBER}/conversational_automation", wanted) == (200, {"success": True})
    told = meta.graph("GET", f"{NUMBER}?fields=conversational_automation")[1]
    assert told == {"conversational_automation": wanted, "id": NUMBER}
    page = f"{meta.url}/phones/sheena"
    assert 'data-prompt="Find a plant"' in meta.session.get(page, timeout=20).text
    meta.write()
    assert "data-prompt" not in meta.session.get(page, timeout=20).text


@pytest.mark.parametrize(
    "wanted",
    [
        {"prompts": ["x"] * 5},
        {"prompts": ["x" * 81]},
        {"prompts": "x"},
        {"commands": [{"command_name": "x" * 33, "command_description": "y"}]},
        {"enable_welcome_message": "yes"},
        {"greeting": "hello"},
    ],
)
def test_automation_has_limits(meta, wanted):
    """4 prompts of 80 characters, 30 commands of 32."""
    assert meta.graph("POST", f"{NUMBER}/conversational_automation", wanted)[0] == 400


def test_the_number_may_have_a_user_name(meta):
    """One that nobody has."""
    assert meta.graph("GET", f"{NUMBER}/username")[1] == {"username": ""}
    (suggestion,) = meta.graph("GET", f"{NUMBER}/username_suggestions")[1]["data"][0]["username_suggestions"]
    assert meta.graph("POST", f"{NUMBER}/username", {"username": suggestion})[1] == {"status": "APPROVED"}
    assert meta.graph("GET", f"{NUMBER}/username")[1] == {"username": "lucky.shrub", "status": "ACTIVE"}
    taken = meta.graph("POST", f"{NUMBER}/username", {"username": "bjjohnson"})[1]
    assert taken == {"status": "REJECTED", "rejection_reasons": ["NOT_AVAILABLE"]}
    assert meta.graph("POST", f"{NUMBER}/username", {"username": "www.shrub"})[1]["error"]["code"] == 100
    assert meta.graph("DELETE", f"{NUMBER}/username")[1] == {"success": True}
