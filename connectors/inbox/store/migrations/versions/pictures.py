"""Pictures of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what the gateway calls the picture of a person."""
    op.add_column("inbox_contacts", sa.Column("picture", sa.Text(), nullable=False, server_default=""))
