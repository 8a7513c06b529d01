"""What the error codes of the Graph API mean and what happens next, as a table for each product.

Source: WA/support/error-codes (2025-12), read on 2026-11-22. The code decides: subcodes are no longer returned for
WhatsApp since v16. A 200 only means "accepted"; most failures come later, in a status `failed`, with the same codes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import attrs

from connectors_core import (
    ConnectorsError,
    Malformed,
    NeedsAttention,
    NotAllowedNow,
    RateLimited,
    Rejected,
    Reply,
    Retry,
)


@attrs.frozen
class Case:
    """One meaning: the error that says what happens next, what it means, and what to do.

    `after`: seconds to wait; for `RateLimited`, `scope`: what has to wait, and `growth`: how the wait grows.
    """

    raises: type[ConnectorsError]
    title: str
    advice: str
    after: float | None = None
    scope: str = "account"
    growth: float = 1.0


Table = Mapping[int | tuple[int, int], Case]
"""A case for each code, or for a code with its subcode, which goes first."""

_ACCOUNT = Case(RateLimited, "too many calls", "it goes on by itself; lower the pace if it repeats")
_META = Case(Retry, "a fault at Meta", "it is tried again")
_PERMISSION = Case(
    NeedsAttention,
    "the permission is missing",
    "give the app the permission for this account, then resume the endpoint",
)
_TOKEN = Case(
    NeedsAttention, "the access token is refused", "put a new access token into the settings and resume the endpoint"
)
_LOCKED = Case(
    NeedsAttention,
    "the account is restricted or locked",
    "see the account quality page in WhatsApp Manager, then resume the endpoint",
)
_REQUEST = Case(Rejected, "the request is not valid", "correct the message; a repetition gives the same answer")
_TEMPLATE = Case(
    Rejected, "the template does not fit", "compare name, language and parameters with the approved template"
)
_FLOW = Case(Rejected, "the Flow cannot be sent", "look at the state of the Flow in WhatsApp Manager")
_CALLING = Case(Rejected, "the call is not possible", "look at the calling settings and the permission of the person")
_NUMBER = Case(
    NeedsAttention, "the phone number is not registered", "register the number again, then resume the endpoint"
)
_UNKNOWN_NUMBER = Case(
    NeedsAttention, "the phone number id is unknown", "put the right phone_number_id and resume the endpoint"
)
_SPAM = Case(NotAllowedNow, "too many messages were blocked or reported", "wait, and see the quality of the number")
_MARKETING = Case(Rejected, "the marketing messages API refuses this", "look at the marketing set-up of the account")

WHATSAPP: Table = MappingProxyType(
    {
        0: _TOKEN,
        1: _META,
        2: _META,
        3: _PERMISSION,
        4: _ACCOUNT,
        10: _PERMISSION,
        33: _UNKNOWN_NUMBER,
        (100, 33): _UNKNOWN_NUMBER,
        100: _REQUEST,
        190: _TOKEN,
        **dict.fromkeys(range(200, 300), _PERMISSION),
        368: _LOCKED,
        80007: _ACCOUNT,
        130429: _ACCOUNT,
        130472: Case(Rejected, "the person is part of an experiment of Meta", "use another channel; do not repeat it"),
        130497: Case(NotAllowedNow, "the account may not write to people of this country", "use another channel"),
        131000: _META,
        131005: _PERMISSION,
        131008: _REQUEST,
        131009: _REQUEST,
        131016: _META,
        131021: Case(Rejected, "the recipient is the sender", "write to another number"),
        131026: Case(
            Rejected, "it cannot be delivered", "the person has no WhatsApp, an old app, or not accepted its terms"
        ),
        131031: _LOCKED,
        131037: Case(
            NeedsAttention, "the display name is not approved", "have the name approved in WhatsApp Manager and resume"
        ),
        131042: Case(
            NeedsAttention,
            "there is a problem with the payment",
            "settle it in the billing settings of Meta and resume",
        ),
        131047: Case(NotAllowedNow, "the 24 hour window is closed", "send a template, or wait for the person to write"),
        131048: _SPAM,
        131049: Case(
            NotAllowedNow, "Meta limits marketing messages to this person", "wait 24 hours or more; do not repeat it"
        ),
        131050: Case(NotAllowedNow, "the person wants no marketing messages", "do not send them marketing again"),
        131051: Case(Rejected, "this type of message is not supported", "send another type"),
        131052: Case(Rejected, "the media file could not be downloaded", "ask the person to send it again"),
        131053: Case(Rejected, "the media file could not be uploaded", "check its type and size, and send it again"),
        131055: Case(Rejected, "this method is not allowed", "correct the request"),
        # 4^X seconds after the X-th refusal (WA/about-the-platform, 2025-12).
        131056: Case(
            RateLimited, "too many messages to this person", "it goes on by itself", after=4.0, scope="pair", growth=4.0
        ),
        131057: Case(Retry, "the account is in maintenance", "it is tried again in a minute", after=60.0),
        131062: Case(Rejected, "this message needs a phone number", "ask the person for the phone number"),
        131063: Case(Rejected, "marketing templates are switched off here", "use the marketing messages API"),
        131064: _SPAM,
        **dict.fromkeys((132000, 132001, 132005, 132007, 132008, 132012, 132018), _TEMPLATE),
        132015: Case(NotAllowedNow, "the template is paused", "improve the template, or use another one"),
        132016: Case(Rejected, "the template is disabled for good", "use another template"),
        132068: _FLOW,
        132069: Case(NotAllowedNow, "the Flow is throttled", "send it later"),
        **dict.fromkeys(range(133000, 133017), _NUMBER),
        133004: Case(Retry, "the server is not available", "it is tried again"),
        133016: Case(NotAllowedNow, "the number was registered too often", "wait before you register it again"),
        **dict.fromkeys(range(134100, 134103), _MARKETING),
        135000: _REQUEST,
        137000: Case(
            NotAllowedNow,
            "the identity key of the person changed",
            "make sure that it is the same person, then confirm it",
        ),
        **dict.fromkeys(range(138000, 138019), _CALLING),
        **dict.fromkeys(range(139000, 139005), _FLOW),
        **dict.fromkeys(range(139100, 139104), Case(Rejected, "the block list refuses this", "look at the block list")),
        2494191: Case(NotAllowedNow, "this app may not take the thread", "ask its owner to pass it"),
    }
)
"""WhatsApp Cloud API. That codes marked `Retry` were not sent is Meta's word, so they are not uncertain."""

GONE = Case(Rejected, "the file is gone", "it is kept for 7 days (30 when uploaded); ask the person to send it again")

MEDIA: Table = MappingProxyType(
    {
        **WHATSAPP,
        (100, 33): GONE,
        33: GONE,
        100: Case(Rejected, "the file is not accepted", "see which types and sizes WhatsApp takes"),
        131052: Case(Retry, "the file could not be downloaded", "it is tried again"),
        131053: Case(Rejected, "the file could not be uploaded", "check its type and size; its name must fit the type"),
    }
)
"""Uploading and looking up files (WA/business-phone-numbers/media, 2025-12-02)."""

BLOCKING: Table = MappingProxyType(
    {
        **WHATSAPP,
        131047: Case(NotAllowedNow, "the person has not written for 24 hours", "who does not write cannot be blocked"),
        139100: Case(Rejected, "it could not be done for this person", "see the block list in WhatsApp Manager"),
        139101: Case(Rejected, "64,000 people are blocked, and no more can be", "unblock somebody"),
        139103: _META,
    }
)
"""Blocking people (WA/block-users, 2025-10-27)."""

GRAPH: Table = MappingProxyType(
    {
        0: _TOKEN,
        1: _META,
        2: _META,
        3: _PERMISSION,
        4: _ACCOUNT,
        10: _PERMISSION,
        17: _ACCOUNT,
        32: _ACCOUNT,
        100: _REQUEST,
        (100, 33): Case(NeedsAttention, "the object is unknown, or the token does not reach it", "compare the ids"),
        190: _TOKEN,
        **dict.fromkeys(range(200, 300), _PERMISSION),
        368: _LOCKED,
        613: _ACCOUNT,
        2200: Case(Rejected, "the callback address did not verify", "it must answer at once with the challenge"),
        80007: _ACCOUNT,
        80008: _ACCOUNT,
    }
)
"""Managing apps, accounts and templates (GA/guides/error-handling and GA/overview/rate-limiting, 2026)."""


def case(table: Table, code: int, subcode: int | None = None) -> Case | None:
    """Return what a code means, None when the table does not know it."""
    if subcode is not None and (code, subcode) in table:
        return table[code, subcode]
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
