"""What the error codes of the Graph API mean and what happens next; a table for each product stands beside this."""

from __future__ import annotations

import json
from functools import partial
from types import MappingProxyType
from typing import Any

from connectors.meta.errors.cases import FAULT, PERMISSION, RATE, REQUEST, TOKEN, Case, Table
from connectors_core import ConnectorsError, Malformed, NeedsAttention, RateLimited, Rejected, Reply, Retry

_LOCKED = Case(
    NeedsAttention, "the app or the account is blocked", "see what Meta says of it there, then resume the endpoint"
)

GRAPH: Table = MappingProxyType(
    {
        0: TOKEN,
        1: FAULT,
        2: FAULT,
        3: PERMISSION,
        4: RATE,
        10: PERMISSION,
        17: RATE,
        32: RATE,
        100: REQUEST,
        (100, 33): Case(NeedsAttention, "the object is unknown, or the token does not reach it", "compare the ids"),
        190: TOKEN,
        **dict.fromkeys(range(200, 300), PERMISSION),
        368: _LOCKED,
        613: RATE,
        2200: Case(Rejected, "the callback address did not verify", "it must answer at once with the challenge"),
        80007: RATE,
        80008: RATE,
    }
)
"""Managing apps, accounts and templates (GA/guides/error-handling and GA/overview/rate-limiting, 2026)."""


FIRST_OWN = 1_000_000
"""Subcodes from here on mean one thing, under whatever code they come."""


def case(table: Table, code: int, subcode: int | None = None) -> Case | None:
    """Return what a code means, None when the table does not know it; a subcode that says it by itself goes first."""
    if subcode is not None:
        if (code, subcode) in table:
            return table[code, subcode]
        if subcode >= FIRST_OWN and subcode in table:
            return table[subcode]
    return table.get(code)


def explain(reply: Reply, table: Table) -> ConnectorsError | None:
    """Return the error for a Graph answer that is not 2xx; None when its status says more than its body.

    The text has the code and our own words. Meta's sentence may repeat what was sent, and stays out.
    """
    error = _envelope(reply)
    code, subcode = _int(error.get("code")), _int(error.get("error_subcode"))
    if code is None:
        return None
    found = case(table, code, subcode)
    said = f"{code}/{subcode}" if subcode is not None else f"{code}"
    if found is not None:
        return _raised(found, said, code, reply)
    if reply.status >= 500 or reply.status in (401, 403, 408, 425, 429):
        return None
    if error.get("is_transient") is True:
        return Retry(f"{said}: a passing fault; it is tried again", code=code, after=reply.retry_after)
    return Rejected(f"{said}: it refuses this, for a reason that is not in our table; look the code up", code=code)


def explain_each(reply: Reply, table: Table, users: str) -> ConnectorsError | None:
    """Return the error of the only person that a call was about: such answers have one for each, beside a general one.

    `users`: where the people are listed in the answer.
    """
    # {"block_users": {"failed_users": [{"input": "16505551234", "errors": [{"code": 131047, ...}]}]},
    #  "error": {"code": 139100, ...}}
    try:
        body = reply.json()
        code = body[users]["failed_users"][0]["errors"][0]["code"]
    except (Malformed, KeyError, IndexError, TypeError):
        return explain(reply, table)
    # The page prints this code as a text.
    found = table.get(int(code)) if isinstance(code, int | str) and str(code).isdecimal() else None
    return _raised(found, str(code), int(code), reply) if found is not None else explain(reply, table)


explain_graph = partial(explain, table=GRAPH)
"""Explains the answers to calls that manage apps and accounts."""


def _envelope(reply: Reply) -> dict[str, Any]:
    """Return what stands under "error", empty when the answer has another form (GA/guides/error-handling)."""
    try:
        body = reply.json()
    except Malformed:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _raised(found: Case, said: str, code: int, reply: Reply) -> ConnectorsError:
    text = f"{said}: {found.title}; {found.advice}"
    if issubclass(found.raises, RateLimited):
        after = found.after if found.after is not None else _regain(reply)
        return found.raises(text, code=code, after=after, scope=found.scope, growth=found.growth)
    if issubclass(found.raises, Retry):
        return found.raises(text, code=code, after=found.after if found.after is not None else reply.retry_after)
    return found.raises(text, code=code)


def _regain(reply: Reply) -> float | None:
    """Return the seconds until calls are taken again (GA/overview/rate-limiting: the header counts minutes)."""
    try:
        usage = json.loads(reply.headers.get("x-business-use-case-usage", "{}"))
        waits = [
            float(row["estimated_time_to_regain_access"])
            for rows in usage.values()
            for row in rows
            if "estimated_time_to_regain_access" in row
        ]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return reply.retry_after
    longest = max(waits, default=0.0)
    return longest * 60 if 0 < longest <= 7 * 24 * 60 else reply.retry_after


def _int(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
