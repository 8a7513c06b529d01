"""What a phone can do, whatever its channel: the acts that the control API and the pages offer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.store import customers
from connectors.meta.sandbox.store.catalogue import File
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

Json = dict[str, Any]


@attrs.frozen(kw_only=True, eq=False)
class Phone:
    """The acts of one channel; each raises GraphError for what cannot be done.

    `write`, `choose`, `delete`, `attach` are told the id of the customer; `attach` gets files with their kinds,
    of which `kinds` are possible and `kind_of` is that of a type; none may have more than `largest` bytes.
    `answer` is what somebody at the business writes in the native inbox or app, `control` what they do with the
    thread. `closes_at`: when the window closes; `closed`: what changes of a customer whose window is closed by
    hand at a time.
    """

    write: Callable[[Sandbox, str, Json], Entry]
    choose: Callable[[Sandbox, str, str, str, Json], Entry]
    delete: Callable[[Sandbox, str, str], None]
    attach: Callable[[Sandbox, str, list[tuple[str, File]], dict[str, str]], Entry]
    answer: Callable[[Sandbox, str, str, str], Entry]
    control: Callable[[Sandbox, str, str, str, str], Json]
    read: Callable[[Sandbox, Change, Customer], int]
    come_online: Callable[[Sandbox, Change, Customer], None]
    closes_at: Callable[[Customer], float | None]
    closed: Callable[[Customer, float], Json]
    kind_of: Callable[[str], str]
    kinds: tuple[str, ...]
    largest: int


def phone_of(sandbox: Sandbox, customer_id: str) -> Phone:
    """Return the phone of a customer; raise GraphError when there is none."""
    with sandbox.store.read() as db:
        customer = customers.get(db, customer_id)
    if customer is None:
        raise GraphError(100, "There is no such customer.", subcode=33)
    return sandbox.phones[customer.channel]
