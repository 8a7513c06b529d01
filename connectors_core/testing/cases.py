"""What the tests of the kit are run with: the plan of a class, and its samples, parts and receipts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from connectors_core.model import ReceiptKind
from connectors_core.model.codec import PART_NAMES
from connectors_core.testing.samples import WAYS_OUT, Sample, Samples
from connectors_core.testing.subject import Plan

CARE = ("fetch", "profile", "customer", "send_code", "login_chat", "templates", "reconcile", "poll", "plan", "apply")


@cache
def plan_of(kind: Any) -> Plan:
    """Return what a class of tests says of its connector."""
    folder = kind.samples
    if folder is None:
        folder = Path(str(sys.modules[kind.__module__].__file__)).parent / "samples"
    return Plan(
        connector=kind.connector,
        settings=kind.settings,
        app_settings=kind.app_settings,
        environ=kind.environ,
        signing=kind.signing,
        samples=Samples.load(folder),
    )


def _received(plan: Plan) -> list[Sample]:
    return plan.samples.of("receive")


def _sent(plan: Plan) -> list[Sample]:
    return plan.samples.of(*WAYS_OUT)


def _erring(plan: Plan) -> list[Sample]:
    return plan.samples.of("errors")


def _cared(plan: Plan) -> list[Sample]:
    return plan.samples.of(*CARE)


CASES: Mapping[str, Callable[[Plan], list[Any]]] = {
    "received": _received,
    "sent": _sent,
    "erring": _erring,
    "cared": _cared,
    "part": lambda _plan: list(PART_NAMES.values()),
    "receipt": lambda _plan: [str(kind) for kind in ReceiptKind],
}
"""What a test asks for by the name of an argument, and what it gets."""
