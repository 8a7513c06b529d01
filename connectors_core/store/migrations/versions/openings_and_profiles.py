"""What opens messaging windows besides a message, and people whose name is asked of their platform."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "openings",
        sa.Column("conversation_id", ID, autoincrement=False, nullable=False),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("used_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", "opener", "message", name=op.f("pk_openings")),
    )
    op.create_table(
        "profiles",
        sa.Column("contact_id", ID, autoincrement=False, nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("due", sa.Double(), nullable=True),
        sa.Column("holder", ID, nullable=True),
        sa.Column("asked_at", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "endpoint", name=op.f("pk_profiles")),
    )
    wanted = sa.text("due IS NOT NULL")
    op.create_index("ix_profiles_due", "profiles", ["due"], unique=False, sqlite_where=wanted, postgresql_where=wanted)
