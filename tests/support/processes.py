"""The program as real processes: started, killed, stopped and continued by the tests that own them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic, sleep

import leaks
import psutil

PATIENCE = 60.0
"""Seconds that something is waited for before a test fails: a busy machine is no failure."""


def wait_for(what: str, holds: Callable[[], object], timeout: float = PATIENCE) -> None:
    """Return as soon as `holds` does; fail after `timeout` seconds."""
    deadline = monotonic() + timeout
    while not holds():
        assert monotonic() < deadline, f"waited {timeout:g} s for: {what}"
        sleep(0.02)


class Program:
    """One `connectors` command, in a group of processes of its own.

    What it writes goes to a file that the collector of leaks reads.
    """

    def __init__(self, settings: Path, environ: Mapping[str, str], *command: str, wrapper: str = "") -> None:
        """Start it. `wrapper`: Python that runs before the program, in the same process."""
        self._log = settings.with_name(f"{settings.stem}-{'-'.join(command)}-{monotonic():.6f}.log")
        main = f"{wrapper}\nfrom connectors_core.cli.main import main\nmain()" if wrapper else ""
        call = ["-c", main] if wrapper else ["-m", "connectors_core.cli"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, *call, "-c", str(settings), *command],
                cwd=settings.parent,
                env={**os.environ, **environ},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def log(self) -> str:
        """What it and its children wrote so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def children(self) -> list[psutil.Process]:
        """Return the processes that it started."""
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> None:
        """Kill -9 the process alone, and wait for its end."""
        self._process.kill()
        self._process.wait(PATIENCE)

    def kill_group(self) -> None:
        """Kill -9 it together with its children, as a power cut does."""
        os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)

    def signal(self, number: int) -> None:
        """Send a signal to the process alone."""
        self._process.send_signal(number)

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for its end and return its exit code."""
        return self._process.wait(timeout)

    def stop(self) -> int:
        """Ask it to end by SIGTERM, and return its exit code."""
        self._process.terminate()
        return self.wait()

    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def close(self) -> None:
        """Leave nothing running, and hand the log to the collector."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        except PermissionError:
            # macOS says so of a group whose processes have all ended.
            pass
        self._process.wait(PATIENCE)
        leaks.collect(self.log, str(self._log.name))
