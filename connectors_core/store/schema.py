"""What all tables share: the metadata, the column types that both engines know, and the list of table modules."""

from __future__ import annotations

from sqlalchemy import BigInteger, Double, Integer, LargeBinary, MetaData, SmallInteger, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit number. SQLite calls only an INTEGER primary key the row's own id."""
Time = Double
"""A moment in Unix seconds: both engines compare and index it the same way, and no time zone is lost."""
Small = SmallInteger
Words = Text
Bytes = LargeBinary
