"""What is asked and what is answered, as plain values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

import attrs

from connectors_core.errors import ConnectorsError, Malformed, Uncertain
from connectors_core.http.forms import Upload
from connectors_core.model import Content, Done

LARGEST_REPLY = 8 * 1024 * 1024
"""Bytes. A larger answer is refused, unless the call expects a file: no API answer that we read is so large."""

LARGEST_FILE = 100 * 1024 * 1024
"""Bytes of a file that goes out or comes in, unless a connector says less."""

LONGEST_WAIT = 24 * 3600.0
"""Seconds. Nobody who asks to wait longer than a day means it."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods whose repetition changes nothing more (RFC 9110, 9.2.2)."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing at all (RFC 9110, 9.2.1)."""


@attrs.frozen(kw_only=True)
class Call:
    """A request to make. `body` is sent as it is; `Call.json` and `Call.form` make one with its content type.

    `largest`: bytes that the answer may have; a call that fetches a file says more than the default. `harmless`: that
    nobody sees whether a call with this method was made once or twice.
    """

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes | Upload = attrs.field(default=b"", repr=False)
    largest: int = LARGEST_REPLY
    harmless: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether a call that may have arrived can be made again."""
        return self.harmless or self.method in SAFE

    @classmethod
    def json(cls, method: str, url: str, content: object, headers: Mapping[str, str] | None = None) -> Call:
        """Return a call with `content` as its JSON body; without a body when it is None."""
        if content is None:
            return cls(method=method, url=url, headers=headers or {})
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        return cls(method=method, url=url, headers={"content-type": "application/json", **(headers or {})}, body=body)

    @classmethod
    def form(
        cls,
        method: str,
        url: str,
        fields: Mapping[str, str],
        content: Content,
        headers: Mapping[str, str] | None = None,
        part: str = "file",
    ) -> Call:
        """Return a call that uploads `content` as the part called `part` of a multipart/form-data body, piece by piece.

        It can be made once, as the pieces can. Content of unknown size goes through a temporary file first.
        """
        upload = Upload.of(fields, content, part)
        return cls(method=method, url=url, headers={"content-type": upload.kind, **(headers or {})}, body=upload)


@attrs.frozen(kw_only=True)
class Reply:
    """An answer that arrived whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = attrs.field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status says that it worked."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the parsed body; raise Malformed when it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            kind = self.headers.get("content-type", "no content type").split(";")[0]
            raise Malformed(f"the answer is not JSON but {kind}") from None

    def object(self) -> dict[str, Any]:
        """Return the parsed body, which must be a JSON object; raise Malformed when it is something else."""
        found = self.json()
        if not isinstance(found, dict):
            raise Malformed("the answer is no JSON object")
        return found

    def done(self, endpoint: str, account: str = "", **keys: str) -> Done:
        """Return the names that the answer gives: of `message`, `contact` and `conversation` the key that has each.

        Raise Uncertain when it does not say them: what was asked for was taken, and nobody knows what it is called.
        """
        try:
            found = self.object()
            return Done.named(endpoint, account, **{noun: found.get(key) for noun, key in keys.items()})
        except Malformed:
            raise Uncertain(f"{endpoint} got an answer of status {self.status} without {' and '.join(keys)}") from None

    @property
    def retry_after(self) -> float | None:
        """Seconds that the other side asks to wait, a day at most; None when it does not say."""
        value = self.headers.get("retry-after", "").strip()
        try:
            wait = float(value) if value.isdigit() else parsedate_to_datetime(value).timestamp() - time()
        except (ValueError, TypeError, OverflowError):
            return None
        return min(max(0.0, wait), LONGEST_WAIT)


Explain = Callable[[Reply], ConnectorsError | None]
"""A connector's own reading of an answer that is not 2xx; None leaves it to `explain_status`."""
