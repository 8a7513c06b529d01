"""What follows a call: sent, not sent, or unknown, and what its lane and its endpoint do then."""

from datetime import timedelta

import attrs
import peers
import pytest
from gateways import TWO_ENDS, message, receipt, reply
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from connectors_core.errors import (
    Malformed,
    NeedsAttention,
    NotAllowedNow,
    NotSupported,
    RateLimited,
    Rejected,
    Retry,
    Uncertain,
    Unreachable,
)
from connectors_core.keys import Key
from connectors_core.model import Activity, ActivityKind, ContactRef, ConversationRef, Done, MessageRef
from connectors_core.settings.model import Delivery
from connectors_core.store import operations
from connectors_core.worker import tasks
from connectors_core.worker.decisions import PASSING_TRIES, backoff

TELEX = TWO_ENDS.replace('type = "phone"', 'type = "telex"')
IDEMPOTENT = TWO_ENDS.replace('number = "100"', 'number = "100"\ntraits = ["idempotent"]')
NARROW = TWO_ENDS.replace('number = "100"', 'number = "100"\ndelivery = { concurrency = 1, breaker_after = 2 }')


@pytest.fixture
def asked(house):
    """Return a house in which Ann has written, and the reply r1 waits for the worker."""
    return ask(house)


def ask(house, *ids):
    """Let Ann write, and agents answer."""
    house.arrive(message("m1"))
    house.work()
    house.tell(*(reply(one, one) for one in ids or ("r1",)))
    return house


def to_shop(house):
    """Return the deliveries to the shop."""
    return house.rows("deliveries", target="shop")


def test_a_call_that_worked_is_sent_and_leaves_its_name(asked):
    """The id of the provider is stored in the transaction that settles the attempt."""
    asked.work()
    (row,) = to_shop(asked)
    assert (row.state, row.attempts, row.code, row.reason) == ("sent", 1, "", "")
    assert [ref.external_id for ref in asked.rows("message_refs", delivery_id=row.id)] == ["shop.1"]
    (attempt,) = asked.rows("attempts", delivery_id=row.id)
    assert (attempt.number, attempt.outcome, attempt.worker) == (1, "sent", asked.worker.presence.name)


@pytest.mark.parametrize(
    ("error", "state", "outcome"),
    [
        (Rejected("no"), "refused", "not_sent"),
        (NotSupported("no"), "refused", "not_sent"),
        (NotAllowedNow("no"), "refused", "not_sent"),
        (Retry("later"), "waiting", "not_sent"),
        (RateLimited("slowly"), "waiting", "not_sent"),
        (Unreachable("away"), "waiting", "not_sent"),
        (NeedsAttention("who are you"), "waiting", "not_sent"),
        (Uncertain("perhaps"), "uncertain", "unknown"),
        (Malformed("what"), "uncertain", "unknown"),
        (ZeroDivisionError("words of a customer"), "uncertain", "unknown"),
        ("not an answer at all", "uncertain", "unknown"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_error_says_what_happens_next(asked, error, state, outcome):
    """Refused stops, Retry waits, and whatever may have happened is never simply repeated."""
    peers.of("shop").answers("send", error)
    asked.work()
    (row,) = to_shop(asked)
    assert row.state == state
    (attempt,) = asked.rows("attempts", delivery_id=row.id)
    assert attempt.outcome == outcome
    assert "customer" not in attempt.reason + row.reason
    assert len(peers.of("shop").calls) == 1


@pytest.mark.parametrize("error", [Uncertain("perhaps"), ZeroDivisionError()])
def test_an_unknown_outcome_is_listed_at_once_where_nothing_can_settle_it(open_house, error):
    """A channel without reports, echoes or `reconcile`: a human decides, and the lane goes on."""
    house = ask(open_house(TELEX), "r1", "r2")
    peers.of("shop").answers("send", error)
    house.work()
    assert house.states(target="shop") == ["unknown", "sent"]
    assert peers.of("shop").texts() == ["r1", "r2"]
    assert house.status("r1") is None


def test_an_idempotent_target_is_called_again_with_the_same_key(open_house):
    """Repeating does no harm there."""
    house = ask(open_house(IDEMPOTENT))
    peers.of("shop").answers("send", Uncertain("perhaps"))
    house.work()
    assert house.states(target="shop") == ["waiting"]
    house.later(60)
    house.work()
    assert house.states(target="shop") == ["sent"]
    first, second = peers.of("shop").keys()
    assert first == second


@pytest.mark.parametrize("kind", [ActivityKind.TYPING, ActivityKind.SEEN])
def test_a_sign_of_life_never_lets_words_wait_for_news_of_it(asked, kind):
    """Nobody asks whether somebody was seen to type: it is tried again, and what was written comes after it."""
    asked.work()
    asked.tell(reply("sign", parts=(Activity(kind=kind),)), reply("r2", "words"))
    peers.of("shop").answers("send", Uncertain("perhaps"))
    asked.work()
    assert asked.states(target="shop") == ["sent", "waiting", "waiting"]
    asked.later(5)
    asked.work()
    assert asked.states(target="shop") == ["sent", "sent", "sent"]
    assert [attempt.outcome for attempt in asked.rows("attempts") if attempt.error] == ["unknown"]


def test_a_sign_of_life_that_cannot_be_told_stops_nothing(asked):
    """After a few tries nobody can tell whether it was seen, and the words go out."""
    asked.work()
    asked.tell(reply("sign", parts=(Activity(kind=ActivityKind.TYPING),)), reply("r2", "words"))
    peers.of("shop").answers("send", *[Uncertain("perhaps")] * PASSING_TRIES)
    for _ in range(PASSING_TRIES):
        asked.work()
        asked.later(60)
    assert asked.states(target="shop") == ["sent", "unknown", "sent"]


def test_a_wish_for_silence_is_no_sign_of_life(asked):
    """Whether somebody was blocked is worth a question."""
    asked.work()
    asked.tell(reply("block", parts=(Activity(kind=ActivityKind.BLOCK),)))
    peers.of("shop").answers("send", Uncertain("perhaps"))
    asked.work()
    assert asked.states(target="shop") == ["sent", "uncertain"]


@pytest.mark.parametrize("error", [Uncertain("perhaps"), ZeroDivisionError()])
def test_a_receipt_that_was_perhaps_told_is_told_again(asked, error):
    """It says the same however often it is told: none is lost, and no words wait for news of it."""
    asked.work()
    peers.of("desk").answers("acknowledge", error)
    asked.arrive(receipt("read", "shop.1"))
    asked.work()
    asked.arrive(message("m2"))
    asked.work()
    assert asked.states(target="desk") == ["sent", "waiting", "waiting"]
    asked.later(5)
    asked.work()
    assert asked.states(target="desk") == ["sent", "sent", "sent"]
    assert [told.kind for told in peers.of("desk").told("acknowledge")] == ["read", "read"]


def test_a_refusal_is_told_to_the_writer_and_the_lane_goes_on(house):
    """The agent sees why, in the provider's words, and the next message is sent."""
    ask(house, "r1", "r2")
    peers.of("shop").answers("send", Rejected("too rude", code=131047))
    house.work()
    assert house.states(target="shop") == ["refused", "sent"]
    (told,) = peers.of("desk").told("acknowledge")
    assert (told.kind, told.failure.code, told.failure.title) == ("failed", "131047", "shop could not send: too rude")


def test_words_that_no_store_keeps_stop_nothing(asked):
    """An answer with NUL, half a character and no end in sight is stored in words that can be."""
    peers.of("shop").answers("send", Rejected("no \x00 \ud800 " + "x" * 5000, code="\x00"))
    asked.work()
    (row,) = to_shop(asked)
    assert row.state == "refused"
    assert row.reason.startswith("shop could not send: no \ufffd ?")
    assert (len(row.reason), row.code) == (1000, "\ufffd")


def test_a_lane_waits_behind_its_retrying_head_and_others_flow(house):
    """Order within a conversation is kept; Bob does not wait for Ann."""
    house.arrive(message("m2", person="bob"))
    ask(house, "r1", "r2")
    house.tell(reply("b1", "b1", person="bob"))
    peers.of("shop").answers("send", Retry("later"))
    house.work()
    assert peers.of("shop").texts() == ["r1", "b1"]
    house.later(60)
    house.work()
    assert peers.of("shop").texts() == ["r1", "b1", "r1", "r2"]


def test_the_other_side_says_how_long_to_wait(asked):
    """`after` wins over the schedule."""
    peers.of("shop").answers("send", Retry("later", after=500))
    asked.work()
    asked.later(490)
    asked.work()
    assert len(peers.of("shop").calls) == 1
    asked.later(20)
    asked.work()
    assert asked.states(target="shop") == ["sent"]


@given(st.integers(1, 200))
def test_waits_double_with_jitter_up_to_a_bound(attempts):
    """Half of the wait at least, so that a crowd spreads without hammering."""
    settings = Delivery(retry_first=2.0, retry_longest=600.0)
    full = min(2.0 * 2.0 ** min(attempts - 1, 30), 600.0)
    assert full / 2 <= backoff(settings, attempts) <= full


def test_a_delivery_is_given_up_after_its_age(asked):
    """The dead letter names the last reason, the writer hears that it failed, and nothing is sent any more."""
    peers.of("shop").always("send", Retry("later", code=4))
    asked.work()
    asked.later(timedelta(hours=48).total_seconds())
    asked.work()
    (row,) = to_shop(asked)
    assert (row.state, row.attempts) == ("dead", 2)
    assert "later; given up after 2 days" in row.reason
    assert asked.status("r1") == "failed"
    assert [one.kind for one in peers.of("desk").told("acknowledge")] == ["failed"]


def test_a_rate_limit_of_the_account_holds_the_whole_endpoint(open_house):
    """After a 429 nothing is sent from this account before its time, whoever it is for."""
    house = open_house(NARROW)
    house.arrive(message("m2", person="bob"))
    ask(house)
    house.tell(reply("b1", "b1", person="bob"))
    peers.of("shop").answers("send", RateLimited("slowly", after=30))
    house.work()
    assert peers.of("shop").texts() == ["r1"]
    house.later(31)
    house.work()
    assert sorted(peers.of("shop").texts()) == ["b1", "r1", "r1"]


def test_a_rate_limit_of_the_pair_holds_its_lane_alone(house):
    """Too many messages to Ann are no reason to let Bob wait."""
    house.arrive(message("m2", person="bob"))
    ask(house, "r1", "r2")
    house.tell(reply("b1", "b1", person="bob"))
    peers.of("shop").answers("send", RateLimited("slowly", after=30, scope="pair"))
    house.work()
    assert peers.of("shop").texts() == ["r1", "b1"]


def test_the_breaker_opens_half_opens_and_closes(open_house):
    """So many failures in a row stop the calls; then one call tries; its success lets all go."""
    house = open_house(NARROW)
    people = ["ann", "bob", "cid", "dan"]
    for one in people:
        house.arrive(message(f"m-{one}", person=one))
        house.tell(reply(f"r-{one}", one, person=one))
    shop = peers.of("shop")
    shop.always("send", Unreachable("away", after=0.0))
    house.work()
    assert len(shop.calls) == 2
    house.later(16)
    house.work()
    assert len(shop.calls) == 3
    shop.always("send", None)
    house.work()
    assert len(shop.calls) == 3
    house.later(16)
    house.work()
    assert house.states(target="shop") == ["sent"] * 4
    assert house.worker.gates["shop"].failures == 0


def test_refused_credentials_pause_the_endpoint_until_a_human_resumes_it(open_house):
    """Nothing is lost: what waits goes out in its order when the token works again."""
    house = ask(open_house(NARROW), "r1", "r2")
    peers.of("shop").answers("send", NeedsAttention("the token was revoked"))
    house.work()
    assert peers.of("shop").texts() == ["r1"]
    assert house.states(target="shop") == ["waiting", "waiting"]
    (state,) = [row for row in house.rows("endpoint_states") if row.name == "shop"]
    assert (state.paused_by, state.reason) == ("attention", "shop could not send: the token was revoked")
    house.later(3600)
    house.work()
    assert peers.of("shop").texts() == ["r1"]
    house.resume("shop")
    house.work()
    assert peers.of("shop").texts() == ["r1", "r1", "r2"]


def test_an_endpoint_that_a_human_paused_gets_nothing(asked):
    """`connectors pause` stops deliveries; the other endpoints go on."""
    with asked.store.write() as db:
        operations.pause(db, "shop", "human", "stocktaking")
    asked.arrive(message("m2"))
    asked.work()
    assert peers.of("shop").calls == []
    assert peers.of("desk").texts() == ["hello", "hello"]
    asked.resume("shop")
    asked.work()
    assert peers.of("shop").texts() == ["r1"]


def test_what_happened_there_as_a_consequence_becomes_events(asked):
    """A bot answers in the reply to its call: its words are journaled under our key, once."""
    answer = reply("ignored", "I am a bot", endpoint="elsewhere", conversation=message("m1").conversation)
    desk = peers.of("desk")
    desk.answers("send", Done(events=[answer, attrs.evolve(answer, parts=reply("x", "and again").parts)]))
    asked.arrive(message("m2"))
    asked.work()
    assert [(row.source, row.kind) for row in asked.rows("journal")][-1] == ("desk", "done")
    asked.read("desk")
    asked.work()
    key = desk.keys()[-1]
    assert [row.external_id for row in asked.rows("events")][-2:] == [f"{key}/1", f"{key}/2"]
    assert peers.of("shop").texts()[-2:] == ["I am a bot", "and again"]


def test_what_the_target_calls_people_is_remembered(asked):
    """Later messages name the contact and the conversation in the target's own words, aliases included."""
    person = ContactRef(endpoint="desk", account="7", id="c-1", aliases=("c-old",))
    talk = ConversationRef(endpoint="desk", account="7", id="t-1")
    name = MessageRef(endpoint="desk", account="7", id="d-1")
    peers.of("desk").answers("send", Done(refs=[person, talk, name]))
    asked.arrive(message("m2"), message("m3"))
    asked.work()
    last = peers.of("desk").told()[-1]
    assert last.conversation == talk
    assert last.contact.id in {"c-1", "c-old"}
    assert {row.external_id for row in asked.rows("links", endpoint="desk")} == {"c-1", "c-old", "t-1"}


def test_pieces_go_one_after_another_with_keys_of_their_own(house):
    """Every piece is a row with the key <message>/<n>, in the order of the text."""
    house.arrive(message("m1"))
    house.tell(reply("r1", "one two three four five six seven eight nine ten"))
    house.work()
    rows = to_shop(house)
    assert [(row.piece, row.pieces) for row in rows] == [(1, 3), (2, 3), (3, 3)]
    name = house.store.installation
    assert peers.of("shop").keys() == [str(Key(name, rows[0].event_id, number)) for number in (1, 2, 3)]
    assert "".join(peers.of("shop").texts()) == "one two three four five six seven eight nine ten"


def test_a_piece_that_has_to_wait_holds_back_those_behind_it(house):
    """The second half never arrives before the first."""
    house.arrive(message("m1"))
    house.tell(reply("r1", "one two three four five six"))
    peers.of("shop").answers("send", Retry("later"))
    house.work()
    assert len(peers.of("shop").calls) == 1
    house.later(60)
    house.work()
    texts = peers.of("shop").texts()
    assert texts[0] == texts[1]
    assert "".join(texts[1:]) == "one two three four five six"


def test_a_store_that_is_away_before_a_call_costs_the_message_nothing(asked, monkeypatch):
    """Preparing a call reads the store: when that fails the call was not made, and it is made a moment later."""
    real, failed = tasks.outgoing_event, []

    def prepare(*arguments):
        if not failed:
            failed.append(1)
            raise OperationalError("SELECT 1", {}, Exception("gone"))
        return real(*arguments)

    monkeypatch.setattr(tasks, "outgoing_event", prepare)
    asked.work()
    assert asked.states(target="shop") == ["waiting"]
    asked.later(2)
    asked.work()
    assert asked.states(target="shop") == ["sent"]


@pytest.mark.parametrize("error", [Malformed("a document that nobody reads"), KeyError("x")])
def test_a_message_that_cannot_be_prepared_is_a_dead_letter_not_an_unknown(asked, monkeypatch, error):
    """No call was made, so nothing is unknown; its lane goes on."""

    def prepare(*_arguments):
        raise error

    monkeypatch.setattr(tasks, "outgoing_event", prepare)
    asked.work()
    (row,) = to_shop(asked)
    assert row.state == "dead"
    assert "nothing was sent" in row.reason
    assert peers.of("shop").calls == []
