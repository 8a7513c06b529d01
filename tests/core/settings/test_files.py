"""A folder of settings files."""

from __future__ import annotations

import pytest

from connectors_core.errors import SettingsError
from connectors_core.settings import load

LEDGER = '[endpoints.{0}]\ntype = "ledger"\nurl = "https://{0}.example.com"\ntoken = {{ env = "LEDGER_TOKEN" }}\n'
ENVIRON = {"LEDGER_TOKEN": "token-of-the-ledger"}


def _problems(folder):
    with pytest.raises(SettingsError) as caught:
        load(folder, ENVIRON)
    return [str(problem) for problem in caught.value.problems]


def test_files_are_merged_in_the_order_of_their_names(tmp_path):
    """Endpoints may stand in different files, and routes keep the order of the files."""
    (tmp_path / "2.toml").write_text(LEDGER.format("b") + '[[routes]]\nbetween = ["b", "c"]\n')
    (tmp_path / "1.toml").write_text(LEDGER.format("a") + '[[routes]]\nbetween = ["a", "b"]\n')
    (tmp_path / "3.toml").write_text(LEDGER.format("c"))
    (tmp_path / "notes.txt").write_text("not read")
    settings = load(tmp_path, ENVIRON)
    assert list(settings.endpoints) == ["a", "b", "c"]
    assert [route.between for route in settings.routes] == [("a", "b"), ("b", "c")]


def test_a_table_in_two_files_names_both(tmp_path):
    """A table that is defined twice is a problem, and the others are reported all the same."""
    (tmp_path / "a.toml").write_text("[gateway]\nport = 1\n" + LEDGER.format("crm"))
    (tmp_path / "b.toml").write_text("[gateway]\nport = 2\n" + LEDGER.format("crm") + "[gatewy]\n")
    assert _problems(tmp_path) == [
        "gateway: is defined in a.toml and in b.toml; keep one of them",
        "endpoints.crm: is defined in a.toml and in b.toml; keep one of them",
        'gatewy: unknown key. Did you mean "gateway"? (in b.toml)',
    ]


def test_a_problem_names_its_file_and_counts_routes_there(tmp_path):
    """In a folder, the path alone would not say where to look."""
    (tmp_path / "a.toml").write_text(LEDGER.format("a") + LEDGER.format("b") + '[[routes]]\nbetween = ["a", "b"]\n')
    (tmp_path / "b.toml").write_text('[[routes]]\nbetween = ["a", "x"]\n[api_tokens.t]\nendpoint = "b"\n')
    assert _problems(tmp_path) == [
        'routes[0].between[1]: there is no endpoint "x". Known here: a, b. (in b.toml)',
        "api_tokens.t.token: is missing: the token; 16 characters at least (in b.toml)",
    ]


def test_broken_files_are_reported_alone(tmp_path):
    """What a broken file declares is unknown, so nothing is said about names that it may declare."""
    (tmp_path / "a.toml").write_text("x = = 1")
    (tmp_path / "b.toml").write_text("[x")
    (tmp_path / "c.toml").write_text('[[routes]]\nbetween = ["in_a", "in_b"]\n')
    found = _problems(tmp_path)
    assert len(found) == 2
    assert "a.toml is no TOML" in found[0]
    assert "b.toml is no TOML" in found[1]


def test_an_empty_folder_is_no_settings(tmp_path):
    """A folder without settings is more likely a wrong path than a wish for nothing."""
    assert _problems(tmp_path) == [f"{tmp_path} has no file that ends in .toml"]
