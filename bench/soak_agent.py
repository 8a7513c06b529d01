"""The agent of a soak: answers everybody in the inbox, as a person with a browser does."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from typing import Any

import requests
from soak_demo import Demo
from soak_people import FACES, PICTURE, Customer, tokens

RESTS = {"whatsapp": 8.0, "messenger": 4.0, "instagram": 4.0}
"""Seconds between two answers to one customer: on WhatsApp above the 6 that it allows in the long run."""
MOST_OPEN = 3
"""An agent who sees that so many answers have not gone out waits."""
SIGNS = {"whatsapp": FACES, "messenger": FACES, "instagram": ("❤️",)}
"""What a business may react with."""
DOES = {"write": 30, "answer": 14, "picture": 12, "album": 6, "ask": 14, "card": 8, "react": 12, "template": 12}
"""How often each thing is done, against the others; a template only on WhatsApp."""

_LOOK = """
SELECT c.id, c.channel, c.external_id,
  (SELECT COUNT(*) FROM inbox_messages m WHERE m.conversation_id = c.id AND m.direction = 'out' AND m.at > ?
   AND m.origin = 'agent' AND COALESCE(m.status, '') NOT IN ('sent', 'delivered', 'read', 'failed')) AS waiting
FROM inbox_conversations c
"""
_CAME = """
SELECT name, parts LIKE '%"part": "comment"%' AS is_comment FROM inbox_messages
WHERE conversation_id = ? AND direction = 'in' AND NOT deleted ORDER BY id
"""


class Agent(threading.Thread):
    """Answers, reacts, offers choices; who sees no answer of the inbox looks first whether it was kept.

    `said`: the tokens that were kept for certain, in order, by customer; `unsure`: those of which nobody knows.
    """

    def __init__(self, demo: Demo, customers: Sequence[Customer], until: float, seed: int) -> None:
        """Nobody has been answered yet."""
        super().__init__(name="agent", daemon=True)
        self._demo, self._until = demo, until
        self._random = random.Random(seed)
        self._who = {(one.channel, address): one for one in customers for address in one.addresses}
        self.said: dict[str, list[str]] = {one.label: [] for one in customers}
        self.unsure: set[str] = set()
        self.liked: set[str] = set()
        self.privately: set[str] = set()
        self._last: dict[str, float] = {}
        self._next: dict[str, int] = {}

    def run(self) -> None:
        """Go round until it is time."""
        while time.time() < self._until:
            for row in self._demo.dicts("inbox.db", _LOOK, time.time() - 150):
                customer = self._who.get((row["channel"], row["external_id"]))
                if customer is None or row["waiting"] >= MOST_OPEN:
                    continue
                if time.time() - self._last.get(customer.label, 0.0) > RESTS[customer.channel]:
                    self._last[customer.label] = time.time()
                    self._serve(row["id"], customer)
            time.sleep(0.5)

    def _serve(self, conversation: int, customer: Customer) -> None:
        came = self._demo.dicts("inbox.db", _CAME, conversation)
        if not came:
            return
        if all(one["is_comment"] for one in came):
            self._privately(conversation, customer, came[-1]["name"])
            return
        self._post(f"c/{conversation}/read", {})
        said = [one["name"] for one in came if not one["is_comment"]]
        weights = {**DOES, "template": DOES["template"] if customer.channel == "whatsapp" else 0}
        (act,) = self._random.choices(list(weights), list(weights.values()))
        if act == "react" and said[-1] not in self.liked:
            self.liked.add(said[-1])
            self._post(f"m/{said[-1]}/react", {"emoji": (None, self._random.choice(SIGNS[customer.channel]))})
            return
        token = self._token(customer)
        if act == "template":
            self._send(f"c/{conversation}/template", _template(customer, token), customer, token)
            return
        if act == "write":
            self._post(f"c/{conversation}/typing", {})
        form = [("mode", (None, "reply")), ("text", (None, f"to {customer.name} {token}")), *_more(act, token)]
        if act == "answer":
            form.append(("reply_to", (None, came[-1]["name"])))
        self._send(f"c/{conversation}/write", form, customer, token)

    def _privately(self, conversation: int, customer: Customer, comment: str) -> None:
        """Answer a comment of somebody who never wrote: with one message, then the platform waits for them."""
        if customer.label in self.privately:
            return
        self.privately.add(customer.label)
        token = self._token(customer)
        form = [("mode", (None, "reply")), ("text", (None, f"to {customer.name}, in private {token}"))]
        self._send(f"c/{conversation}/write", [*form, ("reply_to", (None, comment))], customer, token)

    def _token(self, customer: Customer) -> str:
        self._next[customer.label] = self._next.get(customer.label, 0) + 1
        return f"a{customer.label}-{self._next[customer.label]}"

    def _send(self, path: str, form: Any, customer: Customer, token: str) -> None:
        if self._post(path, form) or self._kept(token):
            self.said[customer.label].append(token)
        else:
            self.unsure.add(token)

    def _kept(self, token: str) -> bool:
        found = self._demo.rows("inbox.db", "SELECT parts FROM inbox_messages WHERE parts LIKE ?", f"%{token}%")
        return any(token in tokens(parts, "a") for (parts,) in found)

    def _post(self, path: str, form: Any) -> bool:
        own = {"sec-fetch-site": "same-origin"}
        files = form or {"nothing": (None, "")}
        try:
            url = f"{self._demo.inbox}{path}"
            answer = requests.post(url, files=files, headers=own, allow_redirects=False, timeout=10)
        except requests.RequestException:
            return False
        return answer.status_code == 303


def _template(customer: Customer, token: str) -> dict[str, Any]:
    form = {"template": (None, "appointment_reminder|en_US"), "slot.body.day": (None, "Monday")}
    return {**form, "slot.body.first_name": (None, f"{customer.name} {token}")}


def _more(act: str, token: str) -> list[tuple[str, Any]]:
    """Return what an answer has besides its words; files and titles have its token, or that of a tap on them."""
    if act in ("picture", "album"):
        return [("file", (f"{token}.png", PICTURE, "image/png"))] * (2 if act == "album" else 1)
    tap = f"t{token[1:]}"
    if act == "ask":
        return [("choice", (None, f"Yes {tap}")), ("choice", (None, f"No {tap}"))]
    if act == "card":
        return [("heading", (None, "An offer")), ("button", (None, f"Take {tap}"))]
    return []
