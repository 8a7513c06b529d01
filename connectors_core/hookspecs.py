"""The contract: what a connector implements, each verb with when it is called and what it must not do.

A connector is an `@attrs.frozen(eq=False)` class with the fields `settings` and `http`, a class attribute `manifest`
and any of these methods, marked with `hookimpl`. Methods are plain and positional, without defaults. They may name
fewer arguments than stand here.

Every verb may raise the errors of `connectors_core.errors`; any other exception is a defect of the connector and is
treated as `Malformed` on the way in and as `Uncertain` on the way out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pluggy

from connectors_core.door import Asgi, Door
from connectors_core.model import (
    Attempt,
    Challenge,
    Change,
    Code,
    Contact,
    Content,
    ConversationRef,
    Done,
    Event,
    Finding,
    Handover,
    Item,
    Link,
    Media,
    Message,
    Page,
    Proof,
    Receipt,
    Reconciled,
    Request,
    Template,
    TemplateInfo,
    Trusted,
)

PROJECT = "connectors"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# receive: the way in


@hookspec(firstresult=True)
def authenticate(request: Request) -> Trusted | Challenge:  # type: ignore[empty-body]
    """Prove who sent `request`: the first thing that happens to it, always, and never seen by observers.

    Return `Trusted()`, with a body where the provider reads the answer to its webhook, or `Challenge` for one that
    verifies the address. Raise `Untrusted` for everything else; None is never a yes. Compare secrets in constant time,
    over the raw bytes.
    """


@hookspec(firstresult=True)
def split(request: Request) -> Sequence[Item]:  # type: ignore[empty-body]
    """Cut an authenticated request into Items, every entry of every batch.

    An app needs it. An endpoint without one has it where its webhooks or pages hold several entries, so that one that
    cannot be read is parked alone: there `request` has the body alone, and only `raw` of the Items counts. Raise
    `Malformed` when the body cannot be read at all.
    """


@hookspec(firstresult=True)
def receive(item: Item) -> Sequence[Event]:  # type: ignore[empty-body]
    """Read one Item. Pure: no network, no settings, no clock.

    `[]` is a good answer for what says nothing. What is unknown becomes a message with an `Unsupported` part or a
    Notice. Raise `Malformed` for what cannot be read: the Item is parked alone and the batch goes on.
    """


@hookspec(firstresult=True)
def poll(cursor: str) -> Page:  # type: ignore[empty-body]
    """Fetch the next page after `cursor` ("" at the start), for a side without webhooks or one that pushes once.

    The body is journaled together with the new cursor and comes back through `receive`.
    """


# the four ways out: `key` is the same in every retry; put it where the provider has idempotency or gives it back


@hookspec(firstresult=True)
def send(message: Message, key: str) -> Done:  # type: ignore[empty-body]
    """Put this into the conversation there. One call makes at most one provider message.

    Refs of other endpoints have been translated to this endpoint's own, or are None. Raise `NoCounterpart` when the
    person or the conversation is unknown there: core calls `link_account` once and then `send` again.
    """


@hookspec(firstresult=True)
def link_account(link: Link, key: str) -> Done:  # type: ignore[empty-body]
    """Find or make this person there (`wanted`), or complete or undo an account link.

    Return a ContactRef, and a ConversationRef where the side has conversations.
    """


@hookspec(firstresult=True)
def hand_over(handover: Handover, key: str) -> Done:  # type: ignore[empty-body]
    """Move the control of the thread there, or hear that it moved.

    A channel passes, takes, requests, releases or extends it at its platform; `new_owner` is `NATIVE_APP` or the
    platform's own id, "" for the usual one. A responder hears who has it now: itself, where `new_owner` is its name.
    """


@hookspec(firstresult=True)
def acknowledge(receipt: Receipt, key: str) -> Done:  # type: ignore[empty-body]
    """Tell this endpoint what became of a message that it sent."""


# care


@hookspec(firstresult=True)
def reconcile(attempt: Attempt) -> Reconciled:  # type: ignore[empty-body]
    """Find out whether an attempt whose outcome is unknown has happened. Read only."""


@hookspec(firstresult=True)
def fetch(media: Media) -> Content:  # type: ignore[empty-body]
    """Fetch a file that needs this endpoint's credentials."""


@hookspec(firstresult=True)
def profile(contact: Contact) -> Contact:  # type: ignore[empty-body]
    """Ask the platform for a person's name, picture and language."""


@hookspec(firstresult=True)
def customer(proof: Proof) -> Contact:  # type: ignore[empty-body]
    """Find the customer of this side who has an address, or who gave a grant. Read only.

    Return the Contact with its ref and name. An address counts only where this side knows it by more than the
    person's own word. Raise `NoCounterpart` when nobody, or more than one, is meant.
    """


@hookspec(firstresult=True)
def send_code(code: Code) -> Done:  # type: ignore[empty-body]
    """Bring a code to an address of a customer, by mail or short message. Without it, core looks for a chat there."""


@hookspec(firstresult=True)
def login_chat(token: str, back: str) -> ConversationRef:  # type: ignore[empty-body]
    """Ask the platform in whose chat its own log-in button was tapped; `token` and `back` came with the person.

    Raise `Rejected` unless `back`, where the person is to be sent afterwards, is an address of the platform.
    """


@hookspec(firstresult=True)
def templates() -> Sequence[TemplateInfo]:  # type: ignore[empty-body]
    """List the templates of the account."""


@hookspec(firstresult=True)
def check_template(template: Template, info: TemplateInfo) -> Sequence[str]:  # type: ignore[empty-body]
    """Say in a sentence each what keeps `template` from being sent as `info` describes it. Pure; `[]` is fine."""


@hookspec(firstresult=True)
def pages(door: Door) -> Asgi:  # type: ignore[empty-body]
    """Return an application with pages for people; it is mounted at `/<name of the endpoint>`.

    Called once, in the process that serves the web. The pages have to know who may see them.
    """


@hookspec(firstresult=True)
def plan(callback: str, types: Sequence[str]) -> Sequence[Change | Finding]:  # type: ignore[empty-body]
    """Compare what the settings declare with what the platform has: subscriptions, callback address, menus, greetings.

    Read only. A Change for each difference, none for what the settings leave open; a Finding for what cannot be
    compared. `callback` is the public address of this gateway that webhooks are to be sent to, "" when there is none.
    An app is told the connector `types` of its endpoints. Raise what keeps everything from being compared.
    """


@hookspec(firstresult=True)
def apply(change: Change, callback: str) -> Finding:  # type: ignore[empty-body]
    """Make one difference that `plan` found disappear, and say how that went. Applying it again does no harm."""


@hookspec
def check(targets: Sequence[str]) -> Iterable[Finding]:  # type: ignore[empty-body]
    """Look at credentials, subscriptions and limits, without changing anything.

    `targets` are the fields that mapping rules of the settings write here, for a side whose fields are its own.
    """
