"""Who is one person with whom, and addresses that several people claim."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the edges between contacts, what they rest on, and the contact to the key of an address."""
    op.add_column("inbox_contacts", sa.Column("merged_into", ID, nullable=True))
    _index("ix_inbox_contacts_merged_into", "inbox_contacts", "merged_into")
    with op.batch_alter_table("inbox_identities") as batch:
        batch.drop_constraint("pk_inbox_identities", type_="primary")
        batch.create_primary_key("pk_inbox_identities", ["value", "scheme", "scope", "contact_id"])
    op.create_table(
        "inbox_merges",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("loser_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.Double(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["inbox_contacts.id"], name=op.f("fk_inbox_merges_contact_id")),
        sa.ForeignKeyConstraint(["other_id"], ["inbox_contacts.id"], name=op.f("fk_inbox_merges_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_merges")),
    )
    op.create_index(op.f("ix_inbox_merges_contact_id"), "inbox_merges", ["contact_id"], unique=False)
    op.create_index(op.f("ix_inbox_merges_other_id"), "inbox_merges", ["other_id"], unique=False)


def _index(name: str, table: str, column: str) -> None:
    where = sa.text(f"{column} IS NOT NULL")
    op.create_index(name, table, [column], unique=False, sqlite_where=where, postgresql_where=where)
