"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "responder_memories",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("touched_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responder_memories")),
    )
    op.create_index(op.f("ix_responder_memories_touched_at"), "responder_memories", ["touched_at"], unique=False)
    op.create_table(
        "responder_names",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("bot", sa.Text(), nullable=False),
        sa.Column("memory_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["memory_id"],
            ["responder_memories.id"],
            name=op.f("fk_responder_names_memory_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name", "account", "channel", "bot", name=op.f("pk_responder_names")),
    )
    op.create_index(op.f("ix_responder_names_memory_id"), "responder_names", ["memory_id"], unique=False)
    op.create_table(
        "responder_answers",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_responder_answers")),
    )
    op.create_index(op.f("ix_responder_answers_answered_at"), "responder_answers", ["answered_at"], unique=False)
