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
from connectors_core.settings.schemas import RESERVED, AppKeys, EndpointKeys

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
        if name in RESERVED:
            reader.say(path, "cannot be its name: the word stands for somebody else who may answer a conversation")
        manifest: Manifest | None = reader.manifest(table, path, discovery.CONNECTORS)
        keys = _common(reader, table, path)
        _check_responders(reader, name, table, path)
        _check_observers(reader, table, path)
        if manifest is None:
            continue
        reader.manifests[name] = manifest
        _check_app(reader, manifest, table, path)
        _check_pace(reader, manifest, table, path)
        settings = _own(reader, manifest, table, path, ENDPOINT_KEYS)
        if settings is None or keys is None:
            continue
        delivery = keys.get("delivery", {})
        if "pace" in delivery:
            delivery["pace"] = _pace(manifest, delivery["pace"])
        found[name] = EndpointSettings(
            name=name,
            type=manifest.name,
            settings=settings,
            app=keys.get("app", ""),
            account=_account(manifest.account, settings),
            shared_account=_account(manifest.shared_account, settings),
            delivery=Delivery(**delivery),
            responders=tuple(keys.get("responders", ())) or _others(reader, name),
            **({"idle_after": keys["idle_after"]} if "idle_after" in keys else {}),
            bot=keys.get("bot", False),
            observers=tuple(keys.get("observers", ())),
        )
    _check_accounts(reader)
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


def _account(key: str, settings: Any) -> str:
    if not key:
        return ""
    value = settings.get(key) if isinstance(settings, dict) else getattr(settings, key, None)
    return "" if value is None else str(value)


def _pace(manifest: Manifest, given: dict[str, Any]) -> Pace:
    own = attrs.asdict(manifest.pace) if manifest.pace else {"rate": 1.0}
    return Pace(**{**own, **given})


def _check_pace(reader: Reader, manifest: Manifest, table: dict[str, Any], path: str) -> None:
    """Say where the settings would raise the connector's pace."""
    delivery = table.get("delivery")
    pace = delivery.get("pace") if isinstance(delivery, dict) else None
    if not isinstance(pace, dict):
        return
    if manifest.pace is None and "rate" not in pace:
        reader.say(f"{path}.delivery.pace.rate", f"is missing: {manifest.name} has no pace of its own")
    for key, value in pace.items():
        limit = getattr(manifest.pace, key, None)
        if limit is None or not isinstance(value, int | float):
            continue
        if value < limit if key == "pair_every" else value > limit:
            side = "below" if key == "pair_every" else "above"
            text = f"is {side} the {limit:g} of {manifest.name}; settings can only lower the pace"
            reader.say(f"{path}.delivery.pace.{key}", text)


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


def _others(reader: Reader, name: str) -> tuple[str, ...]:
    """Return the other ends of the routes of an endpoint, in their order: who may answer where nobody is named."""
    routes = reader.document.get("routes", [])
    ends = [route.get("between") for route in routes if isinstance(route, dict)] if isinstance(routes, list) else []
    pairs = [pair for pair in ends if isinstance(pair, list) and name in pair]
    return tuple(dict.fromkeys(end for pair in pairs for end in pair if isinstance(end, str) and end != name))


def _joined(reader: Reader, name: str) -> tuple[str, ...]:
    """Return the endpoints that any route joins with this one; all of them, where a route cannot be read."""
    routes, declared = reader.document.get("routes", []), reader.names("endpoints")
    found: set[str] = set()
    for route in routes if isinstance(routes, list) else [None]:
        ends = route.get("between") if isinstance(route, dict) else None
        if (
            not isinstance(ends, list)
            or len(ends) != 2
            or ends[0] == ends[1]
            or not all(end in declared for end in ends)
        ):
            return declared
        if name in ends:
            found.update(ends)
    return tuple(found)


def _check_observers(reader: Reader, table: dict[str, Any], path: str) -> None:
    observers = table.get("observers")
    if not isinstance(observers, list):
        return
    installed = discovery.installed(discovery.OBSERVERS)
    for number, observer in enumerate(observers):
        if isinstance(observer, str) and observer not in installed:
            hint = discovery.nearest(observer, installed)
            reader.say(f"{path}.observers[{number}]", f'no observer "{observer}" is installed.{hint}')


def _check_accounts(reader: Reader) -> None:
    """Refuse two endpoints that an event could not be told between, as they are declared."""
    owners: dict[tuple[str, str, str], str] = {}
    for name, manifest in reader.manifests.items():
        table = reader.document["endpoints"][name]
        app, account = table.get("app", ""), table.get(manifest.account, "")
        if not app and not account:
            continue
        first = owners.setdefault((str(app), manifest.name, str(account)), name)
        if first != name:
            text = f"is the same account as that of {first}; an account has one endpoint"
            reader.say(f"{join('endpoints', name)}.{manifest.account or 'app'}", text)
