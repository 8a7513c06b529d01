"""One meaning of an error code, the tables that are made of them, and those that every product of Meta has."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from connectors_core import ConnectorsError, NeedsAttention, RateLimited, Rejected, Retry


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
"""A case for each code, for a code with its subcode, or for a subcode that has one meaning under every code."""

RATE = Case(RateLimited, "too many calls", "it goes on by itself; lower the pace if it repeats")
FAULT = Case(Retry, "a fault at Meta", "it is tried again")
PERMISSION = Case(
    NeedsAttention,
    "the permission is missing",
    "give the app the permission for this account, then resume the endpoint",
)
TOKEN = Case(
    NeedsAttention, "the access token is refused", "put a new access token into the settings and resume the endpoint"
)
REQUEST = Case(Rejected, "the request is not valid", "correct the message; a repetition gives the same answer")
