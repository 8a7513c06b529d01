"""Who may answer the conversations of one batch: what each event changes, and who has to hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from time import time
from typing import Any

import attrs

from connectors_core import loops
from connectors_core.endpoint import VERBS
from connectors_core.errors import NotInControl, Refused
from connectors_core.gateway import Gateway
from connectors_core.loops import Turns
from connectors_core.model import (
    Activity,
    ContactRef,
    ConversationRef,
    Handover,
    HandoverAction,
    Message,
    Origin,
    Reaction,
    Revision,
)
from connectors_core.pipeline.people import Entry
from connectors_core.store import control, journal
from connectors_core.switchboard import Control, Switchboard

LOOP = "The bot and the other side answered each other too quickly for too long; a person should look."


@attrs.define
class Ruling:
    """What the switchboard says of one event.

    `owner`: who may answer now, "" where nobody rules. `refused`: why the event may not go on. `news`: what responders
    have to hear. `forward`: what the platform has to be asked for.
    """

    owner: str = ""
    refused: Refused | None = None
    news: list[Handover] = attrs.field(factory=list)
    forward: HandoverAction | None = None
    ours: bool = False
    """It was said to this program itself, and nobody else is to answer it."""


@attrs.define
class Controls:
    """The conversations of one batch, as they are and as they become."""

    gateway: Gateway
    known: dict[int, tuple[Control, Turns]] = attrs.field(factory=dict)
    changed: set[int] = attrs.field(factory=set)

    def rule(self, entry: Entry, row: Any, now: float) -> Ruling:
        """Let one event change who may answer; `row` is that of its conversation, None for a new one."""
        board = self.gateway.boards.get(entry.home)
        if board is None or entry.conversation_id is None:
            return Ruling()
        if entry.conversation_id not in self.known:
            self.known[entry.conversation_id] = (Control.of(row), _turns(row)) if row else (Control(), Turns())
        before, turns = self.known[entry.conversation_id]
        try:
            after, turns, forward = _applied(board, before, turns, entry, now)
        except Refused as error:
            ruling = Ruling(owner=board.owner(before, now), refused=error)
            if isinstance(entry.event, Handover):
                ruling.news.append(_news(entry, before, ruling.owner, ruling.owner, now, summary=error.text))
            return ruling
        ruling = Ruling(owner=board.owner(after, now), forward=forward)
        if turns.is_loop and isinstance(entry.event, Message) and entry.event.origin is Origin.BOT:
            ruling.refused = NotInControl(f"{entry.event.endpoint} is stopped: {LOOP}", code="loop")
            after = _stopped(board, before, entry.event.endpoint, now)
            ruling.owner = board.owner(after, now)
        resolved = isinstance(entry.event, Handover) and entry.event.resolved
        if after.moves != before.moves or resolved:
            summary = LOOP if ruling.refused else ""
            ruling.news.append(_news(entry, after, board.owner(before, now), ruling.owner, now, summary=summary))
        elif isinstance(entry.event, Handover) and entry.event.action is HandoverAction.REQUEST:
            ruling.news.append(_news(entry, after, ruling.owner, entry.event.endpoint, now))
        self._keep(entry.conversation_id, after, turns)
        return ruling

    def _keep(self, conversation: int, after: Control, turns: Turns) -> None:
        if self.known[conversation] != (after, turns):
            self.known[conversation] = (after, turns)
            self.changed.add(conversation)

    def write(self, db: Any) -> None:
        """Store what changed."""
        rows = []
        for id_ in sorted(self.changed):
            state, turns = self.known[id_]
            rows.append((id_, {**state.columns(), "turns": turns.count, "turned_at": turns.spoke_at}))
        control.write(db, rows)


def _applied(
    board: Switchboard, before: Control, turns: Turns, entry: Entry, now: float
) -> tuple[Control, Turns, HandoverAction | None]:
    event, at = entry.event, entry.event.at.timestamp()
    if isinstance(event, Handover):
        if event.endpoint == entry.home:
            return board.told(before, event, now, own=entry.kind == journal.DONE), turns, None
        after, forward = board.asked(before, event, now)
        return after, turns, forward
    if not isinstance(event, Message) or not _speaks(event):
        return before, turns, None
    if event.endpoint != entry.home:
        if event.origin is Origin.BOT:
            return board.responder_wrote(before, event, now), loops.bot_wrote(turns, now), None
        return board.responder_wrote(before, event, now), Turns(), None
    if event.origin is Origin.CONTACT:
        after = board.person_wrote(before, at, now, standby=event.standby)
        return after, loops.person_wrote(turns, now), None
    if event.origin is Origin.NATIVE_APP and event.echo is not None:
        return board.echoed(before, event.echo.app_id, at, now, standby=event.standby), Turns(), None
    return before, turns, None


def _stopped(board: Switchboard, before: Control, bot: str, now: float) -> Control:
    """Return who may answer when a bot had to be stopped: the next responder, if there is one."""
    wish = Handover(
        endpoint=bot, account=bot, id="loop", at=datetime.fromtimestamp(now, UTC), action=HandoverAction.PASS
    )
    try:
        return board.asked(before, wish, now)[0]
    except Refused:
        return before


def _speaks(message: Message) -> bool:
    """Whether a message says something: a sign of life, a reaction or a second thought moves nothing."""
    return any(not isinstance(part, Activity | Reaction | Revision) for part in message.parts)


def _turns(row: Any) -> Turns:
    return Turns(count=row.turns, spoke_at=row.turned_at)


def _news(entry: Entry, after: Control, previous: str, new: str, now: float, *, summary: str = "") -> Handover:
    """Return what the responders hear, in this program's words, with what was said along."""
    cause = entry.event
    told = cause if isinstance(cause, Handover) else None
    name = f"{after.moves}" if told is None else f"{after.moves}:{entry.event_id}"
    return news(
        entry.home,
        entry.conversation_id or 0,
        name,
        now,
        action=told.action if told else HandoverAction.TAKE,
        origin=told.origin if told else getattr(cause, "origin", Origin.SYSTEM),
        previous_owner=previous,
        new_owner=new,
        summary=summary or (told.summary if told else ""),
        metadata=told.metadata if told else "",
        resolved=bool(told and told.resolved),
        duration=told.duration if told else None,
        extra=told.extra if told else {},
        conversation=cause.conversation,
        contact=cause.contact if isinstance(cause.contact, ContactRef) else None,
    )


def news(home: str, id_: int, name: str, now: float, **told: Any) -> Handover:
    """Return a Handover that this program tells of itself of conversation `id_`; `name` tells it from others."""
    return Handover(
        endpoint=home,
        account=home,
        id=f"control:{id_}:{name}",
        at=datetime.fromtimestamp(now, UTC),
        **told,
    )


def listeners(gateway: Gateway, home: str, told: Handover) -> Iterable[str]:
    """Yield the responders of a channel that hear of a change; a request goes to who is asked alone."""
    board = gateway.boards[home]
    for name in board.responders:
        if VERBS[Handover] not in gateway.endpoints[name].verbs:
            continue
        if told.action is not HandoverAction.REQUEST or name == told.previous_owner:
            yield name


def home_ref(row: Any) -> ConversationRef:
    """Return what a conversation is called at its own side."""
    return ConversationRef(endpoint=row.endpoint, account=row.account, id=row.external_id)


def lapse(gateway: Gateway, db: Any) -> Sequence[tuple[Any, Handover, HandoverAction | None]]:
    """Give conversations back whose idle time is over; return each row with its news and what to ask the platform."""
    now = time()
    found = []
    for row in control.over(db, now):
        board = gateway.boards.get(row.endpoint)
        if board is None:
            control.write(db, [(row.id, {**Control(moves=row.moves).columns()})])
            continue
        before = Control.of(row)
        after, takes = board.lapsed(before, now)
        control.write(db, [(row.id, after.columns())])
        told = news(
            row.endpoint,
            row.id,
            f"{after.moves}",
            now,
            action=HandoverAction.RELEASE,
            origin=Origin.SYSTEM,
            previous_owner=before.owner,
            new_owner=board.first,
            conversation=home_ref(row),
        )
        found.append((row, told, takes))
    return found
