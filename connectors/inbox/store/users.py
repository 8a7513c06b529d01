"""Who may see the pages: users, their sessions, and the attempts to log in that failed."""

from __future__ import annotations

import hashlib
import secrets
from time import time
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from connectors.inbox.store.people import clean
from connectors.inbox.store.schema import failures, sessions, users

AGENT, ADMIN = "agent", "admin"
ROLES = (AGENT, ADMIN)

PERIOD = 900.0
"""Seconds in which failed attempts count."""
MOST_OF_LOGIN = 10
MOST_OF_ADDRESS = 50


def add(db: Connection, *, login: str, name: str, password: str, role: str, language: str = "") -> int:
    """Write a user; `password` as it is kept, "" for somebody who cannot log in."""
    values = {"login": _login(login), "name": clean(name) or _login(login), "password": password, "role": role}
    found = db.execute(insert(users).values(**values, language=language, active=True).returning(users.c.id))
    return int(found.scalar_one())


def change(db: Connection, id_: int, **changes: Any) -> None:
    """Change a user. Whoever cannot log in any more, or not as before, is logged out."""
    db.execute(update(users).where(users.c.id == id_).values(changes))
    if "password" in changes or changes.get("active") is False:
        db.execute(delete(sessions).where(sessions.c.user_id == id_))


def by_login(db: Connection, login: str) -> Row[Any] | None:
    """Return a user, None when there is none of this name."""
    return db.execute(select(users).where(users.c.login == _login(login))).first()


def by_id(db: Connection, id_: int) -> Row[Any] | None:
    """Return a user, None when there is none."""
    return db.execute(select(users).where(users.c.id == id_)).first()


def everybody(db: Connection) -> list[Row[Any]]:
    """Return all users, those who may log in first."""
    return list(db.execute(select(users).order_by(users.c.active.desc(), users.c.name)))


def can_anybody_log_in(db: Connection) -> bool:
    """Whether there is a user with a password."""
    return db.execute(select(users.c.id).where(users.c.active, users.c.password != "").limit(1)).first() is not None


def other_admins(db: Connection, id_: int) -> bool:
    """Whether somebody else could still administer."""
    others = select(users.c.id).where(users.c.role == ADMIN, users.c.active, users.c.password != "", users.c.id != id_)
    return db.execute(others.limit(1)).first() is not None


def _login(login: str) -> str:
    return clean(login).strip().casefold()[:100]


def begin_session(db: Connection, user: int, seconds: float) -> str:
    """Return what the browser keeps: new at each login, never written down here."""
    token = secrets.token_urlsafe(32)
    db.execute(delete(sessions).where(sessions.c.expires_at < time()))
    db.execute(insert(sessions).values(token=_digest(token), user_id=user, expires_at=time() + seconds))
    return token


def of_session(db: Connection, token: str) -> Row[Any] | None:
    """Return the user of a session, None when it has ended or never was."""
    found = select(users).join_from(users, sessions, sessions.c.user_id == users.c.id)
    return db.execute(
        found.where(sessions.c.token == _digest(token), sessions.c.expires_at > time(), users.c.active)
    ).first()


def end_session(db: Connection, token: str) -> None:
    """Log out."""
    db.execute(delete(sessions).where(sessions.c.token == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def may_try(db: Connection, login: str, address: str) -> bool:
    """Whether an attempt to log in is looked at: not after too many that failed."""
    limits = ((f"login:{_login(login)}", MOST_OF_LOGIN), (f"address:{address}", MOST_OF_ADDRESS))
    since = time() - PERIOD
    for subject, most in limits:
        count = select(func.count()).where(failures.c.subject == subject, failures.c.at > since)
        if db.execute(count).scalar_one() >= most:
            return False
    return True


def failed(db: Connection, login: str, address: str) -> None:
    """Remember an attempt that failed."""
    now = time()
    db.execute(delete(failures).where(failures.c.at < now - PERIOD))
    subjects = (f"login:{_login(login)}", f"address:{address}")
    db.execute(insert(failures), [{"subject": subject, "at": now} for subject in subjects])
