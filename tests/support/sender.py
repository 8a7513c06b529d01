"""A platform that sends signed webhooks on many connections, and repeats those that were not acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import random
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from ledger import ACCOUNT, Hook, value_of
from servers import Loop

PATIENCE = 15.0
"""Seconds that an answer is waited for."""


class Sender:
    """Sends to one gateway. `acknowledged` is the ledger: every webhook that was answered 200, in that order."""

    def __init__(self, port: int, app_secret: str) -> None:
        """Know where the gateway listens and how webhooks are signed."""
        self.acknowledged: list[Hook] = []
        self.answers: Counter[int] = Counter()
        """How often each status was answered; 0 is no answer at all."""
        self.slowest = 0.0
        self._port = port
        self._secret = app_secret.encode()
        self._loop = Loop()
        self._random = random.Random(11)

    def close(self) -> None:
        """End, whatever is still under way."""
        self._loop.close()

    def value(self, value: dict[str, Any], account: str = ACCOUNT, field: str = "messages") -> int:
        """Send one webhook with this `value`, once; return the status of its answer, 0 for none."""
        status: int = self._loop.run(self._alone(_body(value, account, field)))
        return status

    def hook(self, *batch: Hook, account: str = ACCOUNT) -> int:
        """Send one webhook with these messages, once."""
        status = self.value(value_of(*batch), account)
        if status == 200:
            self.acknowledged += batch
        return status

    def all(
        self,
        conversations: Iterable[Sequence[Hook]],
        *,
        connections: int = 16,
        account: str = ACCOUNT,
        every: float = 0.0,
    ) -> threading.Event:
        """Send every message of each conversation in order, different conversations side by side.

        Each waits for the 200 of its predecessor. Returns at once what is set when all of them are acknowledged.
        `every`: seconds between two webhooks of one connection.
        """
        done = threading.Event()
        waiting = list(conversations)

        async def work() -> None:
            await asyncio.gather(*(self._connection(waiting, account, every) for _ in range(connections)))
            done.set()

        asyncio.run_coroutine_threadsafe(work(), self._loop.loop)
        return done

    async def _connection(self, waiting: list[Sequence[Hook]], account: str, every: float) -> None:
        async with _Connection(self._port) as post:
            while waiting:
                # One message of a conversation at a time, so that many conversations are under way together.
                conversation = waiting.pop(self._random.randrange(len(waiting)))
                await self._until_taken(post, conversation[0], account)
                if len(conversation) > 1:
                    waiting.append(conversation[1:])
                await asyncio.sleep(every)

    async def _until_taken(self, post: _Post, hook: Hook, account: str) -> None:
        body = _body(value_of(hook), account, "messages")
        while await self._post(post, body) != 200:  # noqa: ASYNC110 - the gateway sets no event here
            await asyncio.sleep(0.1)
        self.acknowledged.append(hook)

    async def _alone(self, body: bytes) -> int:
        async with _Connection(self._port) as post:
            return await self._post(post, body)

    async def _post(self, post: _Post, body: bytes) -> int:
        signature = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        began = asyncio.get_running_loop().time()
        status = await post(body, signature)
        self.slowest = max(self.slowest, asyncio.get_running_loop().time() - began)
        self.answers[status] += 1
        return status


_Post = Callable[[bytes, str], Awaitable[int]]


class _Connection:
    """A connection that is kept, and made anew when it broke."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> _Post:
        return self._post

    async def __aexit__(self, *_exc: object) -> None:
        self._drop()

    def _drop(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _post(self, body: bytes, signature: str) -> int:
        try:
            async with asyncio.timeout(PATIENCE):
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port)
                return await _exchange(*self._streams, body, signature)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            self._drop()
            return 0


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes, signature: str) -> int:
    head = (
        "POST /hooks/meta HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"x-hub-signature-256: sha256={signature}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = answer.partition("content-length:")[2].partition("\r\n")[0]
    if length.strip():
        await reader.readexactly(int(length))
    status = int(answer.split(" ")[1])
    if "connection: close" in answer:
        writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await reader.read()
    return status


def _body(value: dict[str, Any], account: str, field: str) -> bytes:
    metadata = {"display_phone_number": "15550783881", "phone_number_id": account}
    change = {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    document = {"object": "whatsapp_business_account", "entry": [{"id": "215589313241560883", "changes": [change]}]}
    return json.dumps(document).encode()
