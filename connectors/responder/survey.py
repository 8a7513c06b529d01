"""The end: goodbye, a question about the satisfaction, one free comment."""

from __future__ import annotations

import re

from connectors.responder import taps, wanting
from connectors.responder.matching import fold
from connectors.responder.turn import SCORE, SKIP, Rate, Turn, meaning

ASKED_SCORE, ASKED_COMMENT = "score", "comment"
_NUMBER = re.compile(r"(?<![\d.,-])\d{1,2}(?![\d.,]\d|\d)")
_STARS = re.compile(r"[★⭐🌟]")
_LONGEST = 30
"""Characters of an answer that may be a score; a longer one has a number for another reason."""
_LONGEST_COMMENT = 2000


def begin(turn: Turn) -> None:
    """Say goodbye, and ask unless that was done a short while ago."""
    told = turn.text("disclosure") if turn.settings.disclose else ""
    turn.say(" ".join(one for one in (turn.text("goodbye", name=person(turn)), told) if one))
    last, now = turn.memory.surveyed_at, turn.now.timestamp()
    kind = turn.settings.survey
    if kind == "none" or (last is not None and now - last < turn.settings.survey_every.total_seconds()):
        return
    turn.say(turn.text(f"ask_{kind}"), taps=taps.scores(turn))
    turn.remember(asked=ASKED_SCORE, survey=kind, surveyed_at=now, rated=False)


def person(turn: Turn) -> str:
    """Return the name that the person gave, or that the channel told."""
    return turn.memory.given.get("name") or turn.memory.name


def take(turn: Turn) -> bool:
    """Take an answer to the survey; False where it is none."""
    verb, about = meaning(turn.said.payload)
    if verb == SCORE and not turn.memory.rated and about.isdecimal():
        # A button counts for as long as it is on the screen.
        return _rate(turn, int(about))
    if turn.memory.asked == ASKED_SCORE:
        found = _score(turn)
        if found is not None:
            return _rate(turn, found)
        turn.remember(asked="", rated=True)
        if wanting.is_skip(turn):
            turn.say(turn.text("thanks"))
            return True
        turn.say(turn.text("unrated"))
        return False
    return turn.memory.asked == ASKED_COMMENT and _comment(turn)


def _score(turn: Turn) -> int | None:
    """Return the score in a short answer: its one number, "4/5", or stars."""
    words = turn.said.words
    if turn.said.payload or not words or len(words) > _LONGEST or "?" in words:
        return None
    low, high = taps.SCALES[turn.memory.survey]
    plain = re.sub(rf"\s*/\s*{high}(?!\d)", "", fold(words))
    numbers = [int(number) for number in _NUMBER.findall(plain)]
    stars = len(_STARS.findall(words))
    found = numbers[0] if len(numbers) == 1 else stars if stars and not numbers else None
    return found if found is not None and low <= found <= high else None


def _rate(turn: Turn, score: int) -> bool:
    low, high = taps.SCALES[turn.memory.survey]
    if not low <= score <= high:
        return False
    turn.deeds.append(Rate(turn.memory.survey, score))
    turn.remember(asked=ASKED_COMMENT, rated=True)
    turn.say(turn.text("comment"), taps=taps.skip(turn))
    return True


def _comment(turn: Turn) -> bool:
    verb, _ = meaning(wanting.tapped(turn))
    turn.remember(asked="")
    if verb == SKIP or wanting.is_skip(turn):
        turn.say(turn.text("thanks"))
        return True
    short = len(turn.words) <= 4
    if turn.said.payload or not turn.said.words or turn.said.file or (short and wanting.wanted(turn).reason):
        return False
    turn.deeds.append(Rate(turn.memory.survey, text=turn.said.words[:_LONGEST_COMMENT]))
    turn.say(turn.text("thanks"))
    return True
