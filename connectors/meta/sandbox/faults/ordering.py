"""The fault menu by HTTP: what holds, what is ordered, what has been injected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from starlette.routing import Route

from connectors.meta.sandbox.answering import answering
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.faults.menu import MENU, RATE_CODES
from connectors.meta.sandbox.feed import News
from connectors.meta.sandbox.store import customers
from connectors.meta.sandbox.store import faults as memory
from connectors.meta.sandbox.store.faults import Injected, Rule

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

LONGEST = 600.0
"""Seconds."""
MOST = 1_000_000
STATUSES = {"server_error": (500, 502, 503, 504), "html": (200, 500, 502, 503)}
_OF_RULE = ("fault", "rate", "next", "customer", "account", "call")


def rule_json(rule: Rule) -> dict[str, Any]:
    """Return what the API tells of a rule."""
    told = attrs.asdict(rule)
    options = told.pop("options")
    return {**{("next" if name == "left" else name): value for name, value in told.items()}, **options}


def injected_json(one: Injected) -> dict[str, Any]:
    """Return what the API tells of something that was injected."""
    return attrs.asdict(one)


def order(sandbox: Sandbox, data: dict[str, Any]) -> Rule:
    """Take an order: a fault with its rate or its next times, whom it is for, and its options; raise GraphError."""
    fault = MENU.get(str(data.get("fault", "")))
    if fault is None:
        raise GraphError(131009, f"fault is one of {', '.join(MENU)}.")
    if unknown := [name for name in data if name not in _OF_RULE and name not in fault.options]:
        raise GraphError(100, f"{fault.name} has no option {unknown[0][:40]}.")
    rate, left = data.get("rate"), data.get("next")
    if (rate is None) == (left is None):
        raise GraphError(131009, "Say either rate, from 0 to 1, or next: how many times.")
    if rate is not None and not (_is_number(rate) and 0 <= rate <= 1):
        raise GraphError(131009, "rate is a number from 0 to 1.")
    if left is not None and not (isinstance(left, int) and not isinstance(left, bool) and 0 < left <= MOST):
        raise GraphError(131009, f"next is a number from 1 to {MOST}.")
    call, account = str(data.get("call") or ""), str(data.get("account") or "")
    if call and call not in fault.calls:
        raise GraphError(131009, f"call is one of {', '.join(fault.calls) or 'none: it does not strike calls'}.")
    if account not in ("", *_accounts(sandbox)):
        raise GraphError(131009, "account is no phone number id, page or Instagram account of this sandbox.")
    options = {name: _option(fault.name, name, data.get(name, known)) for name, known in fault.options.items()}
    rule = Rule(
        fault=fault.name,
        rate=None if rate is None else float(rate),
        left=left,
        customer=_customer(sandbox, str(data.get("customer") or "")),
        account=account,
        call=call,
        options=options,
    )
    return sandbox.faults.add(rule)


def _accounts(sandbox: Sandbox) -> tuple[str, ...]:
    settings = sandbox.settings
    return settings.phone_number_id, settings.page_id, settings.instagram_account_id


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _option(fault: str, name: str, value: Any) -> Any:
    """Return an option; raise GraphError for one that cannot be."""
    if not _is_number(value) or not 0 <= value <= MOST:
        raise GraphError(131009, f"{name} is a number.")
    if name == "seconds" and value > LONGEST:
        raise GraphError(131009, f"seconds are {LONGEST:g} at most.")
    if name == "status" and value not in STATUSES[fault]:
        raise GraphError(131009, f"status is one of {', '.join(map(str, STATUSES[fault]))}.")
    if name == "code" and value not in (0, *RATE_CODES):
        raise GraphError(131009, f"code is one of {', '.join(map(str, RATE_CODES))}, or 0 for the one that fits.")
    return float(value) if name == "seconds" else int(value)


def _customer(sandbox: Sandbox, given: str) -> str:
    """Return the id of a customer who is named by id, number or user id."""
    if not given:
        return ""
    with sandbox.store.read() as db:
        found = customers.get(db, given)
        for account in _accounts(sandbox):
            found = found or customers.find(db, account, given.lstrip("+"))
    if found is None:
        raise GraphError(131009, "customer names nobody here: an id, a number or a user id.")
    return found.id


def _state(sandbox: Sandbox, _id: str, _data: dict[str, Any]) -> Any:
    with sandbox.store.read() as db:
        rules, totals = memory.rules(db), memory.totals(db)
    return {
        "seed": sandbox.faults.seed(),
        "rules": [rule_json(rule) for rule in rules],
        "injected": totals,
        "menu": [attrs.asdict(fault) for fault in MENU.values()],
    }


def _order(sandbox: Sandbox, _id: str, data: dict[str, Any]) -> Any:
    rule = order(sandbox, data)
    sandbox.feed.tell(News(kind="faults"))
    return rule_json(rule)


def _sow(sandbox: Sandbox, _id: str, data: dict[str, Any]) -> Any:
    seed = data.get("seed")
    if not isinstance(seed, int) or isinstance(seed, bool) or abs(seed) > 2**53:
        raise GraphError(131009, "seed is a whole number.")
    sandbox.faults.sow(seed)
    sandbox.feed.tell(News(kind="faults"))
    return {"seed": seed}


def _end(sandbox: Sandbox, rule_id: str, _data: dict[str, Any]) -> Any:
    if not rule_id.isdecimal() or not sandbox.faults.end(int(rule_id[:15])):
        raise GraphError(100, "There is no such rule.", subcode=33)
    sandbox.feed.tell(News(kind="faults"))
    return {"success": True}


def _reset(sandbox: Sandbox, _id: str, _data: dict[str, Any]) -> Any:
    sandbox.faults.reset()
    sandbox.feed.tell(News(kind="faults"))
    return {"success": True}


def _told(sandbox: Sandbox, after: str, _data: dict[str, Any]) -> Any:
    if not after.isdecimal():
        raise GraphError(131009, "after is the id of an entry.")
    with sandbox.store.read() as db:
        return {"data": [injected_json(one) for one in memory.told(db, int(after[:15]))]}


def routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes of the menu."""
    path = "/sandbox/faults"
    return [
        Route(path, answering(sandbox, _state), methods=["GET"]),
        Route(path, answering(sandbox, _order, 201), methods=["POST"]),
        Route(path, answering(sandbox, _sow), methods=["PATCH"]),
        Route(path, answering(sandbox, _reset), methods=["DELETE"]),
        Route(f"{path}/injected/{{id}}", answering(sandbox, _told), methods=["GET"]),
        Route(f"{path}/{{id}}", answering(sandbox, _end), methods=["DELETE"]),
    ]
