"""What people see of the number before they write: prompts, commands, a welcome, and its user name.

Sources: WA/business-phone-numbers/conversational-components, 2025-10-31; WA/business-scoped-user-ids, 2026-08-24.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.store import customers, facts
from connectors.meta.sandbox.whatsapp.validate import Fields

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

MOST_PROMPTS, LONGEST_PROMPT = 4, 80
MOST_COMMANDS, LONGEST_COMMAND, LONGEST_HINT = 30, 32, 256

_NAME = re.compile(r"(?!www)(?=.*[a-z])[a-z0-9_]+(?:\.[a-z0-9_]+)*")
_PARTS = ("enable_welcome_message", "prompts", "commands")


def automation(sandbox: Sandbox) -> dict[str, Any]:
    """Return prompts, commands and whether there is a welcome."""
    with sandbox.store.read() as db:
        return dict(facts.get(db, "automation") or {})


def _automate(sandbox: Sandbox, call: GraphCall) -> Any:
    asked = Fields({name: value for name, value in call.params.items() if name != "appsecret_proof"}, "")
    asked.only(*_PARTS)
    asked.flag("enable_welcome_message")
    prompts = asked.data.get("prompts", [])
    if not isinstance(prompts, list) or not all(isinstance(one, str) for one in prompts):
        raise GraphError(100, "Param prompts must be an array of strings.")
    if len(prompts) > MOST_PROMPTS or any(not 0 < len(one) <= LONGEST_PROMPT for one in prompts):
        raise GraphError(131009, f"There are at most {MOST_PROMPTS} prompts of {LONGEST_PROMPT} characters.")
    for command in asked.objects("commands", 0, MOST_COMMANDS):
        command.only("command_name", "command_description")
        command.text("command_name", LONGEST_COMMAND)
        command.text("command_description", LONGEST_HINT)
    with sandbox.change() as change:
        before = facts.get(change.db, "automation") or {}
        facts.put(change.db, "automation", {**before, **asked.data})
        for one in customers.every(change.db):
            change.show_customer(one.id)
    return {"success": True}


def _show(sandbox: Sandbox, _call: GraphCall) -> Any:
    return {"data": [{**automation(sandbox), "id": sandbox.settings.phone_number_id}]}


def _username(sandbox: Sandbox, _call: GraphCall) -> Any:
    with sandbox.store.read() as db:
        name = str(facts.get(db, "username") or "")
    return {"username": name, "status": "ACTIVE"} if name else {"username": ""}


def _claim(sandbox: Sandbox, call: GraphCall) -> Any:
    """Take a name: one that a customer has is not to be had."""
    name = call.needed("username").lower()
    if not 3 <= len(name) <= 35 or not _NAME.fullmatch(name):
        raise GraphError(100, "Param username has 3 to 35 letters, digits, periods and underscores.")
    with sandbox.change() as change:
        if any(one.username == name for one in customers.every(change.db)):
            return {"status": "REJECTED", "rejection_reasons": ["NOT_AVAILABLE"]}
        facts.put(change.db, "username", name)
    return {"status": "APPROVED"}


def _drop(sandbox: Sandbox, _call: GraphCall) -> Any:
    with sandbox.store.write() as db:
        facts.put(db, "username", "")
    return {"success": True}


def _suggest(sandbox: Sandbox, _call: GraphCall) -> Any:
    name = re.sub(r"[^a-z0-9]+", ".", sandbox.settings.verified_name.lower()).strip(".")
    return {"data": [{"username_suggestions": [name]}]}


ROUTES: Routes = {
    ("POST", "number", "conversational_automation"): _automate,
    ("GET", "number", "conversational_automation"): _show,
    ("GET", "number", "username"): _username,
    ("POST", "number", "username"): _claim,
    ("DELETE", "number", "username"): _drop,
    ("GET", "number", "username_suggestions"): _suggest,
}
