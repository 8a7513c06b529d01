"""One call: from a claimed delivery to what its connector is asked, and the call itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from time import time
from typing import Any

import attrs

from connectors_core.documents import document_of
from connectors_core.endpoint import Endpoint
from connectors_core.errors import ConnectorsError, NoCounterpart, NotInControl, NotSupported
from connectors_core.files import is_name
from connectors_core.gateway import Gateway
from connectors_core.keys import Key
from connectors_core.linking import offering
from connectors_core.model import (
    Attempt,
    Carousel,
    Choices,
    ContactRef,
    ConversationRef,
    Done,
    Event,
    Feedback,
    Handover,
    HandoverAction,
    Link,
    LinkStatus,
    Media,
    Message,
    MessageRef,
    Origin,
    Outcome,
    Outgoing,
    Part,
    Reaction,
    Receipt,
    ReceiptKind,
    Reconciled,
    Ref,
    Revision,
    codec,
)
from connectors_core.pipeline.control import home_ref
from connectors_core.pipeline.delivering import pieces_of
from connectors_core.pipeline.receipts import short
from connectors_core.policy.windows import Openings
from connectors_core.store import events, media
from connectors_core.store.lanes import Claim
from connectors_core.worker import handing, naming, rules

Name = tuple[str, str]
"""(account, external id)"""

_ABOUT = Reaction | Revision | Feedback
"""Parts that are about another message."""


@attrs.frozen(kw_only=True)
class Task:
    """A delivery that this worker has claimed, with what the store knows of it at its target."""

    claim: Claim
    row: Any
    endpoint: Endpoint
    conversation: Name | None
    contact: Name | None
    home: Any = None
    """The row of the conversation."""
    openings: Openings = attrs.field(factory=dict)
    """What the person did that opens windows there."""
    reconcile: bool = False

    @property
    def is_home(self) -> bool:
        """Whether the conversation lives at the target, so that its rules of writing apply."""
        return self.home is not None and self.home.endpoint == self.row.target

    @property
    def attempt(self) -> int:
        """The number of the attempt; `row` is from before its start."""
        return int(self.row.attempts) + (0 if self.reconcile else 1)


@attrs.frozen(kw_only=True)
class Result:
    """How a call ended: `done`, or `error`. `prepared` is False when it failed before the connector was called."""

    task: Task
    started_at: float
    ended_at: float
    done: Done | None = None
    error: Exception | None = None
    reconciled: Reconciled | None = None
    prepared: bool = True
    made: tuple[Ref, ...] = ()
    """Who was made there on the way, whatever became of the call itself."""
    answered: str = ""
    """The id of what was answered in a window that allows one answer."""


class LeaseLost(ConnectorsError):
    """The lease was lost before the call."""


def run(gateway: Gateway, task: Task, may_start: Callable[[], bool]) -> Result:
    """Make the call of a task. Raises nothing: whatever happens is in the result."""
    started_at = time()
    key = str(Key(gateway.store.installation, task.row.event_id, task.row.piece, task.row.generation))
    try:
        outgoing = outgoing_event(gateway, task)
    except Exception as error:  # noqa: BLE001 - nothing was sent; the worker decides
        return Result(task=task, started_at=started_at, ended_at=time(), error=error, prepared=False)
    if not may_start():
        return Result(task=task, started_at=started_at, ended_at=time(), error=LeaseLost(), prepared=False)
    made: list[Ref] = []
    ended = partial(Result, task=task, started_at=started_at, answered=answered_once(task.endpoint, outgoing))
    try:
        if task.reconcile:
            attempt = Attempt(event=outgoing, key=key, started_at=task.row.started_at)
            found = task.endpoint.reconcile(attempt)
            return ended(ended_at=time(), reconciled=found)
        done = _deliver(task.endpoint, outgoing, key, made)
    except Exception as error:  # noqa: BLE001 - the worker decides
        return ended(ended_at=time(), error=error, made=tuple(made))
    return ended(ended_at=time(), done=done)


def answered_once(endpoint: Endpoint, event: Outgoing) -> str:
    """Return the id of what a message answers in a window that allows one answer, "" for any other."""
    if not isinstance(event, Message) or not event.tag or event.reply_to is None:
        return ""
    once = {window.tag for window in endpoint.policy.windows if window.once}
    return event.reply_to.id if event.tag in once else ""


def _deliver(endpoint: Endpoint, event: Outgoing, key: str, refs: list[Ref]) -> Done:
    """Call the way out, and do once what it lacks: take the thread for an agent, make the person, into `refs`."""
    try:
        return endpoint.deliver(event, key)
    except NotInControl:
        if not isinstance(event, Message) or event.origin is not Origin.AGENT:
            raise
        if HandoverAction.TAKE not in endpoint.abilities.thread_control:
            raise
        return _take_and_send(endpoint, event, key)
    except NoCounterpart:
        if not isinstance(event, Message) or not endpoint.abilities.makes_contacts:
            raise
    link = Link(
        endpoint=event.endpoint,
        account=event.account,
        id=f"{event.id}#link",
        at=datetime.now(UTC),
        status=LinkStatus.WANTED,
        contact=event.contact,
        profile=event.profile,
        fields=event.fields,
        source=event.source,
    )
    made = endpoint.deliver(link, f"{key}#link")
    refs += made.refs
    contact = next((ref for ref in made.refs if isinstance(ref, ContactRef)), event.contact)
    conversation = next((ref for ref in made.refs if isinstance(ref, ConversationRef)), event.conversation)
    done = endpoint.deliver(attrs.evolve(event, contact=contact, conversation=conversation), key)
    return Done(refs=(*made.refs, *done.refs), events=(*made.events, *done.events))


def _take_and_send(endpoint: Endpoint, event: Message, key: str) -> Done:
    """Take a thread that somebody else has at the platform, and send what an agent wrote."""
    wish = Handover(
        endpoint=event.endpoint,
        account=event.account,
        id=f"{event.id}#take",
        at=datetime.now(UTC),
        action=HandoverAction.TAKE,
        origin=Origin.AGENT,
        conversation=event.conversation,
        contact=event.contact,
        source=event.source,
    )
    taken = endpoint.deliver(wish, f"{key}#take")
    done = endpoint.deliver(event, key)
    return Done(refs=(*taken.refs, *done.refs), events=(*taken.events, *done.events))


def outgoing_event(gateway: Gateway, task: Task) -> Outgoing:
    """Return what the target is to be told: its own names in every ref, its piece of the message, mapped fields."""
    row = task.row
    event = codec.loads(row.document)
    if row.verb == "acknowledge":
        return _acknowledgement(gateway, task, event)
    assert isinstance(event, Message | Link | Handover)
    way = gateway.router.between(row.source, row.target)
    if way is None:
        raise NotSupported(f"no route joins {row.source} and {row.target} any more")
    pieces = pieces_of(task.endpoint, event, way)
    if row.piece > len(pieces):
        raise NotSupported(f"the message has only {len(pieces)} pieces since the abilities of {row.target} changed")
    event = pieces[row.piece - 1]
    if isinstance(event, Message) and event.origin is Origin.CONTACT and row.contact_id is not None:
        event = attrs.evolve(event, profile=naming.named(gateway, row.source, row.contact_id, event))
    fields: dict[str, object] = {}
    if way.rules is not None:
        fields = way.rules.fields(document_of(gateway, event, row.contact_id, row.conversation_id))
    changes: dict[str, Any] = {
        "conversation": _own(ConversationRef, task, task.conversation),
        "contact": _told_as(event, task) or _own(ContactRef, task, task.contact),
        "fields": fields,
        "standby": bool(row.standby),
    }
    # Copies and news name the conversation as its channel does: what another responder calls it says nothing here.
    copied = task.home is not None and (
        event.endpoint not in (task.home.endpoint, row.source) or (isinstance(event, Handover) and not task.is_home)
    )
    changes["source"] = event.source or (home_ref(task.home) if copied else event.conversation)
    if isinstance(event, Handover) and not task.is_home:
        changes["last"] = handing.last_lines(gateway, row)
    if isinstance(event, Message):
        changes |= _translated(gateway, task, event)
        message = offering.offer(gateway, task, attrs.evolve(event, **changes))
        # What is only asked about went out already.
        bound = task.is_home and not task.reconcile
        return rules.obey(gateway, task, message) if bound else message
    if row.contact_id is not None and event.profile is None:
        changes["profile"] = naming.profile(gateway, row.source, row.contact_id)
    evolved: Outgoing = attrs.evolve(event, **changes)
    return evolved


def _told_as(event: Outgoing, task: Task) -> ContactRef | None:
    """Return whom a link names as its target does itself: no other name of the person will do."""
    told = isinstance(event, Link) and event.contact is not None and event.contact.endpoint == task.row.target
    return event.contact if told else None


def _own(kind: type[ContactRef | ConversationRef], task: Task, name: Name | None) -> Any:
    return None if name is None else kind(endpoint=task.row.target, account=name[0], id=name[1])


def _translated(gateway: Gateway, task: Task, message: Message) -> dict[str, Any]:
    """Return the refs to other messages in the target's own words; a message that is not there becomes None."""
    named = [ref for ref in (message.reply_to, *map(_target_of, message.parts)) if ref is not None]
    has_files = any(isinstance(part, Media | Choices | Carousel) for part in message.parts)
    if not named and not has_files:
        return {}
    with gateway.store.read() as db:
        own = {ref: _message_at(db, ref, task.row) for ref in named}
        files = media.of_event(db, task.row.event_id) if has_files else ()
    kept = {(row.source_id, row.source_url): row for row in files}
    parts: list[Part] = []
    for part in message.parts:
        if isinstance(part, Media):
            parts.append(_file(gateway, part, kept.get((part.id, part.url))))
        elif isinstance(part, _ABOUT):
            there = own.get(part.message) if part.message else None
            parts.append(attrs.evolve(part, message=there) if there else part)
        else:
            parts.append(_with_links(gateway, part))
    return {"reply_to": own.get(message.reply_to) if message.reply_to else None, "parts": tuple(parts)}


def _file(gateway: Gateway, part: Media, row: Any) -> Media:
    """Return a file as the target can have it: by the gateway's own id, and by a link that expires."""
    if row is None:
        return attrs.evolve(part, url=gateway.media.link(part.id)) if is_name(part.id) else part
    if row.state != media.KEPT and part.url and not part.id:
        return part  # the target may have better luck with its address, and says what is wrong with it
    return attrs.evolve(
        part,
        id=row.name,
        # A link to what will never come would only hide why.
        url=gateway.media.link(row.name) if row.state != media.FAILED else "",
        mime=row.mime,
        size=row.size,
        sha256=row.sha256,
        name=row.filename,
    )


def _with_links(gateway: Gateway, part: Part) -> Part:
    """Return cards whose pictures have links; these are files of ours, so that nothing is fetched before."""
    match part:
        case Choices(media=Media() as file):
            return attrs.evolve(part, media=_file(gateway, file, None))
        case Carousel(cards=cards):
            shown = [attrs.evolve(one, media=one.media and _file(gateway, one.media, None)) for one in cards]
            return attrs.evolve(part, cards=tuple(shown))
    return part


def _target_of(part: Any) -> MessageRef | None:
    return part.message if isinstance(part, _ABOUT) else None


def _message_at(db: Any, ref: MessageRef, row: Any) -> MessageRef | None:
    """Return what the target of a delivery calls a message that another endpoint calls `ref`.

    An endpoint that has no names of its own for messages calls them as they were called to it.
    """
    target = row.target
    if ref.endpoint == target:
        return ref
    sent = events.find_refs(db, [(ref.endpoint, ref.id)]).get((ref.endpoint, ref.id))
    once = short(f"message:{ref.id}")
    event_id = sent.event_id if sent else events.known(db, [(ref.endpoint, once)]).get((ref.endpoint, once))
    if event_id is None:
        same = events.by_id(db, events.known(db, [(target, once)]).values()).values()
        here = (one for one in same if one.conversation_id == row.conversation_id)
        return next((MessageRef(endpoint=target, account=one.account, id=one.external_id) for one in here), None)
    name = events.names_at(db, [(event_id, target)]).get((event_id, target))
    if name is None:
        written = events.by_id(db, [event_id]).get(event_id)
        if written is None or written.endpoint != target:
            return None
        name = (written.account, written.external_id)
    return MessageRef(endpoint=target, account=name[0], id=name[1])


def _acknowledgement(gateway: Gateway, task: Task, event: Event) -> Receipt:
    """Return the receipt as the writer of the message has to hear it: its own ids, the merged status."""
    assert isinstance(event, Receipt)
    with gateway.store.read() as db:
        message = events.by_id(db, [task.row.about_id])[task.row.about_id]
        target = (message.id, task.row.target)
        name = (message.account, message.external_id)
        if message.endpoint != task.row.target:
            name = events.names_at(db, [target]).get(target, name)
    ref = MessageRef(endpoint=task.row.target, account=name[0], id=name[1])
    return attrs.evolve(
        event,
        kind=ReceiptKind(task.row.status),
        messages=(ref,),
        watermark=None,
        conversation=_own(ConversationRef, task, task.conversation),
        contact=_own(ContactRef, task, task.contact),
    )


def is_sent(result: Result) -> bool:
    """Whether the result says that it happened."""
    return result.done is not None or (result.reconciled is not None and result.reconciled.outcome is Outcome.SENT)
