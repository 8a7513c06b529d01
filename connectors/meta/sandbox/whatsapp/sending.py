"""`POST /PHONE_NUMBER_ID/messages`: taking messages of the business, and marking those of customers as read.

Source: WA/messages/send-messages (2025-12). A 200 means "accepted": that a window is closed, that nobody has the number
or that a file is of no use is told later, in a status `failed`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.faults.deciding import About
from connectors.meta.sandbox.feed import News
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.store import Db, catalogue, customers, messages
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.whatsapp import blocking, media, payloads, people, steps, threads, window
from connectors.meta.sandbox.whatsapp.validate import Fields, check
from connectors.meta.sandbox.whatsapp.validate.template import needs_number, render, usable

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

TYPING_SECONDS = 25
LONGEST_TRACKER = 512
IN_GROUPS = frozenset(("text", "image", "video", "audio", "document", "sticker", "template"))
"""What may be sent to a group (WA/groups, 2025-10-06)."""

_COMMON = ("messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data")
_MARKETING = ("product_policy", "message_activity_sharing")
_POLICIES = ("CLOUD_API_FALLBACK", "STRICT")
_TOKENS = frozenset(("access_token", "appsecret_proof"))


def post(sandbox: Sandbox, call: GraphCall) -> Any:
    """Take a message, or a mark that one was read."""
    asked = Fields({name: value for name, value in call.params.items() if name not in _TOKENS}, "")
    if asked.data.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if "status" in asked.data:
        return _mark_read(sandbox, asked)
    sandbox.limits.send()
    return _take(sandbox, asked)


def _marketing(sandbox: Sandbox, call: GraphCall) -> Any:
    """Marketing Messages API: the same message, templates of the category marketing only."""
    asked = Fields(call.params, "")
    if asked.has("product_policy"):
        asked.choice("product_policy", _POLICIES)
    asked.flag("message_activity_sharing")
    if call.params.get("type") != "template":
        raise GraphError(134100)
    template = asked.object("template")
    with sandbox.store.read() as db:
        language = template.object("language").text("code", 64)
        found = catalogue.named_template(db, sandbox.settings.business_account_id, template.text("name", 512), language)
    if found is not None and found.category != "MARKETING":
        raise GraphError(134100)
    return post(sandbox, attrs.evolve(call, params={k: v for k, v in call.params.items() if k not in _MARKETING}))


@attrs.frozen(kw_only=True)
class Accepted:
    """A message that was read: to whom, what, and what it costs as."""

    address: str
    kind: str
    content: Any
    context: str
    tracker: str
    category: str
    free_form: bool


def _take(sandbox: Sandbox, asked: Fields) -> Any:
    given, accepted = _read(sandbox, asked)
    sandbox.limits.pair(accepted.address)
    message_id = payloads.wamid(accepted.address, incoming=False)
    with sandbox.change() as change:
        customer = customers.find(change.db, sandbox.settings.phone_number_id, accepted.address)
        about = _about(sandbox, accepted, customer, message_id)
        failure = _failure(change.db, customer, accepted, change.at)
        if failure is None and accepted.free_form and sandbox.faults.strikes(change.db, "window_closed", about):
            failure = GraphError(131047)
        refused = failure is not None and sandbox.faults.strikes(change.db, "refused_at_once", about)
        waits = False
        if not refused:
            silent = sandbox.faults.strikes(change.db, "receipts_never", about)
            waits = _keep(sandbox, change, _entry(change, about, accepted, silent=silent), failure, accepted.address)
    if refused and failure is not None:
        raise failure
    if waits:
        sandbox.later(lambda: finish(sandbox, message_id))
    return _answer(given, accepted, message_id)


def _about(sandbox: Sandbox, accepted: Accepted, customer: Customer | None, message_id: str) -> About:
    return About(
        into="send",
        subject=accepted.address,
        customer=customer.id if customer else "",
        account=sandbox.settings.phone_number_id,
        call="send",
        message=message_id,
        key=accepted.tracker,
    )


def _entry(change: Change, about: About, accepted: Accepted, *, silent: bool) -> Entry:
    return Entry(
        id=about.message,
        customer=about.customer,
        incoming=False,
        at=change.at,
        type=accepted.kind,
        content=accepted.content,
        context=accepted.context,
        status="accepted",
        tracker=accepted.tracker,
        category=accepted.category,
        silent=silent,
    )


def _keep(sandbox: Sandbox, change: Change, entry: Entry, failure: GraphError | None, address: str) -> bool:
    """Keep a message that was accepted and let it go on; return whether its files have to be found first."""
    messages.add(change.db, entry)
    customer = customers.get(change.db, entry.customer)
    if failure is not None or customer is None:
        steps.fail(sandbox, change, entry, failure or GraphError(131026), address)
        return False
    threads.take_back(sandbox, change, customer)
    waits = any(media.slots(entry.type, entry.content))
    if not waits:
        steps.go(sandbox, change, customer, entry)
    return waits


def finish(sandbox: Sandbox, message_id: str) -> None:
    """Find the files of an accepted message, then send it; also what a stop interrupted."""
    with sandbox.store.read() as db:
        entry = messages.get(db, message_id)
        customer = customers.get(db, entry.customer) if entry else None
    if entry is None or customer is None or entry.status != "accepted":
        return
    failure = None
    try:
        media.resolve(sandbox, entry.type, entry.content)
    except GraphError as error:
        failure = error
    with sandbox.change() as change:
        messages.change(change.db, entry.id, content=entry.content)
        customer = customers.get(change.db, customer.id) or customer
        if failure is not None:
            steps.fail(sandbox, change, entry, failure, customer.address)
        else:
            steps.go(sandbox, change, customer, entry)


def _read(sandbox: Sandbox, asked: Fields) -> tuple[str, Accepted]:
    """Return what was given as the recipient, and the message; raise GraphError for what Meta refuses at once."""
    given, address = people.recipient(sandbox, asked)
    kind = asked.text("type", 32, needed=False) or "text"
    if asked.data.get("recipient_type") == "group" and kind not in IN_GROUPS:
        raise GraphError(131051, f"Message type {kind[:32]} is not supported in groups.")
    asked.only(*_COMMON, kind)
    context = asked.object("context").text("message_id", 512) if asked.has("context") else ""
    tracker = asked.text("biz_opaque_callback_data", LONGEST_TRACKER, needed=False)
    category = "service"
    if kind == "template":
        template = asked.object("template")
        language = template.object("language").text("code", 64)
        with sandbox.store.read() as db:
            known = catalogue.named_template(
                db, sandbox.settings.business_account_id, template.text("name", 512), language
            )
        found = usable(known, template.data["name"])
        if needs_number(found) and not address.isdecimal():
            raise GraphError(131062)
        category = found.category.lower()
        shown = render(found, template)
        content: Any = {"name": found.name, "language": found.language, "shown": shown}
    else:
        check(kind, asked)
        content = asked.data[kind]
    accepted = Accepted(
        address=address,
        kind=kind,
        content=content,
        context=context,
        tracker=tracker,
        category=category,
        free_form=kind != "template",
    )
    return given, accepted


def _failure(db: Db, customer: Customer | None, accepted: Accepted, now: float) -> GraphError | None:
    """Return why a message that was accepted cannot be delivered."""
    if customer is None:
        return GraphError(131026)
    if customer.id in blocking.blocked(db):
        return GraphError(131026, "The business has blocked this person.")
    if accepted.free_form and not window.is_open(customer, now):
        return GraphError(131047)
    if accepted.kind == "reaction":
        target = messages.get(db, accepted.content["message_id"])
        if target is None or target.customer != customer.id or target.deleted or target.type == "reaction":
            return GraphError(131009, "The message of this reaction is not in the chat.")
    return None


def _answer(given: str, accepted: Accepted, message_id: str) -> Any:
    name = "user_id" if people.BSUID.fullmatch(accepted.address) else "wa_id"
    message: dict[str, Any] = {"id": message_id}
    if accepted.kind == "template":
        message["message_status"] = "accepted"
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": given, name: accepted.address}],
        "messages": [message],
    }


def _mark_read(sandbox: Sandbox, asked: Fields) -> Any:
    """Mark a message and the earlier ones of its chat as read; with it, show that somebody types."""
    asked.only("messaging_product", "status", "message_id", "typing_indicator")
    asked.choice("status", ("read",))
    message_id = asked.text("message_id", 512)
    if not message_id.startswith("wamid."):
        raise GraphError(131009, "Param message_id is not the id of a message.")
    typing = asked.has("typing_indicator")
    if typing:
        asked.object("typing_indicator").choice("type", ("text",))
    with sandbox.change() as change:
        # A message that the sandbox does not know may be one from before its folder was emptied.
        target = messages.get(change.db, message_id)
        if target is not None and target.incoming:
            for entry in messages.waiting(change.db, target.customer, ("sent", "delivered"), incoming=True):
                if entry.seq <= target.seq:
                    messages.change(change.db, entry.id, status="read")
                    change.show(target.customer, entry.id)
            if typing:
                news = News(kind="typing", customer=target.customer, data={"seconds": TYPING_SECONDS})
                change.news.append(news)
    return {"success": True}


ROUTES: Routes = {("POST", "number", "messages"): post, ("POST", "number", "marketing_messages"): _marketing}
