"""The verdict of a soak: phones, inbox and the gateway's store, compared message by message."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections import Counter
from typing import Any

import attrs
from soak_people import TOKEN, Agent, Customer, Demo

OPEN = ("waiting", "started", "uncertain")
_KEY = re.compile(r"[a-z0-9]{8}-(\d+)/\d+")


@attrs.define
class Verdict:
    """What is wrong; all of it must be empty. `unknown`: sends that nobody can tell of, with what really happened."""

    lost: list[str] = attrs.field(factory=list)
    doubled: list[str] = attrs.field(factory=list)
    out_of_order: list[str] = attrs.field(factory=list)
    invented: list[str] = attrs.field(factory=list)
    stuck: list[str] = attrs.field(factory=list)
    differing: list[str] = attrs.field(factory=list)
    unknown: list[str] = attrs.field(factory=list)

    def faults(self) -> dict[str, list[str]]:
        """Return what must be empty."""
        return {name: found for name, found in attrs.asdict(self).items() if name != "unknown"}

    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.faults().values())

    def compare(self, what: str, got: list[str], wanted: list[str]) -> None:
        """Compare two sequences of tokens."""
        counts = Counter(got)
        self.lost += [f"{what}: {one}" for one in wanted if one not in counts]
        self.doubled += [f"{what}: {one}" for one, count in counts.items() if count > 1]
        self.invented += [f"{what}: {one}" for one in counts if one not in wanted]
        ordered = [one for one in dict.fromkeys(got) if one in wanted]
        if ordered != [one for one in wanted if one in counts]:
            self.out_of_order.append(f"{what}: {ordered}")


@attrs.frozen
class Sides:
    """What each side has, read at one moment."""

    phone: list[dict[str, Any]]
    inbox: list[dict[str, Any]]
    sends: dict[int, dict[str, Any]]
    late: frozenset[str]

    @classmethod
    def read(cls, demo: Demo) -> Sides:
        """Read the three databases."""
        phone = _dicts(
            demo,
            "sandbox/sandbox.db",
            "SELECT customer, incoming, id, content, context, status, tracker, marks, silent, type, at "
            "FROM messages ORDER BY seq",
        )
        inbox = _dicts(
            demo,
            "inbox.db",
            "SELECT p.name AS person, m.name, m.direction, m.parts, m.status, m.reactions FROM inbox_messages m "
            "JOIN inbox_conversations c ON c.id = m.conversation_id JOIN inbox_contacts p ON p.id = c.contact_id "
            "ORDER BY m.id",
        )
        sends = _dicts(
            demo,
            "gateway.db",
            "SELECT d.event_id, d.state, d.reason, e.document FROM deliveries d JOIN events e ON e.id = d.event_id "
            "WHERE d.target = 'shop' AND d.verb = 'send' ORDER BY d.id",
        )
        late = demo.rows("sandbox/sandbox.db", "SELECT message FROM fault_log WHERE fault = 'reorder'")
        return cls(phone, inbox, {one["event_id"]: one for one in sends}, frozenset(name for (name,) in late))


def _dicts(demo: Demo, file: str, statement: str) -> list[dict[str, Any]]:
    names = [
        part.split(" AS ")[-1].split(".")[-1].strip() for part in statement[7 : statement.index(" FROM ")].split(",")
    ]
    return [dict(zip(names, row, strict=True)) for row in demo.rows(file, statement)]


def token(text: str) -> str:
    """Return the token in a document, "" when there is none."""
    found = TOKEN.search(text)
    return found[0] if found else ""


def judge(demo: Demo, customers: list[Customer], agent: Agent) -> Verdict:
    """Compare everything."""
    verdict, sides = Verdict(), Sides.read(demo)
    for customer in customers:
        _texts(verdict, sides, customer, agent)
        _signs(verdict, sides, customer)
    _sends(verdict, sides)
    _rest(verdict, demo)
    return verdict


def _texts(verdict: Verdict, sides: Sides, customer: Customer, agent: Agent) -> None:
    """Compare what a customer and the agent wrote with what is on the phone and in the inbox."""
    chat = [one for one in sides.phone if one["customer"] == customer.id and one["type"] != "reaction"]
    here = [one for one in sides.inbox if one["person"] == customer.name]
    written = [one for one in chat if one["incoming"]]
    verdict.compare(f"{customer.name}: on the phone", [token(one["content"]) for one in written], customer.said)
    came = [token(one["parts"]) for one in here if one["direction"] == "in"]
    # What the platform brought late stands where it came; that it came, once, is compared without its place.
    moved = {token(one["content"]) for one in written if one["id"] in sides.late}
    verdict.compare(
        f"{customer.name}: to the inbox",
        [one for one in came if one not in moved],
        [one for one in customer.said if one not in moved],
    )
    verdict.lost += [f"{customer.name}: to the inbox: {one}" for one in moved if one not in came]
    verdict.doubled += [f"{customer.name}: to the inbox: {one}" for one in moved if came.count(one) > 1]
    kept = [token(one["parts"]) for one in here if one["direction"] == "out"]
    said = [one for one in kept if one in agent.unsure or one in agent.said.get(customer.name, [])]
    verdict.compare(f"{customer.name}: in the inbox", kept, list(dict.fromkeys(said)))
    verdict.lost += [
        f"{customer.name}: in the inbox: {one}" for one in agent.said.get(customer.name, []) if one not in kept
    ]
    got = [token(one["content"]) for one in chat if not one["incoming"]]
    # Whether one that is missing had to be there say the deliveries, one by one.
    verdict.compare(f"{customer.name}: to the phone", got, [one for one in kept if one in got])
    _statuses(verdict, customer, chat, here)


def _statuses(verdict: Verdict, customer: Customer, chat: list[dict[str, Any]], here: list[dict[str, Any]]) -> None:
    shown = {token(one["parts"]): one["status"] for one in here if one["direction"] == "out"}
    for one in chat:
        if one["incoming"] or one["silent"]:
            continue
        status = shown.get(token(one["content"]))
        if status != one["status"]:
            verdict.differing.append(
                f"{customer.name}: {token(one['content'])} is {one['status']} there, {status} here"
            )


def _signs(verdict: Verdict, sides: Sides, customer: Customer) -> None:
    """Compare the reactions of a customer with those in the inbox."""
    here = {token(one["parts"]): one for one in sides.inbox if one["person"] == customer.name}
    for one in sides.phone:
        if one["customer"] != customer.id or one["incoming"] or one["type"] == "reaction":
            continue
        row = here.get(token(one["content"]))
        signs = json.loads(row["reactions"]) if row else {}
        sign = next((sign for who, sign in signs.items() if who != "agent"), None)
        wanted = json.loads(one["marks"]).get("customer")
        if sign != wanted:
            verdict.differing.append(
                f"{customer.name}: the sign on {token(one['content'])} is {wanted} there, {sign} here"
            )


def _sends(verdict: Verdict, sides: Sides) -> None:
    """Compare every send of the gateway with what the sandbox has under its key."""
    there: dict[int, list[dict[str, Any]]] = {}
    for one in sides.phone:
        if one["incoming"]:
            continue
        found = _KEY.match(one["tracker"])
        event = int(found[1]) if found else 0
        there.setdefault(event, []).append(one)
        if event not in sides.sends:
            verdict.invented.append(f"a message with the key {one['tracker']!r}")
    for event, send in sides.sends.items():
        count, name = len(there.get(event, [])), token(send["document"]) or f"event {event}"
        if count > 1:
            verdict.doubled.append(f"{name} is {count} times at WhatsApp")
        if send["state"] == "sent" and not count:
            verdict.lost.append(f"{name} counts as sent and is not at WhatsApp")
        if send["state"] == "refused" and count:
            verdict.differing.append(f"{name} counts as refused and is at WhatsApp")
        if send["state"] == "dead":
            verdict.lost.append(f"{name} was given up: {send['reason']}")
        if send["state"] == "unknown":
            verdict.unknown.append(f"{name}: {'it happened' if count else 'it did not happen'} ({send['reason'][:90]})")


def _rest(verdict: Verdict, demo: Demo) -> None:
    """Nothing may wait any more."""
    marks = ", ".join(f"'{state}'" for state in OPEN)
    statement = f"SELECT target, verb, state, COUNT(*) FROM deliveries WHERE state IN ({marks}) GROUP BY 1, 2, 3"
    verdict.stuck += [
        f"{count} times {verb} to {target}: {state}"
        for target, verb, state, count in demo.rows("gateway.db", statement)
    ]
    wrong = "SELECT target, verb, state, reason FROM deliveries WHERE target = 'inbox' AND state != 'sent'"
    verdict.lost += [
        f"{verb} to {target} is {state}: {why}" for target, verb, state, why in demo.rows("gateway.db", wrong)
    ]
    files = "SELECT state, attempts, due, holder, reason FROM media WHERE state != 'kept'"
    for state, attempts, due, holder, why in demo.rows("gateway.db", files):
        when = f"due in {due - time.time():.0f} s" if due else "never due"
        verdict.stuck.append(f"a file is {state} after {attempts} attempts, {when}, held by {holder}: {why}")
    unread = "SELECT state, COUNT(*) FROM journal WHERE state != 1 GROUP BY state"
    verdict.stuck += [f"{count} webhooks are {state}" for state, count in demo.rows("gateway.db", unread)]
    waiting = demo.rows("sandbox/sandbox.db", "SELECT COUNT(*) FROM outbox")[0][0]
    verdict.stuck += [f"{waiting} webhooks wait at WhatsApp"] if waiting else []
    outbox = demo.rows("inbox.db", "SELECT COUNT(*) FROM inbox_outbox")[0][0]
    verdict.stuck += [f"{outbox} messages wait in the inbox"] if outbox else []


def times(demo: Demo) -> dict[str, float]:
    """Return the milliseconds from a phone to the inbox: half of the messages, and 99 of 100, took no longer."""
    written = dict(demo.rows("sandbox/sandbox.db", "SELECT id, at FROM messages WHERE incoming AND type != 'reaction'"))
    settled = demo.rows(
        "gateway.db",
        "SELECT e.external_id, d.settled_at FROM deliveries d JOIN events e ON e.id = d.event_id "
        "WHERE d.target = 'inbox' AND d.verb = 'send' AND d.state = 'sent'",
    )
    took = sorted((at - written[name]) * 1000 for name, at in settled if name in written)
    if len(took) < 2:
        return {}
    cuts = statistics.quantiles(took, n=100)
    return {"p50_ms": round(cuts[49]), "p99_ms": round(cuts[98]), "longest_ms": round(took[-1])}
