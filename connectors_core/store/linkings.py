"""Log-ins that people have begun in a chat, and which customer each linked chat belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Row,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)

from connectors_core.store.inserting import keep
from connectors_core.store.schema import Id, Small, Time, Words, metadata

OPEN, PROVEN, LINKED, DEAD = "open", "proven", "linked", "dead"

linkings = Table(
    "linkings",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("made_for", Words, nullable=False, unique=True),
    Column("token", Words, nullable=False, unique=True),
    Column("seed", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("conversation_id", Id, nullable=False, index=True),
    Column("channel", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("chat", Words, nullable=False),
    Column("crm", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("platform", Words, nullable=False),
    Column("back", Words, nullable=False),
    Column("browser", Words, nullable=False),
    Column("login", Words, nullable=False),
    Column("scheme", Words, nullable=False),
    Column("address", Words, nullable=False),
    Column("due", Time),
    Column("codes", Small, nullable=False),
    Column("sent_at", Time),
    Column("tries", Small, nullable=False),
    Column("misses", Small, nullable=False),
    Column("customer_account", Words, nullable=False),
    Column("customer", Words, nullable=False),
    Column("customer_name", Words, nullable=False),
)
"""`made_for`: the delivery whose button leads here. `token`, `platform`, `browser`, `login`: hashes of what stands in
the address, of the platform's own token, of the browser's cookie, and of the state of a log-in that is under way.
`seed`: what the address and all codes are made of, together with the gateway's secret. `channel`, `account`, `chat`:
the conversation that asked; `name`, `language`: of its person. `back`: where the platform wants people sent to.
`scheme`, `address`, `due`: what the person typed, and when to look whose it is. `codes`: how many codes were asked for;
`sent_at`: when the last went out. `tries`: codes typed on the page; `misses`: wrong ones in the chat. The rest is the
customer as the CRM calls them: who has the address, and from `proven` on who the person is."""

_DUE = linkings.c.due.is_not(None)
Index("ix_linkings_due", linkings.c.due, sqlite_where=_DUE, postgresql_where=_DUE)
_LOGIN = linkings.c.login != literal_column("''")
Index("ix_linkings_login", linkings.c.login, sqlite_where=_LOGIN, postgresql_where=_LOGIN)
_ENDS = linkings.c.state != literal_column("'linked'")
Index("ix_linkings_customer", linkings.c.customer, linkings.c.crm)
Index("ix_linkings_expires_at", linkings.c.expires_at, sqlite_where=_ENDS, postgresql_where=_ENDS)

code_requests = Table(
    "code_requests",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("address", Words, nullable=False),
    Column("at", Time, nullable=False, index=True),
)
"""Every wish for a code, by the hash of the address that it was to go to, whether anybody has it or not."""
Index("ix_code_requests_address_at", code_requests.c.address, code_requests.c.at)

_EMPTY: Mapping[str, Any] = {
    "state": OPEN,
    **dict.fromkeys(("platform", "back", "browser", "login", "scheme", "address"), ""),
    **dict.fromkeys(("customer_account", "customer", "customer_name"), ""),
    **dict.fromkeys(("codes", "tries", "misses"), 0),
    "due": None,
    "sent_at": None,
}


def made_for(db: Connection, name: str) -> Row[Any] | None:
    """Return the linking that a delivery has made."""
    return db.execute(select(linkings).where(linkings.c.made_for == name)).first()


def add(db: Connection, row: Mapping[str, Any]) -> None:
    """Write a new linking; one that is there already stays."""
    db.execute(keep(db, linkings), [{**_EMPTY, **row}])


def since(db: Connection, conversation: int, at: float) -> int:
    """Return how many linkings were made in a conversation since a moment."""
    own = (linkings.c.conversation_id == conversation, linkings.c.created_at >= at)
    return int(db.execute(select(func.count()).select_from(linkings).where(*own)).scalar_one())


def prolong(db: Connection, id_: int, until: float) -> None:
    """Let a linking that nobody has used yet live longer: its button goes out only now."""
    db.execute(update(linkings).where(linkings.c.id == id_, linkings.c.state == OPEN).values(expires_at=until))


def by_token(db: Connection, token: str) -> Row[Any] | None:
    """Return the linking whose address has a token with this hash."""
    return db.execute(select(linkings).where(linkings.c.token == token)).first()


def change(db: Connection, id_: int, now: float, values: Mapping[str, Any]) -> Row[Any] | None:
    """Change a linking that is open; return it, None where it is open no longer."""
    mine = (linkings.c.id == id_, linkings.c.state == OPEN, linkings.c.expires_at > now)
    return db.execute(update(linkings).where(*mine).values(**values).returning(*linkings.c)).first()


def ask(db: Connection, id_: int, now: float, most: int, values: Mapping[str, Any]) -> Row[Any] | None:
    """Note an address whose customer is to be looked for; None when that was done `most` times before."""
    mine = (linkings.c.id == id_, linkings.c.state == OPEN, linkings.c.expires_at > now, linkings.c.codes < most)
    fresh = {"codes": linkings.c.codes + 1, "due": now, "sent_at": None, "customer": "", "customer_name": ""}
    return db.execute(update(linkings).where(*mine).values(**fresh, **values).returning(*linkings.c)).first()


_DUE_NOW = (
    select(linkings.c.id)
    .where(_DUE, linkings.c.due <= bindparam("now"))
    .order_by(linkings.c.due)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def claim(db: Connection, now: float, most: int) -> list[Row[Any]]:
    """Take up to `most` linkings whose customer is to be looked for, each once.

    One that is lost with its worker is not looked for again: two codes for one wish would be worse than none.
    """
    ids = list(db.execute(_DUE_NOW, {"now": now, "most": most}).scalars())
    rows = [db.execute(select(linkings).where(linkings.c.id == id_)).one() for id_ in ids]
    if ids:
        db.execute(update(linkings).where(linkings.c.id.in_(ids)).values(due=None, scheme="", address=""))
    return rows


def next_due(db: Connection) -> float | None:
    """Return when the next customer is to be looked for."""
    return db.execute(select(func.min(linkings.c.due)).where(_DUE)).scalar()


def brought(db: Connection, row: Row[Any], now: float, values: Mapping[str, Any]) -> bool:
    """Note whose the address is, and that a code goes there now; False where another was asked for meanwhile."""
    mine = (linkings.c.id == row.id, linkings.c.state == OPEN, linkings.c.codes == row.codes)
    return db.execute(update(linkings).where(*mine).values(sent_at=now, **values)).rowcount > 0


def spend_try(db: Connection, id_: int, browser: str, now: float, most: int) -> Row[Any] | None:
    """Count a code that is typed on the page, before it is looked at; None when there were `most` before."""
    mine = (linkings.c.id == id_, linkings.c.state == OPEN, linkings.c.expires_at > now)
    left = (linkings.c.browser == browser, linkings.c.tries < most)
    tries = {"tries": linkings.c.tries + 1}
    return db.execute(update(linkings).where(*mine, *left).values(**tries).returning(*linkings.c)).first()


def take_login(db: Connection, login: str, browser: str, now: float) -> Row[Any] | None:
    """Return the linking whose log-in comes back, and forget the state: it is used once, by one browser."""
    mine = (linkings.c.login == login, _LOGIN, linkings.c.browser == browser, linkings.c.state == OPEN)
    found = update(linkings).where(*mine, linkings.c.expires_at > now).values(login="").returning(*linkings.c)
    return db.execute(found).first()


def proven_in(db: Connection, conversation: int, now: float) -> Sequence[Row[Any]]:
    """Return the linkings of a conversation that wait for their code."""
    mine = (linkings.c.conversation_id == conversation, linkings.c.state == PROVEN, linkings.c.expires_at > now)
    return db.execute(select(linkings).where(*mine).order_by(linkings.c.id)).all()


def linked_in(db: Connection, conversation: int) -> Sequence[Row[Any]]:
    """Return who a conversation belongs to, a row for each CRM."""
    mine = (linkings.c.conversation_id == conversation, linkings.c.state == LINKED)
    return db.execute(select(linkings).where(*mine).order_by(linkings.c.id)).all()


def of_customers(db: Connection, crm: str, customers: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the linkings that hold of customers of a CRM."""
    mine = (linkings.c.customer.in_(customers), linkings.c.crm == crm, linkings.c.state == LINKED)
    return db.execute(select(linkings).where(*mine).order_by(linkings.c.id)).all()


def missed(db: Connection, ids: Sequence[int], most: int) -> int:
    """Count a wrong code in the chat; return how many are still allowed."""
    more = linkings.c.misses + 1
    state = case((more >= most, DEAD), else_=linkings.c.state)
    mine = update(linkings).where(linkings.c.id.in_(ids), linkings.c.state == PROVEN)
    left = [most - row.misses for row in db.execute(mine.values(misses=more, state=state).returning(linkings.c.misses))]
    return max(left, default=0)


def complete(db: Connection, id_: int, now: float) -> Row[Any] | None:
    """Make a proven linking the one that holds; None where it was completed, or is over."""
    mine = (linkings.c.id == id_, linkings.c.state == PROVEN, linkings.c.expires_at > now)
    forget = dict.fromkeys(("platform", "back", "browser", "name"), "")
    return db.execute(update(linkings).where(*mine).values(state=LINKED, **forget).returning(*linkings.c)).first()


def end(db: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Forget linkings that held; return those that were still there."""
    if not ids:
        return ()
    return db.execute(delete(linkings).where(linkings.c.id.in_(ids)).returning(*linkings.c)).all()


_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:address, 0))")


def wish(db: Connection, id_: int, address: str, now: float, since_: float, most: int) -> bool:
    """Count a wish for a code; False when there were `most` for this address since a moment.

    Those of the same moment do not see each other, so they come one after another; SQLite has one writer anyway.
    """
    if db.dialect.name == "postgresql":
        db.execute(_ALONE, {"address": address})
    own = (code_requests.c.address == address, code_requests.c.at >= since_)
    if db.execute(select(func.count()).select_from(code_requests).where(*own)).scalar_one() >= most:
        return False
    db.execute(insert(code_requests), [{"id": id_, "address": address, "at": now}])
    return True


def sweep(db: Connection, before: float) -> None:
    """Forget what ended before a moment without having linked anybody."""
    db.execute(delete(linkings).where(_ENDS, linkings.c.expires_at < before))
    db.execute(delete(code_requests).where(code_requests.c.at < before))
