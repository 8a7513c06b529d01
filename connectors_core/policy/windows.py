"""Messaging windows: whether a message may be written freely now, from the manifest's data and the last message in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from connectors_core.manifest import Policy, Window
from connectors_core.model import Activity, ActivityKind, Decision, Part, Template, Verdict

MOST_NAMED = 5
"""Templates that a verdict names; a list of hundreds helps nobody."""

MESSAGE = "message"
"""In `Window.opens`: a message of the person opens the window."""

TEMPLATE = "template"
"""In `Window.beyond`: approved templates may be sent outside the window."""


def verdict(
    policy: Policy, part: Part | None, last_in: datetime | None, now: datetime, templates: Sequence[str] = ()
) -> Verdict:
    """Return what the windows of a channel say of `part` (None for words) at `now`.

    `last_in` is when the person wrote last, by the platform's clock; None when they never did. `templates` are the
    names of those that may be sent. Only windows that a message opens are looked at, the longest first.
    """
    windows = sorted((one for one in policy.windows if MESSAGE in one.opens), key=lambda one: -one.hours)
    if not windows:
        return Verdict(decision=Decision.ALLOW, reason="the channel has no messaging window", source=policy.source)
    if isinstance(part, Activity) and part.kind in (ActivityKind.BLOCK, ActivityKind.UNBLOCK):
        return Verdict(decision=Decision.ALLOW, reason="it reaches nobody, so that no window counts")
    if isinstance(part, Template) and any(TEMPLATE in window.beyond for window in windows):
        return Verdict(
            decision=Decision.ALLOW, rule="template", reason="a template may be sent at any time", source=policy.source
        )
    longest = windows[0]
    end = None if last_in is None else last_in + timedelta(hours=longest.hours)
    if end is not None and now < end:
        return Verdict(
            decision=Decision.ALLOW,
            rule=_rule(longest),
            reason=f"the {_rule(longest)} is open for another {span(end - now)}",
            deadline=end,
            source=policy.source,
        )
    reason = (
        f"the {_rule(longest)} has not been opened: the person has not written yet"
        if end is None
        else f"the {_rule(longest)} closed {span(now - end)} ago"
    )
    ways = _ways_out(longest, templates)
    return Verdict(
        decision=Decision.ALLOW_WITH if ways else Decision.DENY,
        rule=_rule(longest),
        reason=reason,
        deadline=end,
        alternatives=(*ways, "wait until the person writes again"),
        source=policy.source,
    )


def at(moment: float | None) -> datetime | None:
    """Return Unix seconds as an aware time."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC)


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
