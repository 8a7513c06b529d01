"""The order of receipts: a status only moves forward."""

from __future__ import annotations

from collections.abc import Iterable

from connectors_core.model.events import ReceiptKind

RANK = {
    None: -1,
    ReceiptKind.ACCEPTED: 0,
    ReceiptKind.SENT: 1,
    ReceiptKind.DELIVERED: 2,
    ReceiptKind.READ: 3,
    ReceiptKind.PLAYED: 4,
}


def forward(old: ReceiptKind | None, new: ReceiptKind) -> ReceiptKind | None:
    """Return the status after `new` arrived at `old`.

    `failed` is terminal unless a later `delivered` or better proves it wrong; and it does not undo a delivery.
    """
    if old is ReceiptKind.FAILED:
        return new if new is not ReceiptKind.FAILED and RANK[new] >= RANK[ReceiptKind.DELIVERED] else old
    if new is ReceiptKind.FAILED:
        return new if RANK[old] < RANK[ReceiptKind.DELIVERED] else old
    return new if RANK[new] > RANK[old] else old


def of_message(pieces: Iterable[ReceiptKind | None]) -> ReceiptKind | None:
    """Return the status of a message: `failed` when one piece failed, else the lowest of its pieces."""
    statuses = list(pieces)
    if ReceiptKind.FAILED in statuses:
        return ReceiptKind.FAILED
    return min(statuses, key=RANK.__getitem__, default=None)
