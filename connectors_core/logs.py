"""Logging for a program: one line an event, to stderr, without anything that must not be read by others."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import cast

from connectors_core.redact import Redactor


class RedactingFormatter(logging.Formatter):
    """Takes secrets and numbers of people out of every line, tracebacks included, whoever wrote it."""

    def __init__(self, redact: Redactor) -> None:
        """Know the secrets."""
        super().__init__("%(levelname)-7s %(name)s: %(message)s")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; the time in front of it is nobody's number."""
        return f"{self.formatTime(record)} {self._redact(super().format(record))}"

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name of the base class
        """Return where an exception came from, and its kind; its text may hold what a customer wrote."""
        kind, _, trace = cast("tuple[type[BaseException], BaseException, TracebackType | None]", ei)
        lines = []
        while trace is not None:
            lines.append(f"  {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno} in {trace.tb_frame.f_code.co_name}")
            trace = trace.tb_next
        return "\n".join([*lines, f"  {kind.__name__}"])


def set_up(redact: Redactor, *, verbose: bool = False) -> None:
    """Send all logs to stderr in this form."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(redact))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for noisy in ("uvicorn", "urllib3", "alembic", "sqlalchemy", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
