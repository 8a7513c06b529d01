"""The tables of the bot; every name begins with `responder_`, so that they may share a database with others."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, ForeignKey, Integer, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")

memories = Table(
    "responder_memories",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("document", Text, nullable=False),
    Column("touched_at", Double, nullable=False, index=True),
)
"""A conversation each: `document` is a Memory as JSON."""

names = Table(
    "responder_names",
    metadata,
    Column("name", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("bot", Text, primary_key=True),
    Column("memory_id", ForeignKey("responder_memories.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""What a conversation is called at its channel, aliases included; `bot`: the endpoint that remembers it."""

answers = Table(
    "responder_answers",
    metadata,
    Column("key", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("answered_at", Double, nullable=False, index=True),
)
"""What was answered to a call, by its key: a JSON list of events, so that a repeated call has the same answer."""
