"""A CRM that is slow, down, hanging or broken, and webhooks that come more than once."""

from __future__ import annotations

from time import monotonic

from ledger import ACCOUNT, NONE, Hook, compare, conversation, hooks, repeated_keys
from processes import wait_for

from connectors_core.settings import model as settings
from connectors_core.store import operations

DOWN_FOR = 20.0
AT_ONCE = settings.Gateway().workers * settings.Delivery().concurrency
OTHER = "106540352249999"
OTHERS = """
[endpoints.branch]
type = "whatsapp"
app = "meta"
phone_number_id = "{account}"
access_token = {{ env = "WHATSAPP_TOKEN" }}
graph_url = "{graph}"

[endpoints.other_crm]
type = "webhook"
url = "{crm}/crm"
secret = {{ env = "CRM_SIGNING_SECRET" }}

[[routes]]
between = ["branch", "other_crm"]
"""


def with_branch(scene, **delivery):
    """Add a second number with a CRM of its own; return that CRM."""
    other = scene.new_crm()
    scene.configure(OTHERS.format(account=OTHER, graph=scene.graph.url, crm=other.url), **delivery)
    return other


def test_the_same_webhook_ten_times_is_one_call(scene):
    """Meta repeats what was acknowledged too late, on any connection; the CRM hears of it once."""
    scene.start("run")
    same = Hook(conversation(1), 0)
    copies = scene.sender.all([[same] for _ in range(10)], connections=10)
    wait_for("ten acknowledgements", copies.is_set)
    assert scene.sender.hook(Hook(conversation(1), 1)) == 200
    scene.settle()
    assert scene.sender.answers == {200: 11}
    assert [call.message for call in scene.crm.calls] == [same.id, Hook(conversation(1), 1).id]


def test_a_conversation_stays_in_order_while_others_overtake_it(scene):
    """Ten messages wait for one another at a CRM that answers in random time; nobody else waits for them."""
    scene.crm.slowness = 0.5
    scene.start("run")
    first, *others = hooks(31, 10)
    wait_for("ten acknowledgements", scene.sender.all([first]).is_set)
    wait_for("the others", scene.sender.all([one[:1] for one in others]).is_set)
    scene.settle()
    scene.check()
    order = [call.message for call in scene.crm.calls]
    assert order.index(others[-1][0].id) < order.index(first[-1].id)


def test_an_endpoint_that_is_down_holds_up_no_other(scene):
    """A CRM is away for 20 s: its messages wait in order, everybody else's arrive at once."""
    other = with_branch(scene)
    program = scene.start("run")
    mine = scene.sender.all(hooks(40, 5))
    wait_for("a part of the messages", lambda: scene.arrived() >= 50)
    scene.crm.down()
    down_at = monotonic()
    theirs = scene.sender.all(hooks(40, 5, run="b"), account=OTHER)
    wait_for("the other CRM to have everything", lambda: scene.arrived(other) == 200)
    wait_for("all acknowledgements", lambda: mine.is_set() and theirs.is_set())
    assert "crm was unreachable 5 times in a row" in program.log
    wait_for("the down time to be over", lambda: monotonic() - down_at > DOWN_FOR)
    assert scene.arrived() < 200
    scene.crm.up()
    scene.settle()
    assert "crm is reachable again" in program.log
    own = [hook for hook in scene.sender.acknowledged if not hook.run]
    assert compare(own, scene.crm.messages()) == NONE
    assert compare([hook for hook in scene.sender.acknowledged if hook.run], other.messages()) == NONE


def test_an_endpoint_that_hangs_holds_up_no_other(scene):
    """A CRM that takes requests and never answers keeps its own threads busy, and nobody else's."""
    other = with_branch(scene)
    scene.crm.hang = True
    scene.start("run")
    both = [scene.sender.all(hooks(20, 3)), scene.sender.all(hooks(20, 3, run="b"), account=OTHER)]
    wait_for("the other CRM to have everything", lambda: scene.arrived(other) == 60)
    assert scene.arrived() <= AT_ONCE
    scene.crm.hang = False
    scene.crm.down()
    scene.crm.up()
    wait_for("all acknowledgements", lambda: all(one.is_set() for one in both))
    scene.settle()
    assert compare([hook for hook in scene.sender.acknowledged if not hook.run], scene.crm.messages()) == NONE
    assert repeated_keys(other.calls) == []


def test_answers_of_500_are_repeated_with_the_same_key(scene):
    """A CRM that knows a key again gets each event until it takes it, once and in order."""
    scene.crm.status = 500
    scene.start("run")
    sent = scene.sender.all(hooks(20, 5))
    wait_for("all acknowledgements", sent.is_set)
    wait_for("repetitions", lambda: len(scene.crm.calls) > 40)
    scene.crm.status = 200
    scene.settle()
    scene.check()
    assert repeated_keys(scene.crm.calls)


def test_answers_of_500_are_listed_where_nobody_knows_a_key_again(scene):
    """A CRM that would take a repetition for a second message gets each event once; a human looks at it."""
    scene.configure(idempotent=False)
    scene.crm.status = 500
    scene.start("run")
    wait_for("all acknowledgements", scene.sender.all(hooks(20, 2)).is_set)
    scene.settle()
    scene.check(drops_repetitions=False)
    assert scene.states() == {"unknown": 40}


def test_a_pause_under_load_loses_nothing(scene):
    """What is under way when an endpoint is paused ends, nothing more starts, and after it all goes on in order."""
    scene.crm.slowness = 0.02
    scene.start("run")
    sent = scene.sender.all(hooks(40, 10), every=0.1)
    wait_for("a part of the messages", lambda: scene.arrived() >= 100)
    with scene.store.write() as db:
        operations.pause(db, "crm", "human", "the test")
    wait_for("all acknowledgements", sent.is_set)
    wait_for("the calls under way to end", lambda: "started" not in scene.states())
    wait_for("the reader to be done", lambda: scene.states().get("waiting", 0) + scene.states().get("sent", 0) == 400)
    arrived = scene.arrived()
    assert arrived < 400
    # Somebody else's work goes on meanwhile, so that the worker has looked at the paused endpoint again.
    scene.reply(conversation(0), "a reply to somebody", "r-1")
    wait_for("the reply", lambda: scene.graph.calls)
    assert scene.arrived() == arrived
    with scene.store.write() as db:
        operations.resume(db, "crm")
        scene.store.announce(db)
    scene.settle()
    scene.check()
    assert scene.graph.calls[0]["account"] == ACCOUNT
