"""The page of the fault menu: what can go wrong, what does, and what has."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.faults import MENU
from connectors.meta.sandbox.page.fault_words import FAULT_WORDS
from connectors.meta.sandbox.store import customers
from connectors.meta.sandbox.store import faults as memory

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

GROUPS = ("webhook", "receipt", "call")
RATES = (0.0, 0.02, 0.1, 0.5, 1.0)
LISTED = 40


def words(language: str) -> dict[str, str]:
    """Return the words of the page."""
    return dict(FAULT_WORDS[language])


def shown(sandbox: Sandbox, language: str) -> dict[str, Any]:
    """Return what the page shows: the menu by groups, what holds, and what was injected last."""
    text = words(language)
    with sandbox.store.read() as db:
        rules, totals, last = memory.rules(db), memory.totals(db), memory.last(db, LISTED)
        people = {one.id: one.name for one in customers.every(db)}
    rates = {rule.fault: rule.rate for rule in rules if rule.rate is not None and not rule.customer and not rule.call}
    groups = [
        {
            "title": text[group],
            "faults": [
                {**_named(text, name), "rate": rates.get(name, 0.0), "count": totals.get(name, 0)}
                for name, fault in MENU.items()
                if fault.group == group
            ],
        }
        for group in GROUPS
    ]
    holding = [
        {
            **_named(text, rule.fault),
            "id": rule.id,
            "how": f"{rule.rate:.0%}" if rule.rate is not None else f"{text['next_times']} {rule.left}",
            "who": people.get(rule.customer, ""),
            "call": rule.call,
        }
        for rule in rules
    ]
    told = [
        {
            **_named(text, one.fault),
            "time": f"{datetime.fromtimestamp(one.at).astimezone():%H:%M:%S}",
            "into": one.into,
            "who": people.get(one.customer, ""),
        }
        for one in last
    ]
    everybody = [{"id": "", "name": text["everybody"]}, *({"id": id_, "name": name} for id_, name in people.items())]
    return {
        "groups": groups,
        "holding": holding,
        "injected": told,
        "rates": RATES,
        "everybody": everybody,
        "seed": sandbox.faults.seed(),
    }


def _named(text: dict[str, str], name: str) -> dict[str, str]:
    title, _, about = text[name].partition("|")
    return {"name": name, "title": title, "about": about}
