"""The menu: every fault by its name, whom it strikes, and what can be said of it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import attrs

CALLS = ("send", "read", "upload", "media", "download", "templates", "profile", "other")
"""The kinds of calls: a message; a mark that one was read, with or without typing; a file brought, looked up, loaded;
the templates; the profile of a person; everything else."""

RATE_CODES = (4, 613, 80007, 130429, 131056)
"""The app; a page or Instagram account (MP/error-codes, 2026-06-25); the account, the number, and the pair of number
and person (WA/support/error-codes, 2025-12)."""

WEBHOOK, RECEIPT, CALL = "webhook", "receipt", "call"

_SENDING = ("send",)
_TALKING = ("send", "read")


@attrs.frozen(kw_only=True)
class Fault:
    """One entry. `calls`: the kinds of calls that it may strike; `options`: what can be said, with its default."""

    name: str
    group: str
    calls: tuple[str, ...] = ()
    options: dict[str, Any] = attrs.field(factory=dict)


def _menu(*faults: Fault) -> MappingProxyType[str, Fault]:
    return MappingProxyType({fault.name: fault for fault in faults})


MENU = _menu(
    Fault(name="duplicate", group=WEBHOOK, options={"seconds": 1.0}),
    Fault(name="reorder", group=WEBHOOK, options={"seconds": 2.0}),
    Fault(name="delay", group=WEBHOOK, options={"seconds": 3.0}),
    Fault(name="batch", group=WEBHOOK, options={"seconds": 1.0, "most": 10}),
    Fault(name="webhook_drop_before", group=WEBHOOK),
    Fault(name="webhook_drop_after", group=WEBHOOK),
    Fault(name="receipts_early", group=RECEIPT, calls=_SENDING, options={"seconds": 2.0}),
    Fault(name="receipts_never", group=RECEIPT, calls=_SENDING),
    Fault(name="drop_before", group=CALL, calls=CALLS),
    Fault(name="rate_limit", group=CALL, calls=CALLS, options={"code": 0, "hint": 0}),
    Fault(name="server_error", group=CALL, calls=CALLS, options={"status": 500}),
    Fault(name="html", group=CALL, calls=CALLS, options={"status": 502}),
    Fault(name="token_revoked", group=CALL, calls=CALLS),
    Fault(name="account_locked", group=CALL, calls=_TALKING),
    Fault(name="unpaid", group=CALL, calls=_TALKING),
    Fault(name="unavailable", group=CALL, calls=_TALKING),
    Fault(name="access_disabled", group=CALL, calls=_TALKING),
    Fault(name="profile_refused", group=CALL, calls=("profile",)),
    Fault(name="meta_fault", group=CALL, calls=_TALKING),
    Fault(name="maintenance", group=CALL, calls=_TALKING),
    Fault(name="template_paused", group=CALL, calls=_SENDING),
    Fault(name="drop_after", group=CALL, calls=CALLS),
    Fault(name="window_closed", group=CALL, calls=_SENDING),
    Fault(name="refused_at_once", group=CALL, calls=_SENDING),
)
"""In the order in which they are asked: of those that would end a call, the first one does."""

WEBHOOKS = tuple(name for name, fault in MENU.items() if fault.group == WEBHOOK)
ENDINGS = (
    "drop_before",
    "rate_limit",
    "server_error",
    "html",
    "token_revoked",
    "account_locked",
    "unpaid",
    "unavailable",
    "access_disabled",
    "profile_refused",
    "meta_fault",
    "maintenance",
    "template_paused",
    "drop_after",
)
"""Those of a call that exclude one another."""
CODES: MappingProxyType[str, dict[str, int | str]] = MappingProxyType(
    {
        "token_revoked": {"whatsapp": 190, "messenger": 190, "instagram": 190},
        "account_locked": {"whatsapp": 131031, "messenger": "restricted", "instagram": "restricted"},
        "unpaid": {"whatsapp": 131042},
        "unavailable": {"messenger": "not reachable", "instagram": "not reachable"},
        "access_disabled": {"instagram": "access disabled"},
        "profile_refused": {"messenger": "profile refused", "instagram": "profile refused"},
        "meta_fault": {"whatsapp": 131000, "messenger": "temporary", "instagram": "temporary"},
        "maintenance": {"whatsapp": 131057},
        "template_paused": {"whatsapp": 132015},
    }
)
"""Those that Meta tells by a code, by product: a code of WhatsApp, or the name of a refusal of the other two.

A product that has none of its own is spared.
"""
