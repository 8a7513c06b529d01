"""Templates and files of the account."""

from __future__ import annotations

from typing import Any

import attrs
from sqlalchemy import Connection, Select, delete, insert, select, update

from connectors.meta.sandbox.store.tables import files, templates


@attrs.frozen(kw_only=True)
class Template:
    """A message template. `status`: APPROVED, PENDING, REJECTED, PAUSED or DISABLED; `format`: POSITIONAL or NAMED."""

    id: str
    account: str
    name: str
    language: str
    category: str
    status: str = "APPROVED"
    reason: str = "NONE"
    format: str = "POSITIONAL"
    components: list[dict[str, Any]]


@attrs.frozen(kw_only=True)
class File:
    """A media file. `sha256` in hexadecimal digits, `size` in bytes, `at` when it came."""

    id: str
    mime: str
    name: str
    size: int
    sha256: str
    at: float


def add_template(db: Connection, template: Template) -> None:
    """Add a template."""
    db.execute(insert(templates).values(**attrs.asdict(template)))


def change_template(db: Connection, template_id: str, **values: Any) -> None:
    """Change a template."""
    db.execute(update(templates).where(templates.c.id == template_id).values(**values))


def remove_template(db: Connection, template_id: str) -> None:
    """Remove a template."""
    db.execute(delete(templates).where(templates.c.id == template_id))


def all_templates(db: Connection, account: str) -> list[Template]:
    """Return every template of an account, by name and language."""
    found = select(templates).where(templates.c.account == account)
    return _templates(db, found.order_by(templates.c.name, templates.c.language))


def template(db: Connection, template_id: str) -> Template | None:
    """Return a template by its id."""
    return next(iter(_templates(db, select(templates).where(templates.c.id == template_id))), None)


def named_template(db: Connection, account: str, name: str, language: str) -> Template | None:
    """Return a template of an account by its name and language."""
    found = select(templates).where(
        templates.c.account == account, templates.c.name == name, templates.c.language == language
    )
    return next(iter(_templates(db, found)), None)


def add_file(db: Connection, file: File) -> None:
    """Remember a file."""
    db.execute(insert(files).values(**attrs.asdict(file)))


def file(db: Connection, file_id: str) -> File | None:
    """Return what is known of a file."""
    row = db.execute(select(files).where(files.c.id == file_id)).mappings().one_or_none()
    return File(**row) if row else None


def remove_file(db: Connection, file_id: str) -> None:
    """Forget a file."""
    db.execute(delete(files).where(files.c.id == file_id))


def _templates(db: Connection, statement: Select[Any]) -> list[Template]:
    return [Template(**row) for row in db.execute(statement).mappings()]
