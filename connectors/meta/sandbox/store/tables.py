"""The tables of the sandbox."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

facts = Table("facts", metadata, Column("name", String, primary_key=True), Column("value", JSON, nullable=False))

customers = Table(
    "customers",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    Column("wa_id", String, nullable=False),
    Column("user_id", String, nullable=False),
    Column("username", String, nullable=False),
    Column("online", Boolean, nullable=False),
    Column("receipts", Boolean, nullable=False),
    Column("opened_at", Float),
    Column("created_at", Float, nullable=False),
    Column("traits", JSON, nullable=False),
    UniqueConstraint("account", "user_id"),
)

messages = Table(
    "messages",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("customer", String, nullable=False),
    Column("incoming", Boolean, nullable=False),
    Column("at", Float, nullable=False),
    Column("type", String, nullable=False),
    Column("content", JSON, nullable=False),
    Column("context", String, nullable=False),
    Column("status", String, nullable=False),
    Column("tracker", String, nullable=False),
    Column("category", String, nullable=False),
    Column("failure", JSON),
    Column("marks", JSON, nullable=False),
    Column("chosen", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("silent", Boolean, nullable=False),
    Index("messages_of_a_customer", "customer", "seq"),
)

templates = Table(
    "templates",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("category", String, nullable=False),
    Column("status", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("format", String, nullable=False),
    Column("components", JSON, nullable=False),
    UniqueConstraint("account", "name", "language"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("customer", String, nullable=False),
    Column("post", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
    Index("comments_of_a_customer", "customer", "at"),
)

files = Table(
    "files",
    metadata,
    Column("id", String, primary_key=True),
    Column("mime", String, nullable=False),
    Column("name", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String, nullable=False),
    Column("at", Float, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("lane", String, nullable=False),
    Column("object", String, nullable=False),
    Column("account", String, nullable=False),
    Column("field", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("message", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("due", Float, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("drop", String, nullable=False),
    Column("most", Integer, nullable=False),
    Column("again", Float),
    Index("outbox_lanes", "lane", "id"),
    sqlite_autoincrement=True,
)

fault_rules = Table(
    "fault_rules",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("fault", String, nullable=False),
    Column("rate", Float),
    Column("left", Integer),
    Column("customer", String, nullable=False),
    Column("account", String, nullable=False),
    Column("call", String, nullable=False),
    Column("options", JSON, nullable=False),
    sqlite_autoincrement=True,
)

fault_counters = Table(
    "fault_counters", metadata, Column("subject", String, primary_key=True), Column("counts", JSON, nullable=False)
)

fault_log = Table(
    "fault_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("fault", String, nullable=False),
    Column("rule", Integer, nullable=False),
    Column("into", String, nullable=False),
    Column("customer", String, nullable=False),
    Column("message", String, nullable=False),
    Column("key", String, nullable=False),
    Column("turn", Integer, nullable=False),
    sqlite_autoincrement=True,
)
