"""`connectors demo`: a customer's phone in one tab, an agent's inbox in the other, nothing to set up."""

from __future__ import annotations

import signal
import sys
import threading
import webbrowser
from pathlib import Path
from time import monotonic, sleep

import click

from connectors.demo.folder import Demo, secrets
from connectors_core import Call, ConnectorsError, Http
from connectors_core.supervising import Children, Program

PATIENCE = 60.0
"""Seconds in which both programs have to answer."""


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("connectors-demo"),
    show_default=True,
    help="Where everything is kept; a second start goes on where the first one stopped.",
)
@click.option("--port", type=click.IntRange(1, 65000), default=8080, show_default=True, help="The first port to try.")
@click.option(
    "--assistant/--no-assistant",
    default=True,
    show_default=True,
    help="Let a bot greet and answer first, before the agents of the inbox.",
)
@click.option("--open/--no-open", "open_", default=None, help="Open both pages in a browser; if there is one.")
def command(folder: Path, port: int, *, assistant: bool, open_: bool | None) -> None:
    """Run a gateway, an inbox and customers' phones on this machine: no account, no network.

    Write on a phone: an assistant answers, until "Talk to a human" brings you in, in the inbox. Ctrl-C stops everything
    and keeps what was said.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    demo = Demo.prepare(folder.resolve(), port, assistant=assistant)
    children = Children(programs(demo))
    try:
        wait_for(demo, stopping)
        if not stopping.is_set():
            greet(demo, open_=open_)
        stopping.wait()
    finally:
        click.echo("stopping", err=True)
        children.stop()
    click.echo(f"stopped; everything is kept in {demo.folder}", err=True)


def programs(demo: Demo) -> list[Program]:
    """Return what runs: the sandbox and the gateway, with the same secrets."""
    environ = secrets()
    program = [sys.executable, "-m", "connectors_core.cli"]
    sandbox = [*program, "sandbox", "--child", "--quiet", "--port", str(demo.phones_port)]
    sandbox += ["--callback", demo.callback, "--data", str(demo.folder / "sandbox")]
    gateway = [*program, "--settings", str(demo.settings), "run", "--child"]
    return [
        Program(command=sandbox, name="the sandbox", environ=environ, folder=demo.folder),
        Program(command=gateway, name="the gateway", environ=environ, folder=demo.folder),
    ]


def wait_for(demo: Demo, stopping: threading.Event) -> None:
    """Return when both programs answer; raise ConnectorsError when they do not come to."""
    http = Http("demo", timeout=(1.0, 5.0))
    end = monotonic() + PATIENCE
    for url in (f"{demo.phones}/sandbox/account", f"{demo.gateway}/ready"):
        while not stopping.is_set():
            try:
                http.call(Call(method="GET", url=url))
                break
            except ConnectorsError:
                if monotonic() > end:
                    raise
            sleep(0.05)


def greet(demo: Demo, *, open_: bool | None) -> None:
    """Say where everything is, and open it."""
    click.echo(f"The customers' phones:  {demo.phones}/")
    click.echo(f"The agents' inbox:      {demo.inbox}")
    click.echo("")
    click.echo("Write on a phone, answer in the inbox. Ctrl-C stops; the next start goes on from here.")
    if open_ is None:
        open_ = sys.stdout.isatty() and _has_browser()
    if open_:
        webbrowser.open(f"{demo.phones}/")
        webbrowser.open(demo.inbox)


def _has_browser() -> bool:
    """Whether there is a browser with windows; one in the terminal would take it over."""
    try:
        return not isinstance(webbrowser.get(), webbrowser.GenericBrowser)
    except webbrowser.Error:
        return False
