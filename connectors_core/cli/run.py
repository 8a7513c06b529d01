"""`connectors run`: everything on one machine."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from time import monotonic

import click

from connectors_core.cli.running import open_gateway, say_what_is_left
from connectors_core.cli.serve import serve

log = logging.getLogger(__name__)

QUICK = 5.0
"""Seconds: a process that lived shorter is started again only after a pause."""


class Children:
    """The working processes beside the web server: started again when they die, ended when it ends."""

    def __init__(self, commands: list[list[str]]) -> None:
        """Start them all."""
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._keep, args=(command,), daemon=True) for command in commands]
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        for thread in self._threads:
            thread.start()

    def _keep(self, command: list[str]) -> None:
        while not self._stopping.is_set():
            started = monotonic()
            # Its standard input is a pipe from us: when we are gone, however that came, it closes and the child ends.
            child = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own program
            self._running[child.pid] = child
            code = child.wait()
            del self._running[child.pid]
            if not self._stopping.is_set():
                log.error("a working process ended with code %d; it is started again", code)
                if monotonic() - started < QUICK:
                    self._stopping.wait(QUICK)

    def stop(self) -> None:
        """Let every process settle what it has begun, and wait for it."""
        self._stopping.set()
        for child in list(self._running.values()):
            if child.stdin:
                child.stdin.close()
        for thread in self._threads:
            thread.join()


@click.command()
@click.option("--host", help="Listen here instead of at `gateway.host`.")
@click.option("--port", type=int, help="Listen here instead of at `gateway.port`.")
@click.option("--verbose", is_flag=True, help="Log more.")
@click.pass_context
def command(ctx: click.Context, host: str | None, port: int | None, *, verbose: bool) -> None:
    """Take webhooks, read them, and deliver: everything on one machine.

    The web server is this process; beside it, one process reads the journal and others deliver, so that work never
    delays the answer to a webhook.
    """
    gateway = open_gateway(ctx, verbose=verbose)
    work = [sys.executable, "-m", "connectors_core.cli", "--settings", str(ctx.obj), "work", "--child"]
    work += ["--verbose"] if verbose else []
    # Python runs one thread of a process at a time: reading and delivering side by side need a process each.
    children = Children([[*work, "--no-deliver"], *[[*work, "--no-read"]] * gateway.settings.gateway.workers])
    try:
        serve(gateway, host=host, port=port)
    finally:
        children.stop()
    say_what_is_left(gateway)
