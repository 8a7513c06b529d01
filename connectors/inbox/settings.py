"""The settings of the embedded CRM."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
from marshmallow import RAISE, Schema, fields, post_load

from connectors_core import Problem, SettingsError
from connectors_core.settings import load
from connectors_core.settings.fields import DurationField
from connectors_core.settings.schemas import StoreField


@attrs.frozen(kw_only=True)
class InboxSettings:
    """`database`: an SQLAlchemy URL. `login`: whether pages ask who is there. `session`: how long a login lasts."""

    database: str = attrs.field(default="sqlite:///inbox.db", repr=False)
    login: bool = True
    session: timedelta = timedelta(hours=12)


class InboxSettingsSchema(Schema):
    """`[endpoints.NAME]` with `type = "inbox"`."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    database = StoreField(metadata={"description": "Where it keeps its data: sqlite:///FILE, or postgresql://…"})
    login = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={"description": "Whether agents have to log in; false only on a gateway that listens on loopback."},
    )
    session = DurationField(metadata={"description": 'How long a login lasts, such as "12h".'})

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> InboxSettings:
        return InboxSettings(**data)


def of_file(path: Path, endpoint: str = "") -> InboxSettings:
    """Return the settings of the inbox in a settings file, of `endpoint` where there are several.

    Raise SettingsError when the file cannot be used or does not say which inbox is meant.
    """
    found = {name: one.settings for name, one in load(path).endpoints.items() if one.type == "inbox"}
    if endpoint in found:
        return _inbox(found[endpoint])
    if len(found) == 1 and not endpoint:
        return _inbox(next(iter(found.values())))
    names = ", ".join(found) or "none"
    raise SettingsError([Problem("endpoints", f"say which inbox is meant with --endpoint; there are: {names}")])


def _inbox(settings: Any) -> InboxSettings:
    assert isinstance(settings, InboxSettings)
    return settings
