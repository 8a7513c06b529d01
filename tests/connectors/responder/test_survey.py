"""Goodbye, and how satisfied people were."""

import pytest
import responders

HOURS = {"id": "hours", "title": "Opening hours", "keywords": ["open"], "answer": "From nine to five."}
DISCLOSED = "I am an automated assistant, not a human."


def ended(survey="csat", **table):
    """Return a chat whose matter was just settled by a person, and what the bot said to that."""
    chat = responders.Chat(**{"survey": survey, "questions": [HOURS], "profile": responders.person(), **table})
    chat.say("human")
    chat.move("inbox")
    return chat, chat.move("bot", resolved=True)


def test_at_the_end_it_says_goodbye_and_asks():
    """It says who is speaking, as a human was there before."""
    _, answered = ended()
    assert answered.text == (
        f"Thank you for talking to us, Sheena Nelson. Goodbye! {DISCLOSED}\n\nHow satisfied are you with our help?"
    )
    assert answered.titles[0] == "★ Very dissatisfied"
    assert answered.titles[-1] == "★★★★★ Very satisfied"


def test_without_a_survey_it_says_goodbye_alone():
    """The usual case."""
    _, answered = ended("none", disclose=False)
    assert answered.text == "Thank you for talking to us, Sheena Nelson. Goodbye!"


def test_a_conversation_that_it_never_saw_ends_politely():
    """An agent may have written first."""
    chat = responders.Chat(survey="csat", disclose=False)
    assert chat.move("bot", resolved=True).text.startswith("Thank you for talking to us. Goodbye!")


@pytest.mark.parametrize("words", ["4", "4!", "4/5", "4 / 5", "a 4", "★★★★", "⭐⭐⭐⭐", "★★★★ Satisfied", "٤"])
def test_a_score_is_understood_however_it_is_written(words):
    """A number, a fraction, stars."""
    chat, _ = ended()
    answered = chat.say(words)
    assert answered.rates == [("csat", 4, "")]
    assert (answered.text, answered.titles) == ("Thank you! Would you like to tell us why?", ["Skip"])


def test_a_score_may_be_tapped():
    """Its payload counts, whatever the title."""
    chat, _ = ended()
    assert chat.tap("score", "5").rates == [("csat", 5, "")]


@pytest.mark.parametrize(
    ("survey", "words", "score"), [("nps", "10", 10), ("nps", "0", 0), ("nps", "10/10", 10), ("ces", "7", 7)]
)
def test_every_scale_has_its_own_ends(survey, words, score):
    """NPS from 0 to 10, CES from 1 to 7."""
    chat, _ = ended(survey)
    assert chat.say(words).rates == [(survey, score, "")]


def test_the_scale_of_eleven_is_written():
    """No channel shows so many options everywhere, and a numbered list of numbers would mislead."""
    _, asked = ended("nps")
    assert (asked.titles, "from 0" in asked.text) == ([], True)
    assert len(ended("ces")[1].titles) == 7


def test_a_comment_is_one_free_message():
    """Then the bot is thankful and asks no more."""
    chat, _ = ended()
    chat.say("2")
    answered = chat.say("nobody told me that it was closed")
    assert (answered.rates, answered.text) == (
        [("csat", None, "nobody told me that it was closed")],
        "Thank you for your feedback!",
    )
    assert chat.say("nobody told me that it was closed").rates == []


@pytest.mark.parametrize("words", ["skip", "no", "1"])
def test_a_comment_may_be_skipped(words):
    """By the option, its words or its number."""
    chat, _ = ended()
    chat.say("2")
    answered = chat.say(words)
    assert (answered.rates, answered.text) == ([], "Thank you for your feedback!")


@pytest.mark.parametrize(
    "words", ["6", "-1", "4.5", "3 or 4", "0", "it was order 4 that never came, not 5", "is it 4?"]
)
def test_what_is_no_score_ends_the_survey(words):
    """Politely, and the message is answered as any other."""
    chat, _ = ended()
    answered = chat.say(words)
    assert (answered.rates, answered.text.startswith("All right, no rating then.")) == ([], True)
    assert chat.say("4").rates == []


def test_a_question_instead_of_a_score_is_answered():
    """It is why somebody writes."""
    chat, _ = ended()
    assert chat.say("are you open?").text == "All right, no rating then.\n\nFrom nine to five."


def test_a_person_is_brought_instead_of_a_comment():
    """Whoever asks for one has more to say."""
    chat, _ = ended()
    chat.say("1")
    answered = chat.say("human!")
    assert (answered.rates, answered.summary is not None) == ([], True)


def test_a_tap_counts_once():
    """The options stay on the screen."""
    chat, _ = ended()
    chat.tap("score", "5")
    chat.say("skip")
    assert chat.tap("score", "1").rates == []


def test_a_tap_counts_later():
    """Two days after the goodbye, the button is still there and the words are not."""
    chat, _ = ended()
    assert chat.later(days=2).tap("score", "5").rates == [("csat", 5, "")]
    chat, _ = ended()
    assert chat.later(days=2).say("4").rates == []


@pytest.mark.parametrize("about", ["9", "-1", "x", "", "٤٤"])
def test_a_forged_score_does_not_count(about):
    """A payload may come from anywhere."""
    chat, _ = ended()
    assert chat.tap("score", about).rates == []


def test_nobody_is_asked_twice_in_a_week():
    """Goodbye is said all the same; after the week the question is back."""
    chat, _ = ended()
    chat.say("5")
    chat.say("skip")
    chat.move("inbox")
    assert "How satisfied" not in chat.later(days=2).move("bot", resolved=True).text
    chat.move("inbox")
    assert "How satisfied" in chat.later(days=6).move("bot", resolved=True).text


def test_a_conversation_that_only_fell_back_is_not_rated():
    """Idle time settles nothing."""
    chat = responders.Chat(survey="csat")
    chat.say("human")
    chat.move("inbox")
    assert chat.move("bot").answers == []
