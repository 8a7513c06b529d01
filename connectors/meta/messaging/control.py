"""The control of a thread (MP/conversation-routing, 2025-09-24; IG/features/conversation-routing, 2026-06-30)."""

from __future__ import annotations

from datetime import timedelta

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors.meta.messaging.outbound.dialect import Dialect
from connectors.meta.messaging.outbound.envelope import person
from connectors.meta.messaging.outbound.fields import fits
from connectors_core import Call, Http, NotSupported
from connectors_core.model import NATIVE_APP, OURS, Handover, HandoverAction, wire
from connectors_core.model.wire import Json

CONTROLS = frozenset(HandoverAction)
"""All of them: the names of the edges are still those of the handover protocol."""

LONGEST_METADATA = 1000
LONGEST_EXTENSION = timedelta(days=7)


def control(graph: Graph, node: str, handover: Handover, dialect: Dialect, account: str) -> Call:
    """Return the call that moves the control of a thread.

    A pass goes to `new_owner`, an app id, or to the native inbox. An extension has a duration of 7 days at most. Where
    nothing is to travel along, the summary does, as much of it as fits.
    """
    content: Json = {"recipient": {"id": person(handover, dialect, account)}}
    if handover.action is HandoverAction.PASS:
        native = handover.new_owner in ("", NATIVE_APP)
        content["target_app_id"] = dialect.inbox if native else handover.new_owner
    if handover.action is HandoverAction.EXTEND:
        content["duration"] = _seconds(handover.duration)
    elif said := handover.metadata or handover.summary[:LONGEST_METADATA]:
        content["metadata"] = fits("the metadata", said, LONGEST_METADATA)
    return graph.call("POST", f"{node}/{handover.action}_thread_control", content)


def owner(http: Http, graph: Graph, node: str, who: str) -> str:
    """Return the id of the app that controls the thread with a person, "" when it is idle."""
    call = graph.call("GET", f"{node}/thread_owner", recipient=who)
    rows = wire.items(http.call(call, verb="ask who has the thread", explain=explain_messaging).object(), "data")
    return wire.text(wire.obj(rows[0], "thread_owner"), "app_id") if rows else ""


def owners(app_id: str, inbox: str) -> dict[str, str]:
    """Return whom the platform means by the ids of apps that are known."""
    return {inbox: NATIVE_APP, **({app_id: OURS} if app_id else {})}


def _seconds(duration: timedelta | None) -> int:
    if duration is None or not timedelta(0) < duration <= LONGEST_EXTENSION:
        raise NotSupported(
            f"the control of a thread is extended by up to {LONGEST_EXTENSION.days} days; say for how long"
        )
    return int(duration.total_seconds())
