"""Two spellings of a number or a mail address have one key; what is no such thing has none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors_core.model import Identity
from connectors_core.model.matching import key_of


def key(scheme, value, **more):
    """Return the key of an address."""
    return key_of(Identity(scheme=scheme, value=value, **more))


SAME = [
    ("brazil", [("wa_id", "551187654321"), ("wa_id", "5511987654321"), ("phone", "+55 11 98765-4321")]),
    ("argentina", [("wa_id", "5491123456789"), ("phone", "+54 11 15 2345-6789"), ("phone", "+541123456789")]),
    ("cordoba", [("wa_id", "5493511234567"), ("phone", "+54 351 15 123 4567"), ("phone", "0054 351 123 4567")]),
    ("santa_cruz", [("wa_id", "5492966123456"), ("phone", "+54 2966 15-123456")]),
    ("mexico", [("wa_id", "5215512345678"), ("phone", "+52 55 1234 5678"), ("wa_id", "525512345678")]),
    ("elsewhere", [("wa_id", "447700900123"), ("phone", "+44 7700 900123"), ("phone", "0044 (7700) 900.123")]),
    ("mail", [("email", "Ann.Lee@Example.com"), ("email", " ann.lee@example.COM ")]),
]


@pytest.mark.parametrize(("spellings"), [one[1] for one in SAME], ids=[one[0] for one in SAME])
def test_spellings_of_one_address_have_one_key(spellings):
    """Whichever of them comes from wherever."""
    (found,) = {key(scheme, value) for scheme, value in spellings}
    assert found.startswith(("phone:", "email:"))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("phone", "+551134567890"), ("phone", "+5511934567890")),
        (("phone", "+5521987654321"), ("phone", "+5511987654321")),
        (("phone", "+12025550101"), ("phone", "+120255501011")),
        (("email", "ann.lee@example.com"), ("email", "annlee@example.com")),
        (("email", "ann+shop@example.com"), ("email", "ann@example.com")),
    ],
)
def test_neighbours_have_keys_of_their_own(one, two):
    """A landline has no ninth digit, a dot is a letter, and another area is another number."""
    assert key(*one) != key(*two)


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("phone", "6505551234"),
        ("phone", "+12"),
        ("phone", "+1234567890123456"),
        ("phone", "+0447700900123"),
        ("phone", "+4477009001२३"),
        ("wa_id", "+447700900123"),
        ("wa_id", "US.1349"),
        ("email", "nobody"),
        ("email", "a b@example.com"),
        ("email", "@"),
        ("psid", "447700900123"),
        ("bsuid", "447700900123"),
        ("username", "ann@example.com"),
        ("external", "447700900123"),
    ],
)
def test_what_is_no_such_address_has_no_key(scheme, value):
    """A number without its country could be anybody's, and an id of a platform is one already."""
    assert key(scheme, value) == ""


def test_the_scope_and_the_proof_say_nothing():
    """The same number in two scopes is the same number, whoever vouches for it."""
    assert key("phone", "+447700900123", scope="a", verified=True) == key("phone", "+447700900123")


@given(scheme=st.sampled_from(["phone", "email", "wa_id"]), value=st.text(min_size=1, max_size=80))
def test_a_key_is_short_steady_and_never_an_error(scheme, value):
    """Whatever people type."""
    found = key(scheme, value)
    assert found == key(scheme, value)
    assert found == "" or found.partition(":")[0] in ("phone", "email")


@given(digits=st.from_regex(r"\A[1-9][0-9]{6,14}\Z"))
def test_a_number_with_its_plus_sign_is_the_same_number(digits):
    """WhatsApp's form and E.164 meet, and the key of a key's number is the key."""
    assert key("wa_id", digits) == key("phone", f"+{digits}")
    assert key("wa_id", key("wa_id", digits).removeprefix("phone:")) == key("wa_id", digits)
