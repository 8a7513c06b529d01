"""Deciding what goes wrong: by a seed and by counters, never by the clock or by which thread came first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from time import time

import attrs

from connectors.meta.sandbox.faults.menu import CODES, ENDINGS, MENU
from connectors.meta.sandbox.store import Database, Db, facts
from connectors.meta.sandbox.store import faults as memory
from connectors.meta.sandbox.store.faults import Injected, Rule

_SEED = "fault_seed"


@attrs.frozen(kw_only=True)
class About:
    """What is decided about: a webhook or a call.

    `subject` is whose counters count: the number or user id of a customer, else the kind of call. `into`, `message`
    and `key` are for the list. `product`: whatsapp, messenger or instagram. `spared`: what cannot strike here.
    """

    into: str
    subject: str
    product: str = "whatsapp"
    customer: str = ""
    account: str = ""
    call: str = ""
    message: str = ""
    key: str = ""
    spared: frozenset[str] = frozenset()


def chance(seed: int, fault: str, subject: str, turn: int) -> float:
    """Return a number from 0 to 1 that is the same for the same turn."""
    digest = hashlib.blake2b(repr((seed, fault, subject, turn)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


class Faults:
    """The rules of one sandbox. Where there are none, nothing is asked of the store."""

    def __init__(self, store: Database) -> None:
        """Go on with the rules of an earlier start."""
        self.told: Callable[[], None] = lambda: None
        """Called when something is injected."""
        self._store = store
        with store.read() as db:
            self.some = bool(memory.rules(db))
            """Whether there may be rules."""

    def draw(self, db: Db, names: Sequence[str], about: About) -> tuple[Injected, Rule] | None:
        """Decide about each of `names`; return the first that strikes, put on the list, with its rule."""
        if not self.some:
            return None
        rules = [rule for rule in memory.rules(db) if rule.fault in names and _concerns(rule, about)]
        if not rules:
            return None
        seed, counts = int(facts.get(db, _SEED) or 0), memory.counts(db, about.subject)
        struck: Rule | None = None
        for name in names:
            mine = [rule for rule in rules if rule.fault == name]
            if not mine:
                continue
            counts[name] = counts.get(name, 0) + 1
            drawn = chance(seed, name, about.subject, counts[name])
            hit = next((rule for rule in mine if rule.left is not None or drawn < (rule.rate or 0.0)), None)
            struck = struck or hit
        memory.count(db, about.subject, counts)
        if struck is None:
            return None
        memory.use_up(db, struck)
        injected = Injected(
            at=time(),
            fault=struck.fault,
            rule=struck.id,
            into=about.into,
            customer=about.customer,
            message=about.message,
            key=about.key,
            turn=counts[struck.fault],
        )
        memory.tell(db, injected)
        self.told()
        return injected, struck

    def strikes(self, db: Db, name: str, about: About) -> bool:
        """Decide about one fault."""
        return self.draw(db, (name,), about) is not None

    def ends(self, about: About) -> Rule | None:
        """Decide whether a call ends otherwise than it should, in a transaction of its own; return the rule."""
        if not self.some:
            return None
        possible = [name for name in ENDINGS if about.call in MENU[name].calls and name not in about.spared]
        possible = [name for name in possible if name not in CODES or about.product in CODES[name]]
        with self._store.write() as db:
            drawn = self.draw(db, possible, about)
        return drawn[1] if drawn else None

    def early(self, about: About) -> Rule | None:
        """Decide whether the receipts of a message come before the answer to its call."""
        return self.alone("receipts_early", about) if about.call in MENU["receipts_early"].calls else None

    def alone(self, name: str, about: About) -> Rule | None:
        """Decide about one fault in a transaction of its own, which nothing undoes; return the rule that strikes."""
        if not self.some:
            return None
        with self._store.write() as db:
            drawn = self.draw(db, (name,), about)
        return drawn[1] if drawn else None

    def always(self, name: str) -> bool:
        """Whether a fault strikes everything, so that the account itself says so when it is looked at."""
        if not self.some:
            return False
        with self._store.read() as db:
            rules = memory.rules(db)
        return any(rule.fault == name and rule.rate == 1.0 and not (rule.customer or rule.call) for rule in rules)

    # what the control API and the page change

    def seed(self) -> int:
        """Return the seed."""
        with self._store.read() as db:
            return int(facts.get(db, _SEED) or 0)

    def sow(self, seed: int) -> None:
        """Take another seed; all counters begin anew."""
        with self._store.write() as db:
            facts.put(db, _SEED, seed)
            memory.begin_anew(db)

    def add(self, rule: Rule) -> Rule:
        """Let a rule hold from now on."""
        with self._store.write() as db:
            number = memory.add_rule(db, rule)
        self.some = True
        return attrs.evolve(rule, id=number)

    def end(self, rule_id: int) -> bool:
        """End a rule; return whether there was one."""
        with self._store.write() as db:
            return memory.remove_rule(db, rule_id)

    def reset(self) -> None:
        """End all rules, empty the list, and begin to count anew; the seed stays."""
        with self._store.write() as db:
            memory.forget(db)
        self.some = False


def _concerns(rule: Rule, about: About) -> bool:
    if rule.customer not in ("", about.customer) or rule.account not in ("", about.account):
        return False
    return not rule.call or rule.call == about.call
