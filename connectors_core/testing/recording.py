"""Samples out of a journal: what really arrived, with nobody in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from connectors_core import discovery
from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import Malformed, Problem, SettingsError
from connectors_core.model import Event, Item, Message, Notice, Receipt, Request, codec
from connectors_core.model.codec import NOUN_OF, PART_NAMES
from connectors_core.settings.model import EndpointSettings
from connectors_core.testing.scrubbing import Scrubber

ENDPOINT = "kit"
"""What the endpoint is called in samples."""


@attrs.frozen(kw_only=True)
class Recorded:
    """A sample to be written: the name of its file, and what stands in it."""

    name: str
    document: dict[str, Any]


class Recorder:
    """Makes samples of the webhooks, or of the polled pages, of one endpoint."""

    def __init__(self, endpoint: EndpointSettings) -> None:
        """Find the connector, and the app that splits its webhooks; raise SettingsError when it reads nothing."""
        kind = discovery.find(endpoint.type)
        if not hasattr(kind, "receive"):
            text = f"the connector {endpoint.type} receives nothing: there is nothing to record"
            raise SettingsError([Problem(f"endpoints.{endpoint.name}", text)])
        # Reading is pure: neither settings nor network take part in it.
        self._endpoint = Endpoint.build(ENDPOINT, kind(settings=None, http=None))
        name = self._endpoint.manifest.app
        self._app = App.build(name, discovery.find(name, discovery.APPS)(settings=None, http=None)) if name else None
        self._settings = endpoint
        self._scrubber = Scrubber()
        self.accounts = {one: self._account(one) for one in (endpoint.account, endpoint.shared_account) if one}
        self._seen: set[str] = set()

    def record(self, bodies: Iterable[bytes]) -> Iterator[Recorded]:
        """Yield a sample for every body that is read as other kinds of events than those before it."""
        for body in bodies:
            try:
                parsed = json.loads(body)
                events = self._read(parsed, self.accounts)
            except (ValueError, Malformed):
                continue
            if not events:
                continue
            clean = self._scrubber.scrub(parsed, events, self._read_either)
            found = self._read(clean, {new: new for new in self.accounts.values()})
            kinds = _kinds(found)
            if kinds in self._seen:
                continue
            self._seen.add(kinds)
            document = {
                "about": f"Recorded: {kinds.replace('__', ', ').replace('_', ' ')}.",
                "body": clean,
                "events": [codec.to_dict(event) for event in found],
            }
            yield Recorded(name=kinds[:100], document=document)

    def _account(self, account: str) -> str:
        """Replace an account as every other id; core's own name for a side without one stays."""
        return self._scrubber.value(account)

    def _read_either(self, parsed: Any) -> list[Event]:
        """Read a payload that may still have the real account, or its replacement already."""
        return self._read(parsed, {**self.accounts, **{new: new for new in self.accounts.values()}})

    def _read(self, parsed: Any, accounts: dict[str, str]) -> list[Event]:
        return [event for item in self._items(parsed, accounts) for event in self._endpoint.receive(item)]

    def _items(self, parsed: Any, accounts: dict[str, str]) -> list[Item]:
        body = json.dumps(parsed, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if self._app is None:
            account = self.accounts.get(self._settings.account, ENDPOINT)
            return self._endpoint.items(Item(type=self._settings.type, account=account, raw=body, endpoint=ENDPOINT))
        items = [
            item.under(accounts.__contains__) for item in self._app.split(Request(method="POST", path="/", body=body))
        ]
        return [
            attrs.evolve(item, endpoint=ENDPOINT)
            for item in items
            if item.type == self._settings.type and item.account in accounts
        ]


def _kinds(events: Iterable[Event]) -> str:
    """Return a name for what kinds of events these are."""
    return "__".join(dict.fromkeys(_kind(event) for event in events))


def _kind(event: Event) -> str:
    noun = NOUN_OF[type(event)]
    if isinstance(event, Message):
        parts = "_".join(dict.fromkeys(_part(part) for part in event.parts))
        return f"{'echo' if event.echo is not None else noun}_{parts}"
    if isinstance(event, Receipt):
        return f"{noun}_{event.kind}"
    if isinstance(event, Notice):
        return f"{noun}_{''.join(char if char.isalnum() else '_' for char in event.topic)}"
    return f"{noun}_{getattr(event, 'action', getattr(event, 'status', ''))}"


def _part(part: Any) -> str:
    """Return the name of a part, with its kind where it has one."""
    kind = getattr(part, "kind", getattr(part, "action", ""))
    return (
        f"{PART_NAMES[type(part)]}_{kind}"
        if isinstance(kind, str) and str(kind).isidentifier()
        else PART_NAMES[type(part)]
    )
