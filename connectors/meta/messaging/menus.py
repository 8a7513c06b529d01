"""What people see before they write: a greeting, get started, ice breakers, a menu, commands.

Source: MP/reference/messenger-profile-api, 2026. Instagram keeps ice breakers and the menu in the same place,
as another platform (IG/features, 2026-06-30). A Page takes 10 calls in 10 minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import attrs

from connectors.meta.errors.messaging import explain_messaging
from connectors.meta.graph import Graph
from connectors.meta.plans import compared
from connectors_core import Http
from connectors_core.model import Change, Finding, wire
from connectors_core.model.wire import Json

TITLES = {
    "get_started": "the button that starts a chat",
    "greeting": "the greeting",
    "ice_breakers": "the ice breakers",
    "persistent_menu": "the menu",
    "commands": "the commands",
    "whitelisted_domains": "the domains that may be opened",
    "account_linking_url": "the page where people link their account",
}
"""What each is called, in the order in which they are set: a menu needs the button that starts a chat."""

Locale = Mapping[str, str]


def greeting(texts: Mapping[str, str]) -> list[Json]:
    """Return a text for each language in Meta's shape."""
    return [{"locale": locale, "text": text} for locale, text in texts.items()]


def ice_breakers(rows: Sequence[Locale]) -> list[Json]:
    """Return questions and payloads in Meta's shape of 2026, which has languages."""
    return [
        {
            "call_to_actions": [{"question": row["question"], "payload": row["payload"]} for row in group],
            "locale": locale,
        }
        for locale, group in _by_locale(rows)
    ]


def persistent_menu(rows: Sequence[Locale]) -> list[Json]:
    """Return the items of a menu in Meta's shape."""
    return [
        {"locale": locale, "composer_input_disabled": False, "call_to_actions": [_item(row) for row in group]}
        for locale, group in _by_locale(rows)
    ]


def _item(row: Locale) -> Json:
    kind = "web_url" if "url" in row else "postback"
    return {"type": kind, **{name: value for name, value in row.items() if name != "locale"}}


def commands(hints: Mapping[str, str]) -> list[Json]:
    """Return commands with their hints in Meta's shape."""
    listed = [{"name": name, "description": hint} for name, hint in hints.items()]
    return [{"locale": "default", "commands": listed}] if listed else []


def _by_locale(rows: Sequence[Locale]) -> Iterable[tuple[str, list[Locale]]]:
    order = list(dict.fromkeys(row["locale"] for row in rows))
    ordered = sorted(rows, key=lambda row: order.index(row["locale"]))
    return [(locale, list(group)) for locale, group in groupby(ordered, key=lambda row: row["locale"])]


@attrs.frozen(kw_only=True)
class Menus:
    """The profile of an account: `wanted` has what the settings declare in Meta's shape, None for what they leave open.

    `platform` is named where a Page keeps those of its Instagram account as well.
    """

    http: Http
    graph: Graph
    wanted: Mapping[str, Any]
    platform: str = ""

    def plan(self) -> Iterable[Change]:
        """Compare what the settings declare with what is there; what is taken away goes first, the menu before all."""
        names = [name for name in TITLES if self.wanted.get(name) is not None]
        if not names:
            return []
        call = self.graph.call("GET", "me/messenger_profile", None, fields=",".join(names), **self._platform())
        rows = wire.items(self.http.call(call, verb="compare", explain=explain_messaging).object(), "data")
        told = {name: value for row in rows for name, value in row.items()}
        found = [
            change
            for name in names
            for change in compared(name, TITLES[name], _bare(told.get(name)), _bare(self.wanted[name]) or [])
        ]
        removed = [change for change in found if change.after is None]
        return [*reversed(removed), *(change for change in found if change.after is not None)]

    def apply(self, change: Change) -> Finding:
        """Set what a change is about as the settings say."""
        wanted = self.wanted[change.path]
        method, content = ("POST", {change.path: wanted}) if wanted else ("DELETE", {"fields": [change.path]})
        call = self.graph.call(method, "me/messenger_profile", {**self._platform(), **content}, **self._platform())
        self.http.call(attrs.evolve(call, harmless=True), verb="set", explain=explain_messaging)
        text = f"{change.title}: people see what the settings say" if wanted else f"{change.title}: taken away"
        return Finding(level="ok", text=text, path=change.path)

    def _platform(self) -> dict[str, str]:
        return {"platform": self.platform} if self.platform else {}


def _bare(value: Any) -> Any:
    """Return a value without what says nothing, and without the order and the slashes that Meta makes of its own."""
    if isinstance(value, Mapping):
        return {name: _bare(one) for name, one in value.items() if one not in (None, False, "", [], {})}
    if isinstance(value, list):
        rows = [_bare(one) for one in value]
        if all(isinstance(row, dict) and "locale" in row for row in rows):
            return sorted(rows, key=lambda row: str(row["locale"]))
        return sorted(rows) if all(isinstance(row, str) for row in rows) else rows
    return value.rstrip("/") if isinstance(value, str) and value.startswith("https://") else value
