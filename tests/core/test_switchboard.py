"""Who may answer a conversation, by what people, agents, bots and the platform do."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from connectors_core.errors import NotInControl, NotSupported
from connectors_core.model import (
    NATIVE_APP,
    OTHER,
    OURS,
    UNKNOWN,
    ConversationRef,
    Handover,
    HandoverAction,
    Message,
    Origin,
    Text,
)
from connectors_core.switchboard import ELSEWHERE, THEIRS, Control, Switchboard

NOW = 1_800_000_000.5
IDLE = 3600.0
BOARD = Switchboard(
    name="page",
    responders=("bot", "desk"),
    idle=IDLE,
    owners={"11": OURS, "22": NATIVE_APP},
    controls=frozenset(HandoverAction),
)
WHOSE = ConversationRef(endpoint="page", account="1", id="7")


def said(writer, origin=Origin.AGENT):
    """Return what a responder writes."""
    at = datetime.fromtimestamp(NOW, UTC)
    return Message(
        endpoint=writer, account=writer, id="m", at=at, parts=[Text(body="x")], origin=origin, conversation=WHOSE
    )


def moved(action, new="", *, by="page", at=NOW, **more):
    """Return a handover."""
    moment = datetime.fromtimestamp(at, UTC)
    return Handover(endpoint=by, account=by, id="h", at=moment, action=HandoverAction(action), new_owner=new, **more)


def owner(control, now=NOW):
    """Return who may answer on the test's board."""
    return BOARD.owner(control, now)


def taken(by="desk", at=NOW):
    """Return a conversation that an agent took."""
    return BOARD.responder_wrote(Control(), said(by), at)


def test_the_first_responder_owns_by_default():
    """Nothing has to be written for that."""
    assert owner(Control()) == "bot"


def test_an_agent_who_writes_takes_control_and_the_bot_may_not_answer():
    """The refusal names who has it."""
    control = taken()
    assert owner(control) == "desk"
    with pytest.raises(NotInControl, match="desk answers this conversation now, so bot may not"):
        BOARD.responder_wrote(control, said("bot", Origin.BOT), NOW)


def test_it_goes_back_after_the_idle_time_and_every_word_begins_it_anew():
    """A word of the person or of the owner counts."""
    control = taken()
    assert owner(control, NOW + IDLE - 1) == "desk"
    assert owner(control, NOW + IDLE) == "bot"
    asked = BOARD.person_wrote(control, NOW + 1800, NOW + 1800, standby=False)
    assert owner(asked, NOW + IDLE + 1) == "desk"
    answered = BOARD.responder_wrote(asked, said("desk"), NOW + 3000)
    assert owner(answered, NOW + 3000 + IDLE - 1) == "desk"


def test_a_campaign_takes_nothing_over():
    """Templates never change the owner."""
    assert BOARD.responder_wrote(Control(), said("desk", Origin.CAMPAIGN), NOW) == Control()


def test_who_is_no_responder_may_not_answer():
    """Even an agent: the settings say who answers here."""
    with pytest.raises(NotInControl, match="archive is none of the responders of page, which are bot, desk"):
        BOARD.responder_wrote(Control(), said("archive"), NOW)


def test_a_human_in_the_native_inbox_takes_over():
    """By the id that is known, or without any; an app beside us and our own take nothing."""
    for app, who in (("22", NATIVE_APP), ("", NATIVE_APP), ("99", "bot"), ("11", "bot")):
        assert owner(BOARD.echoed(Control(), app, NOW, NOW, standby=False)) == who
    assert owner(BOARD.echoed(Control(), "99", NOW, NOW, standby=True)) == OTHER


def test_an_old_echo_takes_nothing_back():
    """What was said before the agent took over, or is imported as history, is no news."""
    control = taken(at=NOW)
    assert owner(BOARD.echoed(control, "22", NOW - 5, NOW, standby=False)) == "desk"
    assert owner(BOARD.echoed(Control(), "22", NOW - 2 * IDLE, NOW, standby=False)) == "bot"


def test_a_platform_of_whole_seconds_is_not_thought_older_than_it_is():
    """Its second may have begun before ours."""
    assert owner(BOARD.echoed(taken(at=NOW), "22", float(int(NOW)), NOW, standby=False)) == NATIVE_APP


def test_a_standby_copy_says_that_somebody_else_has_the_thread():
    """And a message that is none says that it was let go, which platforms tell nobody."""
    control = BOARD.person_wrote(Control(), NOW, NOW, standby=True)
    assert (owner(control), control.held) == (OTHER, THEIRS)
    assert owner(BOARD.person_wrote(control, NOW + 1, NOW + 1, standby=False), NOW + 1) == "bot"
    assert owner(BOARD.person_wrote(control, NOW - 1, NOW + 1, standby=False), NOW + 1) == OTHER


def test_a_native_owner_without_routing_keeps_the_conversation_while_people_write():
    """No standby copies come there, so messages say nothing of who has it."""
    control = BOARD.echoed(Control(), "22", NOW, NOW, standby=False)
    assert owner(BOARD.person_wrote(control, NOW + 5, NOW + 5, standby=False), NOW + 5) == NATIVE_APP


def test_the_platform_passes_takes_and_gives_back():
    """Its ids are read by what the connector knows of them; nobody known is another app."""
    for name, who in (("22", NATIVE_APP), ("99", OTHER), ("", UNKNOWN)):
        assert owner(BOARD.told(Control(), moved("take", name), NOW)) == who
    native = BOARD.told(Control(), moved("take", "22"), NOW)
    assert owner(BOARD.told(native, moved("pass", "11", at=NOW + 1), NOW + 1), NOW + 1) == "bot"
    assert owner(BOARD.told(taken(), moved("take", "11"), NOW)) == "desk"


def test_words_of_ours_in_an_event_of_the_platform_mean_nothing():
    """A forged owner named as one of the responders is another app; our own news may name one."""
    assert owner(BOARD.told(Control(), moved("take", "desk"), NOW)) == OTHER
    assert owner(BOARD.told(Control(), moved("take", "desk"), NOW, own=True)) == "desk"


def test_without_our_own_id_a_thread_that_is_passed_is_ours():
    """Such an event goes to the app that got it."""
    board = attrs.evolve(BOARD, owners={"22": NATIVE_APP})
    assert board.owner(board.told(Control(), moved("pass", "77"), NOW), NOW) == "bot"
    assert board.owner(board.told(Control(), moved("take", "77"), NOW), NOW) == OTHER


def test_news_that_was_overtaken_changes_nothing():
    """The order is that of the platform's clock, not that of arrival."""
    control = BOARD.told(Control(), moved("pass", "11", at=NOW + 2), NOW + 2)
    assert owner(BOARD.told(control, moved("take", "22", at=NOW + 1), NOW + 3)) == "bot"


def test_a_bot_moves_only_what_it_has():
    """It may ask, which changes nothing; an agent may take from anybody."""
    with pytest.raises(NotInControl, match="desk answers this conversation now; bot can ask for it with request"):
        BOARD.asked(taken(), moved("take", by="bot"), NOW)
    assert BOARD.asked(taken(), moved("request", by="bot"), NOW) == (taken(), None)
    control, forward = BOARD.asked(Control(), moved("take", by="desk", origin=Origin.AGENT), NOW)
    assert (owner(control), forward) == ("desk", None)


def test_the_parting_words_of_a_bot_go_out_and_nothing_later():
    """Unless somebody else has moved the conversation since."""
    control, _ = BOARD.asked(Control(), moved("pass", by="bot"), NOW)
    BOARD.let(control, "bot", Origin.BOT, NOW + 1, written=NOW)
    with pytest.raises(NotInControl):
        BOARD.let(control, "bot", Origin.BOT, NOW + 1, written=NOW + 0.5)
    with pytest.raises(NotInControl):
        BOARD.let(taken(at=NOW + 1), "bot", Origin.BOT, NOW + 2, written=NOW)


def test_a_pass_goes_to_the_next_responder_a_named_one_or_the_native_inbox():
    """Only what leaves this house is asked of the platform."""
    control, forward = BOARD.asked(Control(), moved("pass", by="bot"), NOW)
    assert (owner(control), forward) == ("desk", None)
    control, forward = BOARD.asked(control, moved("pass", "bot", by="desk", origin=Origin.AGENT), NOW)
    assert (owner(control), forward) == ("bot", None)
    control, forward = BOARD.asked(control, moved("pass", NATIVE_APP, by="bot"), NOW)
    assert (owner(control), control.held, forward) == (NATIVE_APP, THEIRS, HandoverAction.PASS)


def test_a_thread_that_the_platform_gave_away_is_taken_there():
    """Where it can be; elsewhere the next message takes it."""
    native = BOARD.told(Control(), moved("take", "22"), NOW)
    control, forward = BOARD.asked(native, moved("take", by="desk", origin=Origin.AGENT), NOW)
    assert (owner(control), forward) == ("desk", HandoverAction.TAKE)
    board = attrs.evolve(BOARD, controls=frozenset({HandoverAction.PASS}))
    assert board.asked(native, moved("take", by="desk", origin=Origin.AGENT), NOW)[1] is None


def test_a_release_gives_it_to_the_first_and_the_first_lets_the_platform_decide():
    """Where the platform cannot, that is said."""
    control, forward = BOARD.asked(taken(), moved("release", by="desk", origin=Origin.AGENT), NOW)
    assert (owner(control), forward) == ("bot", None)
    control, forward = BOARD.asked(control, moved("release", by="bot"), NOW)
    assert (owner(control), forward) == (UNKNOWN, HandoverAction.RELEASE)
    assert BOARD.responder_wrote(control, said("bot", Origin.BOT), NOW).owner == UNKNOWN
    assert owner(BOARD.person_wrote(control, NOW + 1, NOW + 1, standby=False), NOW + 1) == "bot"
    with pytest.raises(NotSupported, match="cannot release the control of a conversation at its platform"):
        attrs.evolve(BOARD, controls=frozenset()).asked(Control(), moved("release", by="bot"), NOW)


def test_an_extension_lasts_longer_than_the_idle_time():
    """And no word shortens it."""
    wish = moved("extend", by="desk", origin=Origin.AGENT, duration=timedelta(days=2))
    control, forward = BOARD.asked(taken(), wish, NOW)
    assert forward is HandoverAction.EXTEND
    control = BOARD.person_wrote(control, NOW + 10, NOW + 10, standby=False)
    assert owner(control, NOW + 47 * 3600) == "desk"


def test_nobody_keeps_it_for_ever():
    """Not even a bot that says so: what is asked for without end ends like everything else."""
    held = BOARD.asked(taken(), moved("extend", by="desk", duration=timedelta.max), NOW)[0]
    assert NOW + IDLE < held.until <= NOW + 30 * 86400


def test_a_responder_that_was_taken_out_of_the_settings_has_nothing():
    """Nor one that is called otherwise now: the first answers, and the next change begins there."""
    gone = attrs.evolve(taken(), owner="former")
    assert owner(gone, NOW + 1) == "bot"
    BOARD.let(gone, "bot", Origin.BOT, NOW + 1)
    assert owner(BOARD.responder_wrote(gone, said("desk"), NOW + 1), NOW + 1) == "desk"


@pytest.mark.parametrize("years", [1, 5000])
def test_news_from_the_future_deafens_nobody(years):
    """A platform whose clock is wrong for one event is believed again a minute later."""
    ahead = NOW + years * 366 * 86400
    for wrong in (
        BOARD.told(Control(), moved("pass", "22", at=ahead), NOW),
        BOARD.person_wrote(Control(), ahead, NOW, standby=True),
        BOARD.echoed(Control(), "22", ahead, NOW, standby=True),
    ):
        assert owner(wrong) in ELSEWHERE
        assert owner(BOARD.told(wrong, moved("pass", "11", at=NOW + 61), NOW + 61), NOW + 61) == "bot"


def test_the_only_responder_can_pass_to_nobody():
    """The refusal says what to do."""
    board = attrs.evolve(BOARD, responders=("desk",))
    with pytest.raises(NotSupported, match="name others in `responders`"):
        board.asked(Control(), moved("pass", by="desk"), NOW)
