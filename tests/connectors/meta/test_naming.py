"""Who could not do what, in the text of what is refused."""

import pytest

from connectors.meta.naming import naming
from connectors_core import NotSupported, Rejected


def test_what_is_refused_says_by_whom():
    """Its class and its code stay."""
    with pytest.raises(Rejected, match=r"^shop could not send: 100: no$") as caught, naming("shop", "send"):
        raise Rejected("100: no", code=100)
    assert caught.value.code == 100


def test_what_says_so_already_is_left():
    """Calls name their endpoint themselves."""
    with pytest.raises(NotSupported, match=r"^shop could not send: no$"), naming("shop", "do it"):
        raise NotSupported("shop could not send: no")
