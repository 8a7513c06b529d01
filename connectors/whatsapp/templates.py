"""The templates of the account: listed, and handed in for approval (WA/templates/template-management, 2025-12)."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from connectors.meta import templates
from connectors.meta.errors import explain_graph
from connectors.whatsapp.outbound import graph
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import ConnectorsError, Http, Malformed, NotSupported
from connectors_core.model import Finding, TemplateInfo, wire
from connectors_core.model.wire import Json

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


def hand_in(http: Http, settings: WhatsAppSettings) -> Iterator[Finding]:
    """Hand in the templates of the settings that the account does not have, and say how each of them is."""
    if not settings.templates:
        return
    try:
        known = {(one.name, one.language): one for one in all_templates(http, settings)}
    except ConnectorsError as error:
        yield Finding(level="error", text=error.text, path="templates")
        return
    for number, template in enumerate(settings.templates):
        name, path = (str(template["name"]), str(template["language"])), f"templates[{number}]"
        if found := known.get(name):
            said = "may be sent" if found.usable else f"cannot be sent: {found.reason}"
            level = "ok" if found.usable else "warning"
            yield Finding(level=level, text=f"the template {name[0]} ({name[1]}) {said}", path=path)
            continue
        try:
            yield _handed_in(http, settings, dict(template), path)
        except ConnectorsError as error:
            yield Finding(level="error", text=f"the template {name[0]} ({name[1]}): {error.text}", path=path)


def _handed_in(http: Http, settings: WhatsAppSettings, template: Json, path: str) -> Finding:
    call = graph(settings).call("POST", f"{settings.business_account_id}/message_templates", template)
    # The second of two with one name is refused, so that trying again does no harm.
    told = http.call(attrs.evolve(call, harmless=True), verb="hand in a template", explain=explain_graph).object()
    state = wire.text(told, "status") or "PENDING"
    level = "warning" if state == "REJECTED" else "ok"
    text = f"the template {template['name']} ({template['language']}) was handed in: {state}"
    return Finding(level=level, text=text, path=path)
