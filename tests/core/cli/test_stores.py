"""Commands on a store that is not there, or not as it should be."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from gateways import ENVIRON, INSTALLED, TWO_ENDS, unusable

from connectors_core import discovery
from connectors_core.cli.main import main

COMMANDS = [
    ["deliveries"],
    ["parked"],
    ["pause", "shop"],
    ["resume", "shop"],
    ["resolve", "1", "--sent"],
    ["redeliver", "1"],
    ["replay", "1"],
    ["send", "shop", "--conversation", "ann", "--text", "Hello"],
]


@pytest.mark.parametrize("words", COMMANDS)
def test_without_a_store_they_end_with_4_and_make_none(words, tmp_path, monkeypatch):
    """What makes a store is the program that runs on it."""
    monkeypatch.syspath_prepend(str(INSTALLED))
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    store = tmp_path / "none.db"
    settings = tmp_path / "connectors.toml"
    settings.write_text(f'[gateway]\nstore = "sqlite:///{store}"\n{TWO_ENDS}', encoding="utf-8")
    result = CliRunner().invoke(main, ["-c", str(settings), *words])
    assert result.exit_code == 4
    assert f"there is no store {store}" in result.stderr
    assert not store.exists()


def test_an_empty_store_is_said(program, office):
    """A file, or a database, without tables."""
    office.sql("DELETE FROM alembic_version")
    result = program("deliveries")
    assert result.exit_code == 4
    assert "has no tables yet: `connectors run` makes them" in result.stderr


def test_a_store_of_a_newer_program_is_refused(program, office):
    """When that program says that older ones cannot use it."""
    office.sql("UPDATE store_info SET value = '99' WHERE key = 'min_program'")
    result = program("parked")
    assert result.exit_code == 4
    assert "install a newer release" in result.stderr


def test_a_store_that_is_away_ends_with_4(program, office, store_url):
    """In a sentence, without a traceback: SQLite's file is none of its own, PostgreSQL lets nobody in."""
    office.store.close()
    if office.store.is_sqlite:
        Path(office.store.url.database).write_bytes(b"This is no database. " * 500)
        result = program("pause", "shop")
    else:
        with unusable(office.store):
            result = program("pause", "shop")
    assert result.exit_code == 4
    assert "cannot be used" in result.stderr


def test_abilities_need_neither_settings_nor_store(monkeypatch):
    """What the installed connectors declare, as a table and as JSON."""
    result = CliRunner().invoke(main, ["abilities"])
    assert result.exit_code == 0
    header, *lines = result.stdout.splitlines()
    assert header.split() == ["ABILITY", *(name.upper() for name in discovery.installed())]
    assert lines[0].split()[:2] == ["text", "full"]
    (found,) = json.loads(CliRunner().invoke(main, ["abilities", "whatsapp", "--json"]).stdout)
    assert found["parts"]["text"]["split_at"] == 4096
    assert found["pace"]["rate"] == 80


def test_an_unknown_type_ends_with_2():
    """With the nearest name."""
    result = CliRunner().invoke(main, ["abilities", "watsapp"])
    assert result.exit_code == 2
    assert 'Did you mean "whatsapp"?' in result.stderr
