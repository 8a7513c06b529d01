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
        "inbox_applied",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_inbox_applied")),
    )
    op.create_table(
        "inbox_canned",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_canned")),
        sa.UniqueConstraint("short", name=op.f("uq_inbox_canned_short")),
    )
    op.create_table(
        "inbox_contacts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_contacts")),
    )
    op.create_table(
        "inbox_labels",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_labels")),
        sa.UniqueConstraint("name", name=op.f("uq_inbox_labels_name")),
    )
    op.create_table(
        "inbox_login_failures",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_login_failures")),
    )
    op.create_index(op.f("ix_inbox_login_failures_subject_at"), "inbox_login_failures", ["subject", "at"], unique=False)

    op.create_table(
        "inbox_outbox",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_outbox")),
    )
    op.create_table(
        "inbox_users",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_users")),
        sa.UniqueConstraint("login", name=op.f("uq_inbox_users_login")),
    )
    op.create_table(
        "inbox_conversations",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("snoozed_until", sa.Double(), nullable=True),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.Column("last_in_at", sa.Double(), nullable=True),
        sa.Column("last_kind", sa.Text(), nullable=False),
        sa.Column("last_line", sa.Text(), nullable=False),
        sa.Column("last_direction", sa.Text(), nullable=False),
        sa.Column("typing_at", sa.Double(), nullable=True),
        sa.Column("version", ID, nullable=False),
        sa.Column("touched_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["inbox_users.id"], name=op.f("fk_inbox_conversations_assignee_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["inbox_contacts.id"], name=op.f("fk_inbox_conversations_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_conversations")),
        sa.UniqueConstraint(
            "external_id", "channel", "account", name=op.f("uq_inbox_conversations_external_id_channel_account")
        ),
    )
    op.create_index(
        op.f("ix_inbox_conversations_assignee_id_last_at_id"),
        "inbox_conversations",
        ["assignee_id", "last_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_inbox_conversations_assignee_id_state_last_at_id"),
        "inbox_conversations",
        ["assignee_id", "state", "last_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_inbox_conversations_contact_id"), "inbox_conversations", ["contact_id"], unique=False)
    op.create_index(op.f("ix_inbox_conversations_last_at_id"), "inbox_conversations", ["last_at", "id"], unique=False)
    op.create_index(
        op.f("ix_inbox_conversations_snoozed_until"), "inbox_conversations", ["snoozed_until"], unique=False
    )
    op.create_index(
        op.f("ix_inbox_conversations_state_last_at_id"), "inbox_conversations", ["state", "last_at", "id"], unique=False
    )
    op.create_index(op.f("ix_inbox_conversations_touched_at"), "inbox_conversations", ["touched_at"], unique=False)
    op.create_index(
        op.f("ix_inbox_conversations_unread_assignee_id"),
        "inbox_conversations",
        ["unread", "assignee_id"],
        unique=False,
        sqlite_where=sa.text("unread > 0"),
        postgresql_where=sa.text("unread > 0"),
    )

    op.create_table(
        "inbox_identities",
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["inbox_contacts.id"], name=op.f("fk_inbox_identities_contact_id")),
        sa.PrimaryKeyConstraint("value", "scheme", "scope", name=op.f("pk_inbox_identities")),
    )
    op.create_index(op.f("ix_inbox_identities_contact_id"), "inbox_identities", ["contact_id"], unique=False)

    op.create_table(
        "inbox_sessions",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["inbox_users.id"], name=op.f("fk_inbox_sessions_user_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_inbox_sessions")),
    )
    op.create_index(op.f("ix_inbox_sessions_expires_at"), "inbox_sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_inbox_sessions_user_id"), "inbox_sessions", ["user_id"], unique=False)

    op.create_table(
        "inbox_terms",
        sa.Column("term", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["inbox_contacts.id"], name=op.f("fk_inbox_terms_contact_id")),
        sa.PrimaryKeyConstraint("term", "contact_id", name=op.f("pk_inbox_terms")),
    )
    op.create_index(op.f("ix_inbox_terms_contact_id"), "inbox_terms", ["contact_id"], unique=False)

    op.create_table(
        "inbox_conversation_labels",
        sa.Column("label_id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["inbox_conversations.id"], name=op.f("fk_inbox_conversation_labels_conversation_id")
        ),
        sa.ForeignKeyConstraint(["label_id"], ["inbox_labels.id"], name=op.f("fk_inbox_conversation_labels_label_id")),
        sa.PrimaryKeyConstraint("label_id", "conversation_id", name=op.f("pk_inbox_conversation_labels")),
    )
    op.create_index(
        op.f("ix_inbox_conversation_labels_conversation_id"),
        "inbox_conversation_labels",
        ["conversation_id"],
        unique=False,
    )

    op.create_table(
        "inbox_messages",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("reply_to_id", ID, nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=False),
        sa.Column("failure_text", sa.Text(), nullable=False),
        sa.Column("reactions", sa.Text(), nullable=False),
        sa.Column("revisions", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["inbox_conversations.id"], name=op.f("fk_inbox_messages_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_inbox_messages_key")),
        sa.UniqueConstraint("name", name=op.f("uq_inbox_messages_name")),
    )
    op.create_index(
        op.f("ix_inbox_messages_conversation_id_direction_id"),
        "inbox_messages",
        ["conversation_id", "direction", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_inbox_messages_conversation_id_id"), "inbox_messages", ["conversation_id", "id"], unique=False
    )
