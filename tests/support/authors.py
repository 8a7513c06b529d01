"""Somebody who follows a page that is about writing code: files are written and changed as the page says."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import uv
from gateways import wait_until
from readers import CURL, DOCS, LISTS

ROOT = DOCS.parent

_BLOCK = re.compile(r"^```(?:\{code-block\} (\w+)\n:caption: (\S+)\n|(\w+)\n)(.*?)^```", re.MULTILINE | re.DOTALL)
_COUNTED = re.compile(r"\d+(?= (?:passed|deselected))|[\d.]+(?=s$)")
"""What differs from run to run, and from version to version, in the last line of pytest."""


def core_wheel(folder: Path) -> Path:
    """Return the wheel of this project, built into `folder` as it is published."""
    build = [uv.find_uv_bin(), "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    return wheel


class Author:
    """Follows a page in an empty folder; what a block of shell does to folder and environment holds for the next."""

    def __init__(self, folder: Path, page: str, changes: Mapping[str, str], servers: Mapping[str, int]) -> None:
        """Begin; `changes`: what the page says, and what is done instead; `servers`: commands, and their ports."""
        self.text = (DOCS / page).read_text(encoding="utf-8")
        for said, done in changes.items():
            assert said in self.text, f"the page does not say {said}"
            self.text = self.text.replace(said, done)
        programs = folder / "programs"
        programs.mkdir()
        (programs / "uv").symlink_to(uv.find_uv_bin())
        (programs / "curl").write_text(CURL.format(python=sys.executable), encoding="utf-8")
        (programs / "curl").chmod(0o755)
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.folder = folder / "page"
        self.folder.mkdir()
        strange = {"PYTHONPATH", "VIRTUAL_ENV", "PYTEST_CURRENT_TEST", "COVERAGE_FILE"}
        self.environ = {name: value for name, value in os.environ.items() if name not in strange}
        # Whatever else stands on the path of this machine: a program of the page comes from an environment of the page.
        self.environ["PATH"] = f"{programs}:/usr/local/bin:/usr/bin:/bin"
        self.running: list[subprocess.Popen[bytes]] = []
        self.servers = servers
        self.last = self.output = ""

    def blocks(self) -> Iterator[tuple[str, str, str]]:
        """Yield every block of the page: what it is, the file that it belongs to, and its text."""
        for match in _BLOCK.finditer(self.text):
            yield match[1] or match[3], match[2] or "", match[4]

    def follow(self) -> dict[str, int]:
        """Do all that the page says; return how many blocks of each kind there were."""
        counts: dict[str, int] = {}
        for kind, name, text in self.blocks():
            counts[kind] = counts.get(kind, 0) + 1
            if kind == "diff":
                self.change(self.folder / name, text)
            elif name:
                (self.folder / name).write_text(text, encoding="utf-8")
            elif kind == "sh":
                self.run(text)
            else:
                self.promised(text)
        return counts

    def change(self, path: Path, diff: str) -> None:
        """Replace what a diff takes out by what it puts in: it must be there, once."""
        lines = diff.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if not line.startswith("+"))
        new = "".join(line[1:] for line in lines if not line.startswith("-"))
        source = path.read_text(encoding="utf-8")
        assert source.count(old) == 1, f"{path.name} does not have once:\n{old}"
        path.write_text(source.replace(old, new), encoding="utf-8")

    def run(self, script: str) -> None:
        """Run a block of shell; keep a server running that its last line starts. Tests may fail: the page says so."""
        self.last = script.strip()
        *before, last = self.last.splitlines()
        server = next((name for name in self.servers if last.startswith(name)), None)
        if server is not None:
            self._shell("\n".join(before))
            self._start(last, self.servers[server])
            return
        code = self._shell(script)
        assert code == 0 or (last.startswith("pytest") and code == 1), script + self.output

    def promised(self, text: str) -> None:
        """See that the lines of a block were printed in their order, by the last command or, in a while, a server."""
        wanted = [_plain(line) for line in text.splitlines() if line.strip()]

        def printed() -> bool:
            if _in_order(wanted, self._printed()):
                return True
            if self.last in LISTS:
                # It was asked for before the answer of the last call was stored: a human looks again.
                self.run(self.last)
            return False

        with suppress(AssertionError):
            wait_until(printed, 30 if self.running else 0)
        assert _in_order(wanted, self._printed()), f"promised:\n{text}\nprinted:\n{self._printed()[-4000:]}"

    def close(self) -> None:
        """End what runs."""
        for process in self.running:
            process.send_signal(signal.SIGINT)
        for process in self.running:
            process.wait(60)

    def _printed(self) -> str:
        logs = sorted(self.logs.glob("*.log"))
        return self.output + "".join(log.read_text(encoding="utf-8") for log in logs)

    def _shell(self, script: str) -> int:
        """Run a script, and keep its output, its environment and its folder; return how it ended."""
        after = self.logs / "environ"
        after.unlink(missing_ok=True)
        call = ["bash", "-ec", f"trap 'env -0 > {after}' EXIT\n{script}"]
        done = subprocess.run(
            call, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False, timeout=100
        )
        self.output = done.stdout + done.stderr
        pairs = (pair.partition("=") for pair in after.read_text(encoding="utf-8").split("\0") if pair)
        self.environ = {name: value for name, _, value in pairs if name not in {"_", "SHLVL"}}
        self.folder = Path(self.environ["PWD"])
        return done.returncode

    def _start(self, command: str, port: int) -> None:
        with (self.logs / f"{len(self.running)}.log").open("wb") as log:
            call = ["bash", "-c", f"exec {command}"]
            self.running.append(subprocess.Popen(call, cwd=self.folder, env=self.environ, stdout=log, stderr=log))
        wait_until(lambda: _listens(port), 60)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _plain(line: str) -> str:
    return _COUNTED.sub("0", " ".join(line.split()))


def _in_order(wanted: list[str], printed: str) -> bool:
    """Whether all wanted lines are among those that were printed, in their order; `…` stands for anything."""
    lines = iter([_plain(line) for line in printed.splitlines()])
    return all(any(_is(line, one) for line in lines) for one in wanted)


def _is(line: str, wanted: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, wanted.split("…"))), line) is not None
