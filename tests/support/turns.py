"""What happens in a conversation that several may answer: a person, a bot, a desk, the platform and its own inbox."""

from datetime import UTC, datetime, timedelta

import attrs
import peers
from gateways import message, reply

from connectors_core.model import Echo, Handover, HandoverAction, Origin


def now(seconds=0.0):
    """Return a moment from now on."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def asks(id_="m1", words="hello", **changes):
    """Return what the person writes now."""
    return message(id_, words, at=now(), **changes)


def answers(id_, words="hi", by="bot", **changes):
    """Return what a responder writes."""
    origin = Origin.BOT if by == "bot" else Origin.AGENT
    return reply(id_, words, **{"endpoint": by, "account": by, "origin": origin, "at": now(), **changes})


def moves(id_, action, by="desk", new="", **changes):
    """Return how a responder moves the conversation."""
    origin = Origin.BOT if by == "bot" else Origin.AGENT
    common = {"conversation": message("m1").conversation, "at": now(), "origin": origin, **changes}
    return Handover(endpoint=by, account=by, id=id_, action=HandoverAction(action), new_owner=new, **common)


def told(action, new, seconds=0.0, **changes):
    """Return what the platform tells of its thread."""
    first = message("m1")
    common = {"conversation": first.conversation, "contact": first.contact, "at": now(seconds), **changes}
    name = f"{action}{new}{seconds}"
    return Handover(endpoint="shop", account="100", id=name, action=HandoverAction(action), new_owner=new, **common)


def native(id_, app="22", seconds=0.0, **changes):
    """Return what a human wrote in the native inbox."""
    own = reply(id_, "from the page", endpoint="shop", account="100", at=now(seconds), origin=Origin.NATIVE_APP)
    return attrs.evolve(own, echo=Echo(app_id=app), **changes)


def owner(house):
    """Return what stands in the store, "" for the first responder."""
    (row,) = house.rows("conversations")
    return row.owner


def heard(name):
    """Return who the news told a responder that may answer."""
    return [one.new_owner for one in peers.of(name).told("hand_over")]
