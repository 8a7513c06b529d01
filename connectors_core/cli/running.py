"""What `run`, `serve` and `work` share: a gateway with a store that fits, signals, and the last words."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

import click

from connectors_core import logs, memory
from connectors_core.cli.common import load_settings
from connectors_core.gateway import Gateway
from connectors_core.store import StoreUnavailable, deliveries, journal
from connectors_core.store.migrate import migrate

STORE_UNUSABLE = 4


def open_gateway(ctx: click.Context, *, verbose: bool = False) -> Gateway:
    """Build everything that the settings name and bring the store up to date; end with code 3 or 4 when that fails."""
    settings = load_settings(ctx)
    gateway = Gateway.build(settings)
    logs.set_up(gateway.redact, verbose=verbose)
    try:
        migrate(gateway.store)
    except StoreUnavailable as error:
        click.echo(error.text, err=True)
        ctx.exit(STORE_UNUSABLE)
    memory.freeze()
    return gateway


def on_stop(stop: Callable[[], None]) -> None:
    """Call `stop` at the first Ctrl-C or SIGTERM; a second one ends the program at once."""
    asked = threading.Event()

    def handle(number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            sys.exit(128 + number)
        asked.set()
        stop()

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)


def say_what_is_left(gateway: Gateway) -> None:
    """Print what waits in the store, so that whoever stopped the program knows."""
    try:
        with gateway.store.read() as db:
            unread = sum(journal.waiting_sources(db).values())
            open_ = deliveries.count_open(db)
    except Exception:  # noqa: BLE001 - the program ends anyway; this line is a courtesy
        click.echo("stopped; the store cannot be asked what is left", err=True)
        return
    if unread or open_:
        left = f"{unread} unread webhooks, {open_} open deliveries"
        text = f"stopped; left in the store: {left}. They go on at the next start."
    else:
        text = "stopped; nothing is left to do"
    click.echo(text, err=True)
