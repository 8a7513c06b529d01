"""The tutorial, done as it is written: every block is run, and what it promises is seen."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest
from gateways import wait_until
from servers import free_port

PAGE = Path(__file__).parents[2] / "docs/tutorial/quickstart.md"
SERVERS = ("python peers.py", "connectors run")
LISTS = ("connectors deliveries",)

CURL = """#!{python}
import sys, urllib.request
words, headers, data = sys.argv[1:], {{}}, None
address = next(word for word in words if word.startswith("http"))
for option, value in zip(words, words[1:]):
    if option == "-H":
        name, _, text = value.partition(": ")
        headers[name] = text
    elif option in ("-d", "--data-binary"):
        data = open(value[1:], "rb").read() if value.startswith("@") else value.encode()
print(urllib.request.urlopen(urllib.request.Request(address, data, headers)).read().decode())
"""
"""What the page needs of curl, for machines that have none."""


class Reader:
    """Somebody who does what the page says, with other ports than everybody else."""

    def __init__(self, folder):
        """Begin in an empty folder."""
        self.folder = folder
        self.text = PAGE.read_text(encoding="utf-8")
        self.port = free_port()
        for port, mine in (("8080", self.port), ("8090", free_port())):
            self.text = self.text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{mine}")
            self.text = self.text.replace(f'("127.0.0.1", {port})', f'("127.0.0.1", {mine})')
        programs = folder / "bin"
        programs.mkdir()
        for name in ("python", "connectors"):
            target = {"python": "", "connectors": "-m connectors_core.cli "}[name]
            (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {target}"$@"\n', encoding="utf-8")
        if shutil.which("curl") is None:
            (programs / "curl").write_text(CURL.format(python=sys.executable), encoding="utf-8")
        for program in programs.iterdir():
            program.chmod(0o755)
        self.environ = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
        self.running = []
        self.seen = ""
        self.last = ""

    def blocks(self):
        """Yield every block of the page: what it is, and its text."""
        return re.findall(r"^```(\w+)\n(.*?)^```", self.text, re.MULTILINE | re.DOTALL)

    def run(self, script):
        """Run a block of shell; keep a server running."""
        if script.strip() in SERVERS:
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

    def promised(self, text):
        """Wait until all lines of a block of text were printed somewhere."""
        wanted = {" ".join(line.split()) for line in text.splitlines()}

        def missing():
            logs = "".join(log.read_text(encoding="utf-8") for log in self.folder.glob("*.log"))
            words = {" ".join(line.split()) for line in (logs + self.seen).splitlines()}
            return wanted - words

        while missing() and self.last in LISTS:
            # It was asked for before the answer of the last call was stored: a human looks again.
            sleep(0.2)
            self.run(self.last)
        wait_until(lambda: not missing(), 30)

    def listening(self):
        """Whether the gateway answers."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self):
        """End what runs."""
        for process in self.running:
            process.send_signal(signal.SIGINT)
        for process in self.running:
            process.wait(60)


@pytest.fixture
def reader(tmp_path):
    """Return somebody in an empty folder."""
    reader = Reader(tmp_path)
    yield reader
    reader.close()


def test_the_tutorial_works_as_it_is_written(reader):
    """Files, commands and what they print, in the order of the page."""
    counts = dict.fromkeys(("toml", "python", "sh", "text"), 0)
    for kind, text in reader.blocks():
        counts[kind] += 1
        if kind == "toml":
            settings = text.replace("[gateway]\n", f"[gateway]\nport = {reader.port}\n")
            (reader.folder / "connectors.toml").write_text(settings, encoding="utf-8")
        elif kind == "python":
            (reader.folder / "peers.py").write_text(text, encoding="utf-8")
        elif kind == "sh":
            reader.run(text)
            if text.strip() == "connectors run":
                wait_until(reader.listening, 60)
        else:
            reader.promised(text)
    assert counts == {"toml": 1, "python": 1, "sh": 11, "text": 5}
