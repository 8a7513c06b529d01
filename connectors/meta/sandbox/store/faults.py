"""The fault menu's memory: rules that hold, how often each kind was decided about, and what was injected."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Connection, delete, func, insert, select, update

from connectors.meta.sandbox.store.tables import fault_counters, fault_log, fault_rules

MOST_LISTED = 1000


@attrs.frozen(kw_only=True)
class Rule:
    """One order from the menu: a `rate` from 0 to 1, or the next `left` times.

    `customer` (an id), `account` (of a number, page or Instagram account) and `call` narrow it where they are not "".
    """

    id: int = 0
    fault: str
    rate: float | None = None
    left: int | None = None
    customer: str = ""
    account: str = ""
    call: str = ""
    options: dict[str, Any] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Injected:
    """What was injected, when (Unix seconds), and into what: a webhook of a field, or a kind of call.

    `message`: the id of the message that it is about; `key`: its `biz_opaque_callback_data` or `metadata`; `turn`:
    which decision of this kind about this customer it was, from 1 on.
    """

    id: int = 0
    at: float
    fault: str
    rule: int
    into: str
    customer: str = ""
    message: str = ""
    key: str = ""
    turn: int = 0


def rules(db: Connection) -> list[Rule]:
    """Return all rules, the oldest first."""
    return [Rule(**row) for row in db.execute(select(fault_rules).order_by(fault_rules.c.id)).mappings()]


def add_rule(db: Connection, rule: Rule) -> int:
    """Add a rule and return its number."""
    values = attrs.asdict(rule)
    del values["id"]
    (added,) = db.execute(insert(fault_rules).values(**values)).inserted_primary_key or (0,)
    return int(added)


def remove_rule(db: Connection, rule_id: int) -> bool:
    """Remove a rule; return whether there was one."""
    return db.execute(delete(fault_rules).where(fault_rules.c.id == rule_id)).rowcount > 0


def use_up(db: Connection, rule: Rule) -> None:
    """Count one of the next times; the last one ends the rule."""
    if rule.left is not None and rule.left > 1:
        db.execute(update(fault_rules).where(fault_rules.c.id == rule.id).values(left=rule.left - 1))
    elif rule.left is not None:
        remove_rule(db, rule.id)


def counts(db: Connection, subject: str) -> dict[str, int]:
    """Return how often each kind was decided about a subject."""
    found = select(fault_counters.c.counts).where(fault_counters.c.subject == subject)
    return dict(db.execute(found).scalar_one_or_none() or {})


def count(db: Connection, subject: str, now: dict[str, int]) -> None:
    """Remember how often."""
    db.execute(delete(fault_counters).where(fault_counters.c.subject == subject))
    db.execute(insert(fault_counters).values(subject=subject, counts=now))


def tell(db: Connection, injected: Injected) -> None:
    """Put something on the list."""
    values = attrs.asdict(injected)
    del values["id"]
    db.execute(insert(fault_log).values(**values))


def told(db: Connection, after: int = 0, most: int = MOST_LISTED) -> list[Injected]:
    """Return what was injected after the entry `after`, the oldest first."""
    found = select(fault_log).where(fault_log.c.id > after).order_by(fault_log.c.id).limit(most)
    return [Injected(**row) for row in db.execute(found).mappings()]


def last(db: Connection, most: int) -> list[Injected]:
    """Return what was injected last, the newest first."""
    found = select(fault_log).order_by(fault_log.c.id.desc()).limit(most)
    return [Injected(**row) for row in db.execute(found).mappings()]


def totals(db: Connection) -> dict[str, int]:
    """Return how often each fault was injected."""
    found = select(fault_log.c.fault, func.count()).group_by(fault_log.c.fault).order_by(fault_log.c.fault)
    return {str(name): int(number) for name, number in db.execute(found)}


def begin_anew(db: Connection) -> None:
    """Set all counters to nothing: the same traffic meets the same faults again."""
    db.execute(delete(fault_counters))


def forget(db: Connection) -> None:
    """Remove every rule, counter and entry of the list."""
    for table in (fault_rules, fault_counters, fault_log):
        db.execute(delete(table))
