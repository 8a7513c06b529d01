"""What the person asks for: a person, a question of the settings, or neither; by what they tapped or wrote."""

from __future__ import annotations

import attrs

from connectors.responder import taps
from connectors.responder.matching import heaviest, is_one_of
from connectors.responder.turn import PERSON, QUESTION, Turn, meaning
from connectors.responder.values import Question
from connectors.responder.words import BUILT_IN


@attrs.frozen(kw_only=True)
class Wanted:
    """A `question`, or a person and why (`reason`); `language`: the one in which it was asked, "" for any."""

    question: Question | None = None
    reason: str = ""
    language: str = ""


def wanted(turn: Turn) -> Wanted:
    """Return what the person asks for, by what they tapped or by their words; nothing where nothing fits."""
    verb, about = meaning(tapped(turn))
    if verb == PERSON:
        return Wanted(reason="request")
    if verb == QUESTION:
        return Wanted(question=turn.settings.question(about))
    for foreign in (turn.said.payload, turn.said.ref):
        found = [one for one in turn.settings.questions if foreign and foreign in one.payloads]
        if found:
            return Wanted(question=found[0])
    return _by_words(turn)


def tapped(turn: Turn) -> str:
    """Return the payload of what was tapped, or named by its number where the channel shows a numbered list."""
    offered, words = turn.memory.offered, turn.words
    if turn.said.payload or len(words) != 1 or not words[0].isdecimal() or len(words[0]) > 2:
        return turn.said.payload
    number = int(words[0])
    return offered[number - 1] if 1 <= number <= len(offered) else ""


def _by_words(turn: Turn) -> Wanted:
    """Look in the language that is spoken first, then in all others."""
    mine = turn.language
    for language in (mine, *(one for one in _languages(turn) if one != mine)):
        weights = [
            (heaviest((*one.keywords.get(language, ()), one.title.get(language, "")), turn.words), one)
            for one in turn.settings.questions
        ]
        most, question = max(weights, key=lambda found: found[0], default=(0, None))
        person = heaviest(human_words(turn, language), turn.words)
        if person and person >= most:
            return Wanted(reason="request", language=language)
        if most:
            return Wanted(question=question, language=language)
    return Wanted()


def _languages(turn: Turn) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*turn.settings.languages, *BUILT_IN)))


def human_words(turn: Turn, language: str) -> tuple[str, ...]:
    """Return the words of a language by which a person is asked for."""
    own = turn.settings.human_words.get(language, ())
    button = turn.settings.texts.get("human_button", {}).get(language, "")
    if language not in BUILT_IN:
        return (*own, button)
    return (*own, button or BUILT_IN[language].texts["human_button"], *BUILT_IN[language].human)


def is_unreadable(turn: Turn) -> bool:
    """Whether there is something that a bot cannot read, and no words beside it."""
    return turn.said.file and not turn.words


def is_about_something(turn: Turn, words: tuple[str, ...]) -> bool:
    """Whether `words`, which may be a name, are rather a request: all of a topic's, or a sentence that has them."""
    for one in turn.settings.questions:
        phrases = [word for known in one.keywords.values() for word in known] + list(one.title.values())
        if is_one_of(phrases, words) or (len(words) > 3 and heaviest(phrases, words)):
            return True
    persons = [word for one in _languages(turn) for word in human_words(turn, one)]
    return is_one_of(persons, words) or (len(words) > 3 and heaviest(persons, words) > 0)


def is_skip(turn: Turn) -> bool:
    """Whether the words decline to answer, in any language."""
    return is_one_of((turn.text("skip_button"), *(word for one in BUILT_IN.values() for word in one.skip)), turn.words)


def spoken(turn: Turn) -> str:
    """Return the language in which something is asked, or in which somebody says hello; "" where that is not plain."""
    asked = wanted(turn).language
    if asked:
        return asked if asked in turn.settings.languages else ""
    for one in turn.settings.languages:
        if one in BUILT_IN and is_one_of((*BUILT_IN[one].hello, *BUILT_IN[one].thanks), turn.words):
            # Many say "hi" who speak something else: in the bot's own language it tells nothing.
            return one if one != turn.settings.language else ""
    return ""


def language(turn: Turn) -> str:
    """Return the language whose name is all that was written, "" for none."""
    for one in turn.settings.languages:
        names = BUILT_IN[one].called if one in BUILT_IN else ()
        if is_one_of((*names, taps.own_name(one)), turn.words):
            return one
    return ""
