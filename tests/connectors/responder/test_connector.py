"""The connector with its database, on SQLite and PostgreSQL."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import attrs
import pytest
import responders
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select

from connectors.responder.memory import Memory, dumps, loads
from connectors.responder.store.opening import VERSION_TABLE
from connectors.responder.store.schema import answers, memories, metadata, names
from connectors_core import NotSupported, Unreachable
from connectors_core.model import (
    ChoiceKind,
    Choices,
    ConversationRef,
    Feedback,
    Handover,
    HandoverAction,
    Identity,
    Link,
    LinkStatus,
    Message,
    Origin,
    Text,
    codec,
)

pytestmark = pytest.mark.own_tables


@pytest.fixture
def clock():
    """Give a clock that the test moves."""
    return responders.Clock()


@pytest.fixture
def bot(store_url, clock):
    """Give a bot whose tables are in the gateway's own database."""
    made = responders.connector(store_url, clock, collect=["name", "phone", "email"], survey="csat", human="inbox")
    yield made
    made.database.close()


def count(bot, table):
    """Return how many rows a table has."""
    with bot.database.read() as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


def say(bot, words, key, **values):
    """Let the person say something and return the events that come of it."""
    return list(bot.send(responders.message(words, at=bot.clock.now, name=key, **values), key).events)


def test_an_answer_is_a_message_of_a_bot(bot):
    """Into the conversation as its channel calls it, with options whose payloads come back."""
    (event,) = say(bot, "hello", "k1")
    assert (event.endpoint, event.account, event.origin, event.conversation) == (
        "bot",
        "bot",
        Origin.BOT,
        responders.ANN,
    )
    (part,) = event.parts
    assert isinstance(part, Choices)
    assert {option.kind for option in part.options} == {ChoiceKind.QUICK_REPLY}
    assert part.button == "Choose"
    assert "responder:human" in [option.payload for option in part.options]
    assert event.at == bot.clock.now


def test_what_was_collected_and_a_handover_are_events(bot):
    """Claimed, vouched for by nobody; and after the words for the person."""
    say(bot, "human", "k1")
    named = say(bot, "Sheena Nelson", "k2")
    assert [type(one) for one in named] == [Message, Link]
    assert (named[1].status, named[1].profile.name, named[1].conversation) == (
        LinkStatus.CHANGED,
        "Sheena Nelson",
        responders.ANN,
    )
    say(bot, "+49 30 901820", "k3")
    said, told, passed = say(bot, "ann@example.com", "k4")
    assert said.parts[0].body.startswith("Thank you.")
    assert told.profile.identities == (
        Identity(scheme="phone", value="+4930901820"),
        Identity(scheme="email", value="ann@example.com"),
    )
    assert isinstance(passed, Handover)
    assert (passed.action, passed.new_owner, passed.origin) == (HandoverAction.PASS, "inbox", Origin.BOT)
    assert "phone: +4930901820" in passed.summary


def test_a_score_is_a_message_of_the_person(bot):
    """With the scale's own number; the words after it are another one."""
    asked = bot.hand_over(responders.moved(resolved=True), "h1").events
    assert len(asked[0].parts[0].options) == 5
    rated = say(bot, "5", "k1")[1]
    assert (rated.origin, rated.parts) == (Origin.CONTACT, (Feedback(kind="csat", score=5.0),))
    commented = say(bot, "quick and kind", "k2")[1]
    assert commented.parts == (Feedback(kind="csat", text="quick and kind"),)


def test_what_a_link_tells_is_not_asked(bot):
    """Whoever logs in has a name and an address in the CRM; and nothing is said to it."""
    say(bot, "hello", "k1")
    known = responders.person("Sheena Nelson", email="sheena@example.com", phone="+4930901820")
    assert bot.link_account(responders.linked(known), "l1").events == ()
    assert bot.link_account(responders.linked(known, source=None), "l2").events == ()
    (_, passed) = say(bot, "human", "k2")
    assert passed.summary.splitlines()[1] == "name: Sheena Nelson"


def test_the_words_over_a_login_button(store_url):
    """The button is core's to make."""
    question = {"id": "a", "title": "Account", "answer": "Please log in.", "login": True}
    bot = responders.connector(store_url, questions=[question], texts={"login_button": "Sign in"})
    (option,) = say(bot, "account", "k1")[0].parts[0].options
    assert (option.kind, option.title, option.payload) == (ChoiceKind.LOGIN, "Sign in", "")
    bot.database.close()


@pytest.mark.parametrize(
    ("answer", "more", "over"),
    [
        ("x" * 900, {"next": ["human"]}, "x" * 900),
        ("ع" * 600, {"next": ["human"]}, "Is there anything else I can do for you?"),
        ("x" * 700, {"login": True}, "Log in"),
    ],
)
def test_long_words_stand_before_what_can_be_tapped(store_url, answer, more, over):
    """As no more than a thousand bytes stand over options everywhere, and 640 over a button that logs in."""
    question = {"id": "a", "title": "Terms", "answer": answer, **more}
    bot = responders.connector(store_url, questions=[question], texts={"greeting": "y" * 900})
    before, choices = say(bot, "terms", "k1")[0].parts
    assert isinstance(before, Text)
    assert before.body.startswith("y" * 900)
    assert (choices.body, len(choices.options)) == (over, 1)
    bot.database.close()


def test_the_same_key_has_the_same_answer(bot):
    """However often, and whatever was said meanwhile; nothing is counted twice."""
    first = bot.send(responders.message("tulips", name="a"), "k1")
    second = bot.send(responders.message("roses", name="b"), "k2")
    assert bot.send(responders.message("tulips", name="a"), "k1") == first
    assert bot.send(responders.message("roses", name="b"), "k2") == second
    assert first != second
    assert count(bot, answers) == 2


def test_the_same_key_at_once_is_decided_once(store_url, clock):
    """Two processes are given the same call: one decides, and the other says the same."""
    bots = [responders.connector(store_url, clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda bot: bot.send(responders.message("hello"), "k1"), bots))
    assert len({json.dumps([codec.to_dict(event) for event in one.events]) for one in done}) == 1
    assert [count(bots[0], table) for table in (memories, names, answers)] == [1, 1, 1]
    for bot in bots:
        bot.database.close()


def test_different_messages_at_once_are_all_counted(store_url, clock):
    """None is decided on a memory that another is just changing: of many greetings one is the first."""
    bots = [responders.connector(store_url, clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda n: say(bots[n % 4], "hello", f"k{n}"), range(12)))
    assert sum("Thank you for your message" in events[0].parts[0].body for events in done) == 1
    assert count(bots[0], memories) == 1
    for bot in bots:
        bot.database.close()


def test_conversations_are_apart(bot):
    """By person, by account, by channel."""
    other = [{"id": "bob"}, {"account": "200"}, {"endpoint": "page"}]
    places = [responders.ANN, *(attrs.evolve(responders.ANN, **one) for one in other)]
    said = [say(bot, "hello", f"k{n}", source=place)[0].parts[0].body for n, place in enumerate(places)]
    assert len(set(said)) == 1
    assert count(bot, memories) == 4


def test_two_bots_may_share_a_database(store_url, clock):
    """Each remembers for itself, and the same key means another call."""
    first, second = (responders.connector(store_url, clock, name=name) for name in ("bot", "other"))
    assert say(first, "hello", "k1")[0].endpoint == "bot"
    assert say(second, "hello", "k1")[0].endpoint == "other"
    first.database.close()
    second.database.close()


def test_a_person_may_come_to_have_another_name(bot):
    """An alias leads to the same memory, and the new name alone does so afterwards."""
    say(bot, "hello", "k1")
    both = ConversationRef(endpoint="shop", account="100", id="us.1", aliases=("ann",))
    assert "Thank you for your message" not in say(bot, "hello", "k2", source=both)[0].parts[0].body
    alone = ConversationRef(endpoint="shop", account="100", id="us.1")
    assert "Thank you for your message" not in say(bot, "hello", "k3", source=alone)[0].parts[0].body


def test_two_memories_of_one_person_do_no_harm(bot):
    """They turn out to be one: the older one counts from then on."""
    say(bot, "hello", "k1")
    say(bot, "human", "k2")
    say(bot, "hello", "k3", source=ConversationRef(endpoint="shop", account="100", id="us.1"))
    both = ConversationRef(endpoint="shop", account="100", id="us.1", aliases=("ann",))
    assert isinstance(say(bot, "Sheena", "k4", source=both)[1], Link)


def test_a_restart_forgets_nothing(store_url, clock):
    """What was asked before is answered after it."""
    first = responders.connector(store_url, clock, collect=["name"])
    say(first, "human", "k1")
    first.database.close()
    second = responders.connector(store_url, clock, collect=["name"])
    assert [type(one) for one in say(second, "Sheena", "k2")] == [Message, Link, Handover]
    second.database.close()


@pytest.mark.parametrize("document", ["", "{", "[]", '{"misses": "many"}', '{"tomorrow": 1}', "null", "[" * 5000])
def test_a_memory_that_cannot_be_read_is_none(document, bot):
    """A bot that forgot still answers."""
    say(bot, "hello", "k1")
    with bot.database.write() as db:
        db.execute(memories.update().values(document=document))
    assert "Thank you for your message" in say(bot, "hello", "k2")[0].parts[0].body


def test_a_memory_survives_its_text():
    """Whatever is in it."""
    whole = Memory(name="Zoë \U0001f337", seen_at=1.5, given={"name": "\u202e"}, known=("name",), wishes=("a", "b"))
    assert loads(dumps(whole)) == whole


def test_what_is_old_is_forgotten(bot, clock):
    """Ninety days after the last word: the conversation, its names, what was answered."""
    say(bot, "hello", "k1")
    clock.now += timedelta(days=89)
    say(bot, "hello", "k2", source=attrs.evolve(responders.ANN, id="bob"))
    assert count(bot, memories) == 2
    clock.now += timedelta(days=2)
    say(bot, "hello", "k3", source=attrs.evolve(responders.ANN, id="bob"))
    assert [count(bot, table) for table in (memories, names, answers)] == [1, 1, 2]


def test_a_database_that_is_away_is_tried_again(tmp_path, clock):
    """Nothing was answered, and core comes back with the same key."""
    bot = responders.endpoint(responders.connector(f"sqlite:///{tmp_path}/nowhere/bot.db", clock))
    with pytest.raises(Unreachable, match="bot cannot use its database now"):
        bot.deliver(responders.message("hello"), "k1")
    assert [(one.level, one.path) for one in bot.check()] == [("error", "database")]


def test_what_names_no_conversation_is_refused(bot):
    """There is nobody to answer."""
    with pytest.raises(NotSupported, match="in a conversation"):
        bot.send(responders.message("hello", source=None, to=Identity(scheme="phone", value="+4930901820")), "k1")


def test_it_answers_nobody_who_is_not_a_person(bot):
    """Attack: copies, other bots, itself, agents, and what a platform repeats are never answered."""
    said = say(bot, "hello", "k1")[0]
    echoed = [
        attrs.evolve(said, source=responders.ANN, id="e1"),
        responders.message("human", origin=Origin.AGENT, name="e2"),
        responders.message("human", origin=Origin.NATIVE_APP, name="e3"),
        responders.message("human", standby=True, name="e4"),
        responders.message("human", origin=Origin.BOT, standby=True, name="e5"),
    ]
    assert [bot.send(one, f"e{n}").events for n, one in enumerate(echoed)] == [()] * 5


def test_two_bots_that_hear_each_other_stay_silent(store_url, clock):
    """What one says is never a question to the other."""
    first, second = (responders.connector(store_url, clock, name=name) for name in ("bot", "other"))
    (said,) = say(first, "hello", "k1")
    for standby in (True, False):
        heard = attrs.evolve(said, source=responders.ANN, standby=standby)
        assert second.send(heard, f"x{standby}").events == ()
    first.database.close()
    second.database.close()


def test_check_says_that_all_is_well(store_url, clock):
    """And warns of hours that never open."""
    fine = responders.connector(store_url, clock)
    assert [one.level for one in fine.check()] == ["ok"]
    hours = {"time_zone": "UTC", "weekdays": ["09:00-17:00"], "holidays": ["01-01..12-31"]}
    never = responders.connector(store_url, clock, hours=hours)
    assert [one.level for one in never.check()] == ["ok", "warning"]
    fine.database.close()
    never.database.close()


def test_migrations_make_exactly_the_tables_of_the_program(bot):
    """On both engines, in a database that holds the gateway's own tables too; none has a name that others may have."""
    with bot.database.read() as db:
        options = {
            "version_table": VERSION_TABLE,
            "include_name": lambda name, kind, _parents: kind != "table" or name.startswith("responder_"),
        }
        found = compare_metadata(MigrationContext.configure(db, opts=options), metadata)
    assert [one for one in found if VERSION_TABLE not in str(one)] == []
    assert all(table.startswith("responder_") for table in metadata.tables)
