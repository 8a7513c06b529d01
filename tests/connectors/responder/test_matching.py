"""Words in what people write."""

import pytest

from connectors.responder import matching


def found(keyword, text):
    """Whether a keyword stands in a text."""
    return matching.weight(keyword, matching.words_of(text)) > 0


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("return", "How do I RETURN this?"),
        ("öffnungszeiten", "wann sind die Offnungszeiten"),
        ("straße", "in welcher STRASSE?"),
        ("opening hours", "your opening   hours, please"),
        ("what's", "so what\u2019s up"),
        ("سعر", "كم السعر؟"),
        ("السعر", "بكم سعر هذا"),
        ("مُتاح", "هل هو متاح اليوم"),
        ("أسعار", "ما اسعار التوصيل"),
        ("İade", "iade istiyorum"),
        ("営業時間", "今日の営業時間は"),
        ("24", "open 24 hours"),
    ],
)
def test_words_are_found_however_they_are_written(keyword, text):
    """Case, accents, vowel signs, the Arabic article, scripts without spaces."""
    assert found(keyword, text)


@pytest.mark.parametrize(
    ("keyword", "text"),
    [
        ("art", "I would like to start"),
        ("hour", "opening hours"),
        ("opening hours", "hours of opening"),
        ("return", ""),
        ("return", "👍🏽"),
        ("return", "\u202e\u200f \x00"),
    ],
)
def test_a_word_inside_another_is_not_found(keyword, text):
    """Nor are the words of a phrase in another order, nor anything where there are no words."""
    assert not found(keyword, text)


def test_the_phrase_weighs_more_than_its_word():
    """So that the narrower topic is answered."""
    words = matching.words_of("can I return a gift card?")
    assert matching.weight("gift card", words) > matching.weight("return", words) > 0


def test_a_character_that_is_a_sentence_counts_as_one():
    """A message of them would else be many times as long as any other, and as dear to look at."""
    assert len(matching.fold("\ufdfa" * matching.MOST_READ)) == matching.MOST_READ


def test_long_texts_are_looked_at_to_a_bound():
    """Ten thousand characters are no burden, and what stands behind is not searched."""
    assert found("return", "return " + "x" * 10_000)
    assert not found("return", "x " * 5_000 + "return")


def test_what_stands_before_a_name_is_taken_away():
    """However it is written."""
    assert matching.without(("my name is", "i am"), "My name is Sheena").strip() == "Sheena"
    assert matching.without(("my name is",), "Sheena") == "Sheena"
