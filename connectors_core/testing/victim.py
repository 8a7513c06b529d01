"""A gateway in a process of its own, for the test that kills it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors_core.gateway import Gateway
from connectors_core.settings.files import Source
from connectors_core.settings.loading import resolve
from connectors_core.settings.model import Gateway as GatewaySettings
from connectors_core.working import Working


def start(gateway: GatewaySettings, document: dict[str, Any], secrets: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program that works on the store of `gateway`, and return it; the caller ends it."""
    document = {**document, "gateway": {"store": gateway.store, "media": gateway.media}}
    # What this process can import, the other can: also what was put on the path for this test.
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(  # noqa: S603 - this interpreter and this module
        [sys.executable, "-c", f"from {__name__} import main; main()", json.dumps(document)],
        env={**os.environ, **secrets, "PYTHONPATH": paths},
    )


def main() -> None:
    """Work until killed."""
    source = Source(path=Path("connectors.toml"), document=json.loads(sys.argv[1]))
    Working(Gateway.build(resolve(source, os.environ))).run()
