"""What an endpoint does in Tryton for each of the four ways out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from time import time

from connectors.tryton.outbound import chat, files, opportunities, people, words
from connectors.tryton.outbound.rest import Rest
from connectors.tryton.settings import TrytonSettings
from connectors_core import Http, NoCounterpart, NotSupported, Unreachable
from connectors_core.model import (
    Attempt,
    Contact,
    ContactRef,
    ConversationRef,
    Done,
    Failure,
    Handover,
    Identity,
    Link,
    Media,
    Message,
    MessageRef,
    Outcome,
    Proof,
    Reaction,
    Receipt,
    ReceiptKind,
    Reconciled,
    Ref,
    Referral,
    Revision,
    Text,
)

CARRIED = (Text, Media, Reaction, Revision, Referral)
"""The parts that a chat shows; any other arrives as a line of text that core makes of it."""

_SETTLED = 25.0
"""Seconds after which a request of ours no longer runs at Tryton, as far as anybody can tell."""

_SEND = "post into the chat"


class Desk:
    """One company in a Tryton, with the user whose key it is."""

    def __init__(self, settings: TrytonSettings, http: Http) -> None:
        """Nothing is asked yet."""
        self.rest = Rest(settings, http)

    @property
    def _endpoint(self) -> str:
        return self.rest.http.endpoint

    @cached_property
    def user(self) -> tuple[int, str]:
        """The id and the name of the user of the key: the default of who makes a record."""
        values = {"fields_names": ["create_uid"]}
        told = self.rest.act("ir.chat.message", "default_get", values, verb="ask who it is", harmless=True)
        number = told.get("create_uid") if isinstance(told, dict) else None
        if not isinstance(number, int):
            raise Unreachable(f"{self._endpoint} could not ask who it is: Tryton did not say")
        return number, str((told.get("create_uid.") or {}).get("rec_name") or "")

    @property
    def me(self) -> int:
        """The id of the user of the key."""
        return self.user[0]

    def customer(self, proof: Proof) -> Contact:
        """Return the only active party that has an address; raise NoCounterpart for none, several, or a grant."""
        found = people.parties_at(self.rest, proof) if isinstance(proof, Identity) else {}
        if len(found) != 1:
            raise NoCounterpart(f"{self._endpoint} has no party, or more than one, at this address")
        ((party, name),) = found.items()
        return Contact(ref=ContactRef(endpoint=self._endpoint, account=self._endpoint, id=str(party)), name=name)

    def send(self, message: Message, key: str) -> Done:
        """Put a message into the chat of its opportunity, its files beside it."""
        strange = [type(part).__name__ for part in message.parts if not isinstance(part, CARRIED)]
        if strange:
            raise NotSupported(f"{self._endpoint} shows no {', '.join(strange)} in a chat")
        if message.to is not None and message.conversation is None:
            raise NoCounterpart(f"{self._endpoint} writes to nobody first: an opportunity belongs to a conversation")
        opportunity = opportunities.number_of(message.conversation, self._endpoint)
        # A thumb up for the last word does not begin another deal.
        over_is_fine = all(isinstance(part, Reaction | Revision) for part in message.parts)
        opportunities.enter(self.rest, opportunity, message.fields, over_is_fine=over_is_fine)
        content = self._words(message, lambda number: files.attach(self.rest, opportunity, message, key, number))
        posted = chat.post(self.rest, opportunity, content, key, audience=chat.PUBLIC, verb=_SEND)
        return Done(refs=[self._message(posted)])

    def _words(self, message: Message, file: Callable[[int], list[str]]) -> str:
        """Return what stands in the chat for a message; `file` gives the lines of the file at a place."""
        quoted = self._quoted(message)
        lines: list[str] = []
        for number, part in enumerate(message.parts):
            lines += file(number) if isinstance(part, Media) else [words.line(part, quoted)]
        return words.content(message, lines, quoted)

    def _quoted(self, message: Message) -> str:
        """Return the words of the message that this one is about or answers, as far as Tryton has them."""
        first = message.parts[0]
        ref = first.message if isinstance(first, Reaction | Revision) else message.reply_to
        if ref is None or ref.endpoint != self._endpoint:
            return ""
        return str(chat.read(self.rest, ref.id, verb=_SEND).get("content") or "")

    def link_account(self, link: Link) -> Done:
        """Find or make the party of a person and the open opportunity of the conversation."""
        if not people.wanted(link):
            raise NotSupported(f"{self._endpoint} keeps no account links, so there is none to undo")
        party = people.party_of(self.rest, link, opportunities.chosen(link.fields, opportunities.CONTACT))
        opportunity = opportunities.opportunity_of(self.rest, link, party, self.me)
        own = {"endpoint": self._endpoint, "account": self._endpoint}
        return Done(refs=[ContactRef(**own, id=str(party)), ConversationRef(**own, id=str(opportunity))])

    def hand_over(self, handover: Handover, key: str) -> Done:
        """Tell the agents who may answer now and why, and assign the opportunity to whom a mapping rule names."""
        opportunity = opportunities.number_of(handover.conversation, self._endpoint)
        told = [f"[{handover.action}] {handover.previous_owner or '?'} → {handover.new_owner or '?'}"]
        told += [one for one in (handover.summary, handover.metadata) if one]
        employee = handover.fields.get(f"{opportunities.OPPORTUNITY}employee")
        if employee not in (None, "") and (wrong := opportunities.assign(self.rest, opportunity, employee)):
            told.append(f"[not assigned: {wrong}]")
        posted = chat.post(self.rest, opportunity, "\n".join(told), key, audience=chat.INTERNAL, verb="tell a handover")
        return Done(refs=[self._message(posted)])

    def acknowledge(self, receipt: Receipt, key: str) -> Done:
        """Note under a reply that it did not arrive, and why; for good news a chat has no place."""
        if receipt.kind is not ReceiptKind.FAILED:
            raise NotSupported(f"{self._endpoint} notes what failed alone: a chat has no place for {receipt.kind}")
        verb = "note a failure"
        ref = receipt.messages[0] if receipt.messages else None
        reply = chat.read(self.rest, ref.id, verb=verb) if ref else {}
        number = chat.opportunity_of(reply) or opportunities.number_of(receipt.conversation, self._endpoint)
        said = words.excerpt(str(reply.get("content") or ""))
        note = f"[not delivered] {f'“{said}” ' if said else ''}did not reach the customer: {_why(receipt.failure)}"
        return Done(refs=[self._message(chat.post(self.rest, number, note, key, audience=chat.INTERNAL, verb=verb))])

    def reconcile(self, attempt: Attempt) -> Reconciled:
        """Look whether the message of an attempt stands in a chat.

        Its key in the reference is proof. The same words of ours without any key leave it open, as Tryton replaces the
        reference when it mails the chat to followers. Nothing at all is proof as soon as the request has surely ended.
        """
        event, verb = attempt.event, "look for a message"
        if isinstance(event, Link):
            return Reconciled(outcome=Outcome.NOT_SENT)  # made once only, however often it is asked for
        if row := chat.find(self.rest, attempt.key, verb=verb):
            refs: list[Ref] = [self._message(int(row["id"]))]
            if isinstance(event, Message) and (number := chat.opportunity_of(row)):
                refs.append(ConversationRef(endpoint=self._endpoint, account=self._endpoint, id=str(number)))
            return Reconciled(outcome=Outcome.SENT, done=Done(refs=refs))
        if time() - attempt.started_at < _SETTLED or self._resembles(attempt):
            return Reconciled(outcome=Outcome.UNKNOWN)
        return Reconciled(outcome=Outcome.NOT_SENT)

    def _resembles(self, attempt: Attempt) -> bool:
        event = attempt.event
        if not isinstance(event, Message) or event.conversation is None:
            return False
        number = opportunities.number_of(event.conversation, self._endpoint)
        content = self._words(event, lambda place: files.attached(self.rest, number, event, attempt.key, place))
        return chat.resembles(self.rest, number, content, self.me, attempt.started_at, verb="look for a message")

    def _message(self, number: int) -> MessageRef:
        return MessageRef(endpoint=self._endpoint, account=self._endpoint, id=str(number))


def _why(failure: Failure | None) -> str:
    if failure is None:
        return "the channel does not say why"
    told = ", ".join(dict.fromkeys(one for one in (failure.title, failure.detail) if one)) or "no reason is given"
    return f"{told} ({failure.code})" if failure.code not in (None, "") else told
