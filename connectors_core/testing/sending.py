"""What goes out: every sample makes exactly its calls, and what comes of it is what the sample says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from connectors_core.errors import ConnectorsError, NoCounterpart, NotSupported, Refused
from connectors_core.model import Done, Identity, Message, MessageRef, Reaction, Revision, RevisionAction, Text
from connectors_core.testing.exchange import Received
from connectors_core.testing.kit import Kit, Outcome
from connectors_core.testing.promises import broken, expect, promise
from connectors_core.testing.samples import Sample
from connectors_core.testing.subject import KIT

PAGE = "hooks/send.md"

_REFS = {"message": "MessageRef", "conversation": "ConversationRef", "contact": "ContactRef"}

_AWKWARD = (
    "a\x00b \u202e\u200f \u05e9\u05dc\u05d5\u05dd \U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301 "
    "\"quoted\" 'q' <b>&amp;</b> \\n ${x} %s {{1}}"
)
"""What people type, and what attackers do."""


class Sending:
    """The four ways out: send, link_account, hand_over, acknowledge."""

    @promise("calls", PAGE)
    def test_samples_make_their_calls(self, kit: Kit, sent: Sample | None) -> None:
        """A way out makes exactly the calls of its sample, in their order, and returns its names."""
        if sent is None:
            verbs = kit.subject.endpoint.verbs & {"send", "link_account", "hand_over", "acknowledge"}
            expect(not verbs, f"there is no sample for {', '.join(sorted(verbs))}")
            return
        outcome = kit.play(sent)
        # Where nothing was asked, the reason says more than the missing call.
        expect(kit.platform.calls or not sent.exchange or outcome.error is None, f"{sent}: {outcome}")
        kit.check_calls(sent)
        if "error" in sent.document:
            check_error(sent, outcome)
        else:
            expect(outcome.error is None, f"{sent}: {outcome}")
            _check_done(sent, outcome)

    @promise("own-names", PAGE)
    def test_names_are_its_own(self, kit: Kit, sent: Sample | None) -> None:
        """Every name that a call returns belongs to the endpoint that was called."""
        done = kit.play(sent).done if sent is not None and "error" not in sent.document else None
        for ref in done.refs if done is not None else ():
            expect(ref.endpoint == KIT, f"{sent}: it returned a name of {ref.endpoint}")
        for event in done.events if done is not None else ():
            expect(event.endpoint == KIT, f"{sent}: it returned an event of {event.endpoint}")

    @promise("table", "hooks/index.md")
    def test_errors_mean_what_their_samples_say(self, kit: Kit, erring: Sample | None) -> None:
        """An error of the provider becomes the error that says what happens next, with its code and its pause."""
        if erring is None:
            return
        outcome = kit.play(erring)
        kit.check_calls(erring)
        check_error(erring, outcome)

    @promise("same-key", PAGE)
    def test_the_key_makes_repetitions_the_same(self, kit: Kit) -> None:
        """Where the manifest says idempotent, a repetition carries the key of the first call, and no other does."""
        if not kit.subject.abilities.idempotent or not kit.ways_out():
            return
        sample = kit.message()
        calls = []
        for key in (sample.key, sample.key, f"{sample.key}:other"):
            kit.play(attrs.evolve(sample, document={**sample.document, "key": key}))
            calls.append([_signature(call) for call in kit.platform.calls])
        first, second, other = calls
        expect(first and other, f"{sample} made no call")
        carriers = [
            name for name, value in first[-1].items() if second[-1].get(name) == value and other[-1].get(name) != value
        ]
        expect(carriers, f"{sample}: nothing in the call is the same for the same key and another for another key")

    @promise("any-text", PAGE)
    def test_any_text_is_sent_or_refused(self, kit: Kit) -> None:
        """Whatever people type is sent, or refused with a reason; it never breaks the connector."""
        if Text not in kit.subject.abilities.parts:
            return
        sample = kit.message()
        event = sample.event
        assert isinstance(event, Message)
        for body in (_AWKWARD, " ", "0", "x" * (kit.subject.abilities.parts[Text].split_at or 20_000)):
            kit.platform.follow(sample.exchange)
            text = attrs.evolve(event, parts=(Text(body=body),))
            outcome = kit.deliver(kit.build(sample), text, sample.key)
            expect(
                outcome.error is None or isinstance(outcome.error, Refused),
                f"a text of {len(body)} characters, {body[:12]!r}…: {outcome}",
            )
            if len(body) > 100:
                expect(
                    outcome.error is None, f"a text as long as the manifest allows, {len(body)} characters: {outcome}"
                )

    @promise("foreign-target", PAGE)
    def test_foreign_names_are_not_sent(self, kit: Kit) -> None:
        """A reaction to, or a revision of, a message that is not known here is never sent by its foreign id."""
        target = MessageRef(endpoint="elsewhere", account="elsewhere", id="kit-foreign-5bd1c0")
        for part in (Reaction(message=target, emoji="👍"), Revision(message=target, action=RevisionAction.DELETE)):
            if type(part) not in kit.subject.abilities.parts:
                continue
            sample = kit.message()
            event = sample.event
            assert isinstance(event, Message)
            kit.platform.follow(sample.exchange)
            outcome = kit.deliver(kit.build(sample), attrs.evolve(event, parts=(part,)), sample.key)
            sent = [call for call in kit.platform.calls if _names(call, target)]
            expect(not sent, f"a {type(part).__name__} of a message that is not known here was sent by its foreign id")
            refused = isinstance(outcome.error, Refused) or outcome.error is None
            expect(refused, f"a {type(part).__name__} of a message that is not known here: {outcome}")

    @promise("opens", "hooks/send.md")
    def test_who_writes_first(self, kit: Kit) -> None:
        """A message to an identity opens a conversation where the manifest says so; else it is refused."""
        if "send" not in kit.subject.endpoint.verbs:
            return
        if kit.subject.abilities.opens:
            samples = kit.plan.samples.good("send")
            proved = [one for one in samples if isinstance(one.event, Message) and one.event.to is not None]
            expect(proved, "the manifest says opens, and no sample in samples/send/ has `to` instead of a conversation")
            return
        event = kit.message().event
        assert isinstance(event, Message)
        stranger = attrs.evolve(
            event, conversation=None, contact=None, source=None, to=Identity(scheme="phone", value="+15550100200")
        )
        kit.platform.begin()
        outcome = kit.deliver(kit.subject, stranger, "kit:1")
        refused = isinstance(outcome.error, NotSupported | NoCounterpart)
        expect(refused, f"it does not open conversations, and a message to a phone number: {outcome}")
        expect(not kit.platform.calls, "it does not open conversations, and yet made a call for one")


def check_error(sample: Sample, outcome: Outcome) -> None:
    """Fail where a call did not end with the error of its sample."""
    wanted: Mapping[str, Any] = sample.document
    found = outcome.error
    expect(type(found).__name__ == wanted["error"], f"{sample} must raise {wanted['error']}, but {outcome}")
    assert isinstance(found, ConnectorsError)
    if "code" in wanted:
        expect(found.code == wanted["code"], f"{sample}: the code is {found.code!r} instead of {wanted['code']!r}")
    for name in ("after", "scope"):
        if name in wanted and getattr(found, name, None) != wanted[name]:
            broken(f"{sample}: {name} is {getattr(found, name, None)!r} instead of {wanted[name]!r}")
    expect(KIT in found.text, f"{sample}: the text does not name the endpoint: {found.text}")


def _check_done(sample: Sample, outcome: Outcome) -> None:
    done = outcome.done
    assert isinstance(done, Done)
    found = [(type(ref).__name__, ref.id) for ref in done.refs]
    wanted = [(_REFS[one["ref"]], one["id"]) for one in sample.refs]
    same = len(found) == len(wanted) and all(
        kind == other and (name in ("*", mine)) for (other, name), (kind, mine) in zip(wanted, found, strict=True)
    )
    expect(same, f"{sample}: it returned {found} instead of {wanted}")
    for one, ref in zip(sample.refs, done.refs, strict=True):
        for name in ("account", "aliases"):
            if name in one:
                value = getattr(ref, name)
                value = list(value) if isinstance(value, tuple) else value
                expect(value == one[name], f"{sample}: {name} of a name is {value!r} instead of {one[name]!r}")


def _names(call: Received, target: MessageRef) -> bool:
    """Whether a call names a message as one of the receiver's own; a document of the whole event may repeat its ref."""
    if target.id in call.target:
        return True
    return target.id.encode() in call.body and target.endpoint.encode() not in call.body


def _signature(call: Any) -> dict[str, Any]:
    """Return everything of a call in which a key may be."""
    body = call.json()
    fields = body if isinstance(body, dict) else call.form()
    headers = {name: value for name, value in call.headers.items() if name not in ("content-length", "date")}
    return {"path": call.path, **call.query, **headers, **{f"body.{name}": fields[name] for name in fields}}
