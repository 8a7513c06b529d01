"""The field types: secrets by reference, durations, addresses, numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from marshmallow import Schema, ValidationError

from connectors_core.settings.fields import (
    DurationField,
    IntegerField,
    NumberField,
    SecretField,
    SecretsField,
    UrlField,
    reading,
)

VALUE = "EAABsecretvalue"


class Everything(Schema):
    secret = SecretField()
    secrets = SecretsField()
    duration = DurationField()
    url = UrlField()
    whole = IntegerField()
    number = NumberField()


def _load(environ=None, **data):
    with reading(environ or {}):
        return Everything().load(data)


def _refusal(environ=None, **data):
    with pytest.raises(ValidationError) as caught:
        _load(environ, **data)
    (messages,) = caught.value.messages.values()
    return str(messages)


def test_a_secret_comes_from_the_environment():
    """The value is behind `Secret`, which says where it came from."""
    secret = _load({"TOKEN": VALUE}, secret={"env": "TOKEN"})["secret"]
    assert (secret.reveal(), secret.source, str(secret)) == (VALUE, "env TOKEN", "***")


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_comes_from_a_file(tmp_path, end):
    """The final newline that editors write is no part of it."""
    path = tmp_path / "token"
    path.write_bytes(f"{VALUE}{end}".encode())
    secret = _load(secret={"file": str(path)})["secret"]
    assert (secret.reveal(), secret.source) == (VALUE, f"file {path}")


def test_without_a_reading_the_process_environment_counts(monkeypatch):
    """A schema that is loaded by itself, as in a test, takes the variables of its process."""
    monkeypatch.setenv("A_TOKEN_OF_A_TEST", VALUE)
    assert Everything().load({"secret": {"env": "A_TOKEN_OF_A_TEST"}})["secret"].reveal() == VALUE


@pytest.mark.parametrize(
    "reference", [VALUE, {"env": VALUE}, {"file": VALUE}, {"value": VALUE}, [VALUE], {"env": [VALUE]}, 5]
)
def test_a_literal_secret_is_refused_without_being_shown(reference):
    """Not even a secret that stands where its variable's name belongs is repeated."""
    assert VALUE not in _refusal(secret=reference)


@pytest.mark.parametrize("reference", [{}, {"env": "A", "file": "/b"}, {"env": "A", "default": "b"}, {"env": 1}])
def test_a_reference_has_one_way(reference):
    """Either a variable or a file, and nothing else."""
    assert "{ env =" in _refusal({"A": VALUE}, secret=reference)


def test_a_missing_secret_names_its_variable():
    """The reader learns what to set."""
    assert "no variable WHATSAPP_TOKEN" in _refusal(secret={"env": "WHATSAPP_TOKEN"})


@pytest.mark.parametrize(
    ("value", "word"), [("", "is empty"), (" padded1", "white space"), ("line\n", "white space"), ("abc", "too short")]
)
def test_a_value_that_cannot_be_meant_is_refused(value, word):
    """Empty, padded and tiny values are mistakes of whoever set them; the text does not repeat them."""
    text = _refusal({"TOKEN": value}, secret={"env": "TOKEN"})
    assert word in text
    assert not value or repr(value) not in text


def test_files_that_hold_no_secret_are_refused(tmp_path):
    """Missing, too large and binary files, folders and relative paths each get a sentence."""
    large, binary = tmp_path / "large", tmp_path / "binary"
    large.write_bytes(b"x" * 70_000)
    binary.write_bytes(b"\xff\xfe\xfd\xfc")
    expected = {tmp_path / "none": "No such file", large: "too large", binary: "UTF-8", tmp_path: "directory"}
    assert not [path for path, word in expected.items() if word not in _refusal(secret={"file": str(path)})]
    assert "absolute" in _refusal(secret={"file": "token"})


def test_two_secrets_may_be_valid_at_once():
    """One reference or a list of them: so a secret can be changed without a gap."""
    environ = {"OLD": "old-secret", "NEW": "new-secret"}
    both = _load(environ, secrets=[{"env": "NEW"}, {"env": "OLD"}])["secrets"]
    assert [secret.reveal() for secret in both] == ["new-secret", "old-secret"]
    assert [secret.reveal() for secret in _load(environ, secrets={"env": "OLD"})["secrets"]] == ["old-secret"]


def test_each_bad_secret_of_a_list_has_its_place():
    """Positions that are good are not named, and an empty list is refused."""
    with pytest.raises(ValidationError) as caught:
        _load({"OLD": "old-secret"}, secrets=[{"env": "OLD"}, {"env": "NEW"}, "x"])
    assert list(caught.value.messages["secrets"]) == [1, 2]
    assert "one reference at least" in _refusal(secrets=[])


@pytest.mark.parametrize(
    ("text", "seconds"), [("45s", 45), ("30m", 1800), ("48h", 172_800), ("7d", 604_800), ("2 h", 7200)]
)
def test_durations_are_a_number_and_a_unit(text, seconds):
    """Seconds, minutes, hours and days."""
    assert _load(duration=text)["duration"] == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", [48, "48", "h", "0s", "-1h", "1.5h", "1w", "999999999d", "٣h", "1h\n", True, ""])
def test_other_durations_are_refused(value):
    """A number without its unit says nothing, and nothing lasts for ever."""
    assert "must be" in _refusal(duration=value)


@pytest.mark.parametrize(
    "url", ["https://crm.example.com", "https://crm.example.com:8443/a?b=c", "http://127.0.0.1:8000", "http://[::1]/x",
            "http://localhost/hook"]
)  # fmt: skip
def test_addresses_are_https_or_this_machine(url):
    """What is loaded is what was written."""
    assert _load(url=url)["url"] == url


@pytest.mark.parametrize(
    "url", ["crm.example.com", "http://crm.example.com", "ftp://crm.example.com", "https://", "https://a b", "https://[x",
            "https://user:pass@crm.example.com", "http://localhost.example.com", "https://a:99999", "https://a\n", 5,
            "file:///etc/passwd"]
)  # fmt: skip
def test_other_addresses_are_refused(url):
    """No clear text over a network, no credentials in an address, nothing that is no address."""
    assert _refusal(url=url)


@pytest.mark.parametrize("value", ["5", True, 1.5, [1]])
def test_a_whole_number_is_one(value):
    """Neither text nor a truth value nor a fraction is taken for a whole number."""
    assert "whole number" in _refusal(whole=value)


@pytest.mark.parametrize("value", ["5", True, float("nan"), float("inf")])
def test_a_number_is_one(value):
    """Neither text nor a truth value nor what cannot be counted with is taken for a number."""
    assert _refusal(number=value)
