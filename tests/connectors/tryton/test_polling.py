"""The cursor: nothing is missed, nothing comes twice, and it stays short."""

import pytest

from connectors.tryton.inbound.polling import Cursor
from connectors_core import Malformed


def row(number, second):
    """Return what a cursor reads of a chat message."""
    at = {"__class__": "datetime", "year": 2026, "month": 3, "day": 4, "hour": 5, "minute": 0, "second": 0}
    return {"id": number, "create_date": {**at, "minute": second // 60, "second": second % 60, "microsecond": 0}}


def test_a_lower_id_that_becomes_visible_later_is_still_asked_for():
    """A transaction that began earlier and ended later is not passed over."""
    cursor = Cursor(0, {}).moved([row(5, 0), row(7, 1)])
    assert (cursor.after, sorted(cursor.seen)) == (0, [5, 7])
    cursor = cursor.moved([row(6, 1)])
    assert (cursor.after, sorted(cursor.seen)) == (0, [5, 6, 7])


def test_what_is_old_enough_is_settled():
    """Everything before it is known for good."""
    cursor = Cursor(0, {}).moved([row(5, 0), row(7, 1)]).moved([row(9, 300)])
    assert (cursor.after, sorted(cursor.seen)) == (7, [9])


def test_an_old_id_above_a_young_one_stays_known():
    """Otherwise it would be asked for again."""
    cursor = Cursor(0, {}).moved([row(8, 0), row(7, 300)])
    assert (cursor.after, sorted(cursor.seen)) == (0, [7, 8])


def test_a_flood_does_not_make_it_longer_than_an_address_may_be():
    """Of very many at once the lowest are settled."""
    cursor = Cursor(0, {}).moved([row(number, 1) for number in range(1, 1001)])
    assert (cursor.after, len(cursor.seen)) == (800, 200)


def test_without_news_it_stays_as_it_is():
    """So that nothing has to be stored."""
    cursor = Cursor(4, {}).moved([row(5, 0)])
    assert cursor.moved([]) == cursor
    assert Cursor.read(cursor.written()) == cursor


@pytest.mark.parametrize("text", ["7", "{}", "[]", '{"after": "x", "seen": []}', '{"after": 1, "seen": [1]}', "no"])
def test_a_cursor_of_something_else_is_refused(text):
    """In a sentence."""
    with pytest.raises(Malformed, match="no cursor"):
        Cursor.read(text)
