"""What happens over time: the connector in a whole gateway, while things arrive twice, late and out of order."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import attrs

from connectors_core.model import ContactRef, ConversationRef, Event, Message, Origin, Receipt, ReceiptKind
from connectors_core.testing import victim
from connectors_core.testing.exchange import Answer, Received, difference
from connectors_core.testing.exchange import answer as answer_of
from connectors_core.testing.house import House
from connectors_core.testing.kit import Kit
from connectors_core.testing.ledger import NAME
from connectors_core.testing.platform import NOTHING
from connectors_core.testing.promises import broken, expect, promise
from connectors_core.testing.samples import Sample
from connectors_core.testing.subject import KIT

PAGE = "explain/event.md"

_REPLY = "kit-reply"
"""The id of what the ledger writes."""


class Stories:
    """Each runs intake, reader and worker on a store of its own."""

    @promise("duplicates", PAGE)
    def test_what_comes_twice_is_one(self, kit: Kit) -> None:
        """A webhook that arrives three times, at the same time and again later, is one event."""
        house, samples = kit.house(), kit.plan.samples.of("receive")
        with ThreadPoolExecutor(2) as pool:
            for sample in samples:
                list(pool.map(lambda body: _arrive(kit, house, body), [sample.body] * 2))
                _arrive(kit, house, sample.body)
        house.work()
        house.settle()
        wanted = Counter({event.once: 1 for sample in samples for event in sample.events if _is_kept(event)})
        found = house.rows("events", endpoint=KIT, noun="message")
        expect(
            len(found) == len(wanted), f"{len(wanted)} messages arrived three times each, and {len(found)} are stored"
        )

    @promise("disorder", PAGE)
    def test_order_of_arrival_loses_nothing(self, kit: Kit) -> None:
        """Whatever order webhooks arrive in, the same messages reach the other end."""
        taken = []
        for step in (1, -1):
            house = kit.house()
            for sample in kit.plan.samples.of("receive")[::step]:
                _arrive(kit, house, sample.body)
            house.work()
            house.settle()
            taken.append(sorted({message.id for message in house.taken()}))
            house.close()
        forward, backward = taken
        lost = sorted(set(forward) ^ set(backward))
        expect(not lost, f"{', '.join(lost[:5])} reached the other end in one order of arrival and not in the other")

    @promise("reply", PAGE)
    def test_a_reply_goes_out_once(self, kit: Kit) -> None:
        """What the other end writes goes out in one message, and is told to be sent."""
        story = _Story.begin(kit)
        if story is not None:
            story.reply()
            expect(story.posts() == 1, f"{story.sample}: a reply made {story.posts()} messages")

    @promise("early-receipt", PAGE)
    def test_an_early_receipt_counts(self, kit: Kit) -> None:
        """A receipt that overtakes the answer of the call that it is about is not lost; a connector may report none."""
        receipt = _receipt_sample(kit)
        story = _Story.begin(kit) if receipt is not None else None
        if story is None or receipt is None:
            return
        sample, kind = receipt
        body = story.about_reply(sample)
        story.reply(before=lambda: _arrive(kit, story.house, body))
        story.house.until(lambda: story.status() == kind, f"{sample} came before the answer, and the message is {kind}")

    @promise("late-receipt", PAGE)
    def test_a_late_receipt_takes_nothing_back(self, kit: Kit) -> None:
        """Receipts in any order and number leave the furthest: what was read does not become sent again."""
        receipt = _receipt_sample(kit)
        story = _Story.begin(kit) if receipt is not None else None
        if story is None or receipt is None:
            return
        story.reply()
        bodies = [story.about_reply(sample) for sample, _ in _receipts(kit)]
        for body in [*bodies, *reversed(bodies)]:
            _arrive(kit, story.house, body)
        story.house.settle()
        expect(story.status() == receipt[1], f"receipts in both orders left {story.status()} instead of {receipt[1]}")

    @promise("own-echo", PAGE)
    def test_an_echo_of_ours_is_no_message(self, kit: Kit) -> None:
        """The platform's copy of what we sent does not come back to whoever wrote it; what a native app sent does."""
        echoes = [
            (sample, event) for sample in kit.plan.samples.of("receive") for event in sample.events if _is_echo(event)
        ]
        story = _Story.begin(kit) if kit.subject.abilities.echoes and echoes else None
        if story is None:
            return
        story.reply()
        sample, event = next(((one, two) for one, two in echoes if len(one.events) == 1), echoes[0])
        before = len(story.house.taken())
        _arrive(kit, story.house, _renamed(sample, event.id, story.provider_id()))
        story.house.settle()
        expect(len(story.house.taken()) == before, f"{sample}, as a copy of our own message, reached the other end")
        _arrive(kit, story.house, sample.body)
        story.house.settle()
        native = [one for one in story.house.taken() if one.id == event.id]
        expect(native, f"{sample}, sent by somebody else, did not reach the other end")
        expect(native[0].origin is not Origin.CONTACT, f"{sample} reached the other end as a message of the person")

    @promise("crash", "explain/delivery.md")
    def test_a_crash_between_send_and_store(self, kit: Kit) -> None:
        """A program that is killed after the provider acted and before it knows that sends nothing twice."""
        story = _Story.begin(kit, work=False)
        if story is None:
            return
        arrived, killed = threading.Event(), threading.Event()

        def act(call: Received) -> Answer:
            if story.is_last(call) and not killed.is_set():
                arrived.set()
                killed.wait(30)
                return Answer(cut="before")
            return story.play(call)

        kit.platform.begin(act)
        process = victim.start(
            story.house.gateway.settings.gateway, kit.plan.document(kit.platform.url), story.house.secrets
        )
        try:
            story.open()
            story.say()
            expect(arrived.wait(30), f"{story.sample}: a program of its own made no call within 30 seconds")
        finally:
            process.kill()
            process.wait(30)
            killed.set()
        story.house.work()
        if kit.subject.abilities.idempotent:
            story.house.until(lambda: story.posts() > 1, "a call of unknown outcome is repeated with its key")
            story.house.until(lambda: story.state() == "sent", "the repetition is told to be sent")
            first, again = (call for call in kit.platform.calls if story.is_last(call))
            expect(first.json() == again.json(), "the repetition was another call than the first")
        else:
            story.house.until(lambda: story.state() in ("uncertain", "unknown"), "the attempt is told to be unknown")
            expect(story.posts() == 1, "a call of unknown outcome was repeated blindly")


@attrs.frozen(kw_only=True)
class _Story:
    """A conversation in which the other end writes."""

    kit: Kit
    house: House
    sample: Sample

    @classmethod
    def begin(cls, kit: Kit, *, work: bool = True) -> _Story | None:
        """Begin one, its window open; None where the subject takes no messages, or reaches no network with them."""
        if "send" not in kit.subject.endpoint.verbs:
            return None
        sample = _in_conversation(kit)
        if sample is None:
            return None
        story = cls(kit=kit, house=kit.house(), sample=sample)
        kit.platform.begin(story.play)
        if work:
            story.house.work()
            story.open()
        return story

    def open(self) -> None:
        """Let the person write, so that they may be answered."""
        opener = self.opener()
        if opener is not None:
            _arrive(self.kit, self.house, opener)
            self.house.until(lambda: self.house.rows("events", endpoint=KIT), "the message of the person was read")

    def opener(self) -> bytes | None:
        """Return the body of a message of the person in the conversation, as if written now."""
        own = self.sample.event.conversation
        for one in self.kit.plan.samples.of("receive"):
            for event in one.events:
                if isinstance(event, Message) and event.origin is Origin.CONTACT and event.conversation == own:
                    return _written_now(one)
        if self.kit.plan.manifest.policy.windows:
            broken(
                f"the platform has a window, and no sample in samples/receive/ is of the conversation of {self.sample}"
            )
        return None

    def say(self) -> None:
        """Let an agent of the other end answer; where nobody has written, let a person of the other end write."""
        event = self.sample.event
        assert isinstance(event, Message)
        answer = Message(
            endpoint=NAME,
            account=NAME,
            id=_REPLY,
            at=datetime.now(UTC),
            origin=Origin.AGENT,
            parts=event.parts,
            conversation=event.conversation,
        )
        if self.opener() is None:
            own = ContactRef(endpoint=NAME, account=NAME, id="kit-person")
            there = ConversationRef(endpoint=NAME, account=NAME, id="kit-person")
            answer = attrs.evolve(answer, origin=Origin.CONTACT, contact=own, conversation=there)
        self.house.say(answer)

    def reply(self, before: Callable[[], None] | None = None) -> None:
        """Let the other end write, and wait until it is sent; `before` happens just before the provider answers."""
        if before is not None:
            happened = before

            def play(call: Received) -> Answer:
                if self.is_last(call):
                    happened()
                return self.play(call)

            self.kit.platform.begin(play)
        self.say()
        self.house.until(lambda: self.state() == "sent", f"{self.sample}: a reply was sent")

    def play(self, call: Received) -> Answer:
        """Answer a call as the samples do."""
        for sample in (self.sample, *self.kit.plan.samples.all):
            for step in sample.exchange:
                if _alike(step, call) and "error" not in sample.document:
                    return answer_of(step, self.kit.platform.url)
        return NOTHING

    def is_last(self, call: Received) -> bool:
        """Whether a call is the one that sends the message."""
        return bool(self.sample.exchange) and _alike(self.sample.exchange[-1], call)

    def posts(self) -> int:
        """Return how often the message was sent."""
        return sum(self.is_last(call) for call in self.kit.platform.calls)

    def provider_id(self) -> str:
        """Return what the provider calls the reply."""
        return next((one["id"] for one in self.sample.refs if one["ref"] == "message"), "")

    def about_reply(self, sample: Sample) -> bytes:
        """Return a receipt that is about the reply instead of the message of its sample."""
        (name,) = {ref.id for event in sample.events if isinstance(event, Receipt) for ref in event.messages}
        return _renamed(sample, name, self.provider_id())

    def state(self) -> str:
        """Return how far the delivery of the reply is."""
        found = self.house.rows("deliveries", target=KIT, verb="send")
        return found[0].state if found else ""

    def status(self) -> str | None:
        """Return how far the reply came, by its receipts."""
        found = self.house.rows("events", external_id=_REPLY, noun="message")
        return found[0].status if found else None


def _in_conversation(kit: Kit) -> Sample | None:
    """Return the plainest sample of a message in a conversation that makes a call; None when there is none."""
    found = [one for one in kit.plan.samples.good("send") if one.event.conversation is not None and one.exchange]
    plain = kit.message()
    if plain in found:
        return plain
    return min(found, key=lambda one: (len(one.exchange), one.name)) if found else None


def _arrive(kit: Kit, house: House, body: bytes) -> None:
    status = house.arrive(body, kit.headers(body) if kit.subject.is_pushed else {})
    expect(status == 200, f"a webhook of a sample was answered {status}")


def _is_kept(event: Event) -> bool:
    return isinstance(event, Message)


def _is_echo(event: Event) -> bool:
    return isinstance(event, Message) and event.echo is not None and event.origin is Origin.NATIVE_APP


def _receipts(kit: Kit) -> list[tuple[Sample, ReceiptKind]]:
    """Return the samples of receipts about one message, failures apart."""
    found = []
    for sample in kit.plan.samples.of("receive"):
        about = {ref.id for event in sample.events if isinstance(event, Receipt) for ref in event.messages}
        kinds = {event.kind for event in sample.events if isinstance(event, Receipt)}
        if len(sample.events) == len(about) == len(kinds) == 1 and ReceiptKind.FAILED not in kinds:
            found.append((sample, kinds.pop()))
    return found


def _receipt_sample(kit: Kit) -> tuple[Sample, ReceiptKind] | None:
    """Return the receipt that goes furthest; None where the manifest reports none that could be tried."""
    found = _receipts(kit)
    order = list(ReceiptKind)
    wanted = kit.subject.abilities.reports - {ReceiptKind.FAILED}
    calls = [one for one in kit.plan.samples.good("send") if one.exchange]
    if not wanted or not calls:
        return None
    if not found:
        broken(
            "the manifest reports receipts, and no sample in samples/receive/ is one receipt about one message by id"
        )
    return max(found, key=lambda one: order.index(one[1]))


def _renamed(sample: Sample, name: str, new: str) -> bytes:
    """Return the body of a sample with one id in place of another."""
    old = name.encode()
    expect(bool(new) and old in sample.body, f"{sample}: the id {name} does not stand in the body as it is")
    return sample.body.replace(old, new.encode())


def _written_now(sample: Sample) -> bytes:
    """Return the body of a sample with the times of its events, in seconds or milliseconds, moved to now."""
    body, now = sample.body, datetime.now(UTC).timestamp() - 60
    for event in sample.events:
        for factor in (1000, 1):
            old = str(int(event.at.timestamp() * factor)).encode()
            if event.at.timestamp() > 0 and old in body:
                body = body.replace(old, str(int(now * factor)).encode())
                break
    return body


def _alike(step: Any, call: Received) -> bool:
    """Whether a call goes where a step of an exchange goes."""
    target = {"call": {"method": step["call"]["method"], "path": step["call"]["path"]}}
    return not difference(target, attrs.evolve(call, body=b""), "")
