"""What people type into the pages and the chat."""

import pytest

from connectors_core.linking.addresses import code_of, identity_of
from connectors_core.model import Identity


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("+1 650-555-1234", ("phone", "+16505551234")),
        (" 0049 (30) 901820 ", ("phone", "+4930901820")),
        ("+٤٩٣٠٩٠١٨٢٠", ("phone", "+4930901820")),
        ("Pablo.Morales@Example.COM", ("email", "pablo.morales@example.com")),
    ],
)
def test_an_address_is_read_as_people_write_it(typed, wanted):
    """Numbers with their country, in whatever digits; mail addresses in one case."""
    assert identity_of(typed) == Identity(scheme=wanted[0], value=wanted[1])


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "030 901820",
        "+0123456",
        "+1",
        "a@b",
        "a b@example.com",
        "a@@example.com",
        "x" * 300,
        "+16505551234\x00",
        "a@example.com\nbcc: b@example.com",
        "<a@example.com>",
        "a@exa,mple.com",
        "+1650555123456789",
    ],
)
def test_anything_else_is_no_address(typed):
    """Nobody guesses a country, and nothing that a mail program would read as more than one address."""
    assert identity_of(typed) is None


@pytest.mark.parametrize("typed", ["12345678", " 1234 5678 ", "1234-5678", "١٢٣٤٥٦٧٨", "1 2 3 4 5 6 7 8"])
def test_a_code_is_digits_and_nothing_else(typed):
    """However they are grouped."""
    assert code_of(typed, 8) == "12345678"


@pytest.mark.parametrize(
    "typed", ["", "1234567", "123456789", "12345678!", "my code is 12345678", "1" * 1000, "²²²²²²²²"]
)
def test_other_words_are_no_code(typed):
    """A sentence with digits is a sentence."""
    assert code_of(typed, 8) == ""
