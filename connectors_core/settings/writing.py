"""Adding to settings files: what stands in them stays as it is, comments too, and all is written or nothing."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any

import attrs

from connectors_core.errors import Problem, SettingsError
from connectors_core.settings import files
from connectors_core.settings.loading import resolve
from connectors_core.settings.model import Settings
from connectors_core.settings.problems import join

MAIN = "connectors.toml"
"""In a folder of settings, the file that new tables go into."""

SECRETS = "secrets"
"""The folder beside the settings where secrets that were typed are kept, a file each."""


@attrs.define
class Draft:
    """Settings as they would be. `path`: a file or a folder of them, which need not be there yet.

    `secrets`: the files that will be written, by their absolute paths, and what will be in them.
    """

    path: Path
    secrets: dict[str, str] = attrs.field(factory=dict, repr=False)
    _before: dict[Path, str] = attrs.field(factory=dict, repr=False)
    _after: dict[Path, str] = attrs.field(factory=dict, repr=False)

    @classmethod
    def open(cls, path: Path) -> Draft:
        """Read what is there; raise SettingsError when it cannot be read."""
        draft = cls(path)
        if path.exists():
            files.read(path)
            for file in sorted(path.glob("*.toml")) if path.is_dir() else [path]:
                draft._before[file] = file.read_bytes().decode()
        elif not path.parent.is_dir():
            raise SettingsError([Problem("", f"{path.parent} is no folder: make it, or choose another place")])
        draft._after = dict(draft._before)
        return draft

    @property
    def main(self) -> Path:
        """The file that new tables go into."""
        return self.path / MAIN if self.path.is_dir() else self.path

    def document(self) -> dict[str, Any]:
        """Return the tables of all files together."""
        return self._source().document

    def settings(self) -> Settings:
        """Return the settings as they would be; raise SettingsError with every problem."""
        return resolve(self._source(), os.environ, self.secrets)

    def _source(self) -> files.Source:
        documents = {file.name: tomllib.loads(text) for file, text in self._after.items()}
        if not self.path.is_dir():
            documents.setdefault(self.path.name, {})
        return files.merged(self.path, documents)

    def add(self, section: str, name: str, values: Mapping[str, Any]) -> None:
        """Put a new table behind everything else: `[section.name]`; raise SettingsError where TOML has no way."""
        head = join(section, name)
        text = self._after.get(self.main, "")
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        self._change(self.main, f"{text}{gap}[{head}]\n{_lines(values)}", head)

    def put_gateway(self, values: Mapping[str, Any]) -> None:
        """Put keys that are not there yet into `[gateway]`, behind its head; raise SettingsError as `add` does."""
        for file, text in self._after.items():
            if "gateway" in tomllib.loads(text):
                head, end, rest = _split(text)
                self._change(file, f"{head}{end}{_lines(values)}{rest}", "gateway")
                return
        text = self._after.get(self.main, "")
        self._change(
            self.main, f"[gateway]\n{_lines(values)}" if not text else f"{text}\n[gateway]\n{_lines(values)}", "gateway"
        )

    def _change(self, file: Path, text: str, head: str) -> None:
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            told = f"cannot be added to {file}: write what is there as tables, each with its head in square brackets"
            raise SettingsError([Problem(head, told)]) from None
        self._after[file] = text

    def keep(self, name: str, value: str) -> dict[str, str]:
        """Plan a file of its own for a secret, and return the reference to it."""
        folder = self.main.parent.resolve() / SECRETS
        path, number = folder / name, 1
        while str(path) in self.secrets or path.exists():
            number += 1
            path = folder / f"{name}_{number}"
        self.secrets[str(path)] = value
        return {"file": str(path)}

    def forget(self, reference: Mapping[str, str]) -> None:
        """Take back what `keep` planned."""
        self.secrets.pop(reference.get("file", ""), None)

    def save(self) -> None:
        """Write all of it; where that fails, nothing is changed, and SettingsError says why."""
        made: list[Path] = []
        changed = {file: text for file, text in self._after.items() if text != self._before.get(file)}
        try:
            for file in changed:
                if (file.read_bytes().decode() if file.exists() else None) != self._before.get(file):
                    raise SettingsError([Problem("", f"{file} was changed meanwhile: nothing was written; try again")])
            for name, value in self.secrets.items():
                _write(Path(name), value, made)
            moves = {_written(file.resolve(), text, made): file.resolve() for file, text in changed.items()}
            for new, file in moves.items():
                new.replace(file)
        except OSError as error:
            _remove(made)
            text = f"{error.filename} cannot be written: {error.strerror}; nothing was changed"
            raise SettingsError([Problem("", text)]) from None
        except BaseException:
            _remove(made)
            raise


_GATEWAY = re.compile(r"^[ \t]*\[[ \t]*gateway[ \t]*\][^\n]*(\n|\Z)", re.MULTILINE)


def _split(text: str) -> tuple[str, str, str]:
    """Return what stands up to the head of the gateway's table, the end of its line, and the rest."""
    found = _GATEWAY.search(text)
    if found is None:
        # Another head beside an inline table or dotted keys is no TOML, which is told of.
        return text, "\n[gateway]\n", ""
    return text[: found.start(1)], "\n", text[found.end() :]


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{join('', key)} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: Any) -> str:
    """Return a text, a number, a truth, a list or a reference as TOML."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{join('', key)} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    # What JSON writes is TOML too, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str, made: list[Path], mode: int = 0o600) -> None:
    """Make a file that only its owner can read, unless `mode` says otherwise."""
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700)
        made.append(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    made.append(path)
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _written(file: Path, text: str, made: list[Path]) -> Path:
    """Write the new text of a file beside it, with the rights of the old one."""
    new = file.with_name(f".{file.name}.{token_hex(4)}")
    _write(new, text, made, file.stat().st_mode & 0o777 if file.exists() else 0o644)
    return new


def _remove(made: list[Path]) -> None:
    for path in reversed(made):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
