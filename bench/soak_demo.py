"""The demo that a soak runs: it can be killed and asked; and the human who resumes what it has paused."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import requests

from connectors.demo.folder import SECRETS

CHANNELS = ("whatsapp", "messenger", "instagram")
"""What the demo calls its endpoints, too."""


class Demo:
    """A running demo, whose gateway can be killed."""

    def __init__(self, folder: Path, port: int = 9500) -> None:
        """Start it."""
        command = [sys.executable, "-m", "connectors_core.cli", "demo", "--folder", str(folder)]
        self.folder = folder
        self._process = subprocess.Popen(
            [*command, "--no-assistant", "--no-open", "--port", str(port)], stdout=subprocess.PIPE, text=True
        )
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

    def accounts(self) -> dict[str, str]:
        """Return what the sandbox calls its accounts, by channel."""
        told = self.ask("account", method="GET")
        names = ("phone_number_id", "page_id", "instagram_account_id")
        return {channel: str(told[name]) for channel, name in zip(CHANNELS, names, strict=True)}

    def rows(self, file: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask a database of the demo."""
        return self._query(file, statement, values)[1]

    def dicts(self, file: str, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Ask a database of the demo; each row has its columns by name."""
        names, rows = self._query(file, statement, values)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _query(self, file: str, statement: str, values: tuple[Any, ...]) -> tuple[list[str], list[tuple[Any, ...]]]:
        with closing(sqlite3.connect(f"file:{self.folder / file}?mode=ro", uri=True, timeout=10)) as db:
            found = db.execute(statement, values)
            return [column[0] for column in found.description], found.fetchall()

    def ask(self, path: str, content: Any = None, method: str = "POST", **options: Any) -> Any:
        """Call the control API of the sandbox; return its answer, which must be a good one."""
        if content is not None or not options:
            options["json"] = content if content is not None else {}
        answer = requests.request(method, f"{self.phones}sandbox/{path}", timeout=30, **options)
        answer.raise_for_status()
        return answer.json()


class Mender(threading.Thread):
    """A human who resumes an endpoint that the program has paused over refused credentials."""

    def __init__(self, demo: Demo) -> None:
        """Nothing is paused yet."""
        super().__init__(name="mender", daemon=True)
        self._demo = demo
        self.ended = threading.Event()
        self.resumed: dict[str, int] = {}

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
                self.resumed[name] = self.resumed.get(name, 0) + 1
