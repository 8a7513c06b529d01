"""Asking for what agents have written, with a cursor that misses nothing and brings nothing twice.

Ids are given before a transaction ends, so that a lower one may become visible after a higher one. The cursor says up
to which id everything is known, and which ids above it were seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any

import attrs

from connectors.tryton.outbound.chat import as_datetime
from connectors.tryton.outbound.rest import REFERENCE, Json, Rest
from connectors_core import Malformed
from connectors_core.model import Page

PAGE = 100
"""Messages of one page."""

_LATE = 120.0
"""Seconds that a message may become visible after one with a higher id."""

_MOST_SEEN = 200
"""Ids that a cursor holds: they stand in an address, and proxies take 8 KiB of it."""

_BEFORE = timedelta(minutes=10)
"""What is older at the very first look was there before the gateway, and is nobody's reply to it."""

_MODEL = "ir.chat.message"
_FIELDS = ("content", "create_date", "channel.resource", "user.id", "user.name")
_VERB = "ask for replies"


@attrs.frozen
class Cursor:
    """`after`: everything up to this id is known. `seen`: ids above it that are known, with their time (seconds)."""

    after: int
    seen: Mapping[int, float]

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Return the cursor that `written` gave; raise Malformed for another."""
        try:
            told = json.loads(text)
            return cls(int(told["after"]), {int(number): float(at) for number, at in told["seen"]})
        except (ValueError, KeyError, TypeError):
            raise Malformed("this is no cursor of the tryton connector") from None

    def written(self) -> str:
        """Return it as text."""
        return json.dumps({"after": self.after, "seen": [list(one) for one in sorted(self.seen.items())]})

    def moved(self, rows: list[Json]) -> Cursor:
        """Return the cursor after rows: what is older than the newest by long enough is settled."""
        seen = {**self.seen, **{int(row["id"]): _seconds(row["create_date"]) for row in rows}}
        edge = max(seen.values(), default=0.0) - _LATE
        first = min((number for number, at in seen.items() if at >= edge), default=0)
        kept = sorted(number for number in seen if number >= first)[-_MOST_SEEN:]
        after = max([self.after, *(number for number in seen if number < kept[0])]) if kept else self.after
        return Cursor(after, {number: seen[number] for number in kept})


def poll(rest: Rest, me: int, cursor: str) -> Page:
    """Return what was written since `cursor` into the chats of our opportunities, for the public, and not by us."""
    known = Cursor.read(cursor) if cursor else Cursor(_start(rest), {})
    rows = rest.find(_MODEL, _domain(rest, me, known), _FIELDS, verb=_VERB, order=[["id", "ASC"]], most=PAGE)
    body = json.dumps({"messages": rows}, separators=(",", ":")).encode() if rows else b""
    return Page(body=body, cursor=known.moved(rows).written(), more=len(rows) == PAGE)


def _start(rest: Rest) -> int:
    """Return the id of the last message that is too old to be a reply to what we have posted."""
    old = as_datetime(datetime.fromtimestamp(time(), UTC) - _BEFORE)
    found = rest.find(_MODEL, [["create_date", "<", old]], ["id"], verb=_VERB, order=[["id", "DESC"]], most=1)
    return int(found[0]["id"]) if found else 0


def _domain(rest: Rest, me: int, known: Cursor) -> list[object]:
    resource = "sale.opportunity"
    domain: list[object] = [
        ["id", ">", known.after],
        ["audience", "=", "public"],
        ["user", "!=", me],
        # Without a user it came by e-mail, from somebody who follows the chat.
        ["user", "!=", None],
        # What another gateway has posted for its customers is no reply either.
        ["OR", ["reference", "=", None], ["reference", "not like", f"{REFERENCE}%"]],
        ["channel.resource.create_uid", "=", me, resource],
        ["channel.resource.company", "=", rest.settings.company, resource],
    ]
    return [*domain, ["id", "not in", sorted(known.seen)]] if known.seen else domain


def _seconds(told: Any) -> float:
    names = ("year", "month", "day", "hour", "minute", "second")
    try:
        return datetime(*(int(told[name]) for name in names), tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]
    except (KeyError, TypeError, ValueError):
        raise Malformed("Tryton told a time that cannot be read") from None
