"""The tables of the inbox; every name begins with `inbox_`, so that they may share a database with others."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")
Sorted = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both engines compare byte by byte, so that an index finds what begins with some letters."""


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


contacts = Table(
    "inbox_contacts",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("named", Boolean, nullable=False),
    Column("username", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("picture", Text, nullable=False, server_default=""),
    Column("notes", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("merged_into", Id),
    Index(
        "ix_inbox_contacts_merged_into",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
)
"""`named`: an agent gave the name, and no channel changes it. `picture`: the gateway's own name for it. `fields`: JSON
that mapping rules fill. `merged_into`: the contact that this one is a part of; nothing of its own goes there."""

identities = Table(
    "inbox_identities",
    metadata,
    Column("value", Text, primary_key=True),
    Column("scheme", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("contact_id", ForeignKey("inbox_contacts.id"), primary_key=True, index=True),
    Column("verified", Boolean, nullable=False),
)

merges = Table(
    "inbox_merges",
    metadata,
    _id(),
    Column("contact_id", ForeignKey("inbox_contacts.id"), nullable=False, index=True),
    Column("other_id", ForeignKey("inbox_contacts.id"), nullable=False, index=True),
    Column("loser_id", Id),
    Column("state", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Double),
    Column("at", Double, nullable=False),
)
"""What the gateway said of two contacts: that they may be one person, that they are, that they are not.

`reasons`: words with spaces between. `asked`: what an agent answered, until the gateway has done it; `asked_by`: who.
`loser_id`: the contact that became a part of the other one.
"""

terms = Table(
    "inbox_terms",
    metadata,
    Column("term", Sorted, primary_key=True),
    Column("contact_id", ForeignKey("inbox_contacts.id"), primary_key=True, index=True),
)
"""The words that a contact is found by: of names and addresses, in lower case."""

users = Table(
    "inbox_users",
    metadata,
    _id(),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("active", Boolean, nullable=False),
)
"""`password`: scrypt with its parameters and salt; "" for nobody who could log in."""

sessions = Table(
    "inbox_sessions",
    metadata,
    Column("token", Text, primary_key=True),
    Column("user_id", ForeignKey("inbox_users.id"), nullable=False, index=True),
    Column("expires_at", Double, nullable=False, index=True),
)
"""`token`: the SHA-256 of what the browser holds; whoever reads the table can log in as nobody."""

failures = Table(
    "inbox_login_failures",
    metadata,
    _id(),
    Column("subject", Text, nullable=False),
    Column("at", Double, nullable=False),
    Index("ix_inbox_login_failures_subject_at", "subject", "at"),
)

conversations = Table(
    "inbox_conversations",
    metadata,
    _id(),
    Column("contact_id", ForeignKey("inbox_contacts.id"), nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("snoozed_until", Double),
    Column("assignee_id", ForeignKey("inbox_users.id")),
    Column("unread", Integer, nullable=False),
    Column("last_at", Double, nullable=False),
    Column("last_in_at", Double),
    Column("last_kind", Text, nullable=False),
    Column("last_line", Text, nullable=False),
    Column("last_direction", Text, nullable=False),
    Column("typing_at", Double),
    Column("owner", Text, nullable=False, server_default=""),
    Column("version", Id, nullable=False),
    Column("touched_at", Double, nullable=False, index=True),
    UniqueConstraint("external_id", "channel", "account"),
    Index("ix_inbox_conversations_last_at_id", "last_at", "id"),
    Index("ix_inbox_conversations_state_last_at_id", "state", "last_at", "id"),
    Index("ix_inbox_conversations_assignee_id_state_last_at_id", "assignee_id", "state", "last_at", "id"),
    Index("ix_inbox_conversations_assignee_id_last_at_id", "assignee_id", "last_at", "id"),
    Index("ix_inbox_conversations_snoozed_until", "snoozed_until"),
    Index(
        "ix_inbox_conversations_unread_assignee_id",
        "unread",
        "assignee_id",
        sqlite_where=text("unread > 0"),
        postgresql_where=text("unread > 0"),
    ),
)
"""`channel`, `account`, `external_id`: what the conversation is called where the person is.

`linked`: the gateway knows our own name for it. `owner`: who may answer, as the gateway said last. `version` grows with
every change that a page has to show.
"""

messages = Table(
    "inbox_messages",
    metadata,
    _id(),
    Column("conversation_id", ForeignKey("inbox_conversations.id"), nullable=False),
    Column("name", Text, nullable=False, unique=True),
    Column("key", Text, unique=True),
    Column("at", Double, nullable=False),
    Column("direction", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("parts", Text, nullable=False),
    Column("reply_to_id", Id),
    Column("status", Text),
    Column("failure_code", Text, nullable=False),
    Column("failure_text", Text, nullable=False),
    Column("reactions", Text, nullable=False),
    Column("revisions", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("version", Id, nullable=False),
    Index("ix_inbox_messages_conversation_id_id", "conversation_id", "id"),
    Index("ix_inbox_messages_conversation_id_direction_id", "conversation_id", "direction", "id"),
)
"""`direction`: in, out, note, or move, which says that `author` may answer now instead of `origin`. `name`: what the
gateway knows it by; random, as links to its files hold it.

`parts`, `reactions` (who: emoji) and `revisions` (the parts of earlier versions, and the number of the edit that ended
each) are JSON.
"""

applied = Table(
    "inbox_applied",
    metadata,
    Column("key", Text, primary_key=True),
    Column("conversation_id", Id, nullable=False),
    Column("name", Text, nullable=False),
)
"""Changes to messages that were made already: reactions, edits."""

outbox = Table(
    "inbox_outbox",
    metadata,
    _id(),
    Column("conversation_id", Id, nullable=False),
    Column("message_id", Id),
    Column("document", Text, nullable=False),
)
"""What an agent did and the gateway has not taken yet, in order: kept before anything else happens."""

labels = Table(
    "inbox_labels",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("colour", Integer, nullable=False),
)

conversation_labels = Table(
    "inbox_conversation_labels",
    metadata,
    Column("label_id", ForeignKey("inbox_labels.id"), primary_key=True),
    Column("conversation_id", ForeignKey("inbox_conversations.id"), primary_key=True, index=True),
)

canned = Table(
    "inbox_canned",
    metadata,
    _id(),
    Column("short", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False),
)
