"""The document that rules read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors_core.mapping import build
from connectors_core.mapping.document import FIELDS, KNOWN, problem
from connectors_core.mapping.paths import compile_path
from connectors_core.model import ConversationRef, Media, MediaKind, Message, MessageRef, Origin, Referral, Text
from connectors_core.model.codec import to_dict

HERE = {"endpoint": "shop", "account": "12"}
GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "mapping.md"


def _document():
    message = Message(
        **HERE,
        id="m1",
        at=datetime(2026, 5, 1, tzinfo=UTC),
        origin=Origin.CONTACT,
        conversation=ConversationRef(**HERE, id="c1"),
        reply_to=MessageRef(**HERE, id="m0"),
        parts=(
            Text(body="Hello"),
            Media(kind=MediaKind.IMAGE, id="1", caption="my cat"),
            Referral(source="ad", ad_id="9"),
        ),
    )
    identities = [
        {"scheme": "wa_id", "value": "4930123456", "verified": True},
        {"scheme": "phone", "value": "+4930123456"},
        {"scheme": "phone", "value": "+4930999999"},
        {"scheme": "email", "value": "sheena@example.com"},
    ]
    return build(
        to_dict(message),
        {"id": "7", "name": "Sheena Nelson", "identities": identities},
        identities[0],
        {"id": "3", "owner": "crm", "referral": {"source": "link"}},
        {"endpoint": "shop", "channel": "whatsapp", "id": "12"},
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("event.event", "message"),
        ("event.text", "Hello\nmy cat"),
        ("event.reply_to", "m0"),
        ("event.origin", "contact"),
        ("event.standby", False),
        ("event.parts[1].part", "media"),
        ("event.parts[0].body", "Hello"),
        ("contact.name", "Sheena Nelson"),
        ("contact.phones", ["+4930123456", "+4930999999"]),
        ("contact.emails[0]", "sheena@example.com"),
        ("contact.identities[1].verified", False),
        ("identity.scheme", "wa_id"),
        ("conversation.owner", "crm"),
        ("account.channel", "whatsapp"),
        ("referral.ad_id", "9"),
    ],
)
def test_the_document_has_what_the_guide_promises(path, value):
    """Every number once, all words together, and the event's own referral before that of the conversation."""
    assert problem(path) == ""
    assert compile_path(path).read(_document()) == value


def test_a_document_of_little_is_whole():
    """An event without person and conversation has the same branches, empty."""
    document = build({"event": "notice", "id": "n1"})
    assert list(document) == ["event", "contact", "identity", "conversation", "account", "referral"]
    assert compile_path("contact.phones[0]").read(document) is None
    assert build({"event": "link"}, conversation={"referral": {"source": "link"}})["referral"] == {"source": "link"}


@pytest.mark.parametrize("path", ["contact", "contact.phones", "event.parts[3]", "event.extra.any.thing[0]",
                                  "event.parts[0].answers.question", "contact.identities[0]"])  # fmt: skip
def test_branches_and_open_places_may_be_read(path):
    """A function of one's own may take a whole branch."""
    assert problem(path) == ""


@pytest.mark.parametrize(
    "path", ["contacts", "event.parts[0].bodi", "contact.name.first", "contact.phones.x", "a", "event.extras"]
)
def test_other_paths_are_refused(path):
    """A path that can never have a value is a mistake in the settings."""
    assert problem(path).startswith(f'the document has no "{path}".')


def test_the_guide_lists_every_path():
    """The table in the guide is the one that settings are checked against."""
    rows = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    expected = [f"| `{field.path}` | {field.type} | {field.text} |" for field in FIELDS]
    assert [row for row in rows if row in expected] == expected
    assert len(set(KNOWN)) == len(KNOWN)
