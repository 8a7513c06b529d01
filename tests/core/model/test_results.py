"""What hooks take and give: items and the JSON in them."""

import pytest

from connectors_core import Malformed
from connectors_core.model import Item, parse_json


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\xfa", b'{"a": NaN}', b"[Infinity]", b"[" * 200_000])
def test_what_is_no_json_is_malformed(body):
    """Never another exception, whatever arrives."""
    with pytest.raises(Malformed):
        parse_json(body)


def test_an_item_gives_its_json_whether_it_holds_bytes_or_values():
    """With an app it holds values, without one the body."""
    assert Item(type="a", account="b", raw=b'{"x": 1}').json() == {"x": 1}
    assert Item(type="a", account="b", raw={"x": 1}).json() == {"x": 1}


def test_the_same_item_has_the_same_name():
    """The order of keys says nothing, the values do."""
    one, same, other = ({"x": 1, "y": 2}, {"y": 2, "x": 1}, {"x": 1, "y": 3})
    names = [Item(type="a", account="b", raw=raw).digest() for raw in (one, same, other)]
    assert names[0] == names[1] != names[2]
    assert Item(type="a", account="b", raw=b"x").digest() != Item(type="a", account="b", raw=b"y").digest()
