"""A phone with Messenger or Instagram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.downloads import plain
from connectors.meta.sandbox.messaging import others, steps, window, writing
from connectors.meta.sandbox.messaging.channel import MB
from connectors.meta.sandbox.phones import Phone
from connectors.meta.sandbox.store.catalogue import File
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

KINDS = ("image", "audio", "video", "file")


def _attach(sandbox: Sandbox, customer_id: str, files: list[tuple[str, File]], told: dict[str, str]) -> Entry:
    return writing.attach(sandbox, customer_id, files, **told)


def _closed(customer: Customer, now: float) -> dict[str, Any]:
    """Close the window, but not the week of a human agent."""
    opened = None if customer.opened_at is None else now - window.DAY - 1
    return {"opened_at": opened, "traits": {**customer.traits, "ad_until": 0.0}}


def _kind_of(mime: str) -> str:
    kind = plain(mime).partition("/")[0]
    return kind if kind in KINDS else "file"


def phone(*more: str) -> Phone:
    """Return a phone; `more` kinds of files are those of one channel alone."""
    return Phone(
        write=writing.write,
        choose=writing.choose,
        delete=writing.delete,
        attach=_attach,
        answer=others.answer,
        control=others.control,
        read=steps.read,
        come_online=steps.come_online,
        closes_at=window.closes_at,
        closed=_closed,
        kind_of=_kind_of,
        kinds=(*KINDS, *more),
        largest=25 * MB,
    )
