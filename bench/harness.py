"""What the benchmarks share: settings, processes, signed webhooks, a load of requests, and the verdict in JSON."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

SECRET = "bench-app-secret"
NUMBER = "106540352242922"
ENVIRONMENT = {
    "BENCH_SECRET": "0123456789abcdef0123456789abcdef",
    "BENCH_APP_SECRET": SECRET,
    "BENCH_VERIFY": "bench-verify-token",
    "BENCH_TOKEN": "bench-access-token",
    "BENCH_SIGNING": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "NO_PROXY": "127.0.0.1",
}
SETTINGS = """
[gateway]
secret = {{ env = "BENCH_SECRET" }}
store = "{store}"
port = {port}
quota = 1000000
workers = 2

[apps.meta]
type = "meta"
app_secret = {{ env = "BENCH_APP_SECRET" }}
verify_token = {{ env = "BENCH_VERIFY" }}

[endpoints.shop]
type = "whatsapp"
app = "meta"
phone_number_id = "{number}"
access_token = {{ env = "BENCH_TOKEN" }}
graph_url = "http://127.0.0.1:{peer}"

[endpoints.crm]
type = "webhook"
url = "http://127.0.0.1:{peer}/crm"
secret = {{ env = "BENCH_SIGNING" }}

[endpoints.crm.delivery]
concurrency = 16

[[routes]]
between = ["shop", "crm"]
"""


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def workplace(store: str = "", peer: int = 9) -> Iterator[tuple[Path, int]]:
    """Give a settings file and the port that it names; the store is a new SQLite file unless one is given."""
    with tempfile.TemporaryDirectory(prefix="connectors-bench-") as folder:
        port = free_port()
        path = Path(folder) / "connectors.toml"
        address = store or f"sqlite:///{folder}/store.db"
        path.write_text(SETTINGS.format(store=address, port=port, number=NUMBER, peer=peer))
        yield path, port


@contextmanager
def process(*arguments: str, ready: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program for the block; with `ready`, from when it listens at that port."""
    command = [sys.executable, *arguments]
    child = subprocess.Popen(command, env={**os.environ, **ENVIRONMENT}, start_new_session=True)
    try:
        if ready is not None:
            wait_for(ready, child)
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens at a port."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert child.poll() is None, "the program ended before it listened"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("nobody listens")


def webhook(number: int, people: int, seed: int) -> bytes:
    """Return the body of a distinct WhatsApp text of 1 to 1.5 KB."""
    person = f"4915{(number * 7919 + seed) % people:08d}"
    words = random.Random(number).choices(("blue", "order", "shirt", "size", "today", "thanks", "where"), k=90)
    message = {
        "from": person,
        "id": f"wamid.{seed:04d}.{number:08d}.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=",
        "timestamp": str(1_790_000_000 + number),
        "type": "text",
        "text": {"body": " ".join(words) + f" {number}"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER},
        "contacts": [{"profile": {"name": "Sheena Nelson"}, "wa_id": person}],
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    return json.dumps(
        {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}
    ).encode()


def request(body: bytes, port: int, path: str = "/hooks/meta") -> bytes:
    """Return a signed request as the bytes on the wire."""
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"x-hub-signature-256: sha256={signature}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Client(asyncio.Protocol):
    """One connection that sends the next request when the answer to the last has arrived."""

    def __init__(self, requests: Iterator[bytes], took: list[float], bad: list[bytes]) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._requests, self._took, self._bad = requests, took, bad
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request_ = next(self._requests, None)
        if request_ is None:
            self._transport.close()
            return
        self._started = time.perf_counter()
        self._transport.write(request_)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        if len(rest) < length:
            return
        self._took.append(time.perf_counter() - self._started)
        if not head.startswith(b"HTTP/1.1 200"):
            self._bad.append(head[:40])
        self._buffer = b""
        self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def load(port: int, requests: list[bytes], connections: int = 64) -> dict[str, float]:
    """Send requests over so many connections; return requests a second and latencies in milliseconds."""
    took: list[float] = []
    bad: list[bytes] = []

    async def run() -> float:
        source = iter(requests)
        loop = asyncio.get_running_loop()
        started = time.perf_counter()
        clients = [
            (await loop.create_connection(lambda: _Client(source, took, bad), "127.0.0.1", port))[1]
            for _ in range(connections)
        ]
        await asyncio.gather(*(client.done for client in clients))
        return time.perf_counter() - started

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        elapsed = runner.run(run())
    assert not bad, f"{len(bad)} answers were not 200, the first: {bad[0]!r}"
    assert len(took) == len(requests), f"{len(requests) - len(took)} requests had no answer"
    ranked = sorted(took)
    return {
        "per_second": len(took) / elapsed,
        "p50_ms": ranked[len(ranked) // 2] * 1000,
        "p99_ms": ranked[int(len(ranked) * 0.99)] * 1000,
    }


def interleaved(rounds: int, **sides: Callable[[int], dict[str, float]]) -> dict[str, Any]:
    """Measure the sides in turn, so many rounds after one that does not count; return medians and all rounds."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in sides.items():
            result = side(number)
            if number:
                found[name].append(result)
                print(f"  round {number} {name}: {brief(result)}", file=sys.stderr)
    medians = {
        name: {key: statistics.median(one[key] for one in results) for key in results[0]}
        for name, results in found.items()
    }
    return {"medians": medians, "rounds": found}


def brief(result: dict[str, float]) -> str:
    """Return figures as a short line."""
    return ", ".join(f"{key} {value:.1f}" for key, value in result.items())


def verdict(name: str, figures: dict[str, Any], **goals: tuple[float, str, float]) -> int:
    """Print the JSON; each goal is (measured, ">=" or "<=", wanted). Return the exit status: 0 when all are met."""
    judged = {
        key: {
            "measured": round(value, 3),
            "goal": f"{sign} {wanted}",
            "met": value >= wanted if sign == ">=" else value <= wanted,
        }
        for key, (value, sign, wanted) in goals.items()
    }
    print(json.dumps({"bench": name, "goals": judged, **figures}, indent=2, default=lambda value: round(value, 3)))
    return 0 if all(goal["met"] for goal in judged.values()) else 1
