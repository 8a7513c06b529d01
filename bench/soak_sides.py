"""What the sides of a soak have, read at one moment: phones, inbox, and the gateway's store."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
from soak_demo import Demo
from soak_people import Customer, tokens

Row = dict[str, Any]
Piece = tuple[int, int]
"""An event of the gateway, and the number of one of its pieces."""

_KEY = re.compile(r"[a-z0-9]{8}-(\d+)/(\d+)")
_PUBLIC = ("feed", "comments", "live_comments", "messaging_referrals", "messaging_referral")
"""Webhooks that are about no message of a chat."""

_PHONES = """
SELECT m.customer, c.channel, m.incoming, m.id, m.content, m.status, m.tracker, m.marks, m.silent, m.type, m.deleted,
m.at FROM messages m JOIN customers c ON c.id = m.customer ORDER BY m.seq
"""
_COMMENTS = "SELECT customer, 1 AS incoming, id, text AS content, 'comment' AS type, at FROM comments ORDER BY at"
_INBOX = """
SELECT c.id AS conversation, c.channel, c.external_id, p.name AS person, m.name, m.direction, m.origin, m.parts,
m.status, m.reactions, m.deleted FROM inbox_messages m JOIN inbox_conversations c ON c.id = m.conversation_id
JOIN inbox_contacts p ON p.id = c.contact_id ORDER BY m.id
"""
_SENDS = """
SELECT d.event_id, d.target, d.piece, d.pieces, d.state, d.reason, e.document FROM deliveries d
JOIN events e ON e.id = d.event_id WHERE d.verb = 'send' AND d.target != 'inbox' ORDER BY d.id
"""


@attrs.frozen
class Sides:
    """What each side has. `chats`, `here`: by the label of a customer; `sends`: the pieces of events, by endpoint too.

    `there`: the messages of the business on the phones, by the piece that each is; `foreign`: those that are none.
    """

    chats: dict[str, list[Row]]
    here: dict[str, list[Row]]
    sends: dict[Piece, Row]
    there: dict[Piece, list[Row]]
    foreign: list[Row]
    late: frozenset[str]
    late_people: frozenset[str]

    @classmethod
    def read(cls, demo: Demo, customers: Sequence[Customer]) -> Sides:
        """Read the three databases."""
        phones = demo.dicts("sandbox/sandbox.db", _PHONES)
        public = demo.dicts("sandbox/sandbox.db", _COMMENTS)
        inbox = demo.dicts("inbox.db", _INBOX)
        sends = {(one["event_id"], one["piece"]): one for one in demo.dicts("gateway.db", _SENDS)}
        of_id = {one.id: one.label for one in customers}
        of_address = {(one.channel, name): one.label for one in customers for name in one.addresses}
        chats: dict[str, list[Row]] = {one.label: [] for one in customers}
        here: dict[str, list[Row]] = {one.label: [] for one in customers}
        for row in sorted([*phones, *public], key=lambda one: float(one["at"])):
            if row["customer"] in of_id:
                chats[of_id[row["customer"]]].append(row)
        for row in inbox:
            label = of_address.get((row["channel"], row["external_id"]))
            if label is not None:
                here[label].append(row)
        there, foreign = _placed(phones, sends)
        overtaken = demo.rows(
            "sandbox/sandbox.db", 'SELECT message, customer, "into" FROM fault_log WHERE fault = ?', "reorder"
        )
        return cls(
            chats,
            here,
            sends,
            there,
            foreign,
            frozenset(name for name, _, _ in overtaken if name),
            frozenset(of_id.get(customer, "") for _, customer, field in overtaken if field in _PUBLIC),
        )

    def written(self, label: str) -> list[Row]:
        """Return what a customer wrote, comments included."""
        return [one for one in self.chats[label] if one["incoming"] and one["type"] != "reaction"]

    def got(self, label: str) -> list[Row]:
        """Return what a customer got."""
        return [one for one in self.chats[label] if not one["incoming"] and one["type"] != "reaction"]

    def pieces(self, label: str) -> dict[str, list[tuple[Row, list[Row]]]]:
        """Return what the agent's messages to a customer became: by token their pieces, each with what is there."""
        found: dict[str, list[tuple[Row, list[Row]]]] = {}
        for piece, send in self.sends.items():
            for token in tokens(send["document"], "a")[:1]:
                if token.startswith(f"a{label}-"):
                    found.setdefault(token, []).append((send, self.there.get(piece, [])))
        return found


def _placed(phones: Sequence[Row], sends: dict[Piece, Row]) -> tuple[dict[Piece, list[Row]], list[Row]]:
    """Tell which piece each message of the business is: by our key, on Instagram, which has none, by its token."""
    counts = {tokens(send["document"], "a")[0]: send for send in sends.values() if tokens(send["document"], "a")}
    there: dict[Piece, list[Row]] = {}
    foreign: list[Row] = []
    for one in phones:
        if one["incoming"]:
            continue
        key = _KEY.match(one["tracker"])
        piece = (int(key[1]), int(key[2])) if key else (0, 0)
        known = next((counts[token] for token in tokens(one["content"], "a") if token in counts), None)
        if known is not None and key is None and one["channel"] == "instagram":
            # Files go first, the words after them.
            is_file = any(part["type"] == "image" for part in json.loads(one["content"]).get("attachments", []))
            piece = (known["event_id"], 1 if is_file else known["pieces"])
        if piece in sends:
            there.setdefault(piece, []).append(one)
        else:
            foreign.append(one)
    return there, foreign


def speaks(send: Row) -> bool:
    """Whether something that was sent is a message on the phone: signs of life are not, reactions on WhatsApp alone."""
    kinds = {part["part"] for part in json.loads(send["document"])["parts"]}
    return not kinds <= ({"activity"} if send["target"] == "whatsapp" else {"activity", "reaction"})


def signed(sends: dict[Piece, Row]) -> Iterator[tuple[str, str]]:
    """Yield the agent's reactions: the message of the inbox, and what became of the reaction."""
    for send in sends.values():
        part = json.loads(send["document"])["parts"][0]
        if part["part"] == "reaction":
            yield part["message"]["id"], send["state"]
