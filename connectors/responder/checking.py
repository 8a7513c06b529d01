"""What is wrong with settings that are fine one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import attrs

from connectors.responder.matching import fold, words_of
from connectors.responder.phrases import PLACEHOLDER, text
from connectors.responder.taps import LONGEST, MOST
from connectors.responder.values import HUMAN, Question, Range, ResponderSettings
from connectors.responder.words import BUILT_IN, BUTTONS, KEYS, PLACEHOLDERS

_INSIDE = ("reason_", "label_")
"""The beginnings of texts that only colleagues read."""


def overlap(days: Sequence[Sequence[Range]]) -> int | None:
    """Return the first day whose ranges overlap, None for none."""
    for number, ranges in enumerate(days):
        if any(after[0] < before[1] for before, after in pairwise(ranges)):
            return number
    return None


def in_language(question: Question, spoken: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Question:
    """Return a question whose texts say in which language they are."""
    return attrs.evolve(
        question,
        title=spoken(question.title),
        keywords=spoken(question.keywords),
        answer=spoken(question.answer),
    )


def languages(own: str, given: Iterable[str], questions: Sequence[Question]) -> tuple[str, ...]:
    """Return the languages to speak, the bot's own first: those of the questions, or all where there are none."""
    found = list(given)
    if not found:
        found = [code for one in questions for texts in (one.title, one.answer) for code in texts]
    if not found and not questions:
        found = list(BUILT_IN)
    return tuple(dict.fromkeys((own, *found)))


def problems(settings: ResponderSettings) -> dict[str, Any]:
    """Return what is wrong, as nested messages by key; nothing for settings that can be used."""
    found: dict[str, Any] = {}
    if texts := _texts(settings):
        found["texts"] = texts
    if questions := _questions(settings):
        found["questions"] = questions
    if sum(one.menu and bool(one.title) for one in settings.questions) >= MOST:
        found.setdefault("questions", {})["menu"] = [
            f"at most {MOST - 1} questions fit under the greeting; give the others menu = false"
        ]
    return found


def _texts(settings: ResponderSettings) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    for key, texts in settings.texts.items():
        for code, words in texts.items():
            allowed = PLACEHOLDERS.get(key, ())
            for name in PLACEHOLDER.findall(words):
                if name not in allowed:
                    known = " and ".join(f"{{{one}}}" for one in allowed)
                    hint = f"it may have {known}" if known else "it has none"
                    errors.setdefault(key, []).append(f"{code}: {{{name}}} stands for nothing here; {hint}")
            if key in BUTTONS and len(words) > LONGEST:
                errors.setdefault(key, []).append(f"{code}: {len(words)} characters, and a button shows {LONGEST}")
    for code in settings.languages:
        if code not in BUILT_IN:
            for key in _needed(settings):
                if code not in settings.texts.get(key, {}):
                    fault = f"{code}: needs a text of yours, as the bot does not speak this language by itself"
                    errors.setdefault(key, []).append(fault)
    return errors


def _needed(settings: ResponderSettings) -> Iterable[str]:
    """Yield the texts that people may come to see."""
    for key in KEYS:
        verb, _, about = key.partition("_")
        unasked = verb in {"ask", "retry"} and about not in {*settings.collect, settings.survey}
        unasked = unasked or (verb == "csat" and settings.survey != "csat")
        unasked = unasked or (key in {"comment", "thanks", "unrated"} and settings.survey == "none")
        if not unasked and not key.startswith(_INSIDE):
            yield key


def _questions(settings: ResponderSettings) -> dict[Any, Any]:
    errors: dict[Any, Any] = {}
    ids = Counter(one.id for one in settings.questions)
    seen = {(code, fold(text(settings, code, "human_button"))): HUMAN for code in settings.languages}
    for number, one in enumerate(settings.questions):
        own = dict(_question(settings, one))
        if one.id == HUMAN:
            own["id"] = ["stands for a person; call the question something else"]
        if ids[one.id] > 1:
            own["id"] = [f"{one.id} stands here twice"]
        for code, title in one.title.items():
            other = seen.setdefault((code, fold(title)), one.id)
            if other != one.id:
                own["title"] = [f"{code}: {other} has the same title"]
        if own:
            errors[number] = own
    return errors


def _question(settings: ResponderSettings, one: Question) -> Iterable[tuple[str, list[str]]]:
    known = {HUMAN, *(other.id for other in settings.questions)}
    if not (one.title or one.keywords or one.payloads):
        yield "keywords", ["needs keywords, a title or payloads: nobody could ask it"]
    if not one.answer and not one.human:
        yield "answer", ["needs an answer, or human = true"]
    long = [f"{code}: {len(title)} characters, and a button shows {LONGEST}" for code, title in one.title.items()
            if len(title) > LONGEST]  # fmt: skip
    for key, texts in (("title", one.title), ("answer", one.answer)):
        missing = [code for code in settings.languages if texts and code not in texts]
        if faults := [f"needs a text in {code} as well" for code in missing] + (long if key == "title" else []):
            yield key, faults
    if empty := [word for words in one.keywords.values() for word in words if not words_of(word)]:
        yield "keywords", [f"{word!r} has no letter or digit" for word in empty]
    if strange := [other for other in one.next if other not in known]:
        yield "next", [f"there is no question {other}; there are {', '.join(sorted(known))}" for other in strange]
    elif len(one.next) > MOST:
        yield "next", [f"{MOST} at most"]
