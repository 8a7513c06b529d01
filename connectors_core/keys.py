"""The key of a delivery: what a provider is told so that a repeated call can be recognised."""

from __future__ import annotations

import re

import attrs

_FORM = re.compile(r"([a-z0-9]{8})-([0-9]{1,18})/([0-9]{1,5})(?:~([0-9]{1,5}))?")


@attrs.frozen
class Key:
    """`<installation>-<event>/<piece>`, with `~<generation>` when a human had it sent again."""

    installation: str
    event_id: int
    piece: int = 1
    generation: int = 0

    def __str__(self) -> str:
        again = f"~{self.generation}" if self.generation else ""
        return f"{self.installation}-{self.event_id}/{self.piece}{again}"

    @classmethod
    def parse(cls, text: str, installation: str) -> Key | None:
        """Return the key that `text` is, None when it is not one of this installation."""
        match = _FORM.fullmatch(text)
        if match is None or match[1] != installation:
            return None
        return cls(installation, int(match[2]), int(match[3]), int(match[4] or 0))
