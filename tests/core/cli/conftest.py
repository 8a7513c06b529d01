"""A gateway on a store of each kind, and the program on the same settings."""

import logging

import pytest
from click.testing import CliRunner
from gateways import ENVIRON, TWO_ENDS

from connectors_core.cli.main import main


@pytest.fixture
def office(store_url, open_house, monkeypatch):
    """Give a house whose settings the program can load, too."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    return open_house(f'[gateway]\nstore = "{store_url}"\n{TWO_ENDS}')


@pytest.fixture
def program(office, tmp_path):
    """Return a function that runs a command on the settings of the office."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*words, **options):
        result = CliRunner().invoke(main, ["-c", str(tmp_path / "connectors-0.toml"), *map(str, words)], **options)
        assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit), result.exception
        return result

    yield run
    root.handlers[:] = handlers
    root.setLevel(level)
