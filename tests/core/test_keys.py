"""A key comes back from a provider as it was given, or it is not ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors_core.keys import Key

KEYS = st.builds(
    Key,
    st.text("abcdefghjkmnpqrstuvwxyz23456789", min_size=8, max_size=8),
    st.integers(0, 10**18 - 1),
    st.integers(0, 99_999),
    st.integers(0, 99_999),
)


@given(KEYS)
def test_a_key_is_read_as_it_was_written(key):
    """Every key survives its way through a provider."""
    assert Key.parse(str(key), key.installation) == key


@given(KEYS)
def test_a_key_fits_where_providers_keep_it(key):
    """ASCII without blanks, far below the 512 characters of WhatsApp's callback data."""
    assert str(key).isascii()
    assert " " not in str(key)
    assert len(str(key)) < 64


def test_a_key_names_its_piece_and_says_when_it_is_sent_again():
    """`<installation>-<event>/<piece>`, with `~<generation>` after a human had it redelivered."""
    assert str(Key("abcdefgh", 7)) == "abcdefgh-7/1"
    assert str(Key("abcdefgh", 7, 2, 3)) == "abcdefgh-7/2~3"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abcdefgh",
        "abcdefgh-7",
        "abcdefgh-7/1 ",
        "abcdefgh--7/1",
        "abcdefgh-\u0667/1",
        f"abcdefgh-{10**18}/1",
        "ijkmnpqr-7/1",
        "a" * 5000,
    ],
)
def test_what_is_no_key_of_ours_is_none(text):
    """Keys of other installations and other programs are nobody here."""
    assert Key.parse(text, "abcdefgh") is None


@given(st.text() | st.from_regex(r"abcdefgh-\d+/\d+(~\d+)?"))
def test_no_text_breaks_the_reading_of_keys(text):
    """Whatever a provider gives back, the answer is None or a key that every store can look for."""
    key = Key.parse(text, "abcdefgh")
    assert key is None or 0 <= key.event_id < 2**63
