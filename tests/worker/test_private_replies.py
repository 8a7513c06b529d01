"""What a comment allows: one message to the person, in private, that names what it answers."""

from time import time

import peers
import pytest
from gateways import TWO_ENDS, message, reply

from connectors_core.errors import Rejected, Uncertain, Unreachable
from connectors_core.model import Comment, MessageRef, Origin, Outcome, Reconciled, Text
from connectors_core.operating import resolving

PLAZA = TWO_ENDS.replace('type = "phone"', 'type = "plaza"')
DAY = 86400.0


@pytest.fixture
def plaza(open_house):
    """Return a house where Ann has commented on a post, and has not written otherwise."""
    house = open_house(PLAZA)
    house.arrive(message("c1", parts=(Comment(id="c1", body="do you deliver?", post="p1"),)))
    house.sql("UPDATE openings SET at = :now", now=time())
    house.work()
    return house


def answer(plaza, id_="r1", **changes):
    """Let somebody at the desk write, and return the delivery."""
    plaza.tell(reply(id_, **changes))
    plaza.work()
    return plaza.rows("deliveries", target="shop")[-1]


def test_one_message_answers_a_comment_and_says_which(plaza):
    """The next one has to wait until the person writes."""
    assert answer(plaza).state == "sent"
    (sent,) = peers.of("shop").told()
    assert (sent.tag, sent.reply_to) == ("aside", MessageRef(endpoint="shop", account="100", id="c1"))
    second = answer(plaza, "r2")
    assert (second.state, second.code) == ("refused", "window_closed")


def test_a_comment_opens_no_other_window(plaza):
    """It was public: nobody has written to the business."""
    (row,) = plaza.rows("conversations")
    assert row.last_in_at is None


def test_the_answer_is_spent_when_its_outcome_is_unknown(plaza):
    """It may be out."""
    peers.of("shop").answers("send", Uncertain("no answer"))
    peers.of("shop").always("reconcile", None)
    answer(plaza)
    (row,) = plaza.rows("openings")
    assert row.used_by is not None


@pytest.mark.parametrize("error", [Rejected("too long"), Unreachable("down", after=3600.0)])
def test_the_answer_is_not_spent_when_nothing_went_out(plaza, error):
    """Another one may be tried."""
    peers.of("shop").answers("send", error)
    answer(plaza)
    assert [row.used_by for row in plaza.rows("openings")] == [None]


def test_when_the_person_writes_everything_is_as_usual(plaza):
    """A message that answers the comment by name is a private reply all the same, until one is out."""
    plaza.arrive(message("m1"))
    plaza.sql("UPDATE conversations SET last_in_at = :now", now=time())
    plaza.work()
    answer(plaza)
    at_desk = peers.of("desk").told()[0].id
    answer(plaza, "r2", reply_to=MessageRef(endpoint="shop", account="100", id=at_desk))
    answer(plaza, "r3", reply_to=MessageRef(endpoint="shop", account="100", id=at_desk))
    assert [one.tag for one in peers.of("shop").told()] == ["", "aside", ""]


def comment_again(plaza, id_, at):
    """Let Ann comment once more, `at` seconds from now."""
    plaza.arrive(message(id_, parts=(Comment(id=id_, body="and now?"),)))
    plaza.sql("UPDATE openings SET at = :at WHERE message = :id", at=time() + at, id=id_)


def test_a_newer_comment_allows_another_answer(plaza):
    """An older one that comes late allows none that does not name it."""
    answer(plaza)
    comment_again(plaza, "c0", at=-60)
    assert answer(plaza, "r2").state == "refused"
    comment_again(plaza, "c2", at=0)
    assert answer(plaza, "r3").state == "sent"
    assert [one.reply_to.id for one in peers.of("shop").told()] == ["c1", "c2"]


def test_of_two_comments_each_is_answered_by_its_name(plaza):
    """Somebody who asks below two posts gets an answer to each, and to the right one."""
    comment_again(plaza, "c2", at=0)
    older = MessageRef(endpoint="shop", account="100", id="c1")
    assert answer(plaza, "r1", reply_to=older).state == "sent"
    assert answer(plaza, "r2").state == "sent"
    assert [one.reply_to.id for one in peers.of("shop").told()] == ["c1", "c2"]
    assert answer(plaza, "r3", reply_to=older).state == "refused"


def test_what_would_be_cut_is_not_begun(plaza):
    """One message is allowed: half a sentence would be worse than none, and would use it up."""
    answer(plaza, parts=(Text(body="more than what fits into one message"),))
    rows = plaza.rows("deliveries", target="shop")
    assert [(row.state, row.code) for row in rows] == [("refused", "window_closed")] * 2
    assert "this makes 2: shorten it" in rows[0].reason
    assert peers.of("shop").told() == []
    assert [row.used_by for row in plaza.rows("openings")] == [None]


def test_what_is_cut_answers_a_comment_where_the_rest_may_follow(plaza):
    """The person has written: only the first piece has to be private to the comment."""
    plaza.arrive(message("m1"))
    plaza.sql("UPDATE conversations SET last_in_at = :now", now=time())
    answers = MessageRef(endpoint="shop", account="100", id="c1")
    answer(plaza, parts=(Text(body="more than what fits into one message"),), reply_to=answers)
    assert [one.tag for one in peers.of("shop").told()] == ["aside", ""]


def test_what_a_human_knows_not_to_be_out_goes_out_once_more(plaza):
    """The answer was thought to be spent."""
    peers.of("shop").answers("send", Uncertain("no answer"))
    peers.of("shop").always("reconcile", None)
    row = answer(plaza)
    resolving.resolve(plaza.gateway, row.id, sent=False)
    plaza.work()
    assert plaza.rows("deliveries", target="shop")[-1].state == "sent"


def test_what_the_platform_says_not_to_be_out_goes_out_once_more(plaza):
    """It is asked although the one answer is spent: asking is no answer."""
    peers.of("shop").answers("send", Uncertain("no answer"))
    peers.of("shop").always("reconcile", Reconciled(outcome=Outcome.NOT_SENT))
    answer(plaza)
    plaza.later(6)
    plaza.work()
    assert plaza.rows("deliveries", target="shop")[-1].state == "sent"


def test_a_human_may_answer_late_and_a_bot_may_not(plaza):
    """Each message is judged by who wrote it."""
    plaza.arrive(message("m1"))
    plaza.sql("UPDATE conversations SET last_in_at = :now", now=time())
    plaza.sql("UPDATE openings SET used_by = 1")
    plaza.later(3 * DAY)
    bot = answer(plaza, "b1", origin=Origin.BOT)
    assert (bot.state, "an agent may still write, for another 3 days" in bot.reason) == ("refused", True)
    assert answer(plaza, "r1").state == "sent"
    assert [one.tag for one in peers.of("shop").told()] == ["HUMAN"]


def test_a_tag_that_somebody_else_wrote_is_not_believed(plaza):
    """The rules decide under which tag a message goes."""
    plaza.arrive(message("m1"))
    plaza.sql("UPDATE conversations SET last_in_at = :now", now=time())
    answer(plaza, parts=(Text(body="hi"),), tag="HUMAN")
    assert [one.tag for one in peers.of("shop").told()] == [""]
