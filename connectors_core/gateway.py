"""Everything that a running program has in hand: settings, store, endpoints, apps and routes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs

from connectors_core import __version__
from connectors_core.app import build_app, build_endpoint
from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import Problem, SettingsError
from connectors_core.files import Folder
from connectors_core.media import MediaStore
from connectors_core.redact import Redactor
from connectors_core.routing import Router
from connectors_core.settings.model import Settings
from connectors_core.store import Store
from connectors_core.switchboard import Switchboard

PROGRAM = f"crm-connectors {__version__}"


@attrs.frozen(eq=False)
class Gateway:
    """The parts of a program, built once from the settings."""

    settings: Settings
    store: Store
    endpoints: Mapping[str, Endpoint]
    apps: Mapping[str, App]
    router: Router
    redact: Redactor
    media: MediaStore
    asked: frozenset[str]
    """The endpoints that can be asked who a person is."""
    boards: Mapping[str, Switchboard]
    """Who may answer the conversations of each endpoint that routes lead from."""
    accounts: Mapping[tuple[str, str, str], tuple[str, ...]]
    """(app, type, account) -> endpoints: how each Item of a shared webhook finds its own, or all that share one."""

    @classmethod
    def build(cls, settings: Settings, store: Store | None = None) -> Gateway:
        """Build every endpoint and app that the settings name; raise SettingsError with all problems."""
        problems: list[Problem] = []
        endpoints: dict[str, Endpoint] = {}
        apps: dict[str, App] = {}
        own = settings.gateway
        store = store or Store(own.store)
        files = MediaStore(
            store=store,
            folder=Folder(Path(own.media)),
            largest=own.largest_file,
            address=own.public_url or f"http://{own.host}:{own.port}",
            secret=own.secret,
        )
        for name in settings.endpoints:
            try:
                endpoints[name] = build_endpoint(settings, name, files.open)
            except SettingsError as error:
                problems += error.problems
        for name in settings.apps:
            try:
                apps[name] = build_app(settings, name)
            except SettingsError as error:
                problems += error.problems
        if problems:
            raise SettingsError(problems)
        return cls(
            settings=settings,
            store=store,
            endpoints=endpoints,
            apps=apps,
            router=Router(settings),
            redact=Redactor(settings.secrets),
            media=files,
            asked=frozenset(name for name, one in endpoints.items() if "profile" in one.verbs),
            boards={
                name: _board(settings, one) for name, one in endpoints.items() if settings.endpoints[name].responders
            },
            accounts=_accounts(settings),
        )

    def sources(self) -> list[str]:
        """Return everything that journal rows can come from: the apps, and each endpoint."""
        return [*self.apps, *self.endpoints]


def _board(settings: Settings, endpoint: Endpoint) -> Switchboard:
    own = settings.endpoints[endpoint.name]
    return Switchboard(
        name=endpoint.name,
        responders=own.responders,
        idle=own.idle_after.total_seconds(),
        owners=endpoint.owners,
        controls=endpoint.abilities.thread_control,
    )


def _accounts(settings: Settings) -> dict[tuple[str, str, str], tuple[str, ...]]:
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for one in settings.endpoints.values():
        for account in {one.account, one.shared_account} - {""} if one.app else ():
            key = (one.app, one.type, account)
            found[key] = (*found.get(key, ()), one.name)
    return found
