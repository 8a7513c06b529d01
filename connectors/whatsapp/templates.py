"""The templates of the account: listed, and handed in for approval (WA/templates/template-management, 2025-12)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from connectors.meta import templates
from connectors.meta.errors import explain_graph
from connectors.whatsapp.outbound import graph
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import Http, Malformed, NotSupported
from connectors_core.model import Change, Finding, TemplateInfo, wire

MOST_PAGES = 100
NO_ACCOUNT = "put business_account_id, the id of the WhatsApp Business Account"

_PAGE = 100
_TEMPLATE = "name,language,status,category,components,rejected_reason"


def all_templates(http: Http, settings: WhatsAppSettings) -> list[TemplateInfo]:
    """Return the templates of the account; an account has 6,000 at most."""
    if not settings.business_account_id:
        raise NotSupported(f"{http.endpoint} cannot list its templates: {NO_ACCOUNT}")
    found: list[TemplateInfo] = []
    query = {"fields": _TEMPLATE, "limit": str(_PAGE)}
    for _ in range(MOST_PAGES):
        call = graph(settings).call("GET", f"{settings.business_account_id}/message_templates", None, **query)
        page = http.call(call, verb="list templates", explain=explain_graph).object()
        found += [templates.info(row) for row in wire.items(page, "data")]
        # The address of the next page holds the token; the cursor in it is all that is needed.
        paging = wire.obj(page, "paging")
        cursor = wire.text(wire.obj(paging, "cursors"), "after")
        if not cursor or not wire.text(paging, "next") or cursor == query.get("after"):
            return found
        query["after"] = cursor
    raise Malformed(f"{http.endpoint} has more than {MOST_PAGES * _PAGE} templates")


def plan(http: Http, settings: WhatsAppSettings) -> Iterator[Change | Finding]:
    """Compare the templates of the settings with those of the account, and say which of them cannot be sent.

    What an approved template says is not compared: whoever changes it has it looked at once more.
    """
    if not settings.templates:
        return
    known = {(one.name, one.language): one for one in all_templates(http, settings)}
    for number, template in enumerate(settings.templates):
        name, path = (str(template["name"]), str(template["language"])), f"templates[{number}]"
        found = known.get(name)
        if found is None:
            yield Change(path=path, title=f"the template {name[0]} ({name[1]})", after=dict(template))
        elif not found.usable:
            text = f"the template {name[0]} ({name[1]}) cannot be sent: {found.reason}"
            yield Finding(level="warning", text=text, path=path)


def hand_in(http: Http, settings: WhatsAppSettings, path: str) -> Finding:
    """Hand in the template that stands at `path` of the settings."""
    template = dict(settings.templates[int(path.removeprefix("templates[").removesuffix("]"))])
    call = graph(settings).call("POST", f"{settings.business_account_id}/message_templates", template)
    # The second of two with one name is refused, so that trying again does no harm.
    told = http.call(attrs.evolve(call, harmless=True), verb="hand in a template", explain=explain_graph).object()
    state = wire.text(told, "status") or "PENDING"
    level = "warning" if state == "REJECTED" else "ok"
    text = f"the template {template['name']} ({template['language']}) was handed in: {state}"
    return Finding(level=level, text=text, path=path)
