"""Giving the conversation to a person."""

from datetime import timedelta

import attrs
import pytest
import responders

from connectors_core.model import Location, Media, MediaKind, Text, Unsupported

BERLIN = {"time_zone": "Europe/Berlin", "weekdays": ["09:00-12:00"]}
PHOTO = Media(kind=MediaKind.IMAGE, id="1")
REPAIR = {"id": "repair", "title": "Repairs", "keywords": ["broken", "repair"], "human": True}
TAX = {"id": "tax", "keywords": ["cleaning agent"], "answer": "We sell none."}


@pytest.fixture
def chat():
    """Give a chat that has been greeted."""
    made = responders.Chat(questions=[REPAIR, TAX], disclose=False)
    made.say("hello")
    return made


@pytest.mark.parametrize(
    "words",
    [
        "I want to talk to a human",
        "AGENT!",
        "quiero hablar con alguien",
        "einen Menschen bitte",
        "أريد التحدث إلى موظف",
    ],
)
def test_whoever_asks_for_a_person_gets_one(chat, words):
    """In any language that the bot knows words of."""
    answered = chat.say(words)
    assert answered.text.startswith("I am passing you on to a colleague. You will have an answer as soon as")
    assert answered.summary == f"asked for a human\nwrote: hello / {words}"


def test_the_button_does_the_same(chat):
    """And its own words on other devices."""
    assert chat.tap("human").summary is not None


def test_further_words_may_ask_for_a_person():
    """Those of the business."""
    assert responders.Chat(human_words=["the boss"]).say("let me see the boss").summary is not None


def test_a_topic_weighs_more_than_a_word_inside_it(chat):
    """A cleaning agent is no agent."""
    assert chat.say("do you sell cleaning agent?").text == "We sell none."


def test_after_two_misses_a_person_takes_over(chat):
    """And not before."""
    assert chat.say("my tulips are blue").summary is None
    assert chat.say("really blue").summary == "was not understood\nwrote: hello / my tulips are blue / really blue"


def test_misses_in_a_row_count(chat):
    """What was understood between them starts the count anew."""
    chat.say("my tulips are blue")
    chat.say("hello")
    assert chat.say("really blue").summary is None


def test_one_miss_may_be_enough():
    """By the settings, and the first message counts."""
    assert responders.Chat(misses=1).say("my tulips are blue").summary is not None


def test_a_topic_may_be_for_people_alone(chat):
    """The topic is named to whoever takes over."""
    assert chat.say("my bike is broken").summary.startswith("topic: Repairs\n")


@pytest.mark.parametrize("part", [PHOTO, Location(latitude=1.0, longitude=2.0)])
def test_what_a_bot_cannot_read_is_for_people(chat, part):
    """A picture, a place."""
    assert chat.say("", part).summary == "sent something that the assistant cannot read\nwrote: hello"


def test_a_bot_may_say_that_it_cannot_read_it():
    """By the settings."""
    answered = responders.Chat(unreadable="say").say("", PHOTO)
    assert (answered.summary, "I am sorry, I cannot open what you sent." in answered.text) == (None, True)


def test_a_part_that_nobody_reads_is_said_once(chat):
    """A second one is no reason to say it again."""
    part = Unsupported(kind="hologram")
    assert chat.say("", part).text.startswith("I am sorry, I cannot read this kind of message.")
    assert chat.say("", part).answers == []


def test_closed_it_says_when_people_are_back():
    """Instead of how long it takes."""
    chat = responders.Chat(hours=BERLIN, now=responders.MONDAY + timedelta(hours=4), disclose=False)
    chat.say("hello")
    assert chat.say("human").text.replace("\u202f", " ") == (
        "I am passing you on to a colleague. Our team is back tomorrow at 9:00 AM and will answer you then."
    )


@pytest.mark.parametrize(
    ("language", "within", "told"),
    [
        ("en", "15m", "You will have an answer within 15 minutes."),
        ("en", "1h", "You will have an answer within 1 hour."),
        ("de", "2h", "Sie bekommen in 2 Stunden eine Antwort."),
        ("es", "1d", "Tendrás respuesta en 1 día."),
        ("fr", "30m", "Vous aurez une réponse dans 30 minutes."),
        ("ar", "15m", "سيصلك الرد خلال 15 دقيقة."),
    ],
)
def test_how_long_it_takes_is_told_by_who_knows_it(language, within, told):
    """The settings: where they do not say, nothing is promised."""
    chat = responders.Chat(answer_within=within, language=language)
    assert told in chat.tap("human").text


def test_what_was_on_its_way_is_for_the_person(chat):
    """A message from before the conversation moved is not answered, though it arrives as if the bot had it."""
    before = chat.now
    chat.say("human")
    late = responders.message("please hurry", at=before)
    assert chat.hear(late).answers == []


def test_where_nobody_took_over_the_bot_goes_on(chat):
    """Core says by the next message that it still has the conversation."""
    chat.say("human")
    assert chat.later(minutes=5).say("hello?").text == "How can I help you?"


def test_while_a_person_answers_the_bot_is_silent(chat):
    """What it hears meanwhile is a copy."""
    chat.say("human")
    chat.move("inbox")
    assert chat.say("human", standby=True).answers == []
    assert chat.move("native_app").answers == []


def test_a_summary_is_never_too_long(chat):
    """A thousand characters, whatever was written."""
    chat.memory = attrs.evolve(chat.memory, given={"name": "x" * 900})
    for _ in range(4):
        chat.say("hello", Text(body="y" * 5000))
        chat.memory = attrs.evolve(chat.memory, misses=0)
    assert len(chat.say("human").summary) == 1000


def test_a_summary_is_in_the_language_of_the_business():
    """Whatever the person speaks."""
    chat = responders.Chat(language="de", languages=["de", "es"], profile=responders.person(language="es"))
    assert (
        chat.say("un humano").summary == "möchte mit einem Menschen sprechen\nName: Sheena Nelson\nschrieb: un humano"
    )


def test_it_hears_of_a_move_without_a_word(chat):
    """By idle time it has the conversation again, and nobody asked anything."""
    chat.say("human")
    chat.move("inbox")
    assert chat.move("bot").answers == []
