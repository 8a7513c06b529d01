"""The verdict of a soak: phones, inbox and the gateway's store, compared message by message."""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs
from soak_agent import Agent
from soak_demo import CHANNELS, Demo
from soak_people import Customer, tokens
from soak_sides import Sides, signed, speaks

OPEN = ("waiting", "started", "uncertain")
ORDER = ("failed", "sent", "delivered", "read")
NATIVE = "native_app"


@attrs.define
class Verdict:
    """What is wrong; all of it must be empty. `unknown`: sends that nobody can tell of, with what really happened.

    `twice`: those of them that the inbox shows a second time, as the platform's copy does not say whose it is.
    """

    lost: list[str] = attrs.field(factory=list)
    doubled: list[str] = attrs.field(factory=list)
    out_of_order: list[str] = attrs.field(factory=list)
    invented: list[str] = attrs.field(factory=list)
    stuck: list[str] = attrs.field(factory=list)
    differing: list[str] = attrs.field(factory=list)
    unknown: list[str] = attrs.field(factory=list)
    twice: list[str] = attrs.field(factory=list)

    def faults(self) -> dict[str, list[str]]:
        """Return what must be empty."""
        return {name: found for name, found in attrs.asdict(self).items() if name not in ("unknown", "twice")}

    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.faults().values())

    def compare(self, what: str, got: list[str], wanted: list[str]) -> None:
        """Compare two sequences of tokens."""
        counts = Counter(got)
        self.lost += [f"{what}: {one}" for one in wanted if one not in counts]
        self.doubled += [f"{what}: {one}" for one, count in counts.items() if count > 1]
        self.invented += [f"{what}: {one or 'a message without a token'}" for one in counts if one not in wanted]
        ordered = [one for one in dict.fromkeys(got) if one in wanted]
        if ordered != [one for one in wanted if one in counts]:
            self.out_of_order.append(f"{what}: {ordered}")


def judge(demo: Demo, customers: Sequence[Customer], agent: Agent) -> Verdict:
    """Compare everything."""
    verdict, sides = Verdict(), Sides.read(demo, customers)
    for customer in customers:
        _from_customer(verdict, sides, customer)
        _changes(verdict, sides, customer)
        _from_agent(verdict, sides, customer, agent)
        _statuses(verdict, sides, customer)
        _signs(verdict, sides, customer)
        _own_signs(verdict, sides, customer)
    _sends(verdict, sides)
    _rest(verdict, demo)
    return verdict


def _from_customer(verdict: Verdict, sides: Sides, customer: Customer) -> None:
    """Compare what a customer did with what is on the phone and in the inbox."""
    written = sides.written(customer.label)
    there = [token for one in written for token in tokens(one["content"], "ct")]
    verdict.compare(
        f"{customer.name}: on the phone", there, [one for one in customer.said if one not in customer.unshown]
    )
    came = [row for row in sides.here[customer.label] if row["direction"] == "in"]
    got = [token for row in came for token in tokens(row["parts"], "ct") or [""]]
    # What the platform brought late stands where it came; that it came, once, is compared without its place.
    moved = {token for one in written if one["id"] in sides.late for token in tokens(one["content"], "ct")}
    if customer.label in sides.late_people:
        moved |= customer.unshown | {
            t for one in written if one["type"] == "comment" for t in tokens(one["content"], "c")
        }
    verdict.compare(
        f"{customer.name}: to the inbox",
        [one for one in got if one not in moved],
        [one for one in customer.said if one not in moved],
    )
    verdict.lost += [f"{customer.name}: to the inbox: {one}" for one in moved if one not in got]
    verdict.doubled += [f"{customer.name}: to the inbox: {one}" for one in moved if got.count(one) > 1]
    for row in came:
        text, files = row["parts"], sum(part["part"] == "media" for part in json.loads(row["parts"]))
        wanted = next(
            (_files(one) for one in written if set(tokens(one["content"], "ct")) & set(tokens(text, "ct"))), 0
        )
        if files != wanted:
            verdict.differing.append(f"{customer.name}: {tokens(text, 'ct')} has {wanted} files there, {files} here")
    if len({row["conversation"] for row in sides.here[customer.label]}) > 1:
        verdict.doubled.append(f"{customer.name}: the conversation in the inbox")
    names = {row["person"] for row in sides.here[customer.label]}
    if not all(name == customer.name or " user · " in name or name.startswith("@") for name in names):
        verdict.differing.append(f"{customer.name}: is called {', '.join(map(repr, names))} in the inbox")


def _files(message: dict[str, Any]) -> int:
    """Return how many files a message on a phone has."""
    if message["type"] == "comment":
        return 0
    content = json.loads(message["content"])
    return 1 if message["type"] == "image" else sum(one["type"] == "image" for one in content.get("attachments", []))


def _changes(verdict: Verdict, sides: Sides, customer: Customer) -> None:
    """Compare what a customer changed and took back."""
    for row in sides.here[customer.label]:
        for token in tokens(row["parts"], "c") if row["direction"] == "in" else ():
            words = customer.edited.get(token)
            if words and words not in json.dumps(json.loads(row["parts"]), ensure_ascii=False):
                verdict.differing.append(f"{customer.name}: {token} was edited, and is not here")
            if bool(row["deleted"]) != (token in customer.unsent):
                verdict.differing.append(
                    f"{customer.name}: {token} is {'' if row['deleted'] else 'not '}taken back here"
                )


def _from_agent(verdict: Verdict, sides: Sides, customer: Customer, agent: Agent) -> None:
    """Compare what the agent wrote with what is in the inbox and on the phone."""
    label, said = customer.label, agent.said[customer.label]
    out = [row for row in sides.here[label] if row["direction"] == "out"]
    kept = [(tokens(row["parts"], "a") or [""])[0] for row in out if row["origin"] != NATIVE]
    sure = [one for one in kept if one in agent.unsure or one in said]
    verdict.compare(f"{customer.name}: in the inbox", kept, list(dict.fromkeys(sure)))
    verdict.lost += [f"{customer.name}: in the inbox: {one}" for one in said if one not in kept]
    pieces = sides.pieces(label)
    got = {
        (one["id"]): f"{token}/{send['piece']}"
        for token, found in pieces.items()
        for send, there in found
        for one in there
    }
    wanted = [
        f"{token}/{send['piece']}" for token in dict.fromkeys(kept) for send, there in pieces.get(token, []) if there
    ]
    # Whether one that is missing had to be there say the deliveries, one by one.
    verdict.compare(f"{customer.name}: to the phone", [got.get(one["id"], "") for one in sides.got(label)], wanted)
    copies = sum(row["origin"] == NATIVE for row in out)
    unsure = sum(send["state"] == "unknown" and bool(there) for found in pieces.values() for send, there in found)
    if copies > (unsure if customer.channel == "instagram" else 0):
        verdict.doubled.append(f"{customer.name}: {copies} messages of the business came back, {unsure} are unknown")
    elif copies:
        verdict.twice.append(f"{customer.name}: {copies} of {unsure} unknown")


def _statuses(verdict: Verdict, sides: Sides, customer: Customer) -> None:
    """Compare how far the agent's messages came: each as far as its slowest piece."""
    shown = {
        (tokens(row["parts"], "a") or [""])[0]: row["status"]
        for row in sides.here[customer.label]
        if row["direction"] == "out" and row["origin"] != NATIVE
    }
    for token, found in sides.pieces(customer.label).items():
        rows = [one for _, there in found for one in there]
        if any(send["state"] != "sent" for send, _ in found) or any(one["silent"] for one in rows) or not rows:
            continue
        there = min((one["status"] for one in rows), key=ORDER.index)
        if shown.get(token) != there:
            verdict.differing.append(f"{customer.name}: {token} is {there} there, {shown.get(token)} here")


def _signs(verdict: Verdict, sides: Sides, customer: Customer) -> None:
    """Compare the signs of a customer: several pieces of a message have one place in the inbox for theirs."""
    here = {
        (tokens(row["parts"], "a") or [""])[0]: json.loads(row["reactions"])
        for row in sides.here[customer.label]
        if row["direction"] == "out" and row["origin"] != NATIVE
    }
    for token, found in sides.pieces(customer.label).items():
        if any(send["state"] == "unknown" for send, _ in found):
            continue  # nobody knows what it is called there, so that no sign finds it
        given = {json.loads(one["marks"]).get("customer") for _, there in found for one in there} - {None}
        sign = next((sign for who, sign in here.get(token, {}).items() if who != "agent"), None)
        if sign not in (given or {None}):
            verdict.differing.append(f"{customer.name}: the sign on {token} is one of {given} there, {sign} here")


def _own_signs(verdict: Verdict, sides: Sides, customer: Customer) -> None:
    """Compare the signs of the agent."""
    became = dict(signed(sides.sends))
    named = {row["name"]: row for row in sides.here[customer.label]}
    marks = {
        token: json.loads(one["marks"]).get("business")
        for one in sides.written(customer.label)
        if one["type"] != "comment"
        for token in tokens(one["content"], "ct")
    }
    for name, state in became.items():
        if state == "sent" and name in named:
            token = tokens(named[name]["parts"], "ct")[0]
            sign = json.loads(named[name]["reactions"]).get("agent")
            if marks.get(token) != sign:
                verdict.differing.append(
                    f"{customer.name}: the agent's sign on {token} is {marks.get(token)} there, {sign} here"
                )


def _sends(verdict: Verdict, sides: Sides) -> None:
    """Compare every send of the gateway with what the sandbox has of it."""
    verdict.invented += [f"a message with the key {one['tracker']!r}" for one in sides.foreign]
    for piece, send in sides.sends.items():
        count = len(sides.there.get(piece, []))
        name = f"{(tokens(send['document'], 'a') or ['event'])[0]} (event {piece[0]}/{piece[1]})"
        if count > 1:
            verdict.doubled.append(f"{name} is {count} times at {send['target']}")
        if send["state"] == "sent" and not count and speaks(send):
            verdict.lost.append(f"{name} counts as sent and is not at {send['target']}")
        if send["state"] == "refused" and count:
            verdict.differing.append(f"{name} counts as refused and is at {send['target']}")
        if send["state"] == "dead":
            verdict.lost.append(f"{name} was given up: {send['reason']}")
        if send["state"] == "unknown":
            what = "it happened" if count else "it did not happen"
            verdict.unknown.append(f"{name} at {send['target']}: {what} ({send['reason'][:90]})")


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
    held = demo.rows("gateway.db", "SELECT COUNT(*) FROM events WHERE held_until IS NOT NULL")[0][0]
    verdict.stuck += [f"{held} echoes wait"] if held else []
    waiting = demo.rows("sandbox/sandbox.db", "SELECT COUNT(*) FROM outbox")[0][0]
    verdict.stuck += [f"{waiting} webhooks wait at Meta"] if waiting else []
    outbox = demo.rows("inbox.db", "SELECT COUNT(*) FROM inbox_outbox")[0][0]
    verdict.stuck += [f"{outbox} messages wait in the inbox"] if outbox else []


def times(demo: Demo) -> dict[str, dict[str, float]]:
    """Return the milliseconds from a phone to the inbox: half of the messages, and 99 of 100, took no longer."""
    statement = "SELECT id, at FROM messages WHERE incoming AND type != 'reaction' UNION SELECT id, at FROM comments"
    written = dict(demo.rows("sandbox/sandbox.db", statement))
    settled = demo.rows(
        "gateway.db",
        "SELECT d.source, e.external_id, d.settled_at FROM deliveries d JOIN events e ON e.id = d.event_id "
        "WHERE d.target = 'inbox' AND d.verb = 'send' AND d.state = 'sent' ORDER BY d.id DESC",
    )
    found = {}
    for channel in CHANNELS:
        # The first delivery of each: an edit bears the name of what it changes.
        first = {name: at for source, name, at in settled if source == channel and name in written}
        took = sorted((at - written[name]) * 1000 for name, at in first.items())
        if len(took) > 1:
            cuts = statistics.quantiles(took, n=100)
            found[channel] = {"p50_ms": round(cuts[49]), "p99_ms": round(cuts[98]), "longest_ms": round(took[-1])}
    return found
