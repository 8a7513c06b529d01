"""Keeping the templates of an account as the account has them."""

from __future__ import annotations

import logging
from time import time

from connectors_core.errors import ConnectorsError
from connectors_core.gateway import Gateway
from connectors_core.model import codec
from connectors_core.pipeline.people import clean
from connectors_core.store import templates

log = logging.getLogger(__name__)

FRESH_FOR = 3600.0
"""Seconds after which templates are asked for again, also when no news came."""
AGAIN_AFTER = 60.0
"""Seconds after which a failed question is asked again."""


def list_templates(gateway: Gateway, name: str) -> None:
    """Ask an endpoint for its templates and store the answer; raise only what the store raises."""
    problem, rows = "", []
    try:
        found = gateway.endpoints[name].templates()
        rows = [
            {"name": clean(one.name), "language": clean(one.language), "document": codec.dump_template(one)}
            for one in found
        ]
    except ConnectorsError as error:
        problem = clean(gateway.redact(error.text))[:1000]
        log.warning("the templates of %s could not be read: %s", name, problem)
    with gateway.store.write() as db:
        if problem:
            templates.failed(db, name, problem, time() + AGAIN_AFTER)
        else:
            unique = {(row["name"], row["language"]): row for row in rows}
            templates.replace(db, name, list(unique.values()), time(), time() + FRESH_FOR)
