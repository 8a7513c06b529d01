"""Who may answer a conversation, and copies for those who may not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; what a program of before writes has their defaults."""
    op.add_column("conversations", sa.Column("owned_at", sa.Double(), nullable=True))
    op.add_column("conversations", sa.Column("given_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("conversations", sa.Column("owned_until", sa.Double(), nullable=True))
    op.add_column("conversations", sa.Column("held", sa.Text(), nullable=False, server_default=""))
    op.add_column("conversations", sa.Column("told_at", sa.Double(), nullable=True))
    op.add_column("conversations", sa.Column("moves", ID, nullable=False, server_default="0"))
    op.add_column("conversations", sa.Column("turns", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("conversations", sa.Column("turned_at", sa.Double(), nullable=True))
    owned = sa.text("owned_until IS NOT NULL")
    op.create_index(
        "ix_conversations_owned_until",
        "conversations",
        ["owned_until"],
        unique=False,
        sqlite_where=owned,
        postgresql_where=owned,
    )
    op.add_column("deliveries", sa.Column("standby", sa.Boolean(), nullable=False, server_default=sa.false()))
