"""Calls as samples describe them: what is expected of a request, and the answer that it gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs

from connectors_core.testing.samples import payload

ANY = "*"
"""Stands in a sample for any value."""

PLATFORM = "{platform}"
"""Stands in a sample and in settings for the address of the server that plays the other side."""


@attrs.frozen(kw_only=True)
class Received:
    """A request that the platform got. Header names are in lower case; `target` is the path with its query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = attrs.field(repr=False)

    @property
    def path(self) -> str:
        """The path alone."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """What stands behind the question mark."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def json(self) -> Any:
        """Return the parsed body, None when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def form(self) -> dict[str, Any]:
        """Return the fields of a form; a file is a mapping with its name, its type and its bytes in Latin-1."""
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/form-data"):
            return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        whole: Any = message_from_bytes(b"content-type: " + kind.encode() + b"\r\n\r\n" + self.body, policy=HTTP)
        found: dict[str, Any] = {}
        for part in whole.iter_parts():
            name = part.get_param("name", header="content-disposition")
            data = part.get_payload(decode=True)
            if part.get_filename() is None:
                found[name] = data.decode("utf-8", "replace")
            else:
                found[name] = {
                    "filename": part.get_filename(),
                    "mime": part.get_content_type(),
                    "text": data.decode("latin-1"),
                }
        return found


@attrs.frozen(kw_only=True)
class Answer:
    """What the platform does with a request.

    `after`: seconds until it answers. `cut`: it closes the connection instead, before or within the answer.
    """

    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = b""
    after: float = 0.0
    cut: str = ""


def answer(step: Mapping[str, Any], platform: str) -> Answer:
    """Return the answer of one step of an exchange."""
    given = step["answer"]
    headers = {str(name).lower(): str(value) for name, value in given.get("headers", {}).items()}
    if "json" in given:
        headers.setdefault("content-type", "application/json")
    body = payload(given)
    if "base64" not in given:
        body = body.replace(PLATFORM.encode(), platform.encode())
    return Answer(status=given.get("status", 200), headers=headers, body=body)


def difference(step: Mapping[str, Any], call: Received, platform: str) -> str:
    """Say where a call differs from what a step expects, "" when it does not."""
    wanted = json.loads(json.dumps(step["call"]).replace(PLATFORM, platform))
    found: dict[str, Any] = {"method": call.method, "path": call.path, "query": call.query}
    found["headers"] = {name: call.headers.get(name, "") for name in map(str.lower, wanted.get("headers", {}))}
    if "headers" in wanted:
        wanted["headers"] = {name.lower(): value for name, value in wanted["headers"].items()}
    if "json" in wanted:
        found["json"] = call.json()
    elif "form" in wanted:
        found["form"] = call.form()
    elif "text" in wanted:
        found["text"] = call.body.decode("utf-8", "replace")
    elif call.body:
        return f"{call.method} {call.path} has a body, and the sample describes none"
    for name, value in wanted.items():
        if text := _unlike(value, found.get(name), name):
            return f"{call.method} {call.path}: {text}"
    return ""


def _unlike(wanted: Any, found: Any, where: str) -> str:
    """Say where two values differ; `*` is like everything."""
    if wanted == ANY and found is not None:
        return ""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name in [*wanted, *(name for name in found if name not in wanted)]:
            if name not in found:
                return f"{where}.{name} is missing"
            if name not in wanted:
                return f"{where}.{name} is there, and the sample has none"
            if text := _unlike(wanted[name], found[name], f"{where}.{name}"):
                return text
        return ""
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return next(
            (
                text
                for n, pair in enumerate(zip(wanted, found, strict=True))
                if (text := _unlike(*pair, f"{where}[{n}]"))
            ),
            "",
        )
    if isinstance(wanted, str) and isinstance(found, str) and ANY in wanted and where == "path":
        pieces, there = wanted.split("/"), found.split("/")
        same = len(pieces) == len(there) and all(a in (ANY, b) for a, b in zip(pieces, there, strict=True))
        return "" if same else f"{where} is {found} instead of {wanted}"
    return "" if wanted == found else f"{where} is {_short(found)} instead of {_short(wanted)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 300 else f"{text[:300]}…"
