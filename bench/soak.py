"""Soak: customers and agents talk through a demo that is killed again and again; in the end all three sides agree.

Phones (the sandbox), inbox and gateway store are compared message by message: each is there once, in its order, with
its file, and what was read on a phone is read in the inbox.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import requests

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
CUSTOMER_RESTS = (1.0, 4.0)
"""Seconds between two messages of a customer."""
AGENT_RESTS = 8.0
"""Seconds between two answers to one customer: above the 6 that WhatsApp allows in the long run."""
PATIENCE = 180.0
"""Seconds in which everything has to arrive after the last word."""


class Demo:
    """A running demo, whose gateway can be killed."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        command = [sys.executable, "-m", "connectors_core.cli", "demo", "--folder", str(folder), "--no-open"]
        self.folder = folder
        self._process = subprocess.Popen([*command, "--port", "9500"], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        greeting = "".join(self._process.stdout.readline() for _ in range(2))
        self.phones, self.inbox = re.findall(r"http://\S+", greeting)
        threading.Thread(target=self._process.stdout.read, daemon=True).start()

    def kill(self) -> None:
        """Kill -9 the gateway and everything beside it; the demo starts it again."""
        for one in psutil.Process(self._process.pid).children():
            if "run" in one.cmdline():
                for victim in [*one.children(recursive=True), one]:
                    victim.kill()

    def stop(self) -> int:
        """Stop as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(60)

    def rows(self, file: str, statement: str) -> list[tuple[Any, ...]]:
        """Ask a database of the demo."""
        with closing(sqlite3.connect(f"file:{self.folder / file}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(statement).fetchall()


class Customer(threading.Thread):
    """Writes texts and pictures on a phone, now and then."""

    def __init__(self, demo: Demo, name: str, until: float, seed: int) -> None:
        """Make a new phone."""
        super().__init__(name=name, daemon=True)
        self._demo, self._until = demo, until
        self._random = random.Random(seed)
        number = f"4915{seed:08d}"
        made = requests.post(f"{demo.phones}sandbox/customers", json={"name": name, "wa_id": number}, timeout=30)
        made.raise_for_status()
        self.id = str(made.json()["id"])
        self.said: list[str] = []

    def run(self) -> None:
        """Write until it is time."""
        home = f"{self._demo.phones}sandbox/customers/{self.id}"
        while time.time() < self._until:
            words = f"{self.name} says {len(self.said)}"
            if self._random.random() < 0.15:
                files = {"file": ("a.png", PICTURE, "image/png")}
                answer = requests.post(f"{home}/files", files=files, data={"caption": words}, timeout=30)
            else:
                answer = requests.post(f"{home}/messages", json={"type": "text", "text": {"body": words}}, timeout=30)
            answer.raise_for_status()
            self.said.append(words)
            requests.post(f"{home}/read", json={}, timeout=30)
            time.sleep(self._random.uniform(*CUSTOMER_RESTS))
        requests.post(f"{home}/read", json={}, timeout=30)


class Agent(threading.Thread):
    """Answers every customer in the inbox, as a person with a browser does: who sees no answer looks first."""

    def __init__(self, demo: Demo, until: float) -> None:
        """Nobody has been answered yet."""
        super().__init__(name="agent", daemon=True)
        self._demo, self._until = demo, until
        self.said: dict[str, list[str]] = {}
        self._last: dict[str, float] = {}

    def run(self) -> None:
        """Go round until it is time."""
        look = "SELECT c.id, p.name FROM inbox_conversations c JOIN inbox_contacts p ON p.id = c.contact_id"
        while time.time() < self._until:
            for conversation, name in self._demo.rows("inbox.db", look):
                if time.time() - self._last.get(name, 0.0) < AGENT_RESTS or not name.startswith("customer"):
                    continue
                words = f"to {name}: {len(self.said.get(name, []))}"
                if self._write(conversation, words):
                    self.said.setdefault(name, []).append(words)
                    self._last[name] = time.time()
            time.sleep(0.5)

    def _write(self, conversation: int, words: str) -> bool:
        parts: dict[str, Any] = {"mode": (None, "reply"), "text": (None, words)}
        if hash(words) % 7 == 0:
            parts["file"] = ("b.png", PICTURE, "image/png")
        try:
            answer = requests.post(
                f"{self._demo.inbox}c/{conversation}/write",
                files=parts,
                headers={"sec-fetch-site": "same-origin"},
                allow_redirects=False,
                timeout=10,
            )
            if answer.status_code == 303:
                return True
        except requests.RequestException:
            pass
        return bool(self._demo.rows("inbox.db", f"SELECT 1 FROM inbox_messages WHERE parts LIKE '%{words}\"%'"))


def words_of(parts: str) -> str:
    """Return the words of a stored message: a text, or those under a picture."""
    return " ".join(part.get("body", part.get("caption", "")) for part in json.loads(parts)).strip()


def compare(demo: Demo, customers: list[Customer], agent: Agent) -> list[str]:
    """Return every difference between the three sides."""
    found: list[str] = []
    inbox: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for name, direction, parts, status in demo.rows(
        "inbox.db",
        "SELECT p.name, m.direction, m.parts, m.status FROM inbox_messages m "
        "JOIN inbox_conversations c ON c.id = m.conversation_id JOIN inbox_contacts p ON p.id = c.contact_id "
        "ORDER BY m.id",
    ):
        inbox.setdefault(name, {}).setdefault(direction, []).append((words_of(parts), status))
    stored = Counter(
        words_of(json.dumps(json.loads(document)["parts"]))
        for (document,) in demo.rows("gateway.db", "SELECT document FROM events WHERE noun = 'message'")
    )
    chats: dict[tuple[str, int], list[str]] = {}
    for person, incoming, content in demo.rows(
        "sandbox/sandbox.db", "SELECT customer, incoming, content FROM messages ORDER BY seq"
    ):
        chats.setdefault((person, incoming), []).append(_phone_words(json.loads(content)))
    for customer in customers:
        phone_out, phone_in = chats.get((customer.id, 1), []), chats.get((customer.id, 0), [])
        here = inbox.get(customer.name, {})
        came, went = [one[0] for one in here.get("in", [])], here.get("out", [])
        answers = agent.said.get(customer.name, [])
        found += _differ(f"{customer.name}: the phone's own", phone_out, customer.said)
        found += _differ(f"{customer.name}: the inbox got", came, customer.said)
        found += _differ(f"{customer.name}: the inbox keeps", [one[0] for one in went], answers)
        found += _differ(f"{customer.name}: the phone got", phone_in, answers)
        found += [f"{customer.name}: {words!r} is {status}, not read" for words, status in went if status != "read"]
        found += [
            f"{words!r} is {stored[words]} times in the store"
            for words in [*customer.said, *answers]
            if stored[words] != 1
        ]
    wrong = demo.rows("gateway.db", "SELECT state, COUNT(*) FROM deliveries WHERE state != 'sent' GROUP BY state")
    found += [f"{count} deliveries are {state}" for state, count in wrong]
    missing = demo.rows("gateway.db", "SELECT state, COUNT(*) FROM media WHERE state != 'kept' GROUP BY state")
    return found + [f"{count} files are {state}" for state, count in missing]


def _phone_words(content: dict[str, Any]) -> str:
    return str(content.get("body", content.get("caption", "")))


def _differ(what: str, got: list[str], wanted: list[str]) -> list[str]:
    if got == wanted:
        return []
    lost = [one for one in wanted if one not in got]
    doubled = [one for one, count in Counter(got).items() if count > 1]
    if lost or doubled:
        return [f"{what}: lost {lost[:5]}, doubled {doubled[:5]}"]
    return [f"{what}: out of order"]


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--customers", type=int, default=20)
    options.add_argument("--kill-every", type=float, default=60.0, help="seconds between two kill -9 of the gateway")
    given = options.parse_args()
    kills = 0
    with tempfile.TemporaryDirectory(prefix="connectors-soak-") as folder:
        demo = Demo(Path(folder))
        try:
            until = time.time() + given.minutes * 60
            customers = [Customer(demo, f"customer {one:02d}", until, one + 1) for one in range(given.customers)]
            agent = Agent(demo, until)
            for thread in (*customers, agent):
                thread.start()
            while time.time() + given.kill_every < until:
                time.sleep(given.kill_every)
                demo.kill()
                kills += 1
            for thread in (*customers, agent):
                thread.join(given.minutes * 60 + 60)
            end = time.time() + PATIENCE
            while (differences := compare(demo, customers, agent)) and time.time() < end:
                time.sleep(2)
                for customer in customers:
                    requests.post(f"{demo.phones}sandbox/customers/{customer.id}/read", json={}, timeout=30)
            code = demo.stop()
        except BaseException:
            demo.stop()
            raise
    told = {
        "bench": "soak",
        "minutes": given.minutes,
        "customers": given.customers,
        "kills": kills,
        "from_customers": sum(len(one.said) for one in customers),
        "from_agents": sum(len(one) for one in agent.said.values()),
        "exit_code": code,
        "differences": differences[:50],
    }
    print(json.dumps(told, indent=2))
    return 1 if differences or code else 0


if __name__ == "__main__":
    sys.exit(main())
