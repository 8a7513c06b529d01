"""What the commands on a store share: opening what is there, Ctrl-C between two steps, and time for people."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from connectors_core import logs
from connectors_core.cli.common import load_settings
from connectors_core.cli.running import STORE_UNUSABLE
from connectors_core.discovery import nearest
from connectors_core.gateway import Gateway
from connectors_core.settings import Settings
from connectors_core.store import Store, StoreUnavailable, is_unavailable
from connectors_core.store.migrate import require


@contextmanager
def opened_store(ctx: click.Context) -> Iterator[tuple[Settings, Store]]:
    """Give the settings and their store, as it is; end with code 4 when it is missing, too old, too new or gone."""
    settings = load_settings(ctx)
    store = Store(settings.gateway.store)
    with _usable(ctx, store):
        yield settings, store


@contextmanager
def opened_gateway(ctx: click.Context) -> Iterator[Gateway]:
    """Give everything that the settings name, on a store as it is; end with code 3 or 4 when that fails."""
    gateway = Gateway.build(load_settings(ctx))
    logs.set_up(gateway.redact)
    with _usable(ctx, gateway.store):
        yield gateway


@contextmanager
def _usable(ctx: click.Context, store: Store) -> Iterator[None]:
    try:
        require(store)
        yield
    except Exception as error:
        if not is_unavailable(error):
            raise
        text = error.text if isinstance(error, StoreUnavailable) else f"the store {store} cannot be used now"
        click.echo(text, err=True)
        ctx.exit(STORE_UNUSABLE)
    finally:
        store.close()


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """Give a flag that the first Ctrl-C or SIGTERM sets, so that a step is finished; a second one ends at once."""
    asked = threading.Event()

    def stop(_number: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def known_endpoint(settings: Settings, name: str, hint: str = "ENDPOINT") -> str:
    """Return the name of an endpoint; raise BadParameter with the nearest one when there is none of that name."""
    if name not in settings.endpoints:
        text = f'the settings have no endpoint "{name}".{nearest(name, list(settings.endpoints))}'
        raise click.BadParameter(text, param_hint=hint)
    return name


def moment(value: float | None) -> str | None:
    """Return Unix seconds as ISO 8601 in UTC."""
    return None if value is None else datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds")
