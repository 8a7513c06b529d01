"""An installed package beside this one, and settings that name what is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors_core.errors import SettingsError
from connectors_core.settings import Settings, load

INSTALLED = Path(__file__).parent / "installed"

ENVIRON = {
    "GATEWAY_SECRET": "gateway-secret-0123456789",
    "STAMP": "stamp-secret",
    "STAMP_NEW": "newer-stamp-secret",
    "BOX_KEY": "key-of-the-box",
    "LEDGER_TOKEN": "token-of-the-ledger",
    "CRM_TOKEN": "token-of-the-backend",
    "DATABASE": "postgresql://shop:database-password@db.example.com/connectors",
    "SHORT": "abc",
    "EMPTY": "",
    "SPACED": "secret-with-newline\n",
}

GOOD = """
[gateway]
public_url = "https://hooks.example.com"
secret = { env = "GATEWAY_SECRET" }

[apps.office]
type = "postoffice"
stamp = [{ env = "STAMP" }, { env = "STAMP_NEW" }]

[endpoints.shop]
type = "letters"
app = "office"
box = "12"
key = { env = "BOX_KEY" }
responders = ["books"]

[endpoints.books]
type = "ledger"
url = "https://ledger.example.com/api"
token = { env = "LEDGER_TOKEN" }

[[routes]]
between = ["shop", "books"]

[[routes.map.books]]
to = "person.phone"
from = "contact.phones[0]"
using = "phone_e164"

[api_tokens.backend]
endpoint = "books"
token = { env = "CRM_TOKEN" }
"""

Load = Callable[..., Settings]
Problems = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """Install a package with connectors, apps, an observer and a transform."""
    monkeypatch.syspath_prepend(str(INSTALLED))


@pytest.fixture
def read(tmp_path) -> Load:
    """Return a function that loads settings from text."""

    def loaded(text: str, environ: dict[str, str] | None = None) -> Settings:
        path = tmp_path / "connectors.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, ENVIRON if environ is None else environ)

    return loaded


@pytest.fixture
def problems(read) -> Problems:
    """Return a function that gives the problems of settings as lines; none for good ones."""

    def found(text: str, environ: dict[str, str] | None = None) -> list[str]:
        try:
            read(text, environ)
        except SettingsError as error:
            return [str(problem) for problem in error.problems]
        return []

    return found


@pytest.fixture
def good() -> str:
    """Return settings without a mistake."""
    return GOOD
