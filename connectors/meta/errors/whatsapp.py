"""The error codes of the WhatsApp Cloud API: WA/support/error-codes (2025-12), read on 2026-11-22.

The code decides: subcodes are no longer returned since v16. A 200 only means "accepted"; most failures come later, in a
status `failed`, with the same codes.
"""

from __future__ import annotations

from types import MappingProxyType

from connectors.meta.errors.cases import FAULT, PERMISSION, RATE, REQUEST, TOKEN, Case, Table
from connectors_core import NeedsAttention, NotAllowedNow, RateLimited, Rejected, Retry

_LOCKED = Case(
    NeedsAttention,
    "the account is restricted or locked",
    "see the account quality page in WhatsApp Manager, then resume the endpoint",
)
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
        0: TOKEN,
        1: FAULT,
        2: FAULT,
        3: PERMISSION,
        4: RATE,
        10: PERMISSION,
        33: _UNKNOWN_NUMBER,
        (100, 33): _UNKNOWN_NUMBER,
        100: REQUEST,
        190: TOKEN,
        **dict.fromkeys(range(200, 300), PERMISSION),
        368: _LOCKED,
        80007: RATE,
        130429: RATE,
        130472: Case(Rejected, "the person is part of an experiment of Meta", "use another channel; do not repeat it"),
        130497: Case(NotAllowedNow, "the account may not write to people of this country", "use another channel"),
        131000: FAULT,
        131005: PERMISSION,
        131008: REQUEST,
        131009: REQUEST,
        131016: FAULT,
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
        135000: REQUEST,
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
        139103: FAULT,
    }
)
"""Blocking people (WA/block-users, 2025-10-27)."""
