"""The order of receipts: whatever order they arrive in, the same status stands at the end."""

from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from connectors_core.model import ReceiptKind
from connectors_core.model.receipts import forward, of_message

KINDS = st.sampled_from(ReceiptKind)
STATUS = st.one_of(st.none(), KINDS)


@given(st.lists(KINDS, min_size=1, max_size=5))
def test_the_order_of_arrival_does_not_matter(kinds):
    """Webhooks overtake one another; the status of a message does not depend on it."""
    assert len({reduce(forward, order, None) for order in permutations(kinds)}) == 1


@given(STATUS, KINDS)
def test_a_receipt_that_comes_twice_changes_nothing(old, new):
    """Platforms repeat themselves."""
    once = forward(old, new)
    assert forward(once, new) == once


@given(STATUS, KINDS)
def test_a_status_never_becomes_nothing_and_never_goes_back(old, new):
    """What has been delivered stays delivered."""
    order = [None, "accepted", "sent", "failed", "delivered", "read", "played"]
    assert order.index(forward(old, new)) == max(order.index(old), order.index(new))


def test_a_late_delivery_proves_a_failure_wrong_and_a_late_sent_does_not():
    """`failed` is terminal, unless the message was seen to arrive."""
    assert forward(ReceiptKind.FAILED, ReceiptKind.SENT) is ReceiptKind.FAILED
    assert forward(ReceiptKind.FAILED, ReceiptKind.DELIVERED) is ReceiptKind.DELIVERED
    assert forward(ReceiptKind.DELIVERED, ReceiptKind.FAILED) is ReceiptKind.DELIVERED


@given(st.lists(STATUS, min_size=1))
def test_a_message_is_no_further_than_its_slowest_piece(pieces):
    """And failed when one piece failed."""
    order = [ReceiptKind.FAILED, None, "accepted", "sent", "delivered", "read", "played"]
    assert of_message(pieces) == min(pieces, key=order.index)


def test_a_message_without_pieces_has_no_status():
    """Nothing was sent yet."""
    assert of_message([]) is None
