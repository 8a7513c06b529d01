"""Who takes part in a soak: customers on phones, an agent in the inbox, a human who mends, and the demo they use."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import requests

from connectors.demo.folder import SECRETS

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
TOKEN = re.compile(r"\[[ca]\d\d-\d+\]")
"""What every message of a soak has in it, once: who wrote it, with whom, and its number."""
CUSTOMER_RESTS = (1.0, 4.0)
"""Seconds between two messages of a customer."""
AGENT_RESTS = 8.0
"""Seconds between two answers to one customer: above the 6 that WhatsApp allows in the long run."""
MOST_OPEN = 3
"""An agent who sees that so many answers have not gone out waits."""
FACES = ("👍", "❤️", "😂", "😮", "😢", "🙏")


class Demo:
    """A running demo, whose gateway can be killed."""

    def __init__(self, folder: Path, port: int = 9500) -> None:
        """Start it."""
        command = [sys.executable, "-m", "connectors_core.cli", "demo", "--folder", str(folder), "--no-open"]
        self.folder = folder
        self._process = subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, text=True)
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

    def rows(self, file: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask a database of the demo."""
        with closing(sqlite3.connect(f"file:{self.folder / file}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(statement, values).fetchall()

    def ask(self, path: str, content: Any = None, method: str = "POST", **options: Any) -> Any:
        """Call the control API of the sandbox; return its answer, which must be a good one."""
        if content is not None or not options:
            options["json"] = content if content is not None else {}
        answer = requests.request(method, f"{self.phones}sandbox/{path}", timeout=30, **options)
        answer.raise_for_status()
        return answer.json()


class Customer(threading.Thread):
    """Writes texts and pictures on a phone, answers and likes what came, now and then."""

    def __init__(self, demo: Demo, number: int, until: float, seed: int) -> None:
        """Make a new phone."""
        super().__init__(name=f"customer {number:02d}", daemon=True)
        self._demo, self._until, self._number = demo, until, number
        self._random = random.Random(f"{seed} {number}")
        self.id = str(demo.ask("customers", {"name": self.name, "wa_id": f"4915{number:08d}"})["id"])
        self.said: list[str] = []
        self.liked: dict[str, str] = {}

    def run(self) -> None:
        """Write until it is time."""
        while time.time() < self._until:
            self.look()
            dice = self._random.random()
            if dice < 0.12:
                self._like()
            else:
                self._write(dice)
            time.sleep(self._random.uniform(*CUSTOMER_RESTS))
        self.look()

    def look(self) -> None:
        """Read what has come."""
        self._demo.ask(f"customers/{self.id}/read")

    def _write(self, dice: float) -> None:
        token = f"[c{self._number:02d}-{len(self.said)}]"
        words, home = f"{self.name} says {token}", f"customers/{self.id}"
        if dice < 0.27:
            files = {"file": ("a.png", PICTURE, "image/png")}
            self._demo.ask(f"{home}/files", files=files, data={"caption": words})
        else:
            came = self._came() if dice < 0.4 else []
            more = {"context": {"message_id": self._random.choice(came)["id"]}} if came else {}
            self._demo.ask(f"{home}/messages", {"type": "text", "text": {"body": words}, **more})
        self.said.append(token)

    def _like(self) -> None:
        """Put a sign on a message of the business that has none yet: which of two came last is nobody's to say."""
        free = [one for one in self._came() if one["id"] not in self.liked]
        if free:
            name, face = self._random.choice(free)["id"], self._random.choice(FACES)
            reaction = {"type": "reaction", "reaction": {"message_id": name, "emoji": face}}
            self._demo.ask(f"customers/{self.id}/messages", reaction)
            self.liked[name] = face

    def _came(self) -> list[dict[str, Any]]:
        chat = self._demo.ask(f"customers/{self.id}/messages", method="GET")["data"]
        here = [one for one in chat if one["from"] == "business" and one["type"] != "reaction"]
        return [one for one in here if one["status"] in ("delivered", "read")][-10:]


class Agent(threading.Thread):
    """Answers every customer in the inbox, as a person with a browser does: who sees no answer looks first."""

    def __init__(self, demo: Demo, until: float, seed: int) -> None:
        """Nobody has been answered yet."""
        super().__init__(name="agent", daemon=True)
        self._demo, self._until = demo, until
        self._random = random.Random(seed)
        self.said: dict[str, list[str]] = {}
        self.unsure: list[str] = []
        self.liked: set[str] = set()
        self._last: dict[str, float] = {}

    def run(self) -> None:
        """Go round until it is time."""
        look = (
            "SELECT c.id, p.name, (SELECT COUNT(*) FROM inbox_messages m WHERE m.conversation_id = c.id "
            "AND m.direction = 'out' AND m.at > ? "
            "AND COALESCE(m.status, '') NOT IN ('sent', 'delivered', 'read', 'failed')) "
            "FROM inbox_conversations c JOIN inbox_contacts p ON p.id = c.contact_id WHERE p.name LIKE 'customer %'"
        )
        while time.time() < self._until:
            for conversation, name, waiting in self._demo.rows("inbox.db", look, time.time() - 150):
                if time.time() - self._last.get(name, 0.0) > AGENT_RESTS and waiting < MOST_OPEN:
                    self._last[name] = time.time()
                    self._serve(conversation, name)
            time.sleep(0.5)

    def _serve(self, conversation: int, name: str) -> None:
        self._post(f"c/{conversation}/read", {})
        dice = self._random.random()
        last = self._demo.rows(
            "inbox.db",
            "SELECT name FROM inbox_messages WHERE conversation_id = ? AND direction = 'in' ORDER BY id DESC LIMIT 1",
            conversation,
        )
        target = last[0][0] if last else ""
        if dice < 0.12 and target and target not in self.liked:
            self.liked.add(target)
            self._post(f"m/{target}/react", {"emoji": (None, self._random.choice(FACES))})
            return
        token = f"[a{name[-2:]}-{len(self.said.get(name, []))}]"
        if dice < 0.27:
            form = {"template": (None, "appointment_reminder|en_US"), "slot.body.day": (None, "Monday")}
            path, form = f"c/{conversation}/template", {**form, "slot.body.first_name": (None, f"{name} {token}")}
        else:
            path, form = f"c/{conversation}/write", {"mode": (None, "reply"), "text": (None, f"to {name} {token}")}
            if dice < 0.42:
                form["file"] = ("b.png", PICTURE, "image/png")  # type: ignore[assignment]
            elif dice < 0.55 and target:
                form["reply_to"] = (None, target)
        if self._post(path, form) or self._kept(token):
            self.said.setdefault(name, []).append(token)
        else:
            self.unsure.append(token)

    def _kept(self, token: str) -> bool:
        return bool(self._demo.rows("inbox.db", "SELECT 1 FROM inbox_messages WHERE parts LIKE ?", f"%{token}%"))

    def _post(self, path: str, form: dict[str, Any]) -> bool:
        own = {"sec-fetch-site": "same-origin"}
        files = form or {"nothing": (None, "")}
        try:
            url = f"{self._demo.inbox}{path}"
            answer = requests.post(url, files=files, headers=own, allow_redirects=False, timeout=10)
        except requests.RequestException:
            return False
        return answer.status_code == 303


class Mender(threading.Thread):
    """A human who resumes an endpoint that the program has paused over refused credentials."""

    def __init__(self, demo: Demo) -> None:
        """Nothing is paused yet."""
        super().__init__(name="mender", daemon=True)
        self._demo = demo
        self.ended = threading.Event()
        self.resumed = 0

    def run(self) -> None:
        """Look every second."""
        command = [
            sys.executable,
            "-m",
            "connectors_core.cli",
            "--settings",
            str(self._demo.folder / "connectors.toml"),
        ]
        paused = "SELECT name FROM endpoint_states WHERE paused_at IS NOT NULL"
        # `resume` opens the store alone, but reads the whole settings; the secrets of the demo live in its processes.
        folder = self._demo.folder
        environ = {**os.environ, **dict.fromkeys(SECRETS, "not needed for this")}
        while not self.ended.wait(1.0):
            for (name,) in self._demo.rows("gateway.db", paused):
                subprocess.run(
                    [*command, "resume", name], check=True, env=environ, cwd=folder, capture_output=True, timeout=60
                )
                self.resumed += 1
