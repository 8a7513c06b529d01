"""Whom the business talks to: the recipient of a message, a block or a handover, and who is in a group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store import Db, customers
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.whatsapp.validate import Fields

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")

_NUMBER = re.compile(r"[\d ()+.-]{1,40}")
_GROUP = re.compile(r"[A-Za-z0-9+/=_.-]{8,200}")


def recipient(sandbox: Sandbox, asked: Fields) -> tuple[str, str]:
    """Return the recipient as given and as WhatsApp writes it; `to` wins over `recipient`."""
    kind = asked.choice("recipient_type", ("individual", "group")) if asked.has("recipient_type") else "individual"
    if kind == "group":
        given = asked.text("to", 200)
        if not _GROUP.fullmatch(given) or _NUMBER.fullmatch(given):
            raise GraphError(131009, "Param to is not the id of a group.")
        return given, given
    if asked.has("to"):
        given = asked.text("to", 200)
        return given, number(sandbox, given)
    if not asked.has("recipient"):
        raise GraphError(100, "The parameter to is required.")
    given = asked.text("recipient", 200)
    if not BSUID.fullmatch(given):
        raise GraphError(131009, "Param recipient is not a business-scoped user id.")
    return given, given


def number(sandbox: Sandbox, given: str) -> str:
    """Return a phone number as WhatsApp writes it."""
    if not _NUMBER.fullmatch(given) or not (digits := re.sub(r"\D", "", given)):
        raise GraphError(131009, "Param to is not a phone number.")
    if digits == sandbox.settings.display_phone_number:
        raise GraphError(131021)
    return digits


def members(db: Db, group: Customer) -> list[Customer]:
    """Return who is in a group: every customer of its account."""
    return [one for one in customers.every(db) if one.account == group.account and not one.is_group]
