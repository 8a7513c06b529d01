"""A process that works on a store until its first call to the shop, in which it stays: to be killed in the middle.

Run as: python working_process.py STORE SETTINGS
"""

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "installed"))

import gateways
import peers

from connectors_core.gateway import Gateway
from connectors_core.settings import load
from connectors_core.store import Store
from connectors_core.working import Working


def call(_message: object, _key: str) -> None:
    """Say that the call has begun, and never answer."""
    print("calling", flush=True)  # noqa: T201 - the test reads it
    threading.Event().wait(60)


peers.of("shop").always("send", call)
Working(Gateway.build(load(Path(sys.argv[2]), gateways.ENVIRON), Store(sys.argv[1]))).run()
