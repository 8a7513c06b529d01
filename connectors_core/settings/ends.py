"""Apps and endpoints: core's own keys, the connector's keys, and what must agree between them."""

from __future__ import annotations

from typing import Any

import attrs
from marshmallow import RAISE

from connectors_core import discovery
from connectors_core.manifest import AppManifest, Manifest, Pace
from connectors_core.settings.model import AppSettings, Delivery, EndpointSettings
from connectors_core.settings.problems import join
from connectors_core.settings.reader import Reader
from connectors_core.settings.schemas import AppKeys, EndpointKeys

APP_KEYS = tuple(AppKeys().load_fields)
ENDPOINT_KEYS = tuple(EndpointKeys().load_fields)


def read_apps(reader: Reader) -> dict[str, AppSettings]:
    """Return every app whose table is good."""
    found = {}
    for name, table in reader.tables("apps").items():
        path = join("apps", name)
        manifest: AppManifest | None = reader.manifest(table, path, discovery.APPS)
        if manifest is None:
            continue
        settings = _own(reader, manifest, table, path, APP_KEYS)
        if settings is not None:
            found[name] = AppSettings(name=name, type=manifest.name, settings=settings)
    return found


def read_endpoints(reader: Reader) -> dict[str, EndpointSettings]:
    """Return every endpoint whose table is good, and leave the manifest of each in the reader."""
    found: dict[str, EndpointSettings] = {}
    for name, table in reader.tables("endpoints").items():
        path = join("endpoints", name)
        manifest: Manifest | None = reader.manifest(table, path, discovery.CONNECTORS)
        keys = _common(reader, table, path)
        _check_responders(reader, name, table, path)
        _check_observers(reader, table, path)
        if manifest is None:
            continue
        reader.manifests[name] = manifest
        _check_app(reader, manifest, table, path)
        settings = _own(reader, manifest, table, path, ENDPOINT_KEYS)
        if settings is None or keys is None:
            continue
        delivery = keys.get("delivery", {})
        if "pace" in delivery:
            delivery["pace"] = _pace(reader, manifest, delivery["pace"], f"{path}.delivery.pace")
        found[name] = EndpointSettings(
            name=name,
            type=manifest.name,
            settings=settings,
            app=keys.get("app", ""),
            account=_account(manifest, settings),
            delivery=Delivery(**delivery),
            responders=tuple(keys.get("responders", ())),
            observers=tuple(keys.get("observers", ())),
        )
    _check_accounts(reader, found)
    return found


def _common(reader: Reader, table: dict[str, Any], path: str) -> dict[str, Any] | None:
    """Load core's keys; a bad or missing type has been told of already."""
    given = {key: value for key, value in table.items() if key in ENDPOINT_KEYS} | {"type": "given"}
    keys: dict[str, Any] | None = reader.load(EndpointKeys(), given, path)
    return keys


def _own(
    reader: Reader, manifest: Manifest | AppManifest, table: dict[str, Any], path: str, common: tuple[str, ...]
) -> Any:
    """Load the keys of the connector or app itself."""
    schema = manifest.settings(unknown=RAISE)
    taken = {field.data_key or name for name, field in schema.load_fields.items()} & set(common)
    if taken:
        reader.say(path, f"{manifest.name} declares {', '.join(sorted(taken))}, which core reads: a defect of it")
        return None
    own = {key: value for key, value in table.items() if key not in common}
    return reader.load(schema, own, path, common)


def _account(manifest: Manifest, settings: Any) -> str:
    if not manifest.account:
        return ""
    value = settings.get(manifest.account) if isinstance(settings, dict) else getattr(settings, manifest.account, None)
    return "" if value is None else str(value)


def _pace(reader: Reader, manifest: Manifest, given: dict[str, Any], path: str) -> Pace:
    """Return the connector's pace with what the settings lower; say where they would raise it."""
    own = manifest.pace
    for key, value in given.items():
        limit = getattr(own, key)
        if key == "pair_every" and value < limit:
            reader.say(f"{path}.{key}", f"is below the {limit:g} of {manifest.name}; settings can only lower the pace")
        elif key != "pair_every" and value > limit:
            reader.say(f"{path}.{key}", f"is above the {limit:g} of {manifest.name}; settings can only lower it")
    return attrs.evolve(own, **given)


def _check_app(reader: Reader, manifest: Manifest, table: dict[str, Any], path: str) -> None:
    app, declared = table.get("app"), reader.names("apps")
    if app is None:
        if manifest.app:
            text = f"is missing: {manifest.name} takes its webhooks through an app of type {manifest.app}; name one"
            reader.say(f"{path}.app", text)
        return
    if not isinstance(app, str):
        return
    if not manifest.app:
        reader.say(f"{path}.app", f"{manifest.name} takes no app; remove this key")
    elif app not in declared:
        reader.say(f"{path}.app", f'there is no app "{app}".{discovery.nearest(app, declared)}')
    else:
        other = reader.document["apps"][app]
        kind = other.get("type") if isinstance(other, dict) else None
        if isinstance(kind, str) and kind != manifest.app:
            text = f'"{app}" is of type {kind}, and {manifest.name} needs an app of type {manifest.app}'
            reader.say(f"{path}.app", text)


def _check_responders(reader: Reader, name: str, table: dict[str, Any], path: str) -> None:
    declared = tuple(other for other in reader.names("endpoints") if other != name)
    joined = _joined(reader, name)
    responders = table.get("responders")
    if not isinstance(responders, list):
        return
    for number, responder in enumerate(responders):
        where = f"{path}.responders[{number}]"
        if not isinstance(responder, str):
            continue
        if responder == name:
            reader.say(where, "an endpoint cannot answer itself")
        elif responder not in declared:
            reader.say(where, f'there is no endpoint "{responder}".{discovery.nearest(responder, declared)}')
        elif responder not in joined:
            reader.say(where, f"no route joins {name} and {responder}")
        elif responder in responders[:number]:
            reader.say(where, f"{responder} stands here already")


def _joined(reader: Reader, name: str) -> set[str]:
    """Return the endpoints that any route joins with this one, as the routes are declared."""
    routes = reader.document.get("routes")
    found: set[str] = set()
    for route in routes if isinstance(routes, list) else ():
        ends = route.get("between") if isinstance(route, dict) else None
        if isinstance(ends, list) and name in ends:
            found.update(end for end in ends if isinstance(end, str))
    return found - {name}


def _check_observers(reader: Reader, table: dict[str, Any], path: str) -> None:
    observers = table.get("observers")
    if not isinstance(observers, list):
        return
    installed = discovery.installed(discovery.OBSERVERS)
    for number, observer in enumerate(observers):
        if isinstance(observer, str) and observer not in installed:
            hint = discovery.nearest(observer, installed)
            reader.say(f"{path}.observers[{number}]", f'no observer "{observer}" is installed.{hint}')


def _check_accounts(reader: Reader, found: dict[str, EndpointSettings]) -> None:
    """Refuse two endpoints that an event could not be told between."""
    owners: dict[tuple[str, str, str], str] = {}
    for name, endpoint in found.items():
        if not endpoint.account and not endpoint.app:
            continue
        first = owners.setdefault((endpoint.app, endpoint.type, endpoint.account), name)
        if first != name:
            key = reader.manifests[name].account or "app"
            text = f"is the same account as that of {first}; an account has one endpoint"
            reader.say(f"{join('endpoints', name)}.{key}", text)
