"""Somebody who does what a page of the documentation says: every block is run, and what it promises is seen."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import sleep

from gateways import wait_until

DOCS = Path(__file__).parents[2] / "docs"
SERVERS = ("python peers.py", "connectors run", "connectors demo")
LISTS = ("connectors deliveries",)

CURL = """#!{python}
import sys, urllib.request
words, headers, data, method = sys.argv[1:], {{}}, None, None
address = next(word for word in words if word.startswith("http"))
for option, value in zip(words, words[1:]):
    if option == "-H":
        name, _, text = value.partition(": ")
        headers[name] = text
    elif option == "-X":
        method = value
    elif option in ("-d", "--data-binary"):
        data = open(value[1:], "rb").read() if value.startswith("@") else value.encode()
print(urllib.request.urlopen(urllib.request.Request(address, data, headers, method=method)).read().decode())
"""

PGREP = """#!{python}
import psutil, sys
for one in psutil.process_iter(["pid", "cmdline"]):
    if sys.argv[2] in " ".join(one.info["cmdline"] or ()):
        print(one.info["pid"])
"""

STANDINS = {"curl": CURL, "pgrep": PGREP}
"""What the pages need of programs that some machines do not have."""


class Reader:
    """Somebody who does what a page says, with other ports than everybody else."""

    def __init__(self, folder: Path, page: str, changes: Mapping[str, str]) -> None:
        """Begin in an empty folder; `changes`: what the page says, and what is done instead."""
        self.folder = folder
        self.text = (DOCS / page).read_text(encoding="utf-8")
        for said, done in changes.items():
            self.text = self.text.replace(said, done)
        programs = folder / "bin"
        programs.mkdir()
        for name in ("python", "connectors"):
            target = {"python": "", "connectors": "-m connectors_core.cli "}[name]
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {target}"$@"\n', encoding="utf-8")
        for name, text in STANDINS.items():
            if shutil.which(name) is None:
                (programs / name).write_text(text.format(python=sys.executable), encoding="utf-8")
        for program in programs.iterdir():
            program.chmod(0o755)
        self.environ = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
        self.running: list[subprocess.Popen[bytes]] = []
        self.seen = ""
        self.last = ""

    def blocks(self) -> list[tuple[str, str]]:
        """Return every block of the page: what it is, and its text."""
        return re.findall(r"^```(\w+)\n(.*?)^```", self.text, re.MULTILINE | re.DOTALL)

    def run(self, script: str) -> None:
        """Run a block of shell; keep a server running."""
        if script.strip().startswith(SERVERS):
            with (self.folder / f"{len(self.running)}.log").open("wb") as log:
                call = ["bash", "-c", f"exec {script.strip()}"]
                self.running.append(subprocess.Popen(call, cwd=self.folder, env=self.environ, stdout=log, stderr=log))
            return
        for name, value in re.findall(r"^export (\w+)=(.*)$", script, re.MULTILINE):
            self.environ[name] = value
        call = ["bash", "-ec", script]
        done = subprocess.run(
            call, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, script + done.stdout + done.stderr
        self.seen += done.stdout
        self.last = script.strip()

    def promised(self, text: str) -> None:
        """Wait until all lines of a block of text were printed somewhere."""
        wanted = {" ".join(line.split()) for line in text.splitlines()}

        def missing() -> set[str]:
            logs = "".join(log.read_text(encoding="utf-8") for log in self.folder.glob("*.log"))
            words = {" ".join(line.split()) for line in (logs + self.seen).splitlines()}
            return wanted - words

        while missing() and self.last in LISTS:
            # It was asked for before the answer of the last call was stored: a human looks again.
            sleep(0.2)
            self.run(self.last)
        with suppress(AssertionError):
            wait_until(lambda: not missing(), 60)
        logs = "".join(log.read_text(encoding="utf-8") for log in self.folder.glob("*.log"))
        assert not missing(), f"{missing()} was promised; the programs said: {logs[-2000:]}"

    def close(self) -> None:
        """End what runs."""
        for process in self.running:
            process.send_signal(signal.SIGINT)
        for process in self.running:
            process.wait(60)
