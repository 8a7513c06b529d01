"""The other sides of the gateway, as real HTTP servers on loopback that can misbehave: a CRM, and a Graph API."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import random
import socket
import threading
from typing import TYPE_CHECKING, Any

from ledger import Call, body_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Headers = dict[str, str]
Answer = tuple[int, bytes]


def free_port() -> int:
    """Return a port of loopback that nobody listens on.

    Not one that the system gives out: while a killed program is not yet back, some connection could take it.
    """
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        """Start it."""
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any], timeout: float = 60.0) -> Any:
        """Run a coroutine there and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    def close(self) -> None:
        """Cancel what still runs and end the thread."""
        self.run(self._cancel_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()

    async def _cancel_all(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        # A transport that was aborted closes its socket in a later turn of the loop.
        await asyncio.sleep(0.01)


class Server:
    """An HTTP server. `down` refuses connections, `hang` takes requests and never answers, `status` answers badly."""

    def __init__(self) -> None:
        """Take a port and listen."""
        self.port = free_port()
        self.hang = False
        self.status = 200
        self.slowness = 0.0
        """Seconds; every answer takes a random part of it."""
        self._random = random.Random(7)
        self._loop = Loop()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.up()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        """Listen."""
        self._loop.run(self._listen())

    def down(self) -> None:
        """Refuse connections and cut those that are open, as a machine does that dies."""
        self._loop.run(self._cut())

    def close(self) -> None:
        """End."""
        self.down()
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, backlog=512)

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                path = head[0].split(" ")[1]
                headers = {}
                for line in head[1:-2]:
                    name, _, value = line.partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                status, answer = await self._slowly(path, headers, body)
                writer.write(
                    f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n"
                    f"content-length: {len(answer)}\r\n\r\n".encode()
                    + answer
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _slowly(self, path: str, headers: Headers, body: bytes) -> Answer:
        answer = await self.answer(path, headers, body)
        if self.hang:
            await asyncio.Event().wait()
        if self.slowness:
            await asyncio.sleep(self._random.random() * self.slowness)
        return (self.status, b"{}") if self.status != 200 else answer

    async def answer(self, path: str, headers: Headers, body: bytes) -> Answer:
        """Take one request."""
        raise NotImplementedError


class Crm(Server):
    """A CRM behind signed calls. It keeps every call that arrived, in the order of arrival, whatever it answers."""

    def __init__(self, secret: str) -> None:
        """Begin without calls. `secret`: whsec_… as in the settings."""
        self.calls: list[Call] = []
        self.forged = 0
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        super().__init__()

    async def answer(self, path: str, headers: Headers, body: bytes) -> Answer:
        """Verify the signature and keep the call."""
        name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        digest = hmac.new(self._key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
        if f"v1,{base64.b64encode(digest).decode()}" not in headers.get("webhook-signature", "").split(" "):
            self.forged += 1
            return 401, b"{}"
        document = json.loads(body)
        data = document["data"]
        source = data.get("source") or data.get("conversation") or {}
        self.calls.append(
            Call(
                key=name,
                kind=document["type"],
                conversation=source.get("id", ""),
                message=data["id"],
                origin=data.get("origin", ""),
                status=data.get("kind", ""),
                messages=tuple(ref["id"] for ref in data.get("messages", ())),
                text=body_of(data),
            )
        )
        return 200, b"{}"

    def messages(self) -> list[Call]:
        """Return the calls that brought a message, in the order of arrival."""
        return [call for call in self.calls if call.kind == "message"]


class Graph(Server):
    """A stand-in for the Graph API: takes messages for any number, and names each with a wamid.

    `before_answer` is called with (account, wamid, request) in a thread, before the answer goes out.
    """

    def __init__(self) -> None:
        """Begin without messages."""
        self.calls: list[dict[str, Any]] = []
        self.before_answer: Callable[[str, str, dict[str, Any]], None] | None = None
        super().__init__()

    async def answer(self, path: str, headers: Headers, body: bytes) -> Answer:
        """Take a message as the Cloud API does."""
        account, _, noun = path.partition("?")[0].rpartition("/")
        if noun != "messages":
            return 404, b"{}"
        request = json.loads(body)
        wamid = f"wamid.OUT{self.port}x{len(self.calls)}"
        account = account.rpartition("/")[2]
        self.calls.append({**request, "wamid": wamid, "account": account})
        if self.before_answer is not None:
            with contextlib.suppress(ConnectionError):
                await asyncio.to_thread(self.before_answer, account, wamid, request)
        answer = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": request["to"], "wa_id": request["to"].lstrip("+")}],
            "messages": [{"id": wamid}],
        }
        return 200, json.dumps(answer).encode()
