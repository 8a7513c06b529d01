"""Giving the conversation to a person, and saying how long that will take."""

from __future__ import annotations

from connectors.responder import hours, phrases
from connectors.responder.turn import Pass, Turn

LONGEST_SUMMARY = 1000
"""Characters; platforms carry about as much with a handover."""


def opening(turn: Turn) -> str:
    """Return when the business opens again, in words; "soon" where nobody knows."""
    state = hours.state(turn.settings.hours, turn.now)
    if state.opens is None:
        return turn.text("opens_unknown")
    moment = hours.spoken(state.opens, turn.now, turn.language)
    return turn.text(f"opens_{moment.when}", day=moment.day, time=moment.time)


def pass_on(turn: Turn, reason: str) -> None:
    """Say that a person takes over and when, and let them."""
    within = turn.settings.answer_within
    if not hours.state(turn.settings.hours, turn.now).is_open:
        when = turn.text("handing_closed", opens=opening(turn))
    elif within is not None:
        when = turn.text("handing_open", wait=hours.duration(within, turn.language))
    else:
        when = turn.text("handing_soon")
    turn.say(f"{turn.text('handing')} {when}")
    turn.taps = ()
    turn.deeds.append(Pass(summary(turn, reason)))
    turn.remember(human=True, passed_at=turn.now.timestamp(), misses=0, asked="", again=False, then="", wishes=())


def summary(turn: Turn, reason: str) -> str:
    """Return for whoever takes over what the person wanted and said of themselves, in the bot's own language."""

    def word(key: str) -> str:
        return phrases.text(turn.settings, turn.settings.language, key)

    about, _, topic = reason.partition(":")
    question = turn.settings.question(topic)
    named = question.title.get(turn.settings.language, topic) if question else topic
    lines = [phrases.text(turn.settings, turn.settings.language, f"reason_{about}", topic=named)]
    name = turn.memory.given.get("name") or turn.memory.name
    given = {**({"name": name} if name else {}), **turn.memory.given}
    lines += [f"{word(f'label_{field}')}: {value}" for field, value in given.items()]
    if turn.memory.wishes:
        lines.append(f"{word('label_wanted')}: " + " / ".join(turn.memory.wishes))
    found = "\n".join(lines)
    return found if len(found) <= LONGEST_SUMMARY else found[: LONGEST_SUMMARY - 1] + "…"
