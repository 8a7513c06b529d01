"""The part of the graph of people that one batch touches: joined, cut, proposed and refused in memory, then written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import time
from typing import Any

import attrs

from connectors_core.pipeline.receipts import NextId
from connectors_core.store import merges
from connectors_core.store.merges import DECLINED, MERGED, MOST_MEMBERS, PROPOSED, UNDONE

PLATFORM, AGENT = "platform", "agent"
"""What merges rest on besides a scheme or a log-in: that platforms vouch for it, that somebody says so."""
TOO_MANY = f"nobody is more than {MOST_MEMBERS} contacts: undo merges of this person first"


@attrs.frozen(kw_only=True)
class Wish:
    """Two contacts that seem to be one: `sure` when platforms vouch for it."""

    contact: int
    other: int
    reason: str
    evidence: str
    sure: bool


@attrs.define
class Graph:
    """Trees of contacts by their edges, child to parent, and what was ever said of the contacts in them."""

    next_id: NextId
    parents: dict[int, int]
    rows: dict[int, dict[str, Any]]
    edges: dict[int, int | None] = attrs.field(factory=dict)
    new: list[int] = attrs.field(factory=list)
    touched: dict[int, None] = attrs.field(factory=dict)
    """The rows that changed, in the order in which they did."""

    @classmethod
    def load(cls, db: Any, ids: Iterable[int], next_id: NextId) -> Graph:
        """Read the trees of contacts."""
        wanted = set(ids)
        parents = merges.edges_of(db, wanted)
        rows = merges.concerning(db, {*wanted, *parents, *parents.values()})
        return cls(next_id, parents, {id_: row._asdict() for id_, row in rows.items()})

    def root(self, one: int) -> int:
        """Return the top of the tree of a contact."""
        return merges.root(self.parents, one)

    def group(self, one: int) -> list[int]:
        """Return everybody who is one person with a contact."""
        return merges.below(self.parents, self.root(one))

    def merge(self, contact: int, other: int, reason: str, evidence: str, by: str) -> str:
        """Make two one, the tree of `other` a part of that of `contact`; return why not, "" when they are one."""
        winner, loser = self.root(contact), self.root(other)
        if winner == loser:
            return ""
        if len(self.group(winner)) + len(self.group(loser)) > MOST_MEMBERS:
            return TOO_MANY
        open_ = [row for row in self._between(contact, other) if row["state"] == PROPOSED]
        same = [row for row in open_ if {row["contact_id"], row["other_id"]} == {contact, other}]
        row = next(iter(same or open_), None) or self._add(contact, other, PROPOSED, reason, evidence, by)
        joined = {"state": MERGED, "reason": reason, "by": by, "at": time(), "winner_id": winner, "loser_id": loser}
        self._change(row, **joined)
        self.parents[loser] = self.edges[loser] = winner
        return ""

    def propose(self, contact: int, other: int, reason: str, evidence: str) -> None:
        """Ask whether two are one, unless that was asked before for the same evidence."""
        if self.root(contact) == self.root(other):
            return
        if not any(row["evidence"] == evidence for row in self._between(contact, other)):
            self._add(contact, other, PROPOSED, reason, evidence, "")

    def wish(self, wish: Wish) -> None:
        """Merge two for whom platforms vouch, and ask about any others; who was told apart is only asked about."""
        apart = (DECLINED, UNDONE)
        if wish.sure and not any(row["state"] in apart for row in self._between(wish.contact, wish.other)):
            older, younger = sorted((wish.contact, wish.other), key=self.root)
            self.merge(older, younger, wish.reason, wish.evidence, "")
        else:
            older, younger = sorted((wish.contact, wish.other))
            self.propose(older, younger, wish.reason, wish.evidence)

    def undo(self, contact: int, other: int) -> None:
        """Make two again of what one merge made one: the last on the way from one to the other."""
        row = self._last_between(contact, other)
        if row is None:
            return
        self.edges[row["loser_id"]] = None
        del self.parents[row["loser_id"]]
        self._change(row, state=UNDONE, ended_at=time())
        self.decline(row["contact_id"], row["other_id"])

    def decline(self, contact: int, other: int) -> None:
        """Store that two are not one; whatever else proposes it now is answered by that."""
        for row in self._between(contact, other):
            if row["state"] == PROPOSED:
                self._change(row, state=DECLINED, ended_at=time())

    def write(self, db: Any) -> None:
        """Write what changed."""
        new = set(self.new)
        changed = {id_: self.rows[id_] for id_ in self.touched if id_ not in new}
        merges.join(db, self.edges)
        merges.save(db, [self.rows[id_] for id_ in self.new], changed)

    def _between(self, contact: int, other: int) -> Sequence[dict[str, Any]]:
        """Return every row about somebody of one tree and somebody of the other."""
        first, second = set(self.group(contact)), set(self.group(other))
        pairs = ((row, row["contact_id"], row["other_id"]) for row in self.rows.values())
        found = [row for row, one, two in pairs if (one in first and two in second) or (one in second and two in first)]
        return sorted(found, key=lambda row: int(row["id"]))

    def _last_between(self, contact: int, other: int) -> dict[str, Any] | None:
        first, second = merges.chain(self.parents, contact), merges.chain(self.parents, other)
        active = [row for row in self.rows.values() if row["state"] == MERGED]
        if first[-1] == second[-1]:
            steps = set(first) ^ set(second)
            found = [row for row in active if row["loser_id"] in steps]
        else:
            found = [row for row in active if {row["contact_id"], row["other_id"]} == {contact, other}]
        return max(found, key=lambda row: (row["at"], row["id"]), default=None)

    def _add(self, contact: int, other: int, state: str, reason: str, evidence: str, by: str) -> dict[str, Any]:
        id_ = self.next_id()
        row: dict[str, Any] = {"id": id_, "contact_id": contact, "other_id": other, "loser_id": None, "winner_id": None}
        row |= {"state": state, "reason": reason, "evidence": evidence, "by": by, "at": time(), "ended_at": None}
        self.rows[id_] = row
        self.new.append(id_)
        self.touched[id_] = None
        return row

    def _change(self, row: dict[str, Any], **changes: Any) -> None:
        row |= changes
        self.touched.pop(row["id"], None)
        self.touched[row["id"]] = None
