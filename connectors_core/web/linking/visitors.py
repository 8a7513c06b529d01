"""How often one network address may ask, in a bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import ip_address
from time import monotonic

from connectors_core.linking.limits import MOST_VISITORS, PAGE_BURST, PAGE_RATE


class Visitors:
    """A bucket for each of the network addresses that asked last. Used from the event loop alone."""

    def __init__(self, rate: float = PAGE_RATE, burst: int = PAGE_BURST, most: int = MOST_VISITORS) -> None:
        """Begin with nobody known."""
        self._rate, self._burst, self._most = rate, burst, most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admits(self, address: str) -> bool:
        """Take one request from the bucket of an address; False when it is empty."""
        now, address = monotonic(), _network(address)
        left, at = self._left.pop(address, (float(self._burst), now))
        left = min(float(self._burst), left + (now - at) * self._rate)
        good = left >= 1
        self._left[address] = (left - 1 if good else left, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return good


def _network(address: str) -> str:
    """Return what one visitor has for certain: an IPv4 address, or a network of 64 bits, whose addresses cost nothing.

    RFC 6177: even the smallest site has such a network.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else found.exploded[:19]
