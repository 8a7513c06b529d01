"""Adding to settings files: everything or nothing, and nothing that stands there is touched."""

from __future__ import annotations

import tomllib

import pytest

from connectors_core.errors import SettingsError
from connectors_core.settings.questions import questions
from connectors_core.settings.schemas import GatewaySchema
from connectors_core.settings.writing import Draft


@pytest.fixture
def path(tmp_path):
    """Return where settings are, with a table that has nothing to do with the test."""
    path = tmp_path / "connectors.toml"
    path.write_text("[apps]\n", encoding="utf-8")
    return path


def read(path):
    """Return what a file says."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "value", ['say "no"', "a\\b", "tab\tline\nbell\x07del\x7f", "مرحبا 🙂", True, 7, 1.5, ["a", "b"], {"env": "NAME"}]
)
def test_every_value_is_read_as_it_was_meant(path, value):
    """Whatever characters are in it."""
    draft = Draft.open(path)
    draft.add("endpoints", "shop", {"key": value})
    draft.save()
    assert read(path) == {"apps": {}, "endpoints": {"shop": {"key": value}}}


def test_a_file_without_the_table_of_the_gateway_gets_one(path):
    """Behind what is there."""
    draft = Draft.open(path)
    draft.put_gateway({"port": 8081})
    draft.save()
    assert path.read_text(encoding="utf-8") == "[apps]\n\n[gateway]\nport = 8081\n"


def test_the_rights_of_a_file_are_kept(path):
    """It may be for its owner alone."""
    path.chmod(0o600)
    draft = Draft.open(path)
    draft.put_gateway({"port": 8081})
    draft.save()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(path, tmp_path):
    """What it leads to is changed."""
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    draft = Draft.open(link)
    draft.put_gateway({"port": 8081})
    draft.save()
    assert (link.is_symlink(), read(path)["gateway"]) == (True, {"port": 8081})


def test_what_somebody_else_wrote_meanwhile_is_not_lost(path, tmp_path):
    """Nothing is written then, no secret either."""
    draft = Draft.open(path)
    draft.add("endpoints", "shop", {"key": draft.keep("shop_key", "a secret that was typed")})
    path.write_text("[apps]\n# by hand\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="was changed meanwhile"):
        draft.save()
    assert [one.name for one in tmp_path.iterdir()] == ["connectors.toml"]
    assert path.read_text(encoding="utf-8") == "[apps]\n# by hand\n"


def test_an_interruption_leaves_nothing_half_written(path, tmp_path, monkeypatch):
    """Secrets and files that were written already go again."""

    def interrupted(*_):
        raise KeyboardInterrupt

    draft = Draft.open(path)
    draft.add("endpoints", "shop", {"key": draft.keep("shop_key", "a secret that was typed")})
    monkeypatch.setattr("connectors_core.settings.writing.Path.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        draft.save()
    assert [one.name for one in tmp_path.iterdir()] == ["connectors.toml"]
    assert path.read_text(encoding="utf-8") == "[apps]\n"


def test_a_secret_never_overwrites_another(path, tmp_path):
    """Neither one that is there, nor one that is planned."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "shop_key").write_text("old", encoding="utf-8")
    draft = Draft.open(path)
    names = [draft.keep("shop_key", f"secret {number}")["file"].rpartition("/")[2] for number in range(2)]
    assert names == ["shop_key_2", "shop_key_3"]


def test_the_secrets_of_a_draft_show_in_no_repr(path):
    """A draft may stand in a traceback."""
    draft = Draft.open(path)
    draft.keep("shop_key", "a secret that was typed")
    assert "typed" not in repr(draft)


@pytest.mark.parametrize(("line", "value"), [("7", 7), ("7.5", 7.5), ("seven", "seven")])
def test_a_number_is_read_where_one_belongs(line, value):
    """Anything else is left to the schema, which says what is wrong with it."""
    (quota,) = [one for one in questions(GatewaySchema) if one.key == "quota"]
    assert quota.value(line) == value
