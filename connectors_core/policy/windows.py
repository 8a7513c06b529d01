"""Messaging windows: whether a message may be written now, from the manifest's data and what the person did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import attrs

from connectors_core.manifest import Policy, Window
from connectors_core.model import (
    Activity,
    ActivityKind,
    Comment,
    Decision,
    Message,
    OptIn,
    Origin,
    Part,
    Reaction,
    Referral,
    Revision,
    Template,
    Verdict,
)

MOST_NAMED = 5
"""Templates that a verdict names; a list of hundreds helps nobody."""

MESSAGE, AD, COMMENT = "message", "ad", "comment"
"""In `Window.opens`: what the person did."""

TEMPLATE = "template"
"""In `Window.beyond`: approved templates may be sent outside the window."""

_AD_SOURCES = ("ad", "ads")


@attrs.frozen
class Opening:
    """What the person did last of one kind: when, by the platform's clock, and the id of the message that it was.

    `used`: the one message that may answer it is out. `before`: what they did earlier, each with an answer of its own.
    """

    at: datetime
    message: str = ""
    used: bool = False
    before: tuple[Opening, ...] = ()


Openings = Mapping[str, Opening]
"""By the words of `Window.opens`."""


def opened_by(message: Message) -> tuple[str, ...]:
    """Return what a message of a person opens: nothing, where it is no more than a sign of life or a second thought."""
    if message.origin is not Origin.CONTACT:
        return ()
    if any(isinstance(part, Comment) for part in message.parts):
        return (COMMENT,)
    if all(isinstance(part, Activity | OptIn) for part in message.parts) or _is_revision(message.parts):
        return ()
    ads = (part for part in message.parts if isinstance(part, Referral))
    return (MESSAGE, AD) if any(part.ad_id or part.source.lower() in _AD_SOURCES for part in ads) else (MESSAGE,)


def _is_revision(parts: Sequence[Part]) -> bool:
    return bool(parts) and isinstance(parts[0], Revision)


def verdict(
    policy: Policy,
    part: Part | None,
    openings: Openings,
    now: datetime,
    templates: Sequence[str] = (),
    *,
    origin: Origin = Origin.AGENT,
    answers: str = "",
) -> Verdict:
    """Return what the windows of a channel say at `now` of `part` (None for words) that `origin` writes.

    `templates` are the names of those that may be sent; `answers` is the id of the message that is answered. Of the
    windows that are open, the one in which a message needs no tag goes first, the longest of them.
    """
    if not policy.windows:
        return Verdict(decision=Decision.ALLOW, reason="the channel has no messaging window", source=policy.source)
    if isinstance(part, Activity) and part.kind in (ActivityKind.BLOCK, ActivityKind.UNBLOCK):
        return Verdict(decision=Decision.ALLOW, reason="it reaches nobody, so that no window counts")
    if isinstance(part, Template) and any(TEMPLATE in window.beyond for window in policy.windows):
        return Verdict(
            decision=Decision.ALLOW, rule="template", reason="a template may be sent at any time", source=policy.source
        )
    found = list(_open(policy, part, openings, now, answers))
    mine = [one for one in found if not one.window.origins or origin in one.window.origins]
    if best := min(mine, key=lambda one: one.rank(answers), default=None):
        return Verdict(
            decision=Decision.ALLOW,
            rule=_rule(best.window),
            reason=best.reason(now),
            deadline=best.end,
            source=policy.source,
            tag=best.window.tag,
            answers=best.opening.message if best.window.once else "",
        )
    return _refusal(policy, openings, now, templates, [one for one in found if one not in mine])


@attrs.frozen
class _Open:
    """A window that is open until `end`."""

    window: Window
    opening: Opening
    end: datetime

    def rank(self, answers: str) -> tuple[bool, bool, bool, float]:
        """Return what the windows are ordered by: the smallest is taken."""
        meant = self.window.once and bool(answers) and self.opening.message == answers
        return not meant, self.window.once, bool(self.window.tag), -self.end.timestamp()

    def reason(self, now: datetime) -> str:
        """Say why a message may go out."""
        left = span(self.end - now)
        if self.window.once:
            return f"one {self.window.name} may be sent within another {left}"
        return f"the {_rule(self.window)} is open for another {left}"


def _open(policy: Policy, part: Part | None, openings: Openings, now: datetime, answers: str) -> Iterator[_Open]:
    for window in policy.windows:
        if window.once and isinstance(part, Activity | Reaction):
            continue  # it would be no answer, and would use it up
        for opener in window.opens:
            opening = openings.get(opener)
            if opening is not None and window.once:
                # An earlier one is answered by its name alone; what names none goes to the last.
                opening = next((one for one in opening.before if one.message == answers), opening)
            if opening is None or (window.once and opening.used):
                continue
            end = opening.at + timedelta(hours=window.hours)
            if now < end:
                yield _Open(window, opening, end)


def _refusal(
    policy: Policy, openings: Openings, now: datetime, templates: Sequence[str], others: Iterable[_Open]
) -> Verdict:
    """Say what is closed, since when, and what may be done instead."""
    plain = [window for window in policy.windows if not window.once and not window.tag]
    ended = [
        (openings[opener].at + timedelta(hours=window.hours), window)
        for window in plain
        for opener in window.opens
        if opener in openings
    ]
    longest = max(plain or policy.windows, key=lambda one: one.hours if MESSAGE in one.opens else 0.0)
    end, window = max(ended, key=lambda one: one[0], default=(None, longest))
    reason = (
        f"the {_rule(window)} has not been opened: the person has not written yet{_spent(policy, openings)}"
        if end is None
        else f"the {_rule(window)} closed {span(now - end)} ago"
    )
    ways = [way for one in others for way in _by_others(one, now)] + list(_ways_out(window, templates))
    return Verdict(
        decision=Decision.ALLOW_WITH if ways else Decision.DENY,
        rule=_rule(window),
        reason=reason,
        deadline=end,
        alternatives=(*ways, "wait until the person writes again"),
        source=policy.source,
    )


def _spent(policy: Policy, openings: Openings) -> str:
    """Say which window had room for one message alone, and has had it."""
    once = (window for window in policy.windows if window.once)
    used = (one.name for one in once if any(name in openings and openings[name].used for name in one.opens))
    return "".join(f", and the one {name} has been sent" for name in used)


def _by_others(found: _Open, now: datetime) -> Iterator[str]:
    who = " or ".join(sorted(f"a{'n' if origin is Origin.AGENT else ''} {origin}" for origin in found.window.origins))
    yield f"{who} may still write, for another {span(found.end - now)}"


def _rule(window: Window) -> str:
    return f"{window.name} window"


def _ways_out(window: Window, templates: Sequence[str]) -> tuple[str, ...]:
    if TEMPLATE not in window.beyond:
        return tuple(f"send it with {way}" for way in window.beyond)
    if not templates:
        return ("send an approved template",)
    more = f" and {len(templates) - MOST_NAMED} more" if len(templates) > MOST_NAMED else ""
    return (f"send an approved template: {', '.join(templates[:MOST_NAMED])}{more}",)


def span(length: timedelta) -> str:
    """Return a length of time in words, to its largest unit that says enough."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size or (seconds >= size and unit == "minute"):
            count = seconds // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
