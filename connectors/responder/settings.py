"""The settings of the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import phonenumbers
from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from connectors.responder import checking
from connectors.responder.taps import SCALES
from connectors.responder.values import Holiday, Hours, Question, Range, ResponderSettings
from connectors.responder.words import BUILT_IN, KEYS
from connectors_core.settings.fields import DurationField, IntegerField, JsonSchema, ReadField
from connectors_core.settings.schemas import StoreField

LONGEST_TEXT = 1000
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_RANGE = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s?-\s?([01]\d|2[0-4]):([0-5]\d)")
_HOLIDAY = re.compile(r"(?:\d{4}-)?\d\d-\d\d(?:\.\.(?:\d{4}-)?\d\d-\d\d)?")
_LANGUAGE = validate.Regexp(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", error='must be the code of a language, such as "en"')
_TEXT = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
_LIST = {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 100}


def _says(text: str) -> dict[str, Any]:
    return {"description": text, "ask": False}


def _by_language(value: Any, read: Any) -> dict[str, Any]:
    """Return values by language; what is no table is in the language of the bot, which is called "" here."""
    if not isinstance(value, dict):
        return {"": read(value)}
    found, errors = {}, {}
    for code, one in value.items():
        try:
            _LANGUAGE(code)
            found[code] = read(one)
        except ValidationError as error:
            errors[code] = error.messages
    if errors:
        raise ValidationError(errors)
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise ValidationError(f"must be a text of 1 to {LONGEST_TEXT} characters, or a table of texts by language")
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > 100:
        raise ValidationError("must be a list of texts, 100 at most, or a table of lists by language")
    return tuple(_text(one) for one in value)


class SpokenField(ReadField[dict[str, str]]):
    """A text in the language of the bot, or a table of texts by language."""

    json_schema: ClassVar[JsonSchema] = {"anyOf": [_TEXT, {"type": "object", "additionalProperties": _TEXT}]}

    def read(self, value: Any) -> dict[str, str]:
        """Return the texts by language, or raise ValidationError."""
        return _by_language(value, _text)


class KeywordsField(ReadField[dict[str, tuple[str, ...]]]):
    """Words and phrases in the language of the bot, or a table of such lists by language."""

    json_schema: ClassVar[JsonSchema] = {"anyOf": [_LIST, {"type": "object", "additionalProperties": _LIST}]}

    def read(self, value: Any) -> dict[str, tuple[str, ...]]:
        """Return the lists by language, or raise ValidationError."""
        return _by_language(value, _texts)


class RangeField(ReadField[Range]):
    """Two times of the day, such as `09:00-17:30`; the second may be that of the next day."""

    json_schema: ClassVar[JsonSchema] = {"type": "string", "pattern": r"^\d\d:\d\d ?- ?\d\d:\d\d$"}

    def read(self, value: Any) -> Range:
        """Return minutes since midnight, or raise ValidationError."""
        match = _RANGE.fullmatch(value) if isinstance(value, str) else None
        hours = [int(part) for part in match.groups()] if match else [25, 0, 25, 0]
        start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
        if max(start, end) > 24 * 60 or start in {24 * 60, end}:
            raise ValidationError('must be two times in quotes, such as "09:00-17:30", "22:00-02:00" or "00:00-24:00"')
        return (start, end if end > start else end + 24 * 60)


class HolidayField(ReadField[Holiday]):
    """A day or two with dots between them: `2026-12-24..2027-01-01`; without a year they return every year."""

    json_schema: ClassVar[JsonSchema] = {"type": "string", "pattern": f"^{_HOLIDAY.pattern}$"}

    def read(self, value: Any) -> Holiday:
        """Return the days, or raise ValidationError."""
        text = value.isoformat() if isinstance(value, date) else value
        if not isinstance(text, str) or not _HOLIDAY.fullmatch(text):
            raise ValidationError('must be a day such as "2026-12-24" or "12-25", or two: "2026-12-24..2027-01-01"')
        first, _, last = text.partition("..")
        last = last or first
        if len(first) != len(last):
            raise ValidationError("either both days have a year, or none of them")
        yearly = len(first) == 5
        try:
            # A year that has the 29th of February.
            days = [date.fromisoformat(f"2024-{day}" if yearly else day) for day in (first, last)]
        except ValueError:
            raise ValidationError(f"{text} is no day of the calendar") from None
        if not yearly and days[0] > days[1]:
            raise ValidationError("ends before it begins")
        return Holiday(first=days[0], last=days[1], yearly=yearly)


class ZoneField(ReadField[ZoneInfo]):
    """A time zone by its name, such as `Europe/Berlin`."""

    json_schema: ClassVar[JsonSchema] = {"type": "string"}

    def read(self, value: Any) -> ZoneInfo:
        """Return the zone, or raise ValidationError."""
        try:
            return ZoneInfo(value)
        except (KeyError, ValueError, TypeError, OSError):
            raise ValidationError('is no time zone; write its name, such as "Europe/Berlin"') from None


class HoursSchema(Schema):
    """When people answer."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    time_zone = ZoneField(required=True, metadata=_says("The time zone of the clock, such as Europe/Berlin."))
    weekdays = fields.List(RangeField(), metadata=_says("Monday to Friday, except days that have a line of their own."))
    monday = fields.List(RangeField(), metadata=_says('Such as ["09:00-12:30", "14:00-18:00"]; [] for closed.'))
    tuesday = fields.List(RangeField(), metadata=_says("As above."))
    wednesday = fields.List(RangeField(), metadata=_says("As above."))
    thursday = fields.List(RangeField(), metadata=_says("As above."))
    friday = fields.List(RangeField(), metadata=_says("As above."))
    saturday = fields.List(RangeField(), metadata=_says("As above; closed unless given."))
    sunday = fields.List(RangeField(), metadata=_says("As above; closed unless given."))
    holidays = fields.List(HolidayField(), metadata=_says('Days without business: "2026-12-24..2027-01-01", "12-25".'))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Hours:
        usual = data.get("weekdays", [])
        days = tuple(tuple(sorted(data.get(day, usual if n < 5 else []))) for n, day in enumerate(DAYS))
        if not any(days):
            raise ValidationError({"weekdays": ["it would never open; leave out hours for a business without any"]})
        if text := checking.overlap(days):
            raise ValidationError({DAYS[text]: ["the ranges overlap"]})
        return Hours(zone=data["time_zone"], days=days, holidays=tuple(data.get("holidays", ())))


class QuestionSchema(Schema):
    """A topic and its answer."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    id = fields.String(
        required=True,
        validate=validate.Regexp(r"[A-Za-z0-9_-]{1,40}\Z", error="must be 1 to 40 letters, digits, - or _"),
        metadata=_says("Its name in this file."),
    )
    title = SpokenField(metadata=_says("What stands on its button: 20 characters at most."))
    keywords = KeywordsField(metadata=_says("Whole words or phrases by which it is recognised."))
    answer = SpokenField(metadata=_says("What is answered."))
    payloads = fields.List(fields.String(), metadata=_says("What buttons elsewhere send for it: menus, ice breakers."))
    next = fields.List(fields.String(), metadata=_says('Questions that are offered with the answer, or "human".'))
    human = fields.Boolean(truthy={True}, falsy={False}, metadata=_says("A person answers it."))
    login = fields.Boolean(truthy={True}, falsy={False}, metadata=_says("The answer has a button that logs in."))
    menu = fields.Boolean(truthy={True}, falsy={False}, metadata=_says("Whether it is offered with the greeting."))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Question:
        return Question(**{**data, "payloads": tuple(data.get("payloads", ())), "next": tuple(data.get("next", ()))})


TextsSchema = Schema.from_dict({key: SpokenField(metadata=_says(BUILT_IN["en"].texts[key])) for key in KEYS})


class ResponderSettingsSchema(Schema):
    """`[endpoints.NAME]` with `type = "responder"`."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    database = StoreField(metadata=_says("Where it keeps its memory: sqlite:///FILE, or postgresql://…"))
    language = fields.String(validate=_LANGUAGE, metadata=_says("The language for everybody whose own it has not."))
    languages = fields.List(
        fields.String(validate=_LANGUAGE), metadata=_says("The languages that it speaks; those of the answers.")
    )
    human = fields.String(metadata=_says("The endpoint that takes over; the next responder unless given."))
    disclose = fields.Boolean(
        truthy={True}, falsy={False}, metadata=_says("Say that it is a bot, as some laws demand.")
    )
    pause = DurationField(metadata=_says('After so long without a word it greets anew, such as "24h".'))
    misses = IntegerField(
        validate=validate.Range(1, 10), metadata=_says("After so many messages without an answer a person takes over.")
    )
    unreadable = fields.String(
        validate=validate.OneOf(("human", "say")),
        metadata=_says('What it does about files and the like: "human" has a person take over, "say" says so.'),
    )
    collect = fields.List(
        fields.String(validate=validate.OneOf(("name", "phone", "email"))),
        metadata=_says('What the person is asked for: "name", "phone", "email".'),
    )
    when = fields.String(
        validate=validate.OneOf(("before_human", "start", "never")), metadata=_says("When the person is asked for it.")
    )
    country = fields.String(
        validate=validate.OneOf(sorted(phonenumbers.SUPPORTED_REGIONS), error="must be a country, such as DE"),
        metadata=_says("Where phone numbers without a country code are from, such as DE."),
    )
    answer_within = DurationField(metadata=_says('How soon a person answers when it is open, such as "2h".'))
    survey = fields.String(
        validate=validate.OneOf(("none", *SCALES)), metadata=_says("What is asked at the end: csat, nps or ces.")
    )
    survey_every = DurationField(metadata=_says("The shortest time between two surveys of one person."))
    forget_after = DurationField(metadata=_says("A conversation without a word for so long is forgotten."))
    hours = fields.Nested(HoursSchema, metadata=_says("When people answer; always, unless given."))
    texts = fields.Nested(TextsSchema, metadata=_says("Texts that replace the built-in ones."))
    human_words = KeywordsField(metadata=_says("Further words by which somebody asks for a person."))
    questions = fields.List(fields.Nested(QuestionSchema), metadata=_says("What it can answer."))

    @validates_schema
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what only shows when everything is seen together."""
        if errors := checking.problems(_made(data)):
            raise ValidationError(errors)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ResponderSettings:
        return _made(data)


def _made(data: Mapping[str, Any]) -> ResponderSettings:
    """Return the settings; what was written without a language is in that of the bot."""
    own = data.get("language", "en")

    def spoken(by_language: Mapping[str, Any]) -> dict[str, Any]:
        return {code or own: value for code, value in by_language.items()}

    questions = tuple(checking.in_language(one, spoken) for one in data.get("questions", ()))
    lists: dict[str, Any] = {
        "collect": tuple(data.get("collect", ())),
        "texts": {key: spoken(texts) for key, texts in data.get("texts", {}).items()},
        "human_words": spoken(data.get("human_words", {})),
        "questions": questions,
        "languages": checking.languages(own, data.get("languages", ()), questions),
    }
    return ResponderSettings(**{**data, **lists})
