"""Asking for name, phone and e-mail: each once, once more where the answer is none, and never against the will."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from connectors.responder import handing, taps, wanting
from connectors.responder.matching import without, words_of
from connectors.responder.turn import SKIP, Tell, Turn, meaning
from connectors.responder.words import BUILT_IN

_EMAIL = re.compile(r"(?<![\w.+-])[^\s@<>\"'(),;:]{1,64}@[^\s@<>\"'(),;:]{1,189}\.[^\W\d_][\w-]{1,60}")
_LONGEST = 300
"""Characters of an answer that are looked at."""
_NO_NAME = re.compile(r"[\d?؟@/\\<>{}|=]")
_MOST_WORDS = 5


def missing(turn: Turn) -> list[str]:
    """Return the fields that are still to be asked for, in their order."""
    memory = turn.memory
    done = {*memory.given, *memory.skipped, *memory.known}
    return [field for field in turn.settings.collect if field not in done]


def is_due(turn: Turn) -> bool:
    """Whether it is time to begin by itself: at the start, where the settings say so."""
    return turn.settings.when == "start" and turn.opened and not turn.memory.asked and bool(missing(turn))


def begin(turn: Turn, then: str) -> None:
    """Ask for the first field; `then`: the reason why a person takes over afterwards, "" where none does."""
    turn.remember(then=then)
    _ask(turn)


def _ask(turn: Turn) -> None:
    field = missing(turn)[0]
    turn.remember(asked=field, again=False)
    turn.say(turn.text(f"ask_{field}"), taps=taps.skip(turn))


def take(turn: Turn) -> bool:
    """Take the answer to what was asked; False where it is about something else."""
    field = turn.memory.asked
    if field not in turn.settings.collect:
        return False
    verb, _ = meaning(wanting.tapped(turn))
    if verb == SKIP or wanting.is_skip(turn):
        _leave(turn, field)
        return True
    value = read(turn, field)
    if value:
        turn.remember(given={**turn.memory.given, field: value})
        turn.deeds.append(Tell(dict(turn.memory.given)))
        turn.say(turn.text("noted"))
        _go_on(turn)
        return True
    wanted = wanting.wanted(turn)
    beyond = wanted.question is not None and wanted.question.human
    if verb or wanted.reason or beyond or wanting.is_unreadable(turn):
        # Whoever wants a person, or taps something else, wants no more questions.
        turn.remember(asked="", again=False, skipped=(*turn.memory.skipped, *missing(turn)))
        return False
    if turn.memory.again:
        _leave(turn, field)
        return True
    turn.remember(again=True)
    turn.say(taps.answer(turn, wanted.question) if wanted.question else "")
    turn.say(turn.text(f"ask_{field}" if wanted.question else f"retry_{field}"), taps=taps.skip(turn))
    return True


def _leave(turn: Turn, field: str) -> None:
    turn.remember(skipped=(*turn.memory.skipped, field))
    _go_on(turn)


def _go_on(turn: Turn) -> None:
    """Ask for the next field, or do what comes after."""
    if missing(turn):
        _ask(turn)
        return
    then = turn.memory.then
    turn.remember(asked="", again=False, then="")
    if then:
        handing.pass_on(turn, then)
    else:
        turn.say(turn.text("offer"), taps=taps.menu(turn))


def read(turn: Turn, field: str) -> str:
    """Return what an answer says for a field, "" where it says nothing of the kind."""
    words = turn.said.words[:_LONGEST]
    if field == "phone":
        return phone(" ".join((*turn.said.numbers, words)), turn.settings.country)
    if field == "email":
        return email(words)
    found = name(words)
    about = turn.said.payload or turn.said.file or wanting.is_about_something(turn, words_of(found))
    return "" if about else found


def name(words: str) -> str:
    """Return a name, without what is said around it."""
    bare = without((phrase for one in BUILT_IN.values() for phrase in one.named), words)
    clean = " ".join("".join(char if unicodedata.category(char)[0] != "C" else " " for char in bare).split())
    clean = clean.strip(" .,!،。:-")
    if _NO_NAME.search(clean) or len(clean) > 60 or len(clean.split()) > _MOST_WORDS:
        return ""
    return clean if any(char.isalpha() for char in clean) else ""


def phone(words: str, country: str) -> str:
    """Return the first valid number in a text as E.164; `country`: where one without a country code is from."""
    plain = re.sub(r"(?<!\d)00(?=[1-9])", "+", words)
    for match in phonenumbers.PhoneNumberMatcher(plain, country or None, max_tries=20):
        return str(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    return ""


def email(words: str) -> str:
    """Return the first address in a text; its host in lower case."""
    match = _EMAIL.search(unicodedata.normalize("NFKC", words))
    if match is None or ".." in match[0]:
        return ""
    local, _, host = match[0].rpartition("@")
    fine = local.strip(".") == local and not host.startswith(("-", "."))
    return f"{local}@{host.lower().rstrip('.')}" if fine else ""
