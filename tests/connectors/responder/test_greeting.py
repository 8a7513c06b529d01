"""The beginning: greeting, who speaks, and whether anybody is there."""

from datetime import UTC, datetime

import pytest
import responders

from connectors.responder import phrases
from connectors_core.model import Choice, Origin, Reaction, Referral

BERLIN = {"time_zone": "Europe/Berlin", "weekdays": ["09:00-17:00"]}
BOT = "I am an automated assistant, not a human."
EVENING = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)


def test_the_first_message_is_greeted_by_name():
    """With thanks, with who is speaking, and with what can be asked."""
    chat = responders.Chat(profile=responders.person())
    answered = chat.say("hello")
    assert answered.text == f"Hello Sheena Nelson! Thank you for your message. {BOT}\n\nHow can I help you?"
    assert answered.titles[0] == "Talk to a human"


@pytest.mark.parametrize(
    "name", ["", "+49 30 1234567", "@sheena", "Messenger user · 4711", "x" * 61, "…", "a\u202eb", "ann@example.com"]
)
def test_nobody_is_called_by_what_is_no_name(name):
    """A number, an address, a name that core made up: then the greeting does without."""
    assert responders.Chat(profile=responders.person(name)).say("hello").text.startswith("Hello! Thank you")


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Hello {name}!", "Hello!"),
        ("¡Hola, {name}!", "¡Hola!"),
        ("مرحبًا، {name}!", "مرحبًا!"),
        ("Bonjour {name} !", "Bonjour !"),
        ("{name}, good to see you.", "Good to see you."),
        ("Good day", "Good day"),
    ],
)
def test_a_text_without_its_name_has_no_dangling_comma(text, without):
    """In any language and at any place."""
    assert phrases.fill(text, {"name": ""}) == without


def test_a_name_is_no_template():
    """Braces and words of a name are never read as anything else."""
    assert phrases.fill("Hello {name}!", {"name": "{opens}", "opens": "x"}) == "Hello {opens}!"


def test_the_second_message_is_not_greeted():
    """Nor told again who is speaking."""
    chat = responders.Chat()
    chat.say("hello")
    assert chat.say("hello").text == "How can I help you?"


def test_after_a_long_pause_it_says_again_who_it_is():
    """META: at the start, after a long pause, and after a human (MP/send-messages, 2026-05-05)."""
    chat = responders.Chat(profile=responders.person())
    chat.say("hello")
    assert BOT not in chat.later(hours=23).say("hello").text
    assert (
        chat.later(hours=25)
        .say("hello")
        .text.startswith(f"Welcome back, Sheena Nelson! Thank you for your message. {BOT}")
    )


def test_after_a_human_it_says_again_who_it_is():
    """Without a greeting: the person has been here all the time."""
    chat = responders.Chat()
    chat.say("hello")
    chat.move("inbox")
    assert chat.move("bot").text == ""
    assert chat.say("hello").text == f"{BOT}\n\nHow can I help you?"


def test_a_copy_of_what_others_answer_counts_as_a_human():
    """Where nobody told that the conversation moved, the copies do."""
    chat = responders.Chat()
    chat.say("hello")
    assert chat.say("are you there?", standby=True).answers == []
    assert chat.say("hello").text.startswith(BOT)


def test_disclosure_can_be_switched_off():
    """Where no law asks for it."""
    assert BOT not in responders.Chat(disclose=False).say("hello").text


@pytest.mark.parametrize("values", [{"standby": True}, {"origin": Origin.BOT}, {"origin": Origin.AGENT},
                                    {"origin": Origin.NATIVE_APP}, {"origin": Origin.SYSTEM}])  # fmt: skip
def test_what_is_not_for_it_is_not_answered(values):
    """Copies for those who listen, other bots, agents, itself: never a word."""
    chat = responders.Chat()
    assert chat.say("hello, a human please", **values).answers == []


def test_a_bot_that_is_told_of_itself_says_nothing():
    """What it said itself comes back as the words of a bot, with the same options."""
    chat = responders.Chat()
    said = chat.say("hello").text
    before = chat.memory
    assert chat.say(said, origin=Origin.BOT).answers == []
    assert chat.memory == before


def test_signs_of_life_are_not_answered():
    """A reaction, a consent, somebody who types."""
    chat = responders.Chat()
    target = responders.message("x").ref
    assert chat.say("", Reaction(message=target, emoji="👍")).answers == []
    assert chat.memory.seen_at is None


def test_whoever_comes_by_a_link_is_greeted():
    """Though they have not said a word yet."""
    assert responders.Chat().say("", Referral(source="link", ref="spring")).text.endswith("How can I help you?")


def test_closed_it_says_when_it_opens():
    """Instead of thanks, in the language of the person, by the clock of the business."""
    german = responders.person("Pablo Morales", language="de_AT")
    chat = responders.Chat(hours=BERLIN, now=EVENING, profile=german)
    assert chat.say("hallo").text.startswith(
        "Hallo Pablo Morales! Zurzeit ist bei uns geschlossen. Wir sind morgen um 09:00 wieder da. Ich bin"
    )


def test_the_away_message_comes_once_in_a_closed_period():
    """And again in the next one, in the middle of a conversation as well."""
    chat = responders.Chat(hours=BERLIN, now=EVENING)
    assert "closed" in chat.say("hello").text
    assert "closed" not in chat.say("hello").text
    chat.now = datetime(2026, 3, 3, 15, 55, tzinfo=UTC)
    assert "closed" not in chat.say("hello").text
    chat.later(minutes=10)
    assert "We are closed at the moment and will be back tomorrow at 9:00" in chat.say("hello").text
    assert "closed" not in chat.say("hello").text


def test_a_business_that_never_opens_says_soon():
    """Rather than a day that is not true."""
    chat = responders.Chat(hours={**BERLIN, "holidays": ["01-01..12-31"]})
    assert "will be back soon." in chat.say("hello").text


@pytest.mark.parametrize(
    ("told", "greeting"),
    [("es_LA", "¡Hola!"), ("fr", "Bonjour !"), ("ar_AR", "مرحبًا!"), ("ja_JP", "Hello!"), ("", "Hello!")],
)
def test_the_language_is_that_of_the_person(told, greeting):
    """As the channel tells it, in whatever form; else the bot's own."""
    chat = responders.Chat(profile=responders.person("", language=told))
    assert chat.say("👋").text.startswith(greeting)


def test_a_language_can_be_chosen():
    """Where nobody knows what the person speaks, languages are offered; a name of one does as well, at any time."""
    chat = responders.Chat()
    assert {"Deutsch", "Español", "Français", "العربية"} <= set(chat.say("👋").titles)
    assert chat.tap("language", "de").text == "Wie kann ich Ihnen helfen?"
    assert chat.say("English").text == "How can I help you?"


def test_a_hello_tells_a_language():
    """Where the channel does not."""
    assert responders.Chat().say("Guten Tag!").text.startswith("Hallo! Danke")
    assert responders.Chat(profile=responders.person(language="es")).say("hi").text.startswith("¡Hola")


def test_a_chosen_language_stays():
    """Whatever the phone of the person is set to."""
    chat = responders.Chat(profile=responders.person(language="en"))
    chat.say("español")
    assert chat.later(days=3).say("hola").text.startswith("¡Qué bien verte de nuevo, Sheena Nelson!")


def test_texts_can_be_ones_own():
    """In one language or several; the others keep the built-in words."""
    chat = responders.Chat(texts={"greeting": "Welcome to the bike shop, {name}.", "instant": {"de": "Moin."}})
    assert chat.say("hello").text.startswith("Welcome to the bike shop. Thank you for your message.")


def test_an_unknown_button_is_a_greeting():
    """Such as the one that starts a chat, which nobody named in the settings."""
    chat = responders.Chat()
    answered = chat.say("", Choice(title="Get started", payload="GET_STARTED"))
    assert answered.text.endswith("How can I help you?")
    assert chat.memory.misses == 0
