"""Who may answer a conversation: one fact, moved by what people, agents, bots and the platform do. Pure.

The owner is one of the channel's responders, or `native_app`, `other`, `unknown`. The first responder owns by default,
and again when nothing was said for the idle time. Beside it stands what the platform said last of its own thread,
`held`, with the time by its clock, so that news which was overtaken on its way changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from connectors_core.errors import NotInControl, NotSupported
from connectors_core.model import NATIVE_APP, OTHER, OURS, UNKNOWN, Handover, HandoverAction, Message, Origin

THEIRS = "theirs"
"""In `Control.held`: the platform lets somebody else answer."""

ELSEWHERE = frozenset((NATIVE_APP, OTHER))

AHEAD = 60.0
"""Seconds that a platform's clock may be ahead of ours; news from later counts as if it were from then."""
LONGEST = 30 * 86400.0
"""Seconds for which a conversation can be kept at once."""


@attrs.frozen(kw_only=True)
class Control:
    """Who may answer a conversation. Times in Unix seconds.

    `owner`: "" for the first responder. `since`: when it moved last, and `gave` who gave it away by a wish of its own.
    `until`: when it goes back to the first, None for never. `held`: "", `OURS` or `THEIRS`, as the platform said at
    `told_at`. `moves` counts the changes.
    """

    owner: str = ""
    since: float | None = None
    gave: str = ""
    until: float | None = None
    held: str = ""
    told_at: float | None = None
    moves: int = 0

    @classmethod
    def of(cls, row: Any) -> Control:
        """Return what stands in the row of a conversation."""
        return cls(
            owner=row.owner,
            since=row.owned_at,
            gave=row.given_by,
            until=row.owned_until,
            held=row.held,
            told_at=row.told_at,
            moves=row.moves,
        )

    def columns(self) -> dict[str, Any]:
        """Return what the row of a conversation is to hold."""
        return {
            "owner": self.owner,
            "owned_at": self.since,
            "given_by": self.gave,
            "owned_until": self.until,
            "held": self.held,
            "told_at": self.told_at,
            "moves": self.moves,
        }


@attrs.frozen(kw_only=True)
class Switchboard:
    """The rules of one channel. `idle`: seconds. `owners` and `controls` are those of its connector."""

    name: str
    responders: tuple[str, ...]
    idle: float = 86400.0
    owners: Mapping[str, str] = attrs.field(factory=dict)
    controls: frozenset[HandoverAction] = frozenset()

    @property
    def first(self) -> str:
        """Who owns by default."""
        return self.responders[0] if self.responders else UNKNOWN

    def owner(self, control: Control, now: float) -> str:
        """Return who may answer now."""
        lapsed = control.until is not None and control.until <= now
        known = control.owner in (*self.responders, NATIVE_APP, OTHER, UNKNOWN)  # the settings may be others by now
        return control.owner if known and not lapsed else self.first

    # what people do

    def person_wrote(self, control: Control, at: float, now: float, *, standby: bool) -> Control:
        """Return who may answer after a person wrote at `at`, by the platform's clock.

        A standby copy says that somebody else has the thread; any other that we have, which platforms tell nobody when
        it was let go.
        """
        owner, at = self.owner(control, now), min(at, now + AHEAD)
        if not self._old(control.told_at, at, now):
            if standby:
                control = attrs.evolve(control, held=THEIRS, told_at=at)
                if owner not in ELSEWHERE:
                    return self._moved(control, OTHER, now)
            elif control.held == THEIRS:
                control = attrs.evolve(control, held=OURS, told_at=at)
                if owner in (*ELSEWHERE, UNKNOWN):
                    return self._moved(control, self.first, now)
            elif owner == UNKNOWN:
                return self._moved(control, self.first, now)
        return self._renewed(control, now)

    # what responders do

    def responder_wrote(self, control: Control, message: Message, now: float) -> Control:
        """Return who may answer after one of the responders wrote; raise NotInControl where it may not."""
        writer = message.endpoint
        if message.origin is Origin.AGENT:
            self._known(writer)
            if self.owner(control, now) == writer:
                return self._renewed(control, now)
            return self._moved(control, writer, now)
        if message.origin is Origin.BOT:
            self.let(control, writer, message.origin, now)
            return self._renewed(control, now)
        return control

    def let(self, control: Control, writer: str, origin: Origin, now: float, *, written: float | None = None) -> None:
        """Raise NotInControl when a bot may not answer now; everybody else may.

        `written`: when a message that waits was taken in. What a bot said before it gave the conversation away goes
        out.
        """
        if origin is not Origin.BOT:
            return
        self._known(writer)
        owner = self.owner(control, now)
        parting = control.gave == writer and written is not None and written <= (control.since or 0.0)
        if owner not in (writer, UNKNOWN) and not parting:
            raise NotInControl(
                f"{self.name}: {owner} answers this conversation now, so {writer} may not; it is told when it may",
                code="not_in_control",
            )

    def asked(self, control: Control, wish: Handover, now: float) -> tuple[Control, HandoverAction | None]:
        """Return who may answer after what a responder asks for, and what the platform has to be asked for.

        Raise NotInControl when that responder may not ask for it, NotSupported when nobody can do it.
        """
        self._known(wish.endpoint)
        owner, action = self.owner(control, now), wish.action
        if action is HandoverAction.REQUEST:
            return control, self._at_platform(action) if owner in ELSEWHERE else None
        if wish.origin is not Origin.AGENT and owner not in (wish.endpoint, UNKNOWN):
            raise NotInControl(
                f"{self.name}: {owner} answers this conversation now; {wish.endpoint} can ask for it with request",
                code="not_in_control",
            )
        if action is HandoverAction.EXTEND:
            until = now + (min(wish.duration.total_seconds(), LONGEST) if wish.duration else self.idle)
            longer = attrs.evolve(control, owner=owner, until=until) if owner != self.first else control
            return longer, action if action in self.controls else None
        if action is HandoverAction.RELEASE and wish.resolved and owner == wish.endpoint == self.first:
            return control, None  # the matter is settled, and who has it keeps it
        if action is HandoverAction.PASS:
            after, forward = self._passed(control, wish, now)
        elif action is HandoverAction.RELEASE:
            after, forward = self._released(control, owner, now)
        else:
            after, forward = self._to_ours(control, wish.endpoint, now)
        return attrs.evolve(after, gave=owner if owner == wish.endpoint else ""), forward

    def _passed(self, control: Control, wish: Handover, now: float) -> tuple[Control, HandoverAction | None]:
        target = wish.new_owner or self.after(wish.endpoint)
        if target in self.responders:
            return self._to_ours(control, target, now)
        action = self._at_platform(HandoverAction.PASS)
        meant = target if target == NATIVE_APP else self.owners.get(target, OTHER)
        return self._moved(attrs.evolve(control, held=THEIRS, told_at=now), meant, now), action

    def _released(self, control: Control, owner: str, now: float) -> tuple[Control, HandoverAction | None]:
        """Give it to the first of ours; the first itself lets the platform decide."""
        if owner not in (self.first, UNKNOWN):
            return self._to_ours(control, self.first, now)
        action = self._at_platform(HandoverAction.RELEASE)
        return self._moved(attrs.evolve(control, held="", told_at=now), UNKNOWN, now), action

    def _to_ours(self, control: Control, target: str, now: float) -> tuple[Control, HandoverAction | None]:
        """Move it to one of ours; where the platform gave the thread to somebody else, it is taken there."""
        takes = HandoverAction.TAKE if control.held == THEIRS and HandoverAction.TAKE in self.controls else None
        if control.held == THEIRS:
            control = attrs.evolve(control, held=OURS if takes else "", told_at=now)
        return self._moved(control, target, now), takes

    def after(self, responder: str) -> str:
        """Return who comes after a responder; the last one passes on to the one before it."""
        others = [one for one in self.responders if one != responder]
        if not others:
            raise NotSupported(f"{self.name}: nobody but {responder} answers here; name others in `responders`")
        later = self.responders[self.responders.index(responder) + 1 :] if responder in self.responders else ()
        return later[0] if later else others[-1]

    # what the platform tells

    def echoed(self, control: Control, app_id: str, at: float, now: float, *, standby: bool) -> Control:
        """Return who may answer after somebody else at the business wrote: a human in the native inbox takes over."""
        meant, at = self.owners.get(app_id, OTHER) if app_id else NATIVE_APP, min(at, now + AHEAD)
        # An app that only sends beside us, order updates for example, takes nothing over.
        if meant == OURS or (meant == OTHER and not standby) or self._old(_latest(control), at, now):
            return control
        control = attrs.evolve(control, held=THEIRS if standby else control.held, told_at=at)
        if self.owner(control, now) == meant:
            return self._renewed(control, now)
        return self._moved(control, meant, now)

    def told(self, control: Control, news: Handover, now: float, *, own: bool = False) -> Control:
        """Return who may answer after the platform told that the thread moved, or after we found out (`own`)."""
        at = min(news.at.timestamp(), now + AHEAD)
        if news.action not in (HandoverAction.PASS, HandoverAction.TAKE, HandoverAction.RELEASE):
            return control
        if self._old(control.told_at, at, now):
            return control
        owner, meant = self.owner(control, now), self._meant(news, own=own)
        if meant == OURS:
            control = attrs.evolve(control, held=OURS, told_at=at)
            return control if owner in self.responders else self._moved(control, self.first, now)
        if meant in self.responders:
            return self._moved(attrs.evolve(control, held=OURS, told_at=at), meant, now)
        control = attrs.evolve(control, held=THEIRS if meant in ELSEWHERE else "", told_at=at)
        return self._renewed(control, now) if owner == meant else self._moved(control, meant, now)

    def _meant(self, news: Handover, *, own: bool) -> str:
        """Return whom the platform means by its id of the new owner; only our own news speaks our words."""
        name = news.new_owner
        if own:
            return name
        if not name:
            return UNKNOWN
        if name not in self.owners and OURS not in self.owners.values() and not news.standby:
            # Nobody told us our own id: that a thread was passed is told to the one who got it.
            return OURS if news.action is HandoverAction.PASS else OTHER
        return self.owners.get(name, OTHER)

    def lapsed(self, control: Control, now: float) -> tuple[Control, HandoverAction | None]:
        """Return who may answer after the idle time is over, and what the platform has to be asked for."""
        back, takes = self._to_ours(control, self.first, now)
        return attrs.evolve(back, moves=control.moves + 1), takes

    def _at_platform(self, action: HandoverAction) -> HandoverAction:
        if action not in self.controls:
            raise NotSupported(f"{self.name} cannot {action} the control of a conversation at its platform")
        return action

    def _known(self, responder: str) -> None:
        if responder not in self.responders:
            known = ", ".join(self.responders) or "nobody"
            raise NotInControl(
                f"{responder} is none of the responders of {self.name}, which are {known}", code="not_in_control"
            )

    def _moved(self, control: Control, owner: str, now: float) -> Control:
        before = self.owner(control, now)
        stays = None if owner == self.first else now + self.idle
        return attrs.evolve(
            control,
            owner="" if owner == self.first else owner,
            since=now,
            gave="",
            until=stays,
            moves=control.moves + (owner != before),
        )

    def _renewed(self, control: Control, now: float) -> Control:
        """Let the idle time begin anew, as a word was said."""
        if control.until is None or control.until <= now or control.until >= now + self.idle:
            return control
        return attrs.evolve(control, until=now + self.idle)

    def _old(self, known: float | None, at: float, now: float) -> bool:
        """Whether news was overtaken, or is older than any control lasts: history that is imported moves nothing."""
        # Some platforms tell whole seconds only, rounded down.
        slack = 1.0 if at.is_integer() else 0.0
        return at + self.idle < now or (known is not None and at + slack < known)


def _latest(control: Control) -> float | None:
    known = [moment for moment in (control.told_at, control.since) if moment is not None]
    return max(known, default=None)
