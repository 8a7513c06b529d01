"""The web half alone, with or without its journal: `intake_server.py SETTINGS on|off`."""

from __future__ import annotations

import sys
from pathlib import Path

from connectors_core import memory
from connectors_core.gateway import Gateway
from connectors_core.settings import load
from connectors_core.store.journal import Arrival
from connectors_core.store.migrate import migrate
from connectors_core.web.app import build_web
from connectors_core.web.server import server


class NoJournal:
    """Forgets what arrives: the ceiling of everything that is durable."""

    async def append(self, arrival: Arrival) -> None:
        """Do nothing with `arrival`."""


gateway = Gateway.build(load(Path(sys.argv[1])))
migrate(gateway.store)
memory.freeze()
own = gateway.settings.gateway
server(build_web(gateway, NoJournal() if sys.argv[2] == "off" else None), own.host, own.port).run()
