"""The error codes of Messenger and Instagram messaging: MP/error-codes, 2026-06-25.

A code says little there, and its subcode most; a subcode counts under whatever code it comes.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from connectors.meta.errors import explain
from connectors.meta.errors.cases import FAULT, PERMISSION, RATE, REQUEST, TOKEN, Case, Table
from connectors_core import NeedsAttention, NotAllowedNow, NotInControl, RateLimited, Rejected, Retry

_WINDOW = Case(
    NotAllowedNow,
    "the messaging window is closed",
    "wait for the person to write, or let a human answer within 7 days where the app has the Human Agent permission",
)
_OTHER_APP = Case(
    NotInControl, "another app controls this thread", "request or take the thread, or wait until it is released"
)
_AWAY = Case(
    NotAllowedNow, "the person cannot be written to now", "they left, blocked the business, or the window is closed"
)
_FREQUENCY = Case(NotAllowedNow, "this kind of message was sent too often", "wait; do not repeat it")
_NOBODY = Case(Rejected, "there is nobody of this id for this account", "ids of people differ from account to account")
_COMMENT = Case(
    NotAllowedNow, "this comment cannot be answered privately", "it is gone, too old, or was answered already"
)
_PRODUCT = Case(Rejected, "the products cannot be shown", "name products of the catalogue that is connected")
_RESTRICTED = Case(
    NeedsAttention,
    "Meta has restricted this account",
    "see the support inbox and the Page quality there, then resume the endpoint",
)
_DEAD = Case(Rejected, "people are not found by phone number any more", "write to those who wrote first")
_CALLING = Case(Rejected, "the call is not possible", "look at the calling settings and the permission of the person")

MESSAGING: Table = MappingProxyType(
    {
        0: TOKEN,
        1: FAULT,
        2: FAULT,
        3: PERMISSION,
        **dict.fromkeys((4, 17, 32, 613), RATE),
        **dict.fromkeys(range(80000, 80100), RATE),
        10: PERMISSION,
        100: REQUEST,
        # What was meant is gone, or the token may not see it; one that is refused as a whole gets 190.
        (100, 33): Case(Rejected, "it is gone, or the token may not see it", "compare the ids with the account's"),
        190: TOKEN,
        **dict.fromkeys(range(200, 300), PERMISSION),
        368: _RESTRICTED,
        551: _AWAY,
        10303: Case(Rejected, "the account linking token is not good any more", "it lives 5 minutes and is used once"),
        # Of a Page's comments and visitors' posts; those of Instagram have 2534025.
        **dict.fromkeys((10900, 10903), _COMMENT),
        9000001: Case(Rejected, "the message was deleted", "it cannot be answered nor reacted to"),
        1545041: _AWAY,
        1893015: Case(NotAllowedNow, "the person has stopped these messages", "do not send them again"),
        1893016: _FREQUENCY,
        1893063: _RESTRICTED,
        2018001: _NOBODY,
        **dict.fromkeys((2018021, 2018027), _DEAD),
        2018008: Case(Rejected, "Meta could not fetch the file", "see that its address is reached, then send it again"),
        2018028: Case(NeedsAttention, "the app is not live", "switch it to live, then resume the endpoint"),
        2018047: Case(Rejected, "the file is not of the type that was named", "send it as a file"),
        2018065: _WINDOW,
        2018074: Case(Rejected, "the uploaded file is not this account's, or expired", "send it again: it is uploaded"),
        2018108: Case(NotAllowedNow, "the person cannot be written to now", "wait until they write"),
        2018109: Case(Rejected, "the file is too large", "Meta takes 25 MB, and 8 MB of a picture by its address"),
        2018171: _OTHER_APP,
        2018218: Case(Rejected, "the person has no profile that may be read", "do without their name"),
        2018247: Case(
            Rejected,
            "the app may not read profiles",
            "ask for Business Asset User Profile Access in the review of the app",
        ),
        2018278: _WINDOW,
        2018294: Case(Rejected, "Meta could not fetch the film in time", "send a shorter one"),
        2018300: _OTHER_APP,
        **dict.fromkeys((2018320, 2018328), _PRODUCT),
        # Nobody says for how long; they are a few questions.
        2018321: Case(Retry, "Meta's automated questions are being asked", "it is tried again", after=300.0),
        2018336: Case(Rejected, "the thread has features that this account may not use", "use another channel"),
        2018338: Case(
            RateLimited, "Meta warns of a bothersome rate", "it goes on by itself; write to fewer people", after=600.0
        ),
        2018344: Case(Rejected, "the Page has not accepted the contact terms", "accept them in the Page's settings"),
        2018352: _FREQUENCY,
        2018354: _FREQUENCY,
        2018382: Case(Rejected, "the form cannot be sent", "look at its state in Meta Business Suite"),
        **dict.fromkeys(range(2018389, 2018397), _CALLING),
        2022: Case(NeedsAttention, "commerce messages are switched off", "switch them on, then resume the endpoint"),
        2534013: Case(
            NeedsAttention,
            "no Instagram professional account is connected",
            "connect it to the Page, then resume the endpoint",
        ),
        2534014: _NOBODY,
        2534015: REQUEST,
        2534022: _WINDOW,
        2534025: _COMMENT,
        2534029: Case(NeedsAttention, "the Instagram account is blocked", "see its account status, then resume"),
        2534037: _OTHER_APP,
        2534040: RATE,
        2534041: Case(
            NeedsAttention,
            "the owner has switched off the access to messages",
            "let the owner allow it in the app: Settings, Messages, Connected tools; then resume the endpoint",
        ),
        2534068: Case(Rejected, "several pictures in one message are not possible here", "send them one by one"),
        2534122: Case(Rejected, "a restriction of this account or person forbids it", "use another channel"),
    }
)
"""Sending, and everything else that an account does. That codes marked `Retry` were not sent is Meta's word."""

explain_messaging = partial(explain, table=MESSAGING)
"""Explains the answers to everything that a page or an Instagram account does."""
