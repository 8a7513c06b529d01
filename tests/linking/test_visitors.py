"""How often one network address may ask."""

from connectors_core.web.linking.visitors import Visitors


def test_each_address_has_a_bucket_of_its_own():
    """Who asks too often keeps nobody else out."""
    visitors = Visitors(rate=0.0, burst=2)
    assert [visitors.admits("a") for _ in range(3)] == [True, True, False]
    assert visitors.admits("b")


def test_all_addresses_of_one_network_are_one_visitor():
    """Whoever has an IPv6 address has 2^64 of them (RFC 6177)."""
    visitors = Visitors(burst=2)
    found = [visitors.admits(f"2001:db8:0:1::{number:x}") for number in range(1, 4)]
    assert found == [True, True, False]
    assert visitors.admits("2001:db8:0:2::1")


def test_the_memory_is_bounded():
    """The addresses that were quiet longest are forgotten."""
    visitors = Visitors(rate=0.0, burst=1, most=2)
    assert [visitors.admits(name) for name in ("a", "b", "c", "c", "a")] == [True, True, True, False, True]
