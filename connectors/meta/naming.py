"""Who could not do what: said once, where functions that know no endpoint refuse something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors_core import Refused


@contextmanager
def naming(endpoint: str, verb: str) -> Iterator[None]:
    """Begin the text of what is refused inside with the endpoint and the verb, unless it begins so already."""
    try:
        yield
    except Refused as error:
        if error.text.startswith(endpoint):
            raise
        raise type(error)(f"{endpoint} could not {verb}: {error.text}", code=error.code) from None
