"""What the settings say, as values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import attrs

Spoken = Mapping[str, str]
"""Words by the code of their language."""

Range = tuple[int, int]
"""Minutes since midnight; the end may lie in the next day, beyond 1440."""

HUMAN = "human"
"""Stands for a person of the business where questions are named."""


@attrs.frozen(kw_only=True)
class Holiday:
    """Days without business, both included; every year where `yearly`: then the years of the dates do not count."""

    first: date
    last: date
    yearly: bool = False

    def includes(self, day: date) -> bool:
        """Whether `day` is one of them."""
        if not self.yearly:
            return self.first <= day <= self.last
        start, end, this = ((one.month, one.day) for one in (self.first, self.last, day))
        return start <= this <= end if start <= end else this >= start or this <= end


@attrs.frozen(kw_only=True)
class Hours:
    """When people answer: the ranges of each day, Monday first, as clocks in `zone` show them."""

    zone: ZoneInfo
    days: tuple[tuple[Range, ...], ...]
    holidays: tuple[Holiday, ...] = ()


@attrs.frozen(kw_only=True)
class Question:
    """A topic: how it is recognised, and what is answered.

    `next`: ids of questions, or `HUMAN`, that are offered with the answer. `human`: beyond what the bot may answer.
    `login`: the answer comes with a button that ties the person to their account. `menu`: offered with the greeting.
    """

    id: str
    title: Spoken = attrs.field(factory=dict)
    keywords: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    answer: Spoken = attrs.field(factory=dict)
    payloads: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    human: bool = False
    login: bool = False
    menu: bool = True


@attrs.frozen(kw_only=True)
class ResponderSettings:
    """One bot. `languages`: those that it speaks, its `language` for everybody else first.

    `human`: the endpoint that takes over, "" for the next responder of the channel. `answer_within`: how soon a person
    answers when it is open, None for no promise. `texts`: what is said instead of
    the built-in words, by key and language.
    """

    database: str = attrs.field(default="sqlite:///responder.db", repr=False)
    language: str = "en"
    languages: tuple[str, ...] = ("en",)
    human: str = ""
    disclose: bool = True
    pause: timedelta = timedelta(hours=24)
    misses: int = 2
    unreadable: str = "human"
    collect: tuple[str, ...] = ()
    when: str = "before_human"
    country: str = ""
    answer_within: timedelta | None = None
    survey: str = "none"
    survey_every: timedelta = timedelta(days=7)
    forget_after: timedelta = timedelta(days=90)
    hours: Hours | None = None
    texts: Mapping[str, Spoken] = attrs.field(factory=dict)
    human_words: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    questions: tuple[Question, ...] = ()

    def question(self, id_: str) -> Question | None:
        """Return the question of an id."""
        return next((one for one in self.questions if one.id == id_), None)
