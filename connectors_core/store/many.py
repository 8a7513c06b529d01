"""One statement for any number of values: `column = ANY (…)` on PostgreSQL, `json_each` on SQLite.

A list of placeholders would make another statement of every length, which neither engine keeps prepared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Dialect, Text, TypeDecorator, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Values(TypeDecorator[Iterable[Any]]):
    """Values of one kind as one parameter."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Text | BigInteger]) -> None:
        super().__init__()
        self.kind = kind

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        is_array = dialect.name == "postgresql"
        return dialect.type_descriptor(ARRAY(self.kind()) if is_array else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return list(value) if dialect.name == "postgresql" else json.dumps(list(value))


class _OneOf(FunctionElement[bool]):
    """Whether a column is one of the values of a parameter."""

    name = "one_of"
    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - the signature of the base class
        """Stand as it is: SQLAlchemy would write `… = 1` for an engine without booleans, past every index."""
        return self


def one_of(column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """Return the condition that `column` is one of the values given as `parameter`: any iterable, an empty one too."""
    kind = Text if isinstance(column.type, Text) else BigInteger
    return _OneOf(column, bindparam(parameter, type_=_Values(kind)))


@compiles(_OneOf, "postgresql")
def _any(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_OneOf, "sqlite")
def _each(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - both are compiled clauses
