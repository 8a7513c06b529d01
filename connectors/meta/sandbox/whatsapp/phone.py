"""A phone with WhatsApp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.phones import Phone
from connectors.meta.sandbox.store.catalogue import File
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.whatsapp import media, others, steps, window, writing

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox


def _attach(sandbox: Sandbox, customer_id: str, files: list[tuple[str, File]], told: dict[str, str]) -> Entry:
    if len(files) != 1:
        raise GraphError(131009, "A message of WhatsApp has one file.")
    kind, file = files[0]
    return writing.attach(sandbox, customer_id, file, kind, **told)


def _closed(_customer: Customer, _now: float) -> dict[str, Any]:
    return {"opened_at": None}


WHATSAPP = Phone(
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
    kind_of=media.kind_of,
    kinds=tuple(media.TYPES),
    largest=media.LARGEST,
)
