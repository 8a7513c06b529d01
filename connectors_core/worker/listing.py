"""Keeping the templates of an account as the account has them."""

from __future__ import annotations

import logging
from time import time

from connectors_core.errors import ConnectorsError, Retry
from connectors_core.gateway import Gateway
from connectors_core.model import codec
from connectors_core.pipeline.people import clean
from connectors_core.store import templates

log = logging.getLogger(__name__)

FRESH_FOR = 3600.0
"""Seconds after which templates are asked for again, also when no news came."""
AGAIN_AFTER = 60.0
"""Seconds after which an endpoint that could not be reached is asked again."""
FIRST_AFTER = 2.0
"""Seconds after which it is, while nothing is known yet: both sides may have been started together."""
MENDED_AFTER = 300.0
"""Seconds after which one is asked again that refused to say: somebody has to mend something first."""


def list_templates(gateway: Gateway, name: str) -> None:
    """Ask an endpoint for its templates and store the answer; raise only what the store raises."""
    problem, rows, wait = "", [], FRESH_FOR
    try:
        found = gateway.endpoints[name].templates()
        rows = [
            {"name": clean(one.name), "language": clean(one.language), "document": codec.dump_template(one)}
            for one in found
        ]
    except ConnectorsError as error:
        problem = clean(gateway.redact(error.text))[:1000]
        wait = AGAIN_AFTER if isinstance(error, Retry) else MENDED_AFTER
    with gateway.store.write() as db:
        before = templates.sync_of(db, name)
        if wait == AGAIN_AFTER and before is not None and before.synced_at is None:
            wait = FIRST_AFTER
        if problem:
            templates.failed(db, name, problem, time() + wait)
        else:
            unique = {(row["name"], row["language"]): row for row in rows}
            templates.replace(db, name, list(unique.values()), time(), time() + wait)
    if problem and (before is None or before.problem != problem):
        log.warning("the templates of %s could not be read: %s", name, problem)
