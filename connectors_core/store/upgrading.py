"""Running migrations, those of the gateway and those of a connector that keeps something."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_ONE_AT_A_TIME = threading.Lock()
"""What a migration calls `op` belongs to the whole process: two threads that migrate would mix it."""


def scripts(folder: Path) -> ScriptDirectory:
    """Return the migrations of a folder."""
    return ScriptDirectory.from_config(_config(folder))


def upgrade(db: Connection, folder: Path) -> None:
    """Bring the tables of a connection to the newest migration of a folder, in its transaction."""
    config = _config(folder)
    config.attributes["connection"] = db
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    return config
