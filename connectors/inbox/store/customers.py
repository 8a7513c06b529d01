"""Which contact an address proves somebody to be."""

from __future__ import annotations

from sqlalchemy import Connection, select

from connectors.inbox.store.schema import contacts, identities
from connectors_core.model import Identity, Scheme


def by_address(db: Connection, address: Identity) -> list[tuple[int, str]]:
    """Return id and name of the contacts that a platform vouches to be at a number or a mail address.

    What people say of themselves in a chat counts for nothing here: it could be anybody's number.
    """
    spellings = {(str(address.scheme), address.value)}
    if address.scheme == Scheme.PHONE:
        # WhatsApp vouches for a number in its own form of it.
        spellings.add((str(Scheme.WA_ID), address.value.removeprefix("+")))
    wanted = (identities.c.value.in_([value for _, value in spellings]), identities.c.verified)
    own = select(contacts.c.id, contacts.c.name, identities.c.scheme, identities.c.value)
    rows = db.execute(own.join(identities, identities.c.contact_id == contacts.c.id).where(*wanted))
    return sorted({(row.id, row.name) for row in rows if (row.scheme, row.value) in spellings})
