"""Directives for what the program itself says: `{abilities} TYPE` and `{promises}`."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

from connectors_core import discovery
from connectors_core.describing import markdown
from connectors_core.testing import Conformance
from connectors_core.testing.promises import promises_of


class _Table(Directive):
    """A table that is written in Markdown by the program."""

    def text(self) -> str:
        """Return it."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Put it where the directive stands."""
        node = nodes.Element()
        self.state.nested_parse(StringList(self.text().splitlines()), self.content_offset, node)
        return node.children


class Abilities(_Table):
    """What the manifest of a connector declares; its tests prove it."""

    required_arguments = 1

    def text(self) -> str:
        """Return the table of a connector."""
        return markdown(discovery.find(self.arguments[0]).manifest)


class Promises(_Table):
    """Every promise of the conformance kit."""

    def text(self) -> str:
        """Return a row for each."""
        rows = [f"| `{one.name}` | {one.sentence} | [{_title(one.page)}](../{one.page}) |" for one in _all()]
        return "\n".join(["| Promise | What is promised | Read |", "|---|---|---|", *rows])


def _all() -> list[Any]:
    return sorted(promises_of(Conformance), key=lambda one: one.page)


def _title(page: str) -> str:
    return page.partition("#")[0].removesuffix(".md")


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx of the directives."""
    app.add_directive("abilities", Abilities)
    app.add_directive("promises", Promises)
    return {"parallel_read_safe": True}
