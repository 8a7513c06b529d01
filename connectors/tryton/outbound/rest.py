"""The REST API of Tryton: records found, made, changed and acted on."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import attrs

from connectors.tryton.outbound.errors import explainer
from connectors.tryton.settings import TrytonSettings
from connectors_core import Call, Http, Malformed, Uncertain, Unreachable

Json = dict[str, Any]
Domain = Sequence[object]

REFERENCE = "connectors:"
"""What the reference of a chat message of ours begins with; the key of its delivery follows."""

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of an answer that holds a file, in base64."""


def encoded(value: object) -> str:
    """Return a domain, an order or a context as the API takes it: JSON in URL-safe base64."""
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()


@attrs.frozen(eq=False)
class Rest:
    """The calls of one endpoint. `verb` is what an error says that could not be done."""

    settings: TrytonSettings
    http: Http

    def find(  # noqa: PLR0913 - a search has so many sides
        self,
        model: str,
        domain: Domain,
        fields: Iterable[str],
        *,
        verb: str,
        order: Sequence[Sequence[str]] = (),
        most: int = 0,
        inactive: bool = False,
        largest: int = 0,
    ) -> list[Json]:
        """Return the records that a domain describes, `most` at most, 0 for all; `inactive`: those put away too."""
        names = list(fields)
        query = [("d", encoded(domain)), *(("f", name) for name in names)]
        query += [("o", encoded(order))] if order else []
        query += [("s", str(most))] if most else []
        context = {"active_test": False} if inactive else {}
        call = self._call("GET", f"{model}?{urlencode(query)}", context)
        if largest:
            call = attrs.evolve(call, largest=largest)
        found = self._made(call, verb, {model, *(part for name in names for part in name.split("."))})
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            # Taken for no records, it would have everything made a second time.
            raise Unreachable(f"{self.http.endpoint} could not {verb}: the answer is no list of records")
        return found

    def first(self, model: str, domain: Domain, fields: Iterable[str], *, verb: str, inactive: bool = False) -> Json:
        """Return the oldest record that a domain describes, {} when there is none."""
        found = self.find(model, domain, fields, verb=verb, order=[["id", "ASC"]], most=1, inactive=inactive)
        return found[0] if found else {}

    def create(self, model: str, values: Mapping[str, object], *, verb: str) -> int:
        """Make a record and return its id."""
        made = self._made(self._call("POST", f"{model}?f=id", {}, values), verb, {model, *values})
        if not isinstance(made, dict) or not isinstance(made.get("id"), int):
            raise Uncertain(f"{self.http.endpoint} could not {verb}: Tryton did not say what it made")
        return int(made["id"])

    def write(self, model: str, record: int, values: Mapping[str, object], *, verb: str) -> None:
        """Change a record."""
        self._made(self._call("PUT", f"{model}/{record}?f=id", {}, values), verb, {model, *values})

    def act(
        self,
        model: str,
        action: str,
        values: Mapping[str, object],
        *,
        verb: str,
        context: Mapping[str, object] | None = None,
        harmless: bool = False,
    ) -> Any:
        """Call a method of a model; `harmless`: it changes nothing."""
        call = self._call("POST", f"{model}/{action}", context or {}, values)
        return self._made(attrs.evolve(call, harmless=harmless), verb, {model})

    def _call(self, method: str, path: str, context: Mapping[str, object], values: object = None) -> Call:
        own = self.settings
        url = f"{own.url.rstrip('/')}/{own.database}/rest/model/{path}"
        headers = {
            "authorization": f"Bearer {own.key.reveal()}",
            # Refusals are told apart by their words, which come in the language that is asked for.
            "accept-language": "en",
            "x-tryton-context": encoded({"company": own.company, **context}),
        }
        if values is None:
            return Call(method=method, url=url, headers=headers)
        return Call.json(method, url, values, headers)

    def _made(self, call: Call, verb: str, asked: set[str]) -> Any:
        reply = self.http.call(call, verb=verb, explain=explainer(asked))
        if not reply.body:
            return None
        try:
            return reply.json()
        except Malformed as error:
            text = f"{self.http.endpoint} could not {verb}: {error.text}; is the url that of Tryton?"
            raise Unreachable(text) if call.repeatable else Uncertain(text) from None
