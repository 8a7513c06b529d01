"""The templates of an account: listed, compared with the settings, and handed in for approval.

Sources: WA/templates/template-management, 2025-12; MP/send-messages/utility-messages, 2026-03-13: both alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from connectors.meta import templates
from connectors.meta.errors import explain_graph
from connectors.meta.graph import Graph
from connectors_core import Http, Malformed
from connectors_core.model import Change, Finding, TemplateInfo, wire

MOST_PAGES = 100

_PAGE = 100
_TEMPLATE = "name,language,status,category,components,rejected_reason"


@attrs.frozen(kw_only=True)
class Library:
    """The templates at `node`, a business account or a page, and those that the settings declare."""

    http: Http
    graph: Graph
    node: str
    declared: Sequence[Mapping[str, Any]] = ()

    def every(self) -> list[TemplateInfo]:
        """Return the templates of the account; an account has 6,000 at most."""
        found: list[TemplateInfo] = []
        query = {"fields": _TEMPLATE, "limit": str(_PAGE)}
        for _ in range(MOST_PAGES):
            call = self.graph.call("GET", f"{self.node}/message_templates", None, **query)
            page = self.http.call(call, verb="list templates", explain=explain_graph).object()
            found += [templates.info(row) for row in wire.items(page, "data")]
            # The address of the next page holds the token; the cursor in it is all that is needed.
            paging = wire.obj(page, "paging")
            cursor = wire.text(wire.obj(paging, "cursors"), "after")
            if not cursor or not wire.text(paging, "next") or cursor == query.get("after"):
                return found
            query["after"] = cursor
        raise Malformed(f"{self.http.endpoint} has more than {MOST_PAGES * _PAGE} templates")

    def plan(self) -> Iterator[Change | Finding]:
        """Compare the templates of the settings with those of the account, and say which of them cannot be sent.

        What an approved template says is not compared: whoever changes it has it looked at once more.
        """
        if not self.declared:
            return
        known = {(one.name, one.language): one for one in self.every()}
        for number, template in enumerate(self.declared):
            name, path = (str(template["name"]), str(template["language"])), f"templates[{number}]"
            found = known.get(name)
            if found is None:
                yield Change(path=path, title=f"the template {name[0]} ({name[1]})", after=dict(template))
            elif not found.usable:
                text = f"the template {name[0]} ({name[1]}) cannot be sent: {found.reason}"
                yield Finding(level="warning", text=text, path=path)

    def hand_in(self, path: str) -> Finding:
        """Hand in the template that stands at `path` of the settings."""
        template = dict(self.declared[int(path.removeprefix("templates[").removesuffix("]"))])
        call = self.graph.call("POST", f"{self.node}/message_templates", template)
        # The second of two with one name is refused, so that trying again does no harm.
        call = attrs.evolve(call, harmless=True)
        told = self.http.call(call, verb="hand in a template", explain=explain_graph).object()
        state = wire.text(told, "status") or "PENDING"
        level = "warning" if state == "REJECTED" else "ok"
        text = f"the template {template['name']} ({template['language']}) was handed in: {state}"
        return Finding(level=level, text=text, path=path)
