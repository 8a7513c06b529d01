"""Log-ins that people have begun in a chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0006"
down_revision = "0005"

_WORDS_OF_A_LINKING = (
    ("made_for", "token", "seed", "state"),
    ("channel", "account", "chat", "crm", "name", "language", "platform", "back", "browser", "login"),
    ("scheme", "address"),
    ("customer_account", "customer", "customer_name"),
)


def _words(names: tuple[str, ...]) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables."""
    own, asked, typed, customer = _WORDS_OF_A_LINKING
    op.create_table(
        "linkings",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        *_words(own),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        *_words(asked),
        *_words(typed),
        sa.Column("due", sa.Double(), nullable=True),
        sa.Column("codes", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("misses", sa.SmallInteger(), nullable=False),
        *_words(customer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linkings")),
        sa.UniqueConstraint("made_for", name=op.f("uq_linkings_made_for")),
        sa.UniqueConstraint("token", name=op.f("uq_linkings_token")),
    )
    op.create_index(op.f("ix_linkings_conversation_id"), "linkings", ["conversation_id"], unique=False)
    for name, condition in (("due", "due IS NOT NULL"), ("login", "login != ''"), ("expires_at", "state != 'linked'")):
        some = sa.text(condition)
        op.create_index(
            f"ix_linkings_{name}", "linkings", [name], unique=False, sqlite_where=some, postgresql_where=some
        )
    op.create_index("ix_linkings_customer", "linkings", ["customer", "crm"], unique=False)
    op.create_table(
        "code_requests",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_requests")),
    )
    op.create_index(op.f("ix_code_requests_at"), "code_requests", ["at"], unique=False)
    op.create_index("ix_code_requests_address_at", "code_requests", ["address", "at"], unique=False)
