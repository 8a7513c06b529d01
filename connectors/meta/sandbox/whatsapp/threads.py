"""`/PHONE_NUMBER_ID/thread_control`: who answers a person, this number's gateway or another responder.

Source: WA conversation routing and its partners' API descriptions, 2026-09-23. The gateway plays customer_service: it
passes and releases, a message of its own takes the thread back, and only an escalation partner may take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.store import Db, customers, facts
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.whatsapp import payloads, people
from connectors.meta.sandbox.whatsapp.validate import Fields

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

OURS = "customer_service"
ROLES = ("ai_agent", "ctwa", "customer_service", "escalation", "marketing", "utility")
LONGEST_METADATA = 2000


def owner(db: Db, customer: Customer) -> str:
    """Return the role of the other responder who has a thread, "" when it is ours."""
    return str(facts.get(db, f"owner {customer.id}") or "")


def take_back(sandbox: Sandbox, change: Change, customer: Customer) -> None:
    """Take a thread by answering in it, and tell it."""
    before = owner(change.db, customer)
    if before:
        facts.put(change.db, f"owner {customer.id}", "")
        told = {"previous_owner_role": before, "new_owner_role": OURS}
        tell(sandbox, change, customer, "control_taken", told)


def _control(sandbox: Sandbox, call: GraphCall) -> Any:
    asked = Fields({name: value for name, value in call.params.items() if name != "appsecret_proof"}, "")
    asked.only("messaging_product", "action", "to", "recipient", "metadata", "control_pass")
    if asked.data.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    action = asked.choice("action", ("pass", "release", "take"))
    metadata = asked.text("metadata", LONGEST_METADATA, needed=False)
    _, address = people.recipient(sandbox, asked)
    if asked.has("control_pass") and action != "pass":
        raise GraphError(100, "The parameter control_pass is for the action pass.")
    if action == "take":
        raise GraphError(2494191)
    role = "ai_agent" if action == "release" else "escalation"
    if asked.has("control_pass"):
        target = asked.object("control_pass")
        target.only("target_role")
        role = target.choice("target_role", ROLES)
    with sandbox.change() as change:
        customer = customers.find(change.db, sandbox.settings.phone_number_id, address)
        if customer is None or owner(change.db, customer):
            raise GraphError(100, "This number has no control of a thread with this person.")
        facts.put(change.db, f"owner {customer.id}", role)
        if action == "pass":
            told = {"previous_owner_role": OURS, "new_owner_role": role}
            tell(sandbox, change, customer, "control_passed", {**told, **({"metadata": metadata} if metadata else {})})
        change.show_customer(customer.id)
    return {"success": True}


def tell(sandbox: Sandbox, change: Change, customer: Customer, kind: str, told: dict[str, Any]) -> None:
    """Tell this number of a thread that was passed or taken."""
    payload = payloads.handover(sandbox.settings, customer, kind, told, change.at)
    change.webhook(customer.id, "messaging_handovers", payload)
    change.show_customer(customer.id)


ROUTES: Routes = {("POST", "number", "thread_control"): _control}
