"""The samples of a connector: one JSON file for each thing that it reads or sends."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from connectors_core.endpoint import VERBS
from connectors_core.errors import ConnectorsError
from connectors_core.model import Content, Event, Outgoing, codec

WAYS_OUT = tuple(VERBS.values())

KEYS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    hook: (frozenset(needed.split()), frozenset(allowed.split()))
    for hook, needed, allowed in (
        ("receive", "events", "body text headers"),
        ("poll", "exchange page", "cursor"),
        *((way, "event exchange", "key files done error") for way in WAYS_OUT),
        ("errors", "event exchange error", "key files after scope code"),
        ("reconcile", "event exchange outcome", "key started_at done"),
        ("fetch", "media exchange", "content error"),
        ("profile", "contact exchange", "result error"),
        ("customer", "proof exchange", "settings result error"),
        ("send_code", "code exchange", "settings error"),
        ("login_chat", "token back exchange", "settings chat error"),
        ("templates", "exchange templates", ""),
        ("plan", "exchange", "settings callback plan error"),
        ("apply", "change exchange", "settings callback finding error"),
    )
}
"""For each folder of samples: the keys that a sample must have and those that it may have, besides `about`."""


@attrs.frozen(kw_only=True)
class Sample:
    """One file: `hook` is its folder, `about` its sentence, `document` all that stands in it."""

    hook: str
    name: str
    about: str
    document: Mapping[str, Any] = attrs.field(repr=False)

    def __str__(self) -> str:
        return f"samples/{self.hook}/{self.name}.json"

    @property
    def body(self) -> bytes:
        """The bytes of a webhook or of a polled page."""
        return payload(self.document, "body")

    @property
    def events(self) -> list[Event]:
        """The events that a body must be read as."""
        return [codec.from_dict(dict(one)) for one in self.document["events"]]

    @property
    def event(self) -> Outgoing:
        """What goes out."""
        found: Outgoing = codec.from_dict(dict(self.document["event"]))  # type: ignore[assignment]
        return found

    @property
    def key(self) -> str:
        """The key of the call."""
        return str(self.document.get("key", "kit:1"))

    @property
    def exchange(self) -> list[Mapping[str, Any]]:
        """The calls that are expected, each with its answer."""
        return list(self.document.get("exchange", ()))

    @property
    def settings(self) -> Mapping[str, Any]:
        """The keys of the endpoint's settings that this sample has otherwise."""
        return dict(self.document.get("settings", {}))

    @property
    def refs(self) -> list[Mapping[str, Any]]:
        """The names that things got there."""
        return list(self.document.get("done", {}).get("refs", ()))

    def file(self, name: str) -> Content | None:
        """Return a file that goes out, by its id."""
        found = self.document.get("files", {}).get(name)
        return content(found) if found is not None else None


@attrs.frozen(kw_only=True)
class Samples:
    """All samples of a connector; `problems` says of each file that cannot be used why."""

    folder: Path
    all: tuple[Sample, ...]
    problems: tuple[str, ...] = ()

    def of(self, *hooks: str) -> list[Sample]:
        """Return the samples in these folders, in the order of their names."""
        return [one for one in self.all if one.hook in hooks]

    def good(self, *hooks: str) -> list[Sample]:
        """Return the samples of calls that end well."""
        return [one for one in self.of(*hooks) if "error" not in one.document]

    @classmethod
    def load(cls, folder: Path) -> Samples:
        """Read a folder of samples; what is wrong in it becomes a problem, no error."""
        found: list[Sample] = []
        problems: list[str] = []
        for path in sorted(folder.glob("*/*.json")):
            try:
                found.append(_read(path))
            except ConnectorsError as error:
                problems.append(f"{path.parent.name}/{path.name}: {error.text}")
            except (ValueError, TypeError, KeyError, OSError) as error:
                problems.append(f"{path.parent.name}/{path.name}: {type(error).__name__}: {error}")
        strange = [path.name for path in sorted(folder.glob("*")) if path.is_dir() and path.name not in KEYS]
        problems += [f"{name}/: there is no such hook; known are {', '.join(KEYS)}" for name in strange]
        return cls(folder=folder, all=tuple(found), problems=tuple(problems))


def content(document: Mapping[str, Any]) -> Content:
    """Return the file that a sample describes."""
    return Content.of(payload(document, "json"), document["mime"], document.get("name", ""))


def payload(document: Mapping[str, Any], json_key: str = "json") -> bytes:
    """Return the bytes that a sample gives as JSON, as text or in base64."""
    if "base64" in document:
        return base64.b64decode(document["base64"], validate=True)
    if "text" in document:
        return str(document["text"]).encode("utf-8", "surrogatepass")
    return dumps(document[json_key]) if json_key in document else b""


def dumps(value: Any) -> bytes:
    """Return JSON as a provider writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _read(path: Path) -> Sample:
    hook = path.parent.name
    if hook not in KEYS:
        raise ValueError(f"there is no hook {hook}")
    document = json.loads(path.read_text(encoding="utf-8"))
    needed, allowed = KEYS[hook]
    _refuse("is missing", sorted(({"about"} | needed) - set(document)))
    _refuse("is no key of such a sample", sorted(set(document) - needed - allowed - {"about"}))
    sample = Sample(hook=hook, name=path.stem, about=document["about"], document=document)
    # What cannot be read shows now, with the name of its file, and not in the middle of a test.
    if hook == "receive":
        _ = sample.body, sample.events
    elif "event" in document:
        _ = sample.event
    return sample


def _refuse(what: str, keys: Iterable[str]) -> None:
    found = ", ".join(keys)
    if found:
        raise ValueError(f"{found} {what}")
