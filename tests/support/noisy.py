"""A connector whose module calls somebody as soon as it is imported."""

import socket
from contextlib import suppress

import attrs
from courier import Courier

with suppress(OSError):
    socket.create_connection(("127.0.0.1", 9), timeout=0.1).close()


@attrs.frozen(eq=False)
class Noisy(Courier):
    """Good apart from that."""
