"""What may stand in the settings, and what is said about everything else."""

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
import responders
from marshmallow import ValidationError

from connectors.responder.words import BUILT_IN, BUTTONS, KEYS, PLACEHOLDERS

HOURS = {"id": "hours", "title": "Opening hours", "keywords": ["open"], "answer": "From nine to five."}


@pytest.fixture
def root():
    """Return the folder of the project."""
    return Path(__file__).parents[3]


def refused(**table):
    """Return what is said about settings."""
    with pytest.raises(ValidationError) as error:
        responders.settings(**table)
    return error.value.normalized_messages()


def test_nothing_has_to_be_given():
    """A bot without a line of its own greets in five languages and brings a person."""
    found = responders.settings()
    assert found.languages == ("en", "de", "es", "fr", "ar")
    assert (found.disclose, found.misses, found.survey, found.pause) == (True, 2, "none", timedelta(hours=24))


def test_the_languages_are_those_of_the_answers():
    """A bot whose answers are in one language does not greet in another."""
    assert responders.settings(language="de", questions=[HOURS]).languages == ("de",)
    both = {**HOURS, "title": {"en": "Hours", "es": "Horario"}, "answer": {"en": "nine", "es": "nueve"}}
    assert responders.settings(questions=[both]).languages == ("en", "es")


def test_every_language_needs_every_answer():
    """Nobody is answered in a language that they do not speak."""
    spanish = {**HOURS, "id": "b", "title": {"en": "More", "es": "Más"}, "answer": {"en": "x", "es": "y"}}
    errors = refused(questions=[HOURS, spanish])
    assert errors["questions"][0]["answer"] == ["needs a text in es as well"]


def test_a_language_of_ones_own_needs_the_texts_that_people_see():
    """What is never said, as no survey is held, need not be given."""
    errors = refused(language="pl")["texts"]
    assert errors["greeting"] == ["pl: needs a text of yours, as the bot does not speak this language by itself"]
    assert not {key for key in errors if key.startswith(("reason_", "label_", "csat_", "ask_"))}
    texts = dict.fromkeys(errors, "x")
    assert responders.settings(language="pl", texts=texts).languages[0] == "pl"


@pytest.mark.parametrize(
    ("table", "path", "said"),
    [
        ({"colour": "red"}, ["colour"], "Unknown field"),
        ({"misses": 0}, ["misses"], "greater than or equal to 1"),
        ({"collect": ["shoe size"]}, ["collect", 0], "Must be one of"),
        ({"country": "Germany"}, ["country"], "such as DE"),
        ({"survey": "stars"}, ["survey"], "Must be one of"),
        ({"language": "English"}, ["language"], "the code of a language"),
        ({"texts": {"greeting": "Hi {nmae}!"}}, ["texts", "greeting"], "{nmae} stands for nothing here; it may have"),
        ({"texts": {"skip_button": "x" * 21}}, ["texts", "skip_button"], "21 characters, and a button shows 20"),
        ({"texts": {"away": {"english": "x"}}}, ["texts", "away", "english"], "the code of a language"),
        ({"texts": {"away": 5}}, ["texts", "away"], "must be a text of 1 to 1000 characters"),
        ({"questions": [{**HOURS, "title": "x" * 21}]}, ["questions", 0, "title"], "a button shows 20"),
        ({"questions": [HOURS, HOURS]}, ["questions", 1, "id"], "hours stands here twice"),
        ({"questions": [HOURS, {**HOURS, "id": "b"}]}, ["questions", 1, "title"], "hours has the same title"),
        ({"questions": [{**HOURS, "title": "Talk to a HUMAN"}]}, ["questions", 0, "title"], "human has the same title"),
        ({"questions": [{**HOURS, "id": "human"}]}, ["questions", 0, "id"], "stands for a person"),
        ({"questions": [{"id": "a", "answer": "b"}]}, ["questions", 0, "keywords"], "nobody could ask it"),
        ({"questions": [{"id": "a", "title": "b"}]}, ["questions", 0, "answer"], "needs an answer, or human = true"),
        ({"questions": [{**HOURS, "next": ["x"]}]}, ["questions", 0, "next"], "there is no question x; there are"),
        ({"questions": [{**HOURS, "keywords": ["!?"]}]}, ["questions", 0, "keywords"], "has no letter or digit"),
        ({"questions": [{**HOURS, "id": "a b"}]}, ["questions", 0, "id"], "letters, digits"),
        ({"hours": {"monday": ["09:00-17:00"]}}, ["hours", "time_zone"], "Missing data"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_where_it_stands(table, path, said):
    """With the way out, for people."""
    errors = refused(**table)
    for step in path:
        errors = errors[step]
    assert said in " ".join(errors)


@pytest.mark.parametrize("value", ["9-5", "09:00", "25:00-26:00", "24:00-25:00", "10:00-10:00", "23:00-24:30", 9])
def test_a_range_has_two_times_of_the_day(value):
    """Anything else is refused with examples."""
    errors = refused(hours={"time_zone": "UTC", "monday": [value]})
    assert "22:00-02:00" in errors["hours"]["monday"][0][0]


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", 5, "../etc/passwd", "/etc/localtime"])
def test_a_zone_is_known_by_its_name(zone):
    """Whatever else stands there is no file that is read."""
    assert "is no time zone" in refused(hours={"time_zone": zone, "weekdays": ["09:00-17:00"]})["hours"]["time_zone"][0]


@pytest.mark.parametrize("day", ["24.12.", "2026-02-30", "2026-12-24..12-26", "2026-12-26..2026-12-24", 12, "02-30"])
def test_a_holiday_is_a_day_or_two(day):
    """Of the calendar, in their order, both with a year or both without."""
    errors = refused(hours={"time_zone": "UTC", "weekdays": ["09:00-17:00"], "holidays": [day]})
    assert len(errors["hours"]["holidays"][0]) == 1


def test_ranges_of_a_day_do_not_overlap():
    """Else nobody could say when it closes."""
    hours = {"time_zone": "UTC", "friday": ["12:00-18:00", "09:00-13:00"]}
    assert refused(hours=hours)["hours"]["friday"] == ["the ranges overlap"]


def test_hours_that_never_open_are_a_mistake():
    """Whoever has no hours leaves them out."""
    assert "never open" in refused(hours={"time_zone": "UTC"})["hours"]["weekdays"][0]


def test_a_day_of_its_own_replaces_the_usual_one():
    """An empty list closes it, and a date may be written as TOML has it."""
    hours = {"time_zone": "UTC", "weekdays": ["09:00-17:00"], "friday": [], "holidays": [date(2026, 12, 24)]}
    days = responders.settings(hours=hours).hours.days
    assert (days[3], days[4], days[5]) == (((540, 1020),), (), ())


def test_at_most_nine_topics_stand_under_the_greeting():
    """The tenth option brings a person, and no channel shows more everywhere."""
    many = [{**HOURS, "id": f"q{n}", "title": f"Topic {n}"} for n in range(10)]
    assert "at most 9 questions" in refused(questions=many)["questions"]["menu"][0]
    assert len(responders.settings(questions=[*many[:9], {**many[9], "menu": False}]).questions) == 10


def test_the_example_of_the_documentation_works(root):
    """As it stands there."""
    page = (root / "docs/connectors/responder.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        table = tomllib.loads(block)["endpoints"]["assistant"]
        table.pop("type", None)
        assert responders.settings(**table).language == "en"


@pytest.mark.parametrize("language", BUILT_IN)
def test_the_built_in_texts_are_whole(language):
    """In every language each text is there, has its placeholders and no others, and fits its button."""
    texts = BUILT_IN[language].texts
    assert tuple(texts) == KEYS
    for key, text in texts.items():
        for name in ("name", "opens", "time", "day", "wait", "topic"):
            assert (f"{{{name}}}" in text) == (name in PLACEHOLDERS.get(key, ())), (key, name)
        assert key not in BUTTONS or len(text) <= 20, (key, len(text))
