"""Answers to what is asked often."""

import pytest
import responders

from connectors_core.model import Choice, Comment, Media, MediaKind, Referral

HOURS = {
    "id": "hours",
    "title": {"en": "Opening hours", "es": "Horario"},
    "keywords": {"en": ["open", "opening hours", "close"], "es": ["abierto", "horario", "abren"]},
    "answer": {"en": "From nine to five.", "es": "De nueve a cinco."},
    "payloads": ["MENU_HOURS"],
    "next": ["returns", "human"],
}
RETURNS = {
    "id": "returns",
    "title": {"en": "Returns", "es": "Devoluciones"},
    "keywords": {"en": ["return", "send back"], "es": ["devolver"]},
    "answer": {"en": "Within thirty days.", "es": "En treinta días."},
}
GIFTS = {
    "id": "gifts",
    "keywords": {"en": ["gift card"], "es": ["tarjeta regalo"]},
    "answer": {"en": "Gift cards are for ever.", "es": "Las tarjetas no caducan."},
    "menu": False,
}
LOGIN = {
    "id": "account",
    "title": {"en": "My account", "es": "Mi cuenta"},
    "answer": {"en": "Please log in.", "es": "Inicia sesión."},
    "login": True,
}
ALL = [HOURS, RETURNS, GIFTS, LOGIN]


@pytest.fixture
def chat():
    """Give a chat that has been greeted."""
    made = responders.Chat(questions=ALL, disclose=False)
    made.say("hello")
    return made


def test_the_topics_stand_under_the_greeting():
    """Those of the menu, then a person, then the languages that the bot speaks besides."""
    titles = responders.Chat(questions=ALL).say("hi").titles
    assert titles == ["Opening hours", "Returns", "My account", "Talk to a human", "Español"]


def test_the_first_message_may_be_a_question():
    """It is greeted and answered in one message."""
    answered = responders.Chat(questions=ALL, disclose=False).say("when are you open?")
    assert answered.text == "Hello! Thank you for your message.\n\nFrom nine to five."
    assert answered.titles == ["Returns", "Talk to a human"]


def test_the_language_of_the_question_is_that_of_the_answer():
    """Where the channel does not tell it, the greeting is in it, too."""
    answered = responders.Chat(questions=ALL, disclose=False).say("¿a qué hora abren?")
    assert answered.text == "¡Hola! Gracias por tu mensaje.\n\nDe nueve a cinco."


def test_words_count_more_than_the_phone(chat):
    """A phone set to English belongs to somebody who writes Spanish: from then on that is spoken."""
    chat.profile = responders.person(language="en")
    assert chat.say("quiero devolver algo").text == "En treinta días."
    assert chat.say("gracias").text.startswith("¡De nada!")


def test_the_narrower_topic_is_answered(chat):
    """Of two that fit, the one with more letters."""
    assert chat.say("may I open a gift card?").text == "Gift cards are for ever."


def test_a_tap_is_understood_in_any_language(chat):
    """An old button says what it said when it was shown."""
    assert chat.tap("question", "returns", title="Devoluciones").text == "Within thirty days."


def test_a_title_may_be_typed(chat):
    """Where a channel shows no buttons, or shows them on another device."""
    assert chat.say("returns").text == "Within thirty days."


def test_a_number_may_be_typed(chat):
    """Where a channel shows options as a numbered list."""
    assert chat.say("2").text == "Within thirty days."
    assert chat.say("9").text.startswith("I am sorry")


@pytest.mark.parametrize(
    "part", [Choice(title="Hours", payload="MENU_HOURS"), Referral(source="link", ref="MENU_HOURS")]
)
def test_payloads_of_others_lead_to_a_question(chat, part):
    """Menus, ice breakers, and links with a `ref`."""
    assert chat.say("", part).text == "From nine to five."


def test_an_option_of_older_settings_is_no_miss(chat):
    """The question is gone, and the topics are offered anew."""
    assert chat.tap("question", "gone").titles[0] == "Opening hours"
    assert chat.memory.misses == 0


def test_the_words_under_a_picture_count(chat):
    """Where they ask something, the picture is no obstacle."""
    picture = Media(kind=MediaKind.IMAGE, id="1", caption="can I return this?")
    assert chat.say("", picture).text == "Within thirty days."


def test_a_login_has_its_button_alone(chat):
    """Platforms show no quick replies beside it."""
    answered = chat.say("my account")
    assert (answered.text, answered.titles, answered.login) == ("Please log in.", [], "Log in")


@pytest.mark.parametrize("words", ["hi", "Good morning!", "moin", "السلام عليكم"])
def test_a_greeting_is_no_question(chat, words):
    """It is no miss in any language."""
    assert chat.say(words).text == "How can I help you?"
    assert chat.memory.misses == 0


@pytest.mark.parametrize("words", ["👍", "❤️🎉", "…", "?!", "\u200f\u202e"])
def test_signs_alone_are_no_question(chat, words):
    """Nor do they bring a person."""
    for _ in range(3):
        assert chat.say(words).text == "Is there anything else I can do for you?"


def test_a_sticker_is_no_file(chat):
    """People send them for a smile."""
    assert chat.say("", Media(kind=MediaKind.STICKER, id="1")).summary is None


def test_thanks_are_answered(chat):
    """Politely, with the topics."""
    assert chat.say("Thank you!").text == "You are welcome! Is there anything else I can do for you?"


def test_what_is_not_understood_is_said(chat):
    """With the topics to choose from."""
    answered = chat.say("my tulips are blue")
    assert answered.text.startswith("I am sorry, I have no answer to that.")
    assert "Returns" in answered.titles


def test_a_comment_is_answered_in_private_with_one_message():
    """Where it asks a known question, and with the answer alone; else people look after it."""
    chat = responders.Chat(questions=ALL)
    assert chat.say("", Comment(id="1", body="when do you close?")).text == "From nine to five."
    assert chat.say("", Comment(id="2", body="so pretty!")).answers == []
    assert chat.say("hello").text.startswith("Hello!")
    assert chat.say("", Comment(id="3", body="when do you close?"), standby=True).answers == []


@pytest.mark.parametrize(
    "words", ["x" * 10_000, "open " * 2_000, "\u202e" * 500, "a\x00b \ud800", "{name} %s", "0" * 300]
)
def test_whatever_is_written_is_answered(chat, words):
    """Long, broken, from right to left: with something that can be sent."""
    text = chat.say(words).text
    assert text
    assert len(text) < 1000
    assert text.encode()
