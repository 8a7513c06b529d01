"""Renewable tokens, encrypted at rest, renewed once for all processes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from time import time

import attrs
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Column, Connection, Table, select

from connectors_core.errors import NeedsAttention
from connectors_core.redact import Secret
from connectors_core.store.inserting import insert_into
from connectors_core.store.schema import Bytes, Time, Words, metadata

tokens = Table(
    "tokens",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Bytes, nullable=False),
    Column("expires_at", Time),
    Column("renewed_at", Time, nullable=False),
)


@attrs.frozen
class Token:
    """A token and the Unix time when it ends, None when it does not."""

    value: Secret
    expires_at: float | None = None


class Vault:
    """Reads and writes tokens; `secret` is `gateway.secret`, the key of all of them."""

    def __init__(self, secret: Secret) -> None:
        """Derive the key once: scrypt, because the secret may be a phrase (RFC 7914)."""
        key = hashlib.scrypt(secret.reveal().encode(), salt=b"connectors.tokens", n=2**14, r=8, p=1, dklen=32)
        self._box = Fernet(base64.urlsafe_b64encode(key))

    def put(self, db: Connection, name: str, token: Token) -> None:
        """Store a token."""
        row = {
            "name": name,
            "value": self._box.encrypt(token.value.reveal().encode()),
            "expires_at": token.expires_at,
            "renewed_at": time(),
        }
        add = insert_into(db, tokens).values(row)
        db.execute(add.on_conflict_do_update(index_elements=[tokens.c.name], set_=row))

    def get(self, db: Connection, name: str) -> Token | None:
        """Return a token; raise NeedsAttention when it was encrypted under another gateway secret."""
        row = db.execute(select(tokens).where(tokens.c.name == name)).one_or_none()
        return self._open(name, row.value, row.expires_at) if row else None

    def renewed(self, db: Connection, name: str, renew: Callable[[Token], Token], ahead: float) -> Token | None:
        """Return a token that is good for `ahead` seconds more, renewed by the first process that needs it.

        The row stays locked while `renew` runs, so that a second process finds the new token instead of spending the
        old one twice.
        """
        row = db.execute(select(tokens).where(tokens.c.name == name).with_for_update()).one_or_none()
        if row is None:
            return None
        token = self._open(name, row.value, row.expires_at)
        if token.expires_at is None or token.expires_at - time() > ahead:
            return token
        fresh = renew(token)
        self.put(db, name, fresh)
        return fresh

    def _open(self, name: str, value: bytes, expires_at: float | None) -> Token:
        try:
            return Token(Secret(self._box.decrypt(value).decode(), source=f"token {name}"), expires_at)
        except InvalidToken:
            text = f"the token {name} was stored under another gateway.secret; put that back or connect it again"
            raise NeedsAttention(text) from None
