"""How a customer proves at the CRM who they are: by an address that it knows, or by a log-in there."""

from __future__ import annotations

import attrs

from connectors_core.model.refs import Contact, Identity


@attrs.frozen(kw_only=True)
class Grant:
    """What a log-in gave: an access token, good for a short time, and the scope that it has."""

    token: str = attrs.field(repr=False)
    scope: str = ""


Proof = Identity | Grant
"""What a person has to show: an address, which counts once they know the code that was brought there, or a grant."""


@attrs.frozen(kw_only=True)
class Code:
    """A code to be brought to an address of a customer; it is good for so many `minutes`.

    `contact` is who `customer` said has the address. `language` is that of the page, as in "en".
    """

    contact: Contact
    address: Identity
    value: str = attrs.field(repr=False)
    language: str
    minutes: int
