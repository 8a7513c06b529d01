"""Field types for settings schemas: secrets by reference, durations, addresses, numbers that are numbers."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

import attrs
from marshmallow import ValidationError, fields

from connectors_core.redact import Secret

LARGEST_SECRET_FILE = 64 * 1024
"""Bytes. Keys and certificates are far below."""

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_DURATION = re.compile(r"(\d{1,9})\s?(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST = timedelta(days=3650)

JsonSchema = Mapping[str, Any]
_Value = TypeVar("_Value")

REFERENCE: JsonSchema = {
    "type": "object",
    "properties": {
        "env": {"type": "string", "description": "The environment variable that has the value."},
        "file": {"type": "string", "description": "The absolute path of a file that has the value and nothing else."},
    },
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}


@attrs.frozen
class _Reading:
    environ: Mapping[str, str]
    files: Mapping[str, str]
    secrets: list[Secret]


_READING: ContextVar[_Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading(environ: Mapping[str, str], files: Mapping[str, str] = MappingProxyType({})) -> Iterator[list[Secret]]:
    """Let schemas that load inside take secrets from `environ`, and give the list of all that they took.

    `files`: paths of files that are not written yet, and what will be in them.
    """
    now = _Reading(environ, files, [])
    token = _READING.set(now)
    try:
        yield now.secrets
    finally:
        _READING.reset(token)


def resolve(reference: Any) -> Secret:
    """Return what `{ env = "NAME" }` or `{ file = "/path" }` refers to; raise ValidationError without any value."""
    if not isinstance(reference, Mapping):
        raise ValidationError('a secret never stands here: put it into the environment and write { env = "NAME" }')
    ways = [key for key in ("env", "file") if isinstance(reference.get(key), str)]
    if len(reference) != 1 or len(ways) != 1:
        raise ValidationError('must be { env = "NAME" } or { file = "/path" }')
    now = _READING.get()
    if ways == ["env"]:
        return remember(_of_environment(reference["env"], os.environ if now is None else now.environ))
    name = reference["file"]
    if now is not None and name in now.files:
        return remember(_checked(now.files[name], f"file {name}", f"the file {name}"))
    return remember(_of_file(name))


def remember(secret: Secret) -> Secret:
    """Count a secret to those of the settings that are being read, and return it."""
    if now := _READING.get():
        now.secrets.append(secret)
    return secret


def _of_environment(name: str, environ: Mapping[str, str]) -> Secret:
    if name not in environ:
        if not _VARIABLE.fullmatch(name):
            # Somebody may have put the secret itself where its name belongs.
            raise ValidationError(
                "the environment has no variable of the name that stands here (not shown: it does not look like the "
                "name of a variable); set one and write its name"
            )
        raise ValidationError(f"the environment has no variable {name}; set it before the start")
    return _checked(environ[name], f"env {name}", f"the variable {name}")


def _of_file(name: str) -> Secret:
    path = Path(name)
    if not path.is_absolute():
        raise ValidationError("file must be an absolute path")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_SECRET_FILE + 1)
        text = content.decode()
    except OSError as error:
        raise ValidationError(f"the file {name} cannot be read: {error.strerror or type(error).__name__}") from None
    except ValueError:
        raise ValidationError(f"the file {name} is not text in UTF-8") from None
    if len(content) > LARGEST_SECRET_FILE:
        raise ValidationError(f"the file {name} is too large for a secret")
    return _checked(text.removesuffix("\n").removesuffix("\r"), f"file {name}", f"the file {name}")


def _checked(value: str, source: str, where: str) -> Secret:
    if not value:
        raise ValidationError(f"{where} is empty")
    if value != value.strip():
        raise ValidationError(f"{where} has white space around its value")
    return Secret(value, source)


class ReadField(fields.Field[_Value]):
    """A field that loads by its `read` alone; `json_schema` says to editors what it takes."""

    json_schema: ClassVar[JsonSchema] = {}

    def read(self, value: Any) -> _Value:
        """Return what the settings mean by a value; raise ValidationError otherwise."""
        raise NotImplementedError

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> _Value:  # noqa: ARG002
        return self.read(value)


class SecretField(ReadField[Secret]):
    """A secret by reference; loads as `Secret`. `shortest`: characters that the value must have at least.

    The default is four: shorter values could not be kept out of logs without blanking ordinary words.
    """

    json_schema: ClassVar[JsonSchema] = REFERENCE

    def __init__(self, *, shortest: int = 4, **kwargs: Any) -> None:
        """Take the arguments of any field besides `shortest`."""
        super().__init__(**kwargs)
        self.shortest = shortest

    def read(self, value: Any) -> Secret:
        """Return the value, or raise ValidationError."""
        return _long_enough(resolve(value), self.shortest)


class SecretsField(ReadField[tuple[Secret, ...]]):
    """One secret or a list of them, all valid at once, so that one can be changed without a gap; loads as a tuple."""

    json_schema: ClassVar[JsonSchema] = {"anyOf": [REFERENCE, {"type": "array", "items": REFERENCE, "minItems": 1}]}

    def __init__(self, *, shortest: int = 4, **kwargs: Any) -> None:
        """Take the arguments of any field besides `shortest`."""
        super().__init__(**kwargs)
        self.shortest = shortest

    def read(self, value: Any) -> tuple[Secret, ...]:
        """Return the value, or raise ValidationError."""
        if not isinstance(value, list):
            return (_long_enough(resolve(value), self.shortest),)
        found, errors = [], {}
        for number, reference in enumerate(value):
            try:
                found.append(_long_enough(resolve(reference), self.shortest))
            except ValidationError as error:
                errors[number] = error.messages
        if errors:
            raise ValidationError(errors)
        if not found:
            raise ValidationError("must have one reference at least")
        return tuple(found)


def _long_enough(secret: Secret, shortest: int) -> Secret:
    if len(secret.reveal()) < shortest:
        raise ValidationError(f"the value of {secret.source} is too short: {shortest} characters at least")
    return secret


class DurationField(ReadField[timedelta]):
    """A duration as text: `45s`, `30m`, `48h` or `7d`; loads as `timedelta`."""

    json_schema: ClassVar[JsonSchema] = {"type": "string", "pattern": r"^[0-9]{1,9} ?(s|m|h|d)$"}

    def read(self, value: Any) -> timedelta:
        """Return the value, or raise ValidationError."""
        match = _DURATION.fullmatch(value) if isinstance(value, str) and value.isascii() else None
        if match is None:
            raise ValidationError('must be a duration in quotes, such as "45s", "30m", "48h" or "7d"')
        found = timedelta(**{_UNITS[match[2]]: int(match[1])})
        if not timedelta(0) < found <= _LONGEST:
            raise ValidationError("must be longer than nothing and at most 3650d")
        return found


class UrlField(ReadField[str]):
    """An address: https, or http on this machine; without credentials in it. Loads as text, as it was written."""

    json_schema: ClassVar[JsonSchema] = {"type": "string", "format": "uri"}

    def read(self, value: Any) -> str:
        """Return the value, or raise ValidationError."""
        if not isinstance(value, str) or not value.isprintable() or " " in value:
            raise ValidationError('must be an address in quotes, such as "https://crm.example.com"')
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host or parts.scheme not in ("http", "https"):
            raise ValidationError('must be a whole address, such as "https://crm.example.com"')
        if parts.username is not None or parts.password is not None:
            raise ValidationError("credentials do not belong into an address")
        if parts.scheme == "http" and not is_loopback(host):
            raise ValidationError("must begin with https: only addresses of this machine may do without")
        return value


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class IntegerField(fields.Integer):
    """A whole number: neither text nor a truth value is taken for one."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("must be a whole number")
        return super()._validated(value)


class NumberField(fields.Float):
    """A number: neither text nor a truth value is taken for one."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("must be a number")
        return super()._validated(value)
