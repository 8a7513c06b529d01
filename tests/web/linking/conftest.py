"""A bank whose customers log in from a chat."""

import pytest
from bankers import ENDS, Bank


@pytest.fixture
def make_bank(open_house, serve):
    """Return a function that builds it for a kind of channel; `toml` replaces words of the settings."""

    def make(kind="kiosk", **toml):
        text = ENDS.replace("KIND", kind)
        for old, new in toml.items():
            text = text.replace(old, new)
        house = open_house(text)
        return Bank(house, serve(house))

    return make


@pytest.fixture
def bank(make_bank):
    """Give a channel that has no log-in of its own, and a CRM that brings codes itself."""
    return make_bank()
