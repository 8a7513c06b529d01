"""Asking for name, phone and e-mail."""

import pytest
import responders

from connectors.responder import collecting
from connectors_core.model import Card, Media, MediaKind

ALL = ["name", "phone", "email"]
HOURS = {"id": "hours", "title": "Opening hours", "keywords": ["open"], "answer": "From nine to five."}
REPAIR = {"id": "repair", "title": "Repairs", "keywords": ["broken"], "human": True}


def asking(**table):
    """Return a chat in which the bot just asked for the first field."""
    chat = responders.Chat(**{"collect": ALL, "disclose": False, "questions": [HOURS, REPAIR], **table})
    chat.say("hello")
    chat.say("a human, please")
    return chat


def test_before_a_person_takes_over_all_is_asked():
    """One after the other, and told as it comes; whoever takes over reads all of it."""
    chat = responders.Chat(collect=ALL, disclose=False)
    first = chat.say("a human, please")
    assert (first.text.splitlines()[-1], first.titles, first.summary) == ("What is your name?", ["Skip"], None)
    named = chat.say("my name is Sheena Nelson")
    assert (named.told, named.text) == (
        [{"name": "Sheena Nelson"}],
        "Thank you.\n\nAt which phone number can we reach you?",
    )
    assert chat.say("it is +49 (30) 901820").told == [{"name": "Sheena Nelson", "phone": "+4930901820"}]
    last = chat.say("write to Sheena@Example.COM.")
    assert last.told == [{"name": "Sheena Nelson", "phone": "+4930901820", "email": "Sheena@example.com"}]
    assert last.summary == (
        "asked for a human\nname: Sheena Nelson\nphone: +4930901820\ne-mail: Sheena@example.com\nwrote: a human, please"
    )


def test_what_the_channel_tells_is_not_asked():
    """WhatsApp knows the number, Messenger the name."""
    chat = responders.Chat(collect=ALL, profile=responders.person(wa_id="4930901820"))
    assert "e-mail address" in chat.say("human").text


def test_whatever_was_given_is_not_asked_again():
    """Neither on the next day."""
    chat = asking(collect=["name"])
    chat.say("Sheena")
    chat.move("inbox")
    chat.move("bot")
    assert chat.later(days=2).say("human").summary.splitlines()[1] == "name: Sheena"


@pytest.mark.parametrize("words", ["Skip", "no thanks", "überspringen", "لا شكرا", "1"])
def test_every_question_may_be_skipped(words):
    """In words, or by the number of the option."""
    chat = asking()
    assert chat.say(words).text == "At which phone number can we reach you?"
    assert chat.tap("skip").text == "At which e-mail address can we reach you?"
    assert chat.say("no").summary == "asked for a human\nwrote: hello / a human, please"


def test_what_is_no_answer_is_asked_once_more():
    """Then the bot goes on without it."""
    chat = asking(collect=["phone"])
    again = chat.say("the blue one")
    assert (again.text[:40], again.titles) == ("This does not look like a phone number. ", ["Skip"])
    assert chat.say("the red one").summary is not None


def test_a_question_between_is_answered():
    """And what was asked is asked again."""
    chat = asking()
    assert chat.say("are you open on Sundays, by the way?").text == "From nine to five.\n\nWhat is your name?"
    assert chat.say("opening hours").text == "At which phone number can we reach you?"


def test_whoever_insists_on_a_person_gets_one():
    """Without any more questions."""
    chat = asking()
    assert chat.say("I want a human now").summary.startswith("asked for a human")


@pytest.mark.parametrize("say", ["my bike is broken", Media(kind=MediaKind.IMAGE, id="1")])
def test_what_is_for_people_ends_the_questions(say):
    """A topic that they answer, a picture."""
    chat = asking()
    answered = chat.say(say) if isinstance(say, str) else chat.say("", say)
    assert answered.summary is not None


def test_a_card_has_the_number():
    """People send their own contact card."""
    chat = asking(collect=["phone"])
    assert chat.say("", Card(contacts=(responders.person(phone="+4930901820"),))).told == [{"phone": "+4930901820"}]


def test_at_the_start_it_asks_after_the_greeting():
    """And then what it can do."""
    chat = responders.Chat(collect=["name"], when="start", disclose=False, questions=[HOURS])
    assert chat.say("hello").text == "Hello! Thank you for your message.\n\nWhat is your name?"
    done = chat.say("Sheena")
    assert (done.text, done.summary) == ("Thank you.\n\nHow can I help you?", None)
    assert chat.say("human").summary.splitlines()[1] == "name: Sheena"


def test_a_first_question_is_answered_before_anything_is_asked():
    """In one message."""
    chat = responders.Chat(collect=["name"], when="start", disclose=False, questions=[HOURS])
    assert chat.say("are you open?").text.endswith("From nine to five.\n\nWhat is your name?")


def test_nothing_is_asked_where_the_settings_say_never():
    """What is collected may be switched off without losing what it was."""
    assert responders.Chat(collect=ALL, when="never").say("human").summary is not None


def test_a_person_who_takes_over_ends_the_questions():
    """The next message after them is no answer to the bot."""
    chat = asking()
    chat.move("inbox")
    chat.move("bot")
    assert chat.say("Sheena Nelson").told == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Sheena", "Sheena"),
        ("  i'm   Sheena Nelson. ", "Sheena Nelson"),
        ("Ich heiße Jürgen", "Jürgen"),
        ("je m\u2019appelle Zoé", "Zoé"),
        ("اسمي محمد", "محمد"),
        ("山田太郎", "山田太郎"),
        ("O'Neil-Smith", "O'Neil-Smith"),
        ("a\u202eb", "a b"),
        ("who wants to know?", ""),
        ("4711", ""),
        ("🙂", ""),
        ("", ""),
        ("well it depends on who is asking me", ""),
        ("http://example.com", ""),
        ("x" * 61, ""),
    ],
)
def test_a_name_is_a_few_words(words, name):
    """Without what is said around it, and without signs that would turn a line around."""
    assert collecting.name(words) == name


@pytest.mark.parametrize(
    ("words", "country", "number"),
    [
        ("+49 30 901820", "", "+4930901820"),
        ("0049 30 901820", "", "+4930901820"),
        ("call me at 030 901820 please", "DE", "+4930901820"),
        ("030 901820", "", ""),
        ("+٤٩ ٣٠ ٩٠١٨٢٠", "", "+4930901820"),
        ("+1 555", "", ""),
        ("1" * 300, "DE", ""),
        ("order 4711", "DE", ""),
    ],
)
def test_a_number_is_one_that_could_be_called(words, country, number):
    """As E.164, wherever it stands in a sentence."""
    assert collecting.phone(words, country) == number


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        ("<Ann.Baker+shop@Mail.Example.com>,", "Ann.Baker+shop@mail.example.com"),
        ("ann\uff20example.com", "ann@example.com"),
        ("ann@example", ""),
        ("ann@@example.com", ""),
        ("ann..b@example.com", ""),
        (".ann@example.com", ""),
        ("ann at example.com", ""),
        ("@" * 300, ""),
        ("a" * 300 + "@example.com", ""),
    ],
)  # fmt: skip
def test_an_address_is_one_that_could_be_written_to(words, address):
    """Its host in lower case, whatever stands around it."""
    assert collecting.email(words) == address
