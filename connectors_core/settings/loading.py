"""From a settings file or folder to `Settings`, or to every problem in it at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from connectors_core.discovery import nearest
from connectors_core.errors import SettingsError
from connectors_core.redact import Secret
from connectors_core.settings import files
from connectors_core.settings.ends import read_apps, read_endpoints
from connectors_core.settings.fields import reading
from connectors_core.settings.model import ApiToken, Gateway, Settings
from connectors_core.settings.problems import join
from connectors_core.settings.reader import Reader
from connectors_core.settings.routes import read_routes
from connectors_core.settings.schemas import ApiTokenSchema, GatewaySchema

NO_DRAFTS: Mapping[str, str] = MappingProxyType({})
SECTIONS = ("gateway", "apps", "endpoints", "routes", "api_tokens")


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of a TOML file, or of a folder of `*.toml` merged in the order of their names.

    Secrets come from `environ` and from the files that the settings name. Raise SettingsError with every problem:
    its dotted path, what is wrong, what to do. No text shows the value of a secret.
    """
    return resolve(files.read(path), environ)


def resolve(source: files.Source, environ: Mapping[str, str], drafts: Mapping[str, str] = NO_DRAFTS) -> Settings:
    """Do what `load` does with files that were read; `drafts` are secrets whose files are not written yet, by path."""
    reader = Reader(source.document)
    with reading(environ, drafts) as secrets:
        for key in source.document:
            if key not in SECTIONS:
                reader.say(join("", key), f"unknown key.{nearest(key, SECTIONS)}")
        gateway = _gateway(reader)
        apps = read_apps(reader)
        endpoints = read_endpoints(reader)
        routes = read_routes(reader)
        tokens = _api_tokens(reader)
    problems = source.problems + [source.locate(problem) for problem in reader.problems]
    if problems:
        raise SettingsError(problems)
    return Settings(
        path=source.path,
        gateway=gateway,
        apps=apps,
        endpoints=endpoints,
        routes=routes,
        api_tokens=tokens,
        secrets=tuple(dict.fromkeys(secrets)),
    )


def _gateway(reader: Reader) -> Gateway:
    found = reader.load(GatewaySchema(), reader.document.get("gateway", {}), "gateway")
    return found if isinstance(found, Gateway) else Gateway()


def _api_tokens(reader: Reader) -> dict[str, ApiToken]:
    declared = reader.names("endpoints")
    found: dict[str, ApiToken] = {}
    holders: dict[str, str] = {}
    for name, table in reader.tables("api_tokens").items():
        path = join("api_tokens", name)
        endpoint = table.get("endpoint")
        if isinstance(endpoint, str) and endpoint not in declared:
            reader.say(f"{path}.endpoint", f'there is no endpoint "{endpoint}".{nearest(endpoint, declared)}')
        loaded = reader.load(ApiTokenSchema(), table, path)
        if loaded is None:
            continue
        token: Secret = loaded["token"]
        first = holders.setdefault(token.reveal(), name)
        if first != name:
            reader.say(f"{path}.token", f"is the same token as that of {first}; nobody could tell the two apart")
        found[name] = ApiToken(name=name, endpoint=loaded["endpoint"], token=token)
    return found
