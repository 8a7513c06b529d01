"""Earlier messages of a number that is also used in the phone app (WA/webhooks/reference/history, 2025-11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connectors.whatsapp.inbound import notices
from connectors_core.model import Event, Item, wire
from connectors_core.model.wire import Json

Read = Callable[[Item, str, Json, Json], Event]


def events(item: Item, value: Json, message: Read, echo: Read) -> Iterator[Event]:
    """Yield every message of a chunk, in the order of its threads; `extra.history_context` says how far it came.

    `message` reads what the person wrote, `echo` what the business did. What is no thread becomes a Notice.
    """
    # {"history": [{"metadata": {"phase": 0, "chunk_order": 1, "progress": 55},
    #  "threads": [{"id": "16505551234", "messages": [{"from": "15550783881", "id": "wamid.x", ...}]}]}]}
    # or, when the business does not share it, {"history": [{"errors": [{"code": 2593109, ...}]}]}
    for chunk in wire.items(value, "history"):
        threads = wire.items(chunk, "threads")
        for thread in threads:
            person = wire.text(thread, "id")
            for data in wire.items(thread, "messages"):
                if wire.text(data, "from") == person:
                    yield message(item, "history", value, data)
                else:
                    yield echo(item, "history", value, {**data, "to": wire.text(data, "to") or person})
        if not threads:
            yield from (notices.of_error(item, "history", value, one) for one in wire.items(chunk, "errors"))
