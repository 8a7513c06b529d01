"""Processes beside this one: started again when they die, ended when it ends."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic

import attrs

log = logging.getLogger(__name__)

QUICK = 5.0
"""Seconds: a process that lived shorter is started again only after a pause."""
PATIENCE = 60.0
"""Seconds that a process has to settle what it has begun, before it is killed."""


@attrs.frozen(kw_only=True)
class Program:
    """A program to run: its command line, what it is called in the log, where it runs and with what environment."""

    command: Sequence[str]
    name: str = "a working process"
    environ: Mapping[str, str] | None = attrs.field(default=None, repr=False)
    folder: Path | None = None


class Children:
    """Runs programs until `stop`. Each is one that ends when its standard input closes."""

    def __init__(self, programs: Sequence[Program]) -> None:
        """Start them all."""
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._keep, args=(one,), daemon=True) for one in programs]
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        for thread in self._threads:
            thread.start()

    def _keep(self, program: Program) -> None:
        while not self._stopping.is_set():
            started = monotonic()
            # Its standard input is a pipe from us: when we are gone, however that came, it closes and the child ends.
            # It has a session of its own, so that a Ctrl-C on our terminal asks us, and we ask it.
            child = subprocess.Popen(  # noqa: S603 - our own program
                program.command,
                stdin=subprocess.PIPE,
                env=program.environ,
                cwd=program.folder,
                start_new_session=True,
            )
            self._running[child.pid] = child
            code = child.wait()
            del self._running[child.pid]
            if not self._stopping.is_set():
                log.error("%s ended with code %d; it is started again", program.name, code)
                if monotonic() - started < QUICK:
                    self._stopping.wait(QUICK)

    def stop(self) -> None:
        """Let every process settle what it has begun, and wait for it."""
        self._stopping.set()
        for child in list(self._running.values()):
            if child.stdin:
                child.stdin.close()
        for thread in self._threads:
            thread.join(PATIENCE)
        for child in list(self._running.values()):
            child.kill()
        for thread in self._threads:
            thread.join()


def stop_with_parent(stop: Callable[[], None]) -> None:
    """Call `stop` when the program that started this one is gone: its end of our standard input closes then."""

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        stop()

    threading.Thread(target=wait, name="parent", daemon=True).start()
