"""Who may answer, through the whole way: events in, refusals, copies, news and the platform's own protocol."""

import peers
import pytest
from gateways import BOT_AND_DESK, message
from turns import answers, asks, heard, moves, native, now, owner, told

from connectors_core.errors import NotInControl, NotSupported, Rejected
from connectors_core.model import (
    NATIVE_APP,
    OTHER,
    OURS,
    Activity,
    ActivityKind,
    Contact,
    ConversationRef,
    Done,
    Feedback,
    HandoverAction,
    Identity,
    Link,
    LinkStatus,
    MessageRef,
    Origin,
    Text,
)
from connectors_core.operating.replaying import replay
from connectors_core.store import journal


@pytest.fixture
def house(open_house):
    """Give a channel with a bot in front of a desk."""
    return open_house(BOT_AND_DESK)


def test_both_responders_hear_the_person_and_one_may_answer(house):
    """The other has a copy, marked."""
    house.arrive(asks())
    house.work()
    assert [(one.id, one.standby) for one in peers.of("bot").told()] == [("m1", False)]
    assert [(one.id, one.standby) for one in peers.of("desk").told()] == [("m1", True)]


def test_what_the_bot_says_is_seen_by_the_desk_with_its_ticks(house):
    """As a copy, with the conversation as its channel calls it; a sign of life is not worth one."""
    house.arrive(asks())
    house.tell(answers("b1", "I am a bot"), source="bot")
    house.tell(answers("b2", parts=(Activity(kind=ActivityKind.TYPING),)), source="bot")
    house.work()
    assert peers.of("shop").texts() == ["I am a bot"]
    copy = peers.of("desk").told()[1]
    assert (copy.parts, copy.origin, copy.standby) == ((Text(body="I am a bot"),), Origin.BOT, True)
    assert (copy.source.endpoint, copy.source.id) == ("shop", "ann")
    assert len(peers.of("desk").told()) == 2


def test_an_agents_answer_ends_the_bots_turn(house):
    """The bot is told, what it writes is refused with the reason, and the person hears the agent alone."""
    house.arrive(asks())
    house.tell(answers("d1", "this is Ann", by="desk"))
    house.tell(answers("b1", "beep"), source="bot")
    house.work()
    assert peers.of("shop").texts() == ["this is Ann"]
    assert heard("bot") == heard("desk") == ["desk"]
    (refused,) = house.rows("deliveries", source="bot")
    assert (refused.state, refused.reason) == (
        "refused",
        "shop: desk answers this conversation now, so bot may not; it is told when it may",
    )
    assert "beep" not in peers.of("desk").texts()
    (receipt,) = peers.of("bot").told("acknowledge")
    assert (receipt.kind, receipt.failure.code) == ("failed", "not_in_control")


def test_a_bots_answer_that_waits_is_refused_when_an_agent_was_quicker(house):
    """The last look is right before the call."""
    house.arrive(asks())
    house.tell(answers("b1", "beep"), source="bot")
    house.tell(answers("d1", "this is Ann", by="desk"))
    house.work()
    assert peers.of("shop").texts() == ["this is Ann"]
    assert house.states(source="bot", target="shop") == ["refused"]


def test_idle_time_gives_it_back_and_everybody_is_told(house):
    """Once, by the round that looks after such things."""
    house.arrive(asks())
    house.tell(answers("d1", by="desk"))
    house.work()
    house.later(3601)
    house.sweep()
    house.sweep()
    assert (owner(house), heard("bot"), heard("desk")) == ("", ["desk", "bot"], ["desk", "bot"])
    house.arrive(asks("m2"))
    house.work()
    assert peers.of("bot").told()[-1].standby is False


def test_a_handover_travels_with_its_summary_and_the_last_messages(house):
    """The next one need not ask again."""
    house.arrive(asks("m1", "where is my order"))
    house.tell(answers("b1", "which one?"), source="bot")
    house.arrive(asks("m2", "number 17"))
    house.tell(moves("h1", "pass", by="bot", summary="order 17 is late"), source="bot")
    house.work()
    (news,) = peers.of("desk").told("hand_over")
    assert (news.new_owner, news.previous_owner, news.summary) == ("desk", "bot", "order 17 is late")
    assert (news.source.endpoint, news.source.id) == ("shop", "ann")
    assert [(one.origin, one.text) for one in news.last] == [
        (Origin.CONTACT, "where is my order"),
        (Origin.BOT, "which one?"),
        (Origin.CONTACT, "number 17"),
    ]
    assert peers.of("shop").told("hand_over") == []


def test_news_name_the_conversation_as_its_channel_does_whoever_moved_it(house):
    """The desk says its own name of it, under which no bot would find what it remembers."""
    own = ConversationRef(endpoint="desk", account="desk", id="17")
    peers.of("desk").answers("send", Done(refs=(MessageRef(endpoint="desk", account="desk", id="d.1"), own)))
    house.arrive(asks())
    house.work()
    house.tell(answers("d1", "done", by="desk", conversation=own), source="desk")
    house.tell(moves("h1", "release", conversation=own, resolved=True), source="desk")
    house.work()
    news = peers.of("bot").told("hand_over")[-1]
    assert (news.new_owner, news.resolved) == ("bot", True)
    assert (news.source.endpoint, news.source.id) == ("shop", "ann")


def test_what_the_bot_said_before_it_gave_the_conversation_away_goes_out(house):
    """Its parting words are not overtaken by its own handover; by an agent who takes over they are."""
    house.arrive(asks())
    house.tell(answers("b1", "I ask a colleague"), moves("h1", "pass", by="bot"), source="bot")
    house.work()
    assert peers.of("shop").texts() == ["I ask a colleague"]
    house.tell(answers("b2", "and another thing"), source="bot")
    house.work()
    assert peers.of("shop").texts() == ["I ask a colleague"]


def test_a_human_in_the_native_inbox_takes_over_and_the_platform_gives_back(house):
    """The bot is silent meanwhile, and both ends see what the human wrote."""
    house.arrive(asks(), native("n1"))
    house.tell(answers("b1"), source="bot")
    house.work()
    assert peers.of("shop").texts() == []
    assert peers.of("desk").texts() == ["hello", "from the page"]
    house.arrive(told("pass", "11", seconds=1))
    house.tell(answers("b2", "again me"), source="bot")
    house.work()
    assert heard("bot") == [NATIVE_APP, "bot"]
    assert peers.of("shop").texts() == ["again me"]


def test_our_own_copies_take_nothing_over(house):
    """An echo of what the bot sent is the bot's."""
    house.arrive(asks())
    house.tell(answers("b1"), source="bot")
    house.work()
    (sent,) = house.rows("message_refs", endpoint="shop")
    house.arrive(native(sent.external_id, app="11"))
    assert owner(house) == ""


def test_an_agent_passes_to_the_native_inbox_and_the_platform_is_told(house):
    """In the words of the contract; the connector knows its id there."""
    house.arrive(asks())
    house.tell(moves("h1", "pass", new=NATIVE_APP, summary="please look"))
    house.work()
    (call,) = peers.of("shop").told("hand_over")
    assert (call.action, call.new_owner, call.summary) == ("pass", NATIVE_APP, "please look")
    assert (owner(house), heard("bot")) == (NATIVE_APP, [NATIVE_APP])


def test_a_pass_that_the_platform_refuses_comes_back_with_the_reason(house):
    """Nobody believes that the native inbox has it."""
    house.arrive(asks())
    peers.of("shop").answers("hand_over", NotSupported("shop has no inbox there"))
    house.tell(moves("h1", "pass", new=NATIVE_APP))
    house.work()
    house.read("shop")
    house.work()
    assert owner(house) == "desk"
    assert peers.of("desk").told("hand_over")[-1].summary == "shop has no inbox there"


def test_an_agent_takes_a_thread_that_somebody_else_has(house):
    """The message that the platform refuses is sent again once the thread is taken."""
    house.arrive(asks(standby=True))
    assert owner(house) == OTHER
    peers.of("shop").answers("send", NotInControl("shop: another app controls this thread"))
    house.tell(answers("d1", "this is Ann", by="desk"))
    house.work()
    assert [call.verb for call in peers.of("shop").calls if call.verb != "profile"] == ["send", "hand_over", "send"]
    assert peers.of("shop").told("hand_over")[0].action is HandoverAction.TAKE
    house.read("shop")
    assert [(row.owner, row.held) for row in house.rows("conversations")] == [("desk", OURS)]


def test_a_bot_that_is_refused_by_the_platform_learns_who_has_the_thread(house):
    """An idle thread was taken, which is told to nobody: the refusal says it."""
    house.arrive(asks())
    peers.of("shop").answers("send", NotInControl("shop: another app controls this thread"))
    house.tell(answers("b1"), source="bot")
    house.work()
    house.read("shop")
    house.work()
    assert (owner(house), heard("bot")) == (OTHER, [OTHER])
    assert peers.of("shop").told("hand_over") == []


def test_idle_time_takes_back_a_thread_that_the_native_inbox_holds(house):
    """Where the platform routes conversations, it has to be asked."""
    house.arrive(asks(), native("n1", standby=True))
    house.later(3601)
    house.sweep()
    (call,) = peers.of("shop").told("hand_over")
    assert (call.action, owner(house)) == (HandoverAction.TAKE, "")


def test_a_bot_cannot_take_what_it_does_not_have(house):
    """It is told who has it, and why."""
    house.arrive(asks())
    house.tell(answers("d1", by="desk"))
    house.tell(moves("h1", "take", by="bot"), source="bot")
    house.work()
    assert owner(house) == "desk"
    assert heard("bot") == ["desk", "desk"]
    assert "can ask for it with request" in peers.of("bot").told("hand_over")[-1].summary


def test_a_request_is_heard_by_who_has_it(house):
    """Nothing moves by that."""
    house.arrive(asks())
    house.tell(answers("d1", by="desk"))
    house.tell(moves("h1", "request", by="bot"), source="bot")
    house.work()
    asked = peers.of("desk").told("hand_over")[-1]
    assert (asked.action, asked.new_owner, owner(house)) == (HandoverAction.REQUEST, "bot", "desk")
    assert heard("bot") == ["desk"]


def test_who_is_no_responder_answers_nobody(open_house):
    """An archive hears everything, and neither answers nor moves anything."""
    more = '[endpoints.archive]\ntype = "desk"\ntoken = { env = "TOKEN" }\n\n'
    house = open_house(BOT_AND_DESK + more + '[[routes]]\nbetween = ["shop", "archive"]\n')
    house.arrive(asks())
    house.tell(answers("a1", by="archive"), moves("h1", "take", by="archive"), source="archive")
    house.work()
    assert [one.standby for one in peers.of("archive").told()] == [True]
    assert (peers.of("shop").calls, owner(house)) == ([], "")


def test_a_handover_of_an_app_that_nobody_knows_gives_nobody_here_control(house):
    """Named as one of ours or not: ids of the platform are read by what the connector knows of them."""
    house.arrive(asks(), told("take", "desk"), told("pass", "99", seconds=1))
    house.work()
    assert owner(house) == OTHER
    assert set(heard("desk")) == {OTHER}


def test_two_bots_are_stopped_after_a_few_turns(house):
    """Thirty messages of a machine are answered a few times; then a person is asked to look."""
    for turn in range(30):
        house.arrive(asks(f"m{turn}", "thank you for your message"))
        house.tell(answers(f"b{turn}", "thank you for yours"), source="bot")
        house.work()
    assert 5 <= len(peers.of("shop").texts()) <= 10
    assert owner(house) == "desk"
    assert "answered each other too quickly" in peers.of("desk").told("hand_over")[0].summary


def test_a_person_who_writes_in_their_own_time_is_no_loop(house):
    """Half a minute of silence begins the counting anew."""
    for turn in range(30):
        house.arrive(asks(f"m{turn}"))
        house.tell(answers(f"b{turn}"), source="bot")
        house.later(31)
    assert owner(house) == ""


def test_what_the_person_answered_to_a_survey_reaches_the_desk(house):
    """It is not sent to the person, who said it."""
    house.arrive(asks())
    house.tell(answers("b1", origin=Origin.CONTACT, parts=(Feedback(kind="csat", score=5),)), source="bot")
    house.work()
    assert peers.of("shop").calls == []
    assert peers.of("desk").told()[1].parts == (Feedback(kind="csat", score=5),)


def test_what_the_bot_found_out_of_the_person_reaches_the_desk(house):
    """A name and a claimed address."""
    house.arrive(asks())
    claimed = Identity(scheme="email", value="ann@example.com")
    found = {"profile": Contact(name="Ann", identities=(claimed,)), "status": LinkStatus.CHANGED}
    house.tell(
        Link(endpoint="bot", account="bot", id="l1", at=now(), conversation=message("m1").conversation, **found),
        source="bot",
    )
    house.work()
    (link,) = peers.of("desk").told("link_account")
    assert (link.profile.name, link.profile.identities) == ("Ann", (claimed,))


def test_history_moves_nothing(house):
    """An echo of days ago, when a number is connected, is no take-over."""
    house.arrive(asks(), native("n1", seconds=-2 * 86400))
    assert owner(house) == ""


def test_a_replay_moves_nothing(house):
    """What is read again was news once."""
    house.arrive(asks(), native("n1"))
    house.tell(moves("h1", "release"))
    assert owner(house) == ""
    with house.store.read() as db:
        rows = [row for row in db.execute(journal.journal.select()).all() if row.source == "exchange"]
    replay(house.gateway, rows, deliver=True)
    assert owner(house) == ""


def test_a_copy_that_fails_is_no_failure_of_the_message(house):
    """The person has it, whatever becomes of the desk."""
    house.arrive(asks())
    house.work()
    peers.of("desk").answers("send", Rejected("desk: no room"))
    house.tell(answers("b1"), source="bot")
    house.work()
    assert house.states(target="desk") == ["sent", "refused"]
    assert peers.of("bot").told("acknowledge") == []
    assert house.status("b1") is None
