"""Events: when two of them are the same event."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from connectors_core import Malformed
from connectors_core.model import (
    ContactRef,
    Message,
    MessageRef,
    Origin,
    Reaction,
    Receipt,
    ReceiptKind,
    Revision,
    RevisionAction,
    Text,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TARGET = MessageRef(endpoint="shop", account="1", id="m1")
ANN = ContactRef(endpoint="shop", account="1", id="ann")


def message(part, **more):
    """Return a message with one part."""
    return Message(
        **{"endpoint": "shop", "account": "1", "id": "m1", "at": NOW, "contact": ANN, "origin": Origin.CONTACT, **more},
        parts=(part,),
    )


def test_a_message_is_known_by_its_id():
    """However often it arrives, and at whatever time."""
    assert message(Text(body="a")).once == message(Text(body="a"), at=NOW + timedelta(1)).once == "message:m1"


@pytest.mark.parametrize("change", [{"at": NOW + timedelta(seconds=1)}, {"contact": attrs.evolve(ANN, id="bob")}])
def test_a_reaction_is_known_by_target_person_action_and_time(change):
    """Some platforms give a reaction the id of the message that it is about."""
    reaction = Reaction(message=TARGET, emoji="👍")
    assert message(reaction).once == message(reaction).once
    assert message(reaction).once != message(reaction, **change).once
    assert message(reaction).once != message(Reaction(message=TARGET, emoji=None)).once


def test_an_edit_is_known_by_its_number():
    """The third edit of a message is another event than the second."""
    edits = [message(Revision(message=TARGET, action=RevisionAction.EDIT, number=number)) for number in (2, 3)]
    assert edits[0].once != edits[1].once
    assert message(Revision(message=TARGET, action=RevisionAction.DELETE)).once == "message:m1"


def test_a_receipt_is_known_by_status_recipient_and_message():
    """In a group every member gives one."""
    receipt = Receipt(
        endpoint="shop", account="1", id="r", at=NOW, kind=ReceiptKind.READ, messages=(TARGET,), contact=ANN
    )
    assert receipt.once == attrs.evolve(receipt, id="other").once
    assert receipt.once != attrs.evolve(receipt, kind=ReceiptKind.DELIVERED).once
    assert receipt.once != attrs.evolve(receipt, contact=attrs.evolve(ANN, id="bob")).once
    assert receipt.once != attrs.evolve(receipt, messages=(), watermark=NOW).once


def test_a_connector_may_name_the_event_itself():
    """`repeat` wins, for events without any id of their own."""
    assert message(Text(body="a"), repeat="digest:1").once == "digest:1"


def test_a_time_without_its_zone_is_malformed():
    """It would be another moment on another machine."""
    with pytest.raises(Malformed, match="at has no time zone"):
        message(Text(body="a"), at=datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake that is tested


def test_the_nouns_are_frozen():
    """An event is a fact."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        message(Text(body="a")).id = "m2"
