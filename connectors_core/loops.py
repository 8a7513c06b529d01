"""Telling that a bot talks to another bot: answers that come too quickly, too often in a row. Pure."""

from __future__ import annotations

import attrs

QUICK = 2.0
"""Seconds in which nobody reads an answer and writes the next."""
PAUSE = 30.0
"""Seconds of silence after which the counting begins anew."""
QUICK_WEIGHT = 3
MOST = 24
"""Eight turns that are too quick for a person, or 24 without a pause."""


@attrs.frozen(kw_only=True)
class Turns:
    """How often in a row the other side answered a bot: `count` with its weights, and when the bot spoke last."""

    count: int = 0
    spoke_at: float | None = None

    @property
    def is_loop(self) -> bool:
        """Whether the bot has to be silent."""
        return self.count >= MOST


def person_wrote(turns: Turns, now: float) -> Turns:
    """Count an answer to the bot; several messages in a row are one."""
    if turns.spoke_at is None:
        return turns
    waited = now - turns.spoke_at
    if waited > PAUSE:
        return Turns()
    return Turns(count=min(turns.count + (QUICK_WEIGHT if waited < QUICK else 1), MOST))


def bot_wrote(turns: Turns, now: float) -> Turns:
    """Remember when the bot spoke."""
    return attrs.evolve(turns, spoke_at=now)
