"""The connector under test: built from settings as the program builds it, with the kit's server as its other side."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import attrs

from connectors_core import discovery
from connectors_core.app import build_app, build_endpoint
from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import Malformed, NoCounterpart
from connectors_core.manifest import Abilities, Manifest
from connectors_core.model import Content, Event, Item, Request
from connectors_core.settings.files import Source
from connectors_core.settings.loading import resolve
from connectors_core.settings.model import Settings
from connectors_core.testing import ledger
from connectors_core.testing.exchange import PLATFORM
from connectors_core.testing.samples import Sample, Samples
from connectors_core.testing.signing import Signing

KIT = "kit"
"""The name of the endpoint under test, in settings and samples."""

FOLDER = "{folder}"
"""Stands in settings for an empty folder, for a connector that keeps something."""

APP = "app"
"""The name of its app, where it has one."""


@attrs.frozen(kw_only=True)
class Plan:
    """What a class of tests says of its connector."""

    connector: type
    settings: Mapping[str, Any]
    app_settings: Mapping[str, Any]
    environ: Mapping[str, str]
    signing: Signing | None
    samples: Samples
    folder: Path = Path()
    """An empty folder for whatever the connector keeps."""

    @property
    def manifest(self) -> Manifest:
        """The manifest of the class."""
        found: Manifest = self.connector.manifest  # type: ignore[attr-defined]
        return found

    def document(self, platform: str, **more: Any) -> dict[str, Any]:
        """Return the settings file, with `platform` as the address of the other side; `more` changes the endpoint."""
        manifest = self.manifest
        own = {"type": manifest.name, "delivery": {"timeout": 2.0, "connect_timeout": 2.0}, **self.settings, **more}
        document: dict[str, Any] = {
            "endpoints": {KIT: own, ledger.NAME: {"type": ledger.NAME}},
            "routes": [{"between": [KIT, ledger.NAME]}],
        }
        if manifest.app:
            own["app"] = APP
            document["apps"] = {APP: {"type": manifest.app, **self.app_settings}}
        text = json.dumps(document).replace(PLATFORM, platform).replace(FOLDER, str(self.folder))
        found: dict[str, Any] = json.loads(text)
        return found

    def secrets(self) -> dict[str, str]:
        """Return a value for every variable that the settings name."""
        return {**dict(_variables([self.settings, self.app_settings])), **self.environ}

    def load(self, document: dict[str, Any], environ: Mapping[str, str] | None = None) -> Settings:
        """Read a settings document; raise SettingsError."""
        source = Source(path=Path("connectors.toml"), document=document)
        return resolve(source, self.secrets() if environ is None else environ)


@attrs.frozen(kw_only=True)
class Subject:
    """The connector under test, alive. `connector` is the instance behind `endpoint`; `app` is None without one."""

    plan: Plan
    settings: Settings
    endpoint: Endpoint
    app: App | None

    @classmethod
    def build(cls, plan: Plan, platform: str, sample: Sample | None = None, **more: Any) -> Subject:
        """Build it with `platform` as the address of the other side; it may open the files of `sample`."""

        def files(name: str) -> Content:
            found = sample.file(name) if sample is not None else None
            if found is None:
                raise NoCounterpart("the sample has no such file")
            return found

        settings = plan.load(plan.document(platform, **more))
        return cls(
            plan=plan,
            settings=settings,
            endpoint=build_endpoint(settings, KIT, files),
            app=build_app(settings, APP) if APP in settings.apps else None,
        )

    @property
    def abilities(self) -> Abilities:
        """What this instance can do."""
        return self.endpoint.abilities

    @property
    def account(self) -> str:
        """The account that its settings name, or its name where they name none."""
        return self.settings.endpoints[KIT].account or KIT

    @property
    def receives(self) -> bool:
        """Whether it reads anything."""
        return "receive" in self.endpoint.verbs

    @property
    def is_pushed(self) -> bool:
        """Whether webhooks come for it: to its app, or to an address of its own."""
        return self.receives and (self.app is not None or "authenticate" in self.endpoint.verbs)

    @property
    def door(self) -> App | Endpoint:
        """What authenticates its webhooks."""
        return self.app or self.endpoint

    def request(self, body: bytes, headers: Mapping[str, str] | None = None, method: str = "POST") -> Request:
        """Return a request to the address of its webhooks."""
        return Request(method=method, path=f"/hooks/{APP if self.app else KIT}", headers=headers or {}, body=body)

    def items(self, body: bytes, endpoint: str = KIT) -> list[Item]:
        """Cut a body as the program does; raise Malformed when it cannot be read at all."""
        own = self.settings.endpoints[KIT]
        if self.app is None:
            return self.endpoint.items(Item(type=own.type, account=self.account, raw=body, endpoint=endpoint))
        mine = {own.account, own.shared_account} - {""}
        found = [item.under(mine.__contains__) for item in self.app.split(self.request(body)) if item.type == own.type]
        return [attrs.evolve(item, endpoint=endpoint) for item in found if item.account in mine]

    def read(self, body: bytes, endpoint: str = KIT) -> list[Event]:
        """Read a body with a connector that has neither settings nor network: reading is pure."""
        bare = self.plan.connector(settings=None, http=None)
        return [event for item in self.items(body, endpoint) for event in bare.receive(item)]

    def read_or_park(self, body: bytes) -> list[Event] | None:
        """Read a body; None when it says that it cannot. Any other error is the connector's and comes out."""
        try:
            return self.read(body)
        except Malformed:
            return None


@contextmanager
def installed(kind: type) -> Iterator[Path]:
    """Let the program find a connector by its name, as if its package were installed, and the kit's ledger."""
    manifest: Manifest = kind.manifest  # type: ignore[attr-defined]
    lines = [f"[{discovery.CONNECTORS}]", f"{ledger.NAME} = {ledger.__name__}:Ledger"]
    if not any(_loads(point, kind) for point in entry_points(group=discovery.CONNECTORS, name=manifest.name)):
        lines.append(f"{manifest.name} = {kind.__module__}:{kind.__qualname__}")
    with tempfile.TemporaryDirectory() as folder:
        info = Path(folder) / "connectors_kit-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: connectors-kit\nVersion: 1\n", encoding="utf-8")
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        sys.path.insert(0, folder)
        try:
            yield Path(folder)
        finally:
            sys.path.remove(folder)


def _loads(point: Any, kind: type) -> bool:
    try:
        return point.load() is kind
    except Exception:  # noqa: BLE001 - another package's trouble; the program will tell of it
        return False


def _variables(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every variable that a settings document refers to, with a value that shows nowhere else."""
    if isinstance(value, Mapping):
        if set(value) == {"env"}:
            yield value["env"], f"kit-{value['env'].lower().replace('_', '-')}-5bd1c0ffee"
        for inner in value.values():
            yield from _variables(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _variables(inner)
