"""Addresses that come from outside: none of them may lead inside a network."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from connectors_core.errors import NotAllowedNow, Unreachable


def refuse_inside(url: str) -> str:
    """Return the address to connect to for a URL that came from outside; raise NotAllowedNow for inner networks.

    Private, loopback, link-local, metadata, multicast and reserved ranges are refused, and what hides an IPv4 address
    in an IPv6 one. Connect to the returned address, not to the name: a second look-up could answer differently.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        raise NotAllowedNow("the address cannot be read") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or "\\" in url:
        raise NotAllowedNow("only http and https addresses without credentials are fetched")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(f"the name {host} is unknown") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not _is_outside(ipaddress.ip_address(address.split("%")[0])):
            raise NotAllowedNow(f"{host} is an address inside a network; such addresses are not fetched")
    return addresses[0]


def _is_outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the public network, and not a translation of some other."""
    if isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address in _NAT64
    ):
        return False
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
