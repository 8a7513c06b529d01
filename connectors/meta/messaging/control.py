"""The control of a thread (MP/conversation-routing, 2025-09-24; IG/features/conversation-routing, 2026-06-30)."""

from __future__ import annotations

from datetime import timedelta

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors.meta.messaging.outbound.dialect import Dialect
from connectors.meta.messaging.outbound.envelope import person
from connectors.meta.messaging.outbound.fields import fits
from connectors_core import Call, Http, NotSupported
from connectors_core.model import Handover, HandoverAction, wire
from connectors_core.model.wire import Json

CONTROLS = frozenset(HandoverAction)
"""All of them: the names of the edges are still those of the handover protocol."""

LONGEST_METADATA = 1000
LONGEST_EXTENSION = timedelta(days=7)


def control(graph: Graph, node: str, handover: Handover, dialect: Dialect, account: str) -> Call:
    """Return the call that moves the control of a thread.

    A pass without `new_owner`, which is an app id, goes to the native inbox. An extension has a duration of 7 days at
    most.
    """
    content: Json = {"recipient": {"id": person(handover, dialect, account)}}
    if handover.action is HandoverAction.PASS:
        content["target_app_id"] = handover.new_owner or dialect.inbox
    if handover.action is HandoverAction.EXTEND:
        content["duration"] = _seconds(handover.duration)
    elif handover.metadata:
        content["metadata"] = fits("the metadata", handover.metadata, LONGEST_METADATA)
    return graph.call("POST", f"{node}/{handover.action}_thread_control", content)


def owner(http: Http, graph: Graph, node: str, who: str) -> str:
    """Return the id of the app that controls the thread with a person, "" when it is idle."""
    call = graph.call("GET", f"{node}/thread_owner", recipient=who)
    rows = wire.items(http.call(call, verb="ask who has the thread", explain=explain_messaging).object(), "data")
    return wire.text(wire.obj(rows[0], "thread_owner"), "app_id") if rows else ""


def _seconds(duration: timedelta | None) -> int:
    if duration is None or not timedelta(0) < duration <= LONGEST_EXTENSION:
        raise NotSupported(
            f"the control of a thread is extended by up to {LONGEST_EXTENSION.days} days; say for how long"
        )
    return int(duration.total_seconds())
