"""Who is one person with whom: claims beside proofs, match keys, and merges that can be undone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from connectors_core.model import Identity
from connectors_core.model.matching import key_of

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SCHEMES = ("phone", "email", "wa_id")

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Let several contacts claim one address, create the tables, and write the match keys of what is known."""
    with op.batch_alter_table("identities") as batch:
        batch.drop_constraint("pk_identities", type_="primary")
        batch.create_primary_key("pk_identities", ["value", "scheme", "scope", "contact_id"])
    verified = sa.text("verified")
    _index("ix_identities_verified", "identities", ["value"], verified)
    _index("ix_contacts_merged_into", "contacts", ["merged_into"], sa.text("merged_into IS NOT NULL"))
    _create()
    _fill()


def _create() -> None:
    op.create_table(
        "merges",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("loser_id", ID, nullable=True),
        sa.Column("winner_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    for column in ("contact_id", "other_id"):
        op.create_index(op.f(f"ix_merges_{column}"), "merges", [column], unique=False)
    _index("ix_merges_loser_id", "merges", ["loser_id"], sa.text("state = 'merged'"), unique=True)
    op.create_table(
        "match_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "contact_id", name=op.f("pk_match_keys")),
    )
    op.create_index(op.f("ix_match_keys_contact_id"), "match_keys", ["contact_id"], unique=False)
    op.create_table(
        "merge_news",
        sa.Column("merge_id", ID, autoincrement=False, nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("merge_id", "endpoint", name=op.f("pk_merge_news")),
    )
    op.create_index(op.f("ix_merge_news_due"), "merge_news", ["due"], unique=False)


def _index(name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _fill() -> None:
    """Write the keys: without them, who is known already would never be proposed to anybody who comes."""
    db = op.get_bind()
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in ("value", "scheme", "contact_id")]
    known = sa.select(*columns).select_from(sa.table("identities")).where(sa.column("scheme").in_(SCHEMES))
    keys = sa.table("match_keys", sa.column("key"), sa.column("contact_id"))
    found = {
        (key, row.contact_id)
        for row in db.execute(known)
        if (key := key_of(Identity(scheme=row.scheme, value=row.value)))
    }
    rows = [{"key": key, "contact_id": contact} for key, contact in sorted(found)]
    for start in range(0, len(rows), 1000):
        db.execute(sa.insert(keys), rows[start : start + 1000])
