"""Answering what the person asks for."""

from __future__ import annotations

from connectors.responder import collecting, handing, taps, wanting
from connectors.responder.matching import is_one_of
from connectors.responder.reading import Said
from connectors.responder.turn import LANGUAGE, SCORE, Turn, meaning
from connectors.responder.values import Question
from connectors.responder.words import BUILT_IN


def take(turn: Turn) -> None:
    """Answer what the person wants."""
    found, (verb, about) = wanting.wanted(turn), meaning(wanting.tapped(turn))
    if chosen := about if verb == LANGUAGE else wanting.language(turn):
        _speak(turn, chosen)
    elif found.reason:
        _listen(turn, found.language)
        to_human(turn, found.reason)
    elif found.question is not None:
        _listen(turn, found.language)
        _understood(turn)
        answer(turn, found.question)
    elif turn.said.file:
        _unreadable(turn)
    elif turn.said.unknown and not turn.words:
        _unknown(turn)
    elif not _small_talk(turn, verb):
        _missed(turn)


def _small_talk(turn: Turn, verb: str) -> bool:
    """Answer what is no question: greetings, thanks, signs, old options; False for what is one."""
    said, words = turn.said, turn.words
    if any(is_one_of(one.hello, words) for one in BUILT_IN.values()):
        _understood(turn)
        offer(turn, "offer")
    elif any(is_one_of(one.thanks, words) for one in BUILT_IN.values()):
        _understood(turn)
        offer(turn, *(() if turn.opened else ("welcome",)), "more")
    elif wanting.is_skip(turn) or said.sign or said.payload or verb == SCORE or (not words and _is_sign(said)):
        offer(turn, "offer" if turn.opened else "more")
    else:
        return False
    return True


def _is_sign(said: Said) -> bool:
    return bool(said.words) or said.arrived


def offer(turn: Turn, *keys: str) -> None:
    """Say texts with the topics under them; at the start the person may be asked who they are first."""
    if collecting.is_due(turn):
        collecting.begin(turn, "")
        return
    turn.say(" ".join(turn.text(key) for key in keys), taps=taps.menu(turn))


def answer(turn: Turn, question: Question) -> None:
    """Answer a question, or have a person do it."""
    own = taps.answer(turn, question)
    if question.human:
        turn.say(own)
        to_human(turn, f"topic:{question.id}")
        return
    turn.say(own, taps=taps.after(turn, question))
    if question.login:
        turn.login = turn.text("login_button")
    elif collecting.is_due(turn):
        collecting.begin(turn, "")


def to_human(turn: Turn, reason: str) -> None:
    """Let a person take over, after the questions that are to be asked before."""
    turn.remember(misses=0)
    if turn.settings.when == "before_human" and collecting.missing(turn):
        collecting.begin(turn, reason)
    else:
        handing.pass_on(turn, reason)


def _understood(turn: Turn) -> None:
    turn.remember(misses=0)


def _listen(turn: Turn, language: str) -> None:
    """Go on in the language in which something was asked."""
    if language in turn.settings.languages and language != turn.language:
        turn.remember(language=language, chosen=True)


def _speak(turn: Turn, language: str) -> None:
    """Go on in the language that the person chose; what was said in another one before is said again."""
    if language in turn.settings.languages:
        turn.remember(language=language, chosen=True)
    _understood(turn)
    offer(turn, "offer")


def _unreadable(turn: Turn) -> None:
    if turn.settings.unreadable == "human":
        to_human(turn, "file")
    else:
        turn.say(turn.text("unreadable"), taps=taps.menu(turn))


def _unknown(turn: Turn) -> None:
    """Say once that such a message cannot be read."""
    if not turn.memory.told_unknown:
        turn.remember(told_unknown=True)
        turn.say(turn.text("unknown"), taps=taps.menu(turn))


def _missed(turn: Turn) -> None:
    turn.remember(misses=turn.memory.misses + 1)
    if turn.memory.misses >= turn.settings.misses:
        to_human(turn, "misses")
    else:
        offer(turn, "offer" if turn.opened else "missed")
