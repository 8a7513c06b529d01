"""What a platform says of our own messages: echoes and statuses before the answer, after it, twice, or never."""

from __future__ import annotations

import threading

from leaks import BODY
from ledger import Hook, conversation, echo_of, status_of
from processes import wait_for

PEOPLE = 8


def greet(scene, people=PEOPLE):
    """Let people write, so that there are conversations to answer."""
    for person in range(people):
        assert scene.sender.hook(Hook(conversation(person), 0)) == 200
    scene.settle()


def echo(scene, person, wamid):
    """Send an echo that does not say whose message it copies."""
    assert scene.sender.value(echo_of(wamid, person), field="smb_message_echoes") == 200


def status(scene, wamid, kind, person, key):
    """Send a status with the key that the platform was given."""
    assert scene.sender.value(status_of(wamid, kind, person, key)) == 200


def from_native_app(scene):
    """Return what the CRM took for messages of the native app."""
    return [call.message for call in scene.crm.messages() if call.origin == "native_app"]


def receipts(scene, message):
    """Return what the CRM was told about one of its messages, in order."""
    return [call.status for call in scene.crm.calls if call.kind == "receipt" and message in call.messages]


def test_an_early_echo_never_becomes_the_message_of_somebody_else(scene):
    """The platform copies and reports our message before it has answered us, and both once more."""
    scene.start("run")
    greet(scene)

    def early(_account, wamid, request):
        key = request["biz_opaque_callback_data"]
        echo(scene, request["to"], wamid)
        status(scene, wamid, "delivered", request["to"], key)
        status(scene, wamid, "sent", request["to"], key)
        echo(scene, request["to"], wamid)

    scene.graph.before_answer = early
    for number in range(3):
        for person in range(PEOPLE):
            assert scene.reply(conversation(person), f"{BODY} reply", f"r-{person}-{number}").status_code == 202
    wait_for("all replies", lambda: len(scene.graph.calls) == 3 * PEOPLE)
    scene.settle()
    # An echo that comes late, when everything is settled.
    for call in scene.graph.calls:
        echo(scene, call["to"], call["wamid"])
    scene.settle()
    wait_for("no echo to wait", lambda: scene.held() == 0)
    scene.settle()
    assert from_native_app(scene) == []
    assert scene.states("shop") == {"sent": 3 * PEOPLE}
    for person in range(PEOPLE):
        assert [receipts(scene, f"r-{person}-{number}") for number in range(3)] == [["delivered"]] * 3


def test_what_a_human_wrote_in_the_app_reaches_the_crm_while_we_send(scene):
    """An echo that is not ours waits for our open attempt at most, and arrives once, as a message of the native app."""
    scene.start("run")
    greet(scene, 2)
    answered = threading.Event()

    def human(_account, _wamid, request):
        echo(scene, request["to"], f"wamid.HUMAN{request['to']}")
        answered.wait(20)

    scene.graph.before_answer = human
    scene.reply(conversation(0), f"{BODY} reply", "r-0")
    wait_for("the echo to wait", lambda: scene.held() == 1)
    assert from_native_app(scene) == []
    answered.set()
    wait_for("the message of the human", lambda: from_native_app(scene))
    scene.settle()
    assert from_native_app(scene) == [f"wamid.HUMAN{conversation(0)}"]


def test_a_platform_that_dies_after_taking_a_message_is_not_asked_twice(scene):
    """Without an answer the send may have happened: the status that gives our key back settles it."""
    scene.start("run")
    greet(scene, 1)
    person = conversation(0)
    scene.graph.hang = True
    scene.reply(person, f"{BODY} reply", "r-0")
    wait_for("the message", lambda: scene.graph.calls)
    call = scene.graph.calls[0]
    echo(scene, person, call["wamid"])
    scene.graph.hang = False
    scene.graph.down()
    scene.graph.up()
    wait_for("the doubt", lambda: scene.states("shop") == {"uncertain": 1})
    # The conversation waits for the first message: the second must not overtake it.
    scene.reply(person, f"{BODY} another", "r-1")
    wait_for("the second reply", lambda: scene.states("shop") == {"uncertain": 1, "waiting": 1})
    assert len(scene.graph.calls) == 1
    status(scene, call["wamid"], "delivered", person, call["biz_opaque_callback_data"])
    scene.settle()
    wait_for("no echo to wait", lambda: scene.held() == 0)
    scene.settle()
    assert scene.states("shop") == {"sent": 2}
    assert len(scene.graph.calls) == 2
    assert from_native_app(scene) == []
    assert receipts(scene, "r-0") == ["delivered"]


def test_a_worker_that_is_killed_during_a_send_does_not_send_again(scene):
    """Its successor waits for evidence in place of repeating the call."""
    programs = [scene.start(*command) for command in (["serve"], ["work", "--no-deliver"])]
    worker = scene.start("work", "--no-read")
    greet(scene, 1)
    person = conversation(0)
    scene.graph.hang = True
    scene.reply(person, f"{BODY} reply", "r-0")
    wait_for("the message", lambda: scene.graph.calls)
    worker.kill()
    scene.graph.hang = False
    scene.start("work", "--no-read")
    wait_for("the doubt", lambda: scene.states("shop") == {"uncertain": 1})
    call = scene.graph.calls[0]
    status(scene, call["wamid"], "read", person, call["biz_opaque_callback_data"])
    scene.settle()
    assert scene.states("shop") == {"sent": 1}
    assert len(scene.graph.calls) == 1
    assert receipts(scene, "r-0") == ["read"]
    assert all(program.running() for program in programs)
