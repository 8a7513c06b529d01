"""Asking a platform who a person is, once, beside the messages: what it refuses holds up nobody."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from time import time
from typing import Any

from connectors_core.errors import ConnectorsError, Retry, defect
from connectors_core.gateway import PROGRAM, Gateway
from connectors_core.model import Contact, ContactRef, ConversationRef, Link, LinkStatus, Media, MediaKind
from connectors_core.pipeline.people import clean
from connectors_core.pipeline.reading import dump
from connectors_core.store import deliveries, journal, lanes, media, people, profiles
from connectors_core.worker.fetching import open_at

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
AGAIN_AFTER = 86400.0
"""Seconds after which one is asked that refused to say: a permission may have been given since."""
LONGEST_WAIT = 3600.0
"""Seconds between two attempts at one that could not be reached, at most."""


def ask(gateway: Gateway, row: Any) -> None:
    """Ask about the person of a claimed row and store the answer; raise only what the store raises."""
    ref = ContactRef(endpoint=row.endpoint, account=row.account, id=row.external_id)
    try:
        endpoint = gateway.endpoints.get(row.endpoint)
        found = endpoint.profile(Contact(ref=ref)) if endpoint is not None else Contact()
    except Exception as error:  # noqa: BLE001 - whatever it is, people are served without a name
        with gateway.store.write() as db:
            profiles.settle(db, row.contact_id, row.endpoint, _after(gateway, row, error))
            _go_on(gateway, db, row)
        return
    picture = _picture(gateway, row.endpoint, found.picture)
    with gateway.store.write() as db:
        told = {key: clean(getattr(found, key)) for key in ("name", "username", "language")}
        people.learn(db, row.contact_id, {key: value for key, value in told.items() if value})
        done = {"due": None, "asked_at": time(), "picture": picture, "reason": ""}
        profiles.settle(db, row.contact_id, row.endpoint, done)
        _go_on(gateway, db, row)
        if any(told.values()) or picture:
            _tell(gateway, db, row, ref)


def _go_on(gateway: Gateway, db: Any, row: Any) -> None:
    """Let the message go that waited for the name, told or not, unless it waits for a file as well."""
    if media.is_wanted(db, row.event_id):
        return
    if waiting := deliveries.stop_waiting(db, row.event_id):
        lanes.wake(db, waiting, time())
        gateway.store.announce(db)


def _picture(gateway: Gateway, endpoint: str, url: str) -> str:
    """Keep a picture and return the gateway's id of it, "" when it cannot be had: its address would expire."""
    if not url:
        return ""
    try:
        content = open_at(gateway, endpoint, Media(kind=MediaKind.IMAGE, url=url))
        return gateway.media.keep(endpoint, content, MediaKind.IMAGE).id
    except Exception as error:  # noqa: BLE001 - a picture is no reason to forget the name
        log.info("%s: the picture of a person could not be had (%s)", endpoint, type(error).__name__)
        return ""


def _tell(gateway: Gateway, db: Any, row: Any, ref: ContactRef) -> None:
    """Tell the other ends who the person is, as an event like any other; `outgoing_event` fills in what is known."""
    home = people.conversation_with(db, row.contact_id, row.endpoint)
    conversation = home and ConversationRef(endpoint=home.endpoint, account=home.account, id=home.external_id)
    news = Link(
        endpoint=row.endpoint,
        account=row.account,
        id=f"profile:{row.contact_id}:{row.attempts}",
        at=datetime.now(UTC),
        status=LinkStatus.CHANGED,
        contact=ref,
        conversation=conversation,
    )
    arrival = journal.Arrival(source=row.endpoint, endpoint=row.endpoint, kind=journal.DONE, body=dump([news]))
    journal.append(db, [arrival], PROGRAM)
    gateway.store.announce(db)


def _after(gateway: Gateway, row: Any, error: Exception) -> dict[str, Any]:
    """Return what a row is to be after an attempt that failed."""
    text = error.text if isinstance(error, ConnectorsError) else defect(error)
    wait = AGAIN_AFTER
    if isinstance(error, Retry):
        wait = error.after if error.after is not None else min(30.0 * 2.0**row.attempts, LONGEST_WAIT)
    log.info("%s does not say who a person is: %s", row.endpoint, gateway.redact(text))
    due = None if row.attempts >= MOST_ATTEMPTS else time() + wait
    return {"due": due, "reason": clean(gateway.redact(text))[:1000]}
