"""Running migrations, those of the gateway and those of a connector that keeps something."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from sqlalchemy import Connection, inspect, text

_ONE_AT_A_TIME = threading.Lock()
"""What a migration calls `op` belongs to the whole process: two threads that migrate would mix it."""

_REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)


VERSION_TABLE = "alembic_version"
"""Where the version of the tables stands, unless a connector that shares a database has one of its own."""


def version(db: Connection, table: str = VERSION_TABLE) -> str | None:
    """Return the version of the tables, None where there are none."""
    if not inspect(db).has_table(table):
        return None
    return db.execute(text(f"SELECT version_num FROM {table}")).scalar()  # noqa: S608 - a name of our own


def is_current(db: Connection, folder: Path, table: str = VERSION_TABLE) -> bool:
    """Whether the tables are those of this program, or of a newer one that keeps them readable."""
    have, known = version(db, table), revisions(folder)
    return have is not None and (have == known[-1] or have not in known)


def revisions(folder: Path) -> list[str]:
    """Return the versions that the migrations of a folder make, the newest last."""
    sources = (path.read_text(encoding="utf-8") for path in (folder / "versions").glob("*.py"))
    return sorted(revision for source in sources for revision in _REVISION.findall(source))


def upgrade(db: Connection, folder: Path, table: str = VERSION_TABLE) -> None:
    """Bring the tables of a connection to the newest migration of a folder, in its transaction, if they need it."""
    if is_current(db, folder, table):
        return
    # A third of a second, which a program that finds its tables as they should be does not spend.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = db
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")
