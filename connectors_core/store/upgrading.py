"""Running migrations, those of the gateway and those of a connector that keeps something."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_ONE_AT_A_TIME = threading.Lock()
"""What a migration calls `op` belongs to the whole process: two threads that migrate would mix it."""


VERSION_TABLE = "alembic_version"
"""Where the version of the tables stands, unless a connector that shares a database has one of its own."""


def version(db: Connection, table: str = VERSION_TABLE) -> str | None:
    """Return the version of the tables, None where there are none."""
    return MigrationContext.configure(db, opts={"version_table": table}).get_current_revision()


def is_current(db: Connection, folder: Path, table: str = VERSION_TABLE) -> bool:
    """Whether the tables are those of this program, or of a newer one that keeps them readable."""
    have, script = version(db, table), ScriptDirectory.from_config(_config(folder))
    known = {revision.revision for revision in script.walk_revisions()}
    return have is not None and (have == script.get_current_head() or have not in known)


def upgrade(db: Connection, folder: Path, table: str = VERSION_TABLE) -> None:
    """Bring the tables of a connection to the newest migration of a folder, in its transaction, if they need it."""
    if is_current(db, folder, table):
        return
    config = _config(folder)
    config.attributes["connection"] = db
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    return config
