"""Who may answer a conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the owner, as the gateway said it last."""
    op.add_column("inbox_conversations", sa.Column("owner", sa.Text(), nullable=False, server_default=""))
