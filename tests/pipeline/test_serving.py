"""How people are served: cases, answers and ratings, as events come in and answers go out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import time

import attrs
import peers
import pytest
from gateways import BOT_AND_DESK, TWO_ENDS, item, message, receipt, reply, wait_until, webhook
from sqlalchemy import text

from connectors_core.errors import Rejected
from connectors_core.model import (
    Activity,
    ActivityKind,
    Choice,
    Contact,
    Echo,
    Feedback,
    Handover,
    HandoverAction,
    Origin,
    Reaction,
    Text,
)
from connectors_core.pipeline import serving
from connectors_core.store import deliveries


def ago(minutes):
    """Return a moment so many minutes before now."""
    return datetime.now(UTC) - timedelta(minutes=minutes)


def asks(id_, minutes, **changes):
    """Return what the person wrote so many minutes ago."""
    return message(id_, at=ago(minutes), **changes)


def settles(id_="h1"):
    """Return that the desk has done with it."""
    return Handover(
        endpoint="desk",
        account="desk",
        id=id_,
        at=datetime.now(UTC),
        action=HandoverAction.RELEASE,
        origin=Origin.AGENT,
        resolved=True,
        conversation=message("m1").conversation,
    )


def test_the_first_message_opens_a_case_and_the_answer_ends_the_waiting(house):
    """The agent is named; further messages of a person who waits change nothing."""
    house.arrive(asks("m1", 10), asks("m2", 5))
    house.tell(reply("r1", author=Contact(name="Ann"), at=ago(0)))
    house.work()
    (case,) = house.rows("cases")
    assert (case.channel, case.responder, case.agent, case.asked_at) == ("shop", "desk", "Ann", None)
    (answer,) = house.rows("answers")
    assert answer.answered_at - answer.asked_at == pytest.approx(600, abs=30)
    assert case.first_at == case.human_at == answer.answered_at


def test_what_never_went_out_answers_nobody(house):
    """A reply that the channel refuses leaves the person waiting."""
    house.arrive(asks("m1", 10))
    peers.of("shop").answers("send", Rejected("shop: no"))
    house.tell(reply("r1"))
    house.work()
    assert house.rows("answers") == []
    assert house.rows("cases")[0].asked_at is not None


def test_every_question_has_its_answer(house):
    """The second one is measured from the second question, and the case stays one."""
    house.arrive(asks("m1", 60))
    house.tell(reply("r1"))
    house.work()
    house.arrive(message("m2", at=datetime.now(UTC)))
    house.tell(reply("r2"))
    house.work()
    first, second = house.rows("answers")
    assert second.answered_at - second.asked_at < 60 < first.answered_at - first.asked_at
    assert len(house.rows("cases")) == 1


def test_a_sign_of_life_or_a_reaction_asks_nothing(house):
    """Neither opens a case."""
    about = reply("r1").ref
    house.arrive(asks("m1", 1, parts=[Activity(kind=ActivityKind.TYPING)]))
    house.arrive(asks("m2", 1, parts=[Reaction(message=about, emoji="x")]))
    assert house.rows("cases") == []


def test_a_bots_answer_is_no_humans(house):
    """Both moments are kept."""
    house.arrive(asks("m1", 10))
    house.tell(reply("b1", origin=Origin.BOT))
    house.work()
    (case,) = house.rows("cases")
    assert (case.first_at is not None, case.human_at) == (True, None)


def test_a_human_in_the_native_inbox_answers_too(house):
    """Our own copies do not."""
    house.arrive(asks("m1", 10))
    own = reply("n1", endpoint="shop", account="100", at=ago(2), origin=Origin.NATIVE_APP, echo=Echo(app_id="22"))
    house.arrive(own)
    (answer,) = house.rows("answers")
    assert (answer.responder, answer.answered_at - answer.asked_at) == ("native_app", pytest.approx(480, abs=30))


def test_a_matter_that_is_settled_ends_its_case(house):
    """What the person writes next is another one; a tap on what was offered at the end is not."""
    house.arrive(asks("m1", 10))
    house.tell(reply("r1"), settles())
    house.work()
    (case,) = house.rows("cases")
    assert case.resolved
    assert case.ended_at is not None
    house.arrive(message("m2", at=datetime.now(UTC), parts=[Choice(title="5", payload="csat:5")]))
    assert len(house.rows("cases")) == 1
    house.arrive(message("m3", at=datetime.now(UTC)))
    assert len(house.rows("cases")) == 2


def test_who_may_not_settle_a_matter_settles_nothing(open_house):
    """A bot without the conversation that calls it resolved is refused, and the person still waits."""
    house = open_house(BOT_AND_DESK)
    house.arrive(asks("m1", 10))
    house.tell(reply("r1", at=ago(5)))
    house.arrive(asks("m2", 2))
    house.tell(attrs.evolve(settles(), endpoint="bot", account="bot", origin=Origin.BOT), source="bot")
    (case,) = house.rows("cases")
    assert (case.resolved, case.ended_at) == (False, None)
    assert case.asked_at is not None


def test_days_of_silence_end_a_case_unresolved(house):
    """It ended with its last word."""
    house.arrive(asks("m1", 10))
    house.sql(
        "UPDATE cases SET opened_at = opened_at - 400000, last_at = last_at - 400000, asked_at = asked_at - 400000"
    )
    house.arrive(message("m2", at=datetime.now(UTC)))
    old, new = house.rows("cases")
    assert (old.resolved, old.ended_at, new.ended_at) == (False, old.last_at, None)
    assert old.asked_at is not None


def test_history_is_no_service(house):
    """What a platform brings of last month opens no case."""
    house.arrive(message("m1", at=ago(60 * 24 * 30)))
    assert house.rows("cases") == []


def test_a_rating_belongs_to_who_answered_last(house):
    """It comes when the case has ended."""
    house.arrive(asks("m1", 10))
    house.tell(reply("r1", author=Contact(name="Ann")))
    house.work()
    house.tell(settles())
    house.arrive(message("m2", at=datetime.now(UTC), parts=[Feedback(kind="csat", score=4), Text(body="fine")]))
    (rating,) = house.rows("ratings")
    assert (rating.kind, rating.score, rating.responder, rating.agent) == ("csat", 4.0, "desk", "Ann")


def test_a_campaign_answers_nobody(house):
    """What is sent to many is no answer."""
    house.arrive(asks("m1", 10))
    house.tell(reply("r1", origin=Origin.CAMPAIGN))
    house.work()
    assert house.rows("answers") == []


def test_what_is_replayed_is_counted_once(open_house):
    """A second reading of the same bytes opens nothing."""
    house = open_house(TWO_ENDS)
    house.arrive(asks("m1", 1))
    house.arrive(asks("m1", 1))
    assert len(house.rows("cases")) == 1


def waiting(house):
    """Return how many wait for a row that another transaction holds; SQLite has one writer at a time anyway."""
    if house.store.is_sqlite:
        return 1
    with house.store.read() as db:
        held = text(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return db.execute(held).scalar_one()


def test_a_reader_and_a_worker_that_meet_do_not_wait_for_each_other(house):
    """The next question comes with a receipt while the worker stores its send: both write the delivery and the case."""
    house.arrive(asks("m1", 10))
    house.tell(reply("r1", at=ago(5)))
    house.work()
    (sent,) = house.rows("deliveries", target="shop")
    (case,) = house.rows("cases")
    house.journal("exchange", webhook(item(asks("m2", 1)), item(receipt("delivered", "shop.1", at=ago(0)))))
    step = serving.Step(kind="answered", conversation=case.conversation_id, channel="shop", at=time(), origin="agent")
    with ThreadPoolExecutor(1) as pool:
        with house.store.write() as db:
            deliveries.by_id(db, [sent.id], lock=True)
            reading = pool.submit(house.read, "exchange")
            wait_until(lambda: waiting(house))
            serving.keep(db, [step], lambda: 999)
        assert reading.result(20) == 1
    assert house.status("r1") == "delivered"
    assert len(house.rows("cases")) == 1
