"""The abilities: what the manifest declares is proved by a sample, and all else is refused before any request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import attrs

from connectors_core.errors import NoCounterpart, NotSupported
from connectors_core.manifest import Abilities, Level
from connectors_core.model import (
    Activity,
    ActivityKind,
    Card,
    Carousel,
    Choice,
    ChoiceKind,
    Choices,
    Comment,
    Contact,
    ContactRef,
    ConversationRef,
    Coupon,
    Event,
    Feedback,
    Handover,
    HandoverAction,
    Link,
    LinkStatus,
    Location,
    Media,
    MediaKind,
    Message,
    MessageRef,
    OptIn,
    Option,
    Order,
    OrderItem,
    OrderReceipt,
    Origin,
    Outgoing,
    Part,
    Post,
    Product,
    Products,
    Reaction,
    Receipt,
    ReceiptKind,
    Referral,
    Revision,
    RevisionAction,
    Story,
    Survey,
    Template,
    Text,
    Unsupported,
)
from connectors_core.model.codec import PART_NAMES
from connectors_core.testing.kit import Kit
from connectors_core.testing.promises import broken, expect, promise
from connectors_core.testing.samples import Sample, Samples
from connectors_core.testing.subject import KIT, Subject

PAGE = "guides/conformance.md"

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
_REF = MessageRef(endpoint=KIT, account=KIT, id="kit-message")

EXAMPLES: dict[type[Part], Part] = {
    type(part): part
    for part in (
        Text(body="hello"),
        Media(kind=MediaKind.IMAGE, id="kit-file", mime="image/png"),
        Location(latitude=1.0, longitude=2.0),
        Card(contacts=(Contact(name="Sheena Nelson"),)),
        Choices(body="which", options=(Option(title="this", payload="a"), Option(title="that", payload="b"))),
        Carousel(body="look", cards=(Choices(body="one", options=(Option(title="this", payload="a"),)),)),
        Choice(title="this", payload="a"),
        Template(name="hello_world", language="en"),
        Products(catalogue="1", items=(Product(id="2"),), body="look"),
        Order(items=(OrderItem(id="2"),)),
        OrderReceipt(number="3", items=(OrderItem(id="2"),), total="4.00", currency="EUR"),
        Reaction(message=_REF, emoji="👍"),
        Revision(message=_REF, action=RevisionAction.EDIT),
        Story(kind="reply", id="5"),
        Comment(id="6", body="nice"),
        Post(kind="post", id="8"),
        Coupon(title="Spring", code="TULIP"),
        Survey(kind="csat", question="how was it"),
        Referral(source="ad", ref="7"),
        OptIn(topic="news"),
        Feedback(kind="csat", score=5.0),
        Activity(kind=ActivityKind.TYPING),
        Unsupported(kind="hologram"),
    )
}
"""A part of every kind, for what must be refused."""

_KINDS: dict[type[Part], tuple[str, ...]] = {
    Media: tuple(MediaKind),
    Choices: tuple(ChoiceKind),
    Activity: tuple(ActivityKind),
    Revision: tuple(RevisionAction),
}
"""The parts of which a limit may name kinds."""


class Proving:
    """The manifest decides which of two opposite things is tried: nothing is left out."""

    @promise("parts", PAGE)
    def test_parts(self, kit: Kit, part: str) -> None:
        """A part that the manifest declares is sent by a sample; one that it does not is refused before any request."""
        kind = next(one for one, name in PART_NAMES.items() if name == part)
        subject = kit.subject
        if _carries(subject.abilities, kind):
            expect(proofs(kit.plan.samples, kind), f"{part} is declared, and no sample in samples/send/ has one")
        elif "send" in subject.endpoint.verbs:
            _must_refuse(kit, EXAMPLES[kind], part)

    @promise("kinds", PAGE)
    def test_kinds_of_parts(self, kit: Kit, part: str) -> None:
        """A kind of media, choice or activity that a limit names is sent by a sample; any other is refused."""
        kind = next(one for one, name in PART_NAMES.items() if name == part)
        limit = kit.subject.abilities.parts.get(kind)
        if limit is None or not limit.kinds or not _carries(kit.subject.abilities, kind):
            return
        proved = {one for sample in proofs(kit.plan.samples, kind) for one in _kinds(sample, kind)}
        missing = sorted(set(map(str, limit.kinds)) - proved)
        expect(not missing, f"{part}: {', '.join(missing)} is declared, and no sample in samples/send/ has one")
        for other in _KINDS.get(kind, ()):
            if str(other) not in limit.kinds:
                _must_refuse(kit, _of_kind(EXAMPLES[kind], str(other)), f"{part} of the kind {other}")

    @promise("receipts", "hooks/acknowledge.md")
    def test_receipts_that_it_takes(self, kit: Kit, receipt: str) -> None:
        """A kind of receipt that the manifest takes is acknowledged by a sample; any other is refused."""
        kind, verbs = ReceiptKind(receipt), kit.subject.endpoint.verbs
        if kind in kit.subject.abilities.receipts:
            shown = [one for one in kit.plan.samples.good("acknowledge") if _receipt(one.event) == kind]
            expect(shown, f"{receipt} is declared in receipts, and no sample in samples/acknowledge/ has one")
        elif "acknowledge" in verbs:
            event = Receipt(endpoint=KIT, account=KIT, id="kit-receipt", at=AT, kind=kind, messages=(_REF,))
            _must_be_refused(kit, event, f"a receipt {receipt}")

    @promise("reports", "hooks/receive.md")
    def test_receipts_that_it_reports(self, kit: Kit, receipt: str) -> None:
        """A kind of receipt that the manifest reports is read from a sample; no sample is read as any other."""
        kind = ReceiptKind(receipt)
        shown = [one for one in kit.plan.samples.of("receive") if any(_receipt(event) == kind for event in one.events)]
        if kind in kit.subject.abilities.reports and not kit.subject.receives:
            expect("pages" in kit.subject.endpoint.verbs, f"{receipt} is reported, and nothing is received nor shown")
        elif kind in kit.subject.abilities.reports:
            expect(shown, f"{receipt} is declared in reports, and no sample in samples/receive/ is read as one")
        else:
            expect(not shown, f"{', '.join(map(str, shown))}: read as {receipt}, which reports does not declare")

    @promise("echoes", "explain/event.md")
    def test_echoes(self, kit: Kit) -> None:
        """A side that echoes shows a copy of a native app's message; a copy is never a message of the person."""
        events = [(one, event) for one in kit.plan.samples.of("receive") for event in kit.subject.read(one.body)]
        echoed = [event for _, event in events if isinstance(event, Message) and event.echo is not None]
        for sample, event in events:
            if isinstance(event, Message) and event.echo is not None:
                expect(event.origin is not Origin.CONTACT, f"{sample}: an echo has the origin of a contact")
        if not kit.subject.abilities.echoes:
            return
        expect(echoed, "the manifest says echoes, and no sample in samples/receive/ is read as one")
        expect(
            any(event.origin is Origin.NATIVE_APP for event in echoed),
            "no sample is the echo of a native app's message",
        )

    @promise("people", "hooks/link_account.md")
    def test_people(self, kit: Kit) -> None:
        """A side that makes contacts shows how one is wanted, and how it hears of merges; another one refuses to."""
        links = [one.event for one in kit.plan.samples.of("link_account") if isinstance(one.event, Link)]
        if kit.subject.abilities.merges:
            merged = [one for one in links if one.other is not None]
            expect(merged, "merges is declared, and no sample in samples/link_account/ is about two people")
        else:
            two = [ContactRef(endpoint=KIT, account=KIT, id=f"kit-{number}") for number in (1, 2)]
            link = Link(endpoint=KIT, account=KIT, id="kit-merge", at=AT, status=LinkStatus.LINKED)
            _must_be_refused(kit, attrs.evolve(link, contact=two[0], other=two[1]), "a merge of two people")
        if kit.subject.abilities.makes_contacts:
            shown = [
                one
                for one in kit.plan.samples.good("link_account")
                if isinstance(one.event, Link) and one.event.status is LinkStatus.WANTED
            ]
            expect(shown, "makes_contacts is declared, and no sample in samples/link_account/ wants a person")
            return
        link = Link(endpoint=KIT, account=KIT, id="kit-link", at=AT, status=LinkStatus.WANTED)
        _must_be_refused(kit, link, "a person that is wanted")

    @promise("threads", "hooks/hand_over.md")
    def test_control_of_threads(self, kit: Kit) -> None:
        """What the manifest can do with the control of a thread is shown by a sample; all else is refused."""
        declared = kit.subject.abilities.thread_control
        shown = {one.event.action for one in kit.plan.samples.good("hand_over") if isinstance(one.event, Handover)}
        missing = sorted(declared - shown)
        expect(not missing, f"{', '.join(missing)} is declared, and no sample in samples/hand_over/ does it")
        conversation = ConversationRef(endpoint=KIT, account=KIT, id="kit-thread")
        for action in sorted(set(HandoverAction) - declared):
            handover = Handover(
                endpoint=KIT, account=KIT, id="kit-handover", at=AT, action=action, conversation=conversation
            )
            _must_be_refused(kit, handover, f"the action {action}")

    @promise("limits", "guides/conformance.md")
    def test_limits_are_true(self, kit: Kit) -> None:
        """A file that is larger than the manifest allows is refused before its bytes go anywhere."""
        limit = kit.subject.abilities.parts.get(Media)
        if limit is None or limit.max_bytes is None or not kit.ways_out():
            return
        kind = min(limit.kinds or map(str, MediaKind))
        media = Media(kind=MediaKind(kind), id="kit-file", mime="application/pdf", size=limit.max_bytes + 1)
        _must_refuse(kit, media, f"a file of {limit.max_bytes + 1} bytes")


def proofs(samples: Samples, kind: type[Part]) -> list[Sample]:
    """Return the samples that send a part of a kind."""
    return [one for one in samples.good("send") if any(isinstance(part, kind) for part in _parts(one.event))]


def _carries(abilities: Abilities, kind: type[Part]) -> bool:
    limit = abilities.parts.get(kind)
    return limit is not None and limit.level in (Level.FULL, Level.PARTIAL)


def _parts(event: Event) -> tuple[Part, ...]:
    return event.parts if isinstance(event, Message) else ()


def _receipt(event: Event) -> ReceiptKind | None:
    return event.kind if isinstance(event, Receipt) else None


def _kinds(sample: Sample, kind: type[Part]) -> Iterator[str]:
    """Yield the kinds of a part that a sample sends."""
    for part in _parts(sample.event):
        if isinstance(part, Choices) and kind is Choices:
            yield from (str(option.kind) for option in part.options)
        elif isinstance(part, kind):
            yield str(getattr(part, "kind", getattr(part, "action", "")))


def _of_kind(part: Any, kind: str) -> Part:
    """Return a part as another kind of it."""
    if isinstance(part, Choices):
        options = (Option(title="this", payload="a", kind=ChoiceKind(kind), url="https://example.com/a"),)
        return attrs.evolve(part, options=options)
    name = "action" if isinstance(part, Revision) else "kind"
    kinds: Any = type(getattr(part, name))
    changed: Part = attrs.evolve(part, **{name: kinds(kind)})
    return changed


def _must_refuse(kit: Kit, part: Part, what: str) -> None:
    """Fail unless the subject refuses a message with this part before any request."""
    event = kit.message().event
    assert isinstance(event, Message)
    _must_be_refused(kit, attrs.evolve(event, parts=(part,), reply_to=None), what)


def _must_be_refused(kit: Kit, event: Outgoing, what: str) -> None:
    subject: Subject = kit.subject
    kit.platform.begin()
    outcome = kit.deliver(subject, event, "kit:1")
    if not isinstance(outcome.error, NotSupported | NoCounterpart):
        broken(f"{what} is not declared and must be refused as NotSupported, but {outcome}")
    expect(not kit.platform.calls, f"{what} is not declared, and a request was made before it was refused")
