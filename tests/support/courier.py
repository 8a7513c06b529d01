"""A connector that keeps every promise of the kit, to be broken in one place at a time."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import attrs
from marshmallow import RAISE, Schema, post_load

from connectors_core import (
    Abilities,
    Call,
    Limit,
    Malformed,
    Manifest,
    NoCounterpart,
    NotSupported,
    Rejected,
    Reply,
    Secret,
    Uncertain,
    Untrusted,
    hookimpl,
)
from connectors_core.model import (
    Attempt,
    Change,
    Contact,
    ContactRef,
    Content,
    ConversationRef,
    Done,
    Echo,
    Event,
    Failure,
    Finding,
    Handover,
    HandoverAction,
    Identity,
    Item,
    Link,
    Media,
    Message,
    MessageRef,
    Notice,
    Origin,
    Outcome,
    Page,
    Reaction,
    Receipt,
    ReceiptKind,
    Reconciled,
    Request,
    TemplateInfo,
    Text,
    Trusted,
    Unsupported,
)
from connectors_core.settings.fields import SecretField, SecretsField, UrlField

ABILITIES = Abilities(
    parts={Text: Limit(split_at=1000), Media: Limit(kinds={"image", "document"}, max_bytes=1000), Reaction: Limit()},
    most_parts=1,
    receipts={ReceiptKind.READ},
    reports={ReceiptKind.SENT, ReceiptKind.DELIVERED, ReceiptKind.READ, ReceiptKind.FAILED},
    opens=True,
    makes_contacts=True,
    thread_control={HandoverAction.TAKE},
    echoes=True,
    poll_every=5.0,
)


class CourierSchema(Schema):
    """`[endpoints.NAME]` with `type = "courier"`."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    url = UrlField(required=True)
    token = SecretField(required=True)
    stamp = SecretsField(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CourierSettings:
        """Return the settings."""
        return CourierSettings(**data)


@attrs.frozen(kw_only=True)
class CourierSettings:
    """Where it is, the token of its API, and the secrets of its webhooks."""

    url: str
    token: Secret
    stamp: tuple[Secret, ...]


@attrs.frozen(eq=False)
class Courier:
    """Good in every way."""

    manifest: ClassVar[Manifest] = Manifest(
        name="courier", title="Courier", kind="channel", settings=CourierSchema, abilities=ABILITIES
    )

    settings: Any
    http: Any

    # receive

    @hookimpl
    def authenticate(self, request: Request) -> Trusted:
        """Compare the stamp with those of both secrets."""
        given = request.headers.get("x-stamp", "").encode("utf-8", "replace")
        wanted = [self.stamped(secret, request.body).encode() for secret in self.settings.stamp]
        if request.method != "POST" or not any(hmac.compare_digest(given, one) for one in wanted):
            raise Untrusted
        return Trusted()

    def stamped(self, secret: Secret, body: bytes) -> str:
        """Return the stamp of a body."""
        return hmac.new(secret.reveal().encode(), body, "sha256").hexdigest()

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read every entry."""
        body = item.json()
        entries = body.get("entries") if isinstance(body, dict) else None
        if not isinstance(entries, list):
            raise Malformed("the body has no list of entries")
        return [self.entry(item, entry) for entry in entries]

    def entry(self, item: Item, entry: Any) -> Event:
        """Read one entry: {"type": "message", "id": "m1", "at": 1772000000, "from": "ann", "text": "hello"}."""
        if not isinstance(entry, dict):
            raise Malformed("an entry is no object")
        try:
            at = datetime.fromtimestamp(entry["at"], UTC)
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            raise Malformed("an entry has no time") from None
        base = {"endpoint": item.endpoint, "account": item.account, "id": entry.get("id"), "at": at}
        here = {"endpoint": item.endpoint, "account": item.account}
        match entry.get("type"):
            case "message":
                return self.message(base, here, entry, Origin.CONTACT)
            case "echo":
                key = entry.get("key") if isinstance(entry.get("key"), str) else ""
                return attrs.evolve(self.message(base, here, entry, Origin.NATIVE_APP), echo=Echo(key=key))
            case "status":
                return self.status(base, here, entry)
        return Notice(**base, topic="unknown", text=f"an entry of the type {entry.get('type')!r:.40}")

    def message(self, base: dict[str, Any], here: dict[str, str], entry: dict[str, Any], origin: Origin) -> Message:
        """Read a message."""
        text, who = entry.get("text"), entry.get("from")
        part = Text(body=text) if isinstance(text, str) else Unsupported(kind="unknown", raw=entry)
        identities = [Identity(scheme="external", value=who)]
        if isinstance(entry.get("phone"), str) and entry["phone"]:
            identities.append(Identity(scheme="phone", value=entry["phone"]))
        return Message(
            **base,
            parts=(part,),
            origin=origin,
            conversation=ConversationRef(**here, id=who),
            contact=ContactRef(**here, id=who),
            profile=Contact(identities=tuple(identities)),
        )

    def status(self, base: dict[str, Any], here: dict[str, str], entry: dict[str, Any]) -> Event:
        """Read a receipt."""
        try:
            kind = ReceiptKind(entry.get("status"))
        except ValueError:
            return Notice(**base, topic="status", text="a status that nobody knows")
        failure = Failure(code="bounced") if kind is ReceiptKind.FAILED else None
        return Receipt(**base, kind=kind, messages=(MessageRef(**here, id=entry.get("about")),), failure=failure)

    @hookimpl
    def poll(self, cursor: str) -> Page:
        """Fetch what came after."""
        reply = self.http.call(self.call("GET", f"events?after={cursor or 0}"), verb="poll")
        found = reply.object()
        return Page(body=reply.body, cursor=str(found["last"]), more=bool(found.get("more")))

    # the ways out

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Send one part to a person."""
        if len(message.parts) != 1:
            raise NotSupported("one part at a time")
        (part,) = message.parts
        body = {"key": key, "to": self.address(message), **self.content(part)}
        return self.sent(self.http.call(self.call("POST", "messages", body), verb="send", explain=self.explain))

    def address(self, message: Message) -> str:
        """Return whom a message is for."""
        if message.conversation is not None:
            return message.conversation.id
        if message.to is not None and message.to.scheme == "external":
            return message.to.value
        raise NoCounterpart("the courier knows people by their own id alone")

    def content(self, part: Any) -> dict[str, Any]:
        """Return what goes out for a part."""
        match part:
            case Text(body=body):
                return {"text": body}
            case Media(kind=kind, size=size) if kind in ABILITIES.parts[Media].kinds and (size or 0) <= 1000:
                return {"file": b"".join(self.http.open(part).chunks).decode(), "kind": str(kind)}
            case Reaction(message=target, emoji=emoji) if target.endpoint == self.http.endpoint:
                return {"about": target.id, "emoji": emoji}
        raise NotSupported(f"the courier does not carry {type(part).__name__}")

    def sent(self, reply: Reply) -> Done:
        """Read the answer to a message."""
        try:
            name = reply.object()["id"]
            return Done(refs=(MessageRef(endpoint=self.http.endpoint, account=self.http.endpoint, id=name),))
        except (Malformed, KeyError):
            raise Uncertain(f"{self.http.endpoint} sent, and the courier gave no id") from None

    @hookimpl
    def link_account(self, link: Link, key: str) -> Done:
        """Find or make a person."""
        who = link.contact.id if link.contact else link.id
        if link.contact is None:
            raise NotSupported("nobody is named")
        reply = self.http.call(self.call("POST", "people", {"key": key, "name": who}), verb="link_account")
        try:
            name = reply.object()["person"]
        except (Malformed, KeyError):
            raise Uncertain("the courier gave no person") from None
        here = {"endpoint": self.http.endpoint, "account": self.http.endpoint}
        return Done(refs=(ContactRef(**here, id=name), ConversationRef(**here, id=name)))

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:
        """Take or pass a thread."""
        if handover.conversation is None or handover.action is not HandoverAction.TAKE:
            raise NotSupported("a thread that is named is taken, and nothing else")
        body = {"key": key, "action": str(handover.action), "to": handover.new_owner}
        return self.confirmed(self.call("POST", f"threads/{handover.conversation.id}", body), "hand_over")

    @hookimpl
    def acknowledge(self, receipt: Receipt, key: str) -> Done:
        """Say that a message was read."""
        if receipt.kind is not ReceiptKind.READ:
            raise NotSupported("the courier is told of what was read alone")
        name = receipt.messages[-1].id
        return self.confirmed(self.call("POST", f"messages/{name}/read", {"key": key}), "acknowledge")

    def confirmed(self, call: Call, verb: str) -> Done:
        """Make a call that is answered with a word."""
        try:
            good = self.http.call(call, verb=verb).object().get("ok") is True
        except Malformed:
            good = False
        if not good:
            raise Uncertain("the courier did not confirm")
        return Done()

    # care

    @hookimpl
    def reconcile(self, attempt: Attempt) -> Reconciled:
        """Ask by the key."""
        found = self.http.call(self.call("GET", f"messages?key={attempt.key}"), verb="reconcile").object()
        name = found.get("id")
        if not name:
            return Reconciled(outcome=Outcome.NOT_SENT)
        done = Done(refs=(MessageRef(endpoint=self.http.endpoint, account=self.http.endpoint, id=name),))
        return Reconciled(outcome=Outcome.SENT, done=done)

    @hookimpl
    def fetch(self, media: Media) -> Content:
        """Fetch a file."""
        return self.http.stream(self.call("GET", f"files/{media.id}"))

    @hookimpl
    def profile(self, contact: Contact) -> Contact:
        """Ask for a name."""
        assert contact.ref is not None
        found = self.http.call(self.call("GET", f"people/{contact.ref.id}"), verb="profile").object()
        return attrs.evolve(contact, name=found.get("name", ""))

    @hookimpl
    def templates(self) -> Sequence[TemplateInfo]:
        """List them."""
        found = self.http.call(self.call("GET", "templates"), verb="templates").object()
        return [TemplateInfo(name=one["name"], language="en", usable=True) for one in found["templates"]]

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Ask whether the token is good."""
        self.http.call(self.call("GET", "me"), verb="check")
        return [Finding(level="ok", text="the token is good")]

    @hookimpl
    def plan(self, callback: str) -> Sequence[Change | Finding]:
        """Look where webhooks go."""
        known = self.http.call(self.call("GET", "callback"), verb="compare").object().get("url")
        if known == callback:
            return []
        return [Change(path="callback", title="the address of webhooks", before=known, after=callback)]

    @hookimpl
    def apply(self, change: Change, callback: str) -> Finding:
        """Say where webhooks go."""
        self.http.call(self.call("PUT", "callback", {"url": callback}), verb="register")
        return Finding(level="ok", text="the address is registered", path=change.path)

    # shared

    def call(self, method: str, path: str, body: Any = None) -> Call:
        """Return a call with the token."""
        headers = {"authorization": f"Bearer {self.settings.token.reveal()}"}
        url = f"{self.settings.url}/{path}"
        if body is None:
            return Call(method=method, url=url, headers=headers)
        return Call.json(method, url, body, headers)

    def explain(self, reply: Reply) -> Rejected | None:
        """Read {"error": "blocked"}."""
        if reply.status == 400 and reply.object().get("error") == "blocked":
            return Rejected("the person has blocked the courier", code="blocked")
        return None
