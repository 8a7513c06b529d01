"""Templates of an account or a page: list, look up, create, delete; the review, which takes minutes, is done at once.

Sources: WA/templates (2025-12); MP/send-messages/utility-messages (2026-03-06).
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import attrs

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.files import new_id
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.store import catalogue
from connectors.meta.sandbox.store.catalogue import Template

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

CATEGORIES = {"account": ("AUTHENTICATION", "MARKETING", "UTILITY"), "page": ("UTILITY",)}
"""What there is on WhatsApp and on a page."""

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
STATES = ("APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED")
LARGEST_PAGE = 100
ACCOUNT_LANE = "account"

_FIELD = "message_template_status_update"
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_FIELDS = ("name", "parameter_format", "components", "language", "status", "category", "id")
_FILTERS = ("name", "status", "language", "category")


def described(template: Template) -> dict[str, Any]:
    """Return a template as the Graph API shows it."""
    shown = {
        "name": template.name,
        "parameter_format": template.format,
        "components": template.components,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "id": template.id,
    }
    return shown if template.reason == "NONE" else {**shown, "rejected_reason": template.reason}


def add(sandbox: Sandbox, account: str, given: dict[str, Any], status: str = "APPROVED") -> Template:
    """Add a template without a review."""
    template = Template(
        id=new_id(),
        account=account,
        name=str(given["name"]),
        language=str(given["language"]),
        category=str(given.get("category", "UTILITY")).upper(),
        status=status,
        format=str(given.get("parameter_format", "POSITIONAL")).upper(),
        components=given.get("components") or [],
    )
    with sandbox.change() as change:
        if catalogue.named_template(change.db, account, template.name, template.language) is not None:
            raise GraphError(100, "Content in this language already exists.", subcode=2388024)
        catalogue.add_template(change.db, template)
    return template


def set_status(sandbox: Sandbox, template_id: str, status: str, reason: str = "NONE") -> Template:
    """Change the state of a template, as a reviewer or its quality does, and tell it."""
    with sandbox.change() as change:
        template = catalogue.template(change.db, template_id)
        if template is None or status not in STATES:
            raise GraphError(100, "There is no such template or status.")
        template = attrs.evolve(template, status=status, reason=reason)
        catalogue.change_template(change.db, template_id, status=status, reason=reason)
        change.webhook(ACCOUNT_LANE, _FIELD, _told(sandbox, template, change.at))
    return template


def _told(sandbox: Sandbox, template: Template, at: float) -> dict[str, Any]:
    """Return the webhook of a template that was approved, rejected, paused or disabled."""
    of_page = template.account == sandbox.settings.page_id
    value = {
        "event": template.status,
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language.replace("_", "-"),
        "reason": template.reason,
        "message_template_category": template.category,
    }
    entry = {"id": template.account, "time": int(at), "changes": [{"value": value, "field": _FIELD}]}
    return {"object": "page" if of_page else "whatsapp_business_account", "entry": [entry]}


def _list(sandbox: Sandbox, call: GraphCall) -> Any:
    with sandbox.store.read() as db:
        found = [described(template) for template in catalogue.all_templates(db, call.object_id)]
    for name in _FILTERS:
        if wanted := call.params.get(name):
            found = [row for row in found if str(row[name]).lower() == str(wanted).lower()]
    limit, start = _limit(call), _cursor(str(call.params.get("after", "")))
    page = found[start : start + limit]
    wanted_fields = [one for one in str(call.params.get("fields", "")).split(",") if one] or list(_FIELDS)
    rows = [{name: row[name] for name in dict.fromkeys((*wanted_fields, "id")) if name in row} for row in page]
    if not page:
        return {"data": []}
    paging: dict[str, Any] = {"cursors": {"before": _mark(start), "after": _mark(start + len(page))}}
    if start + len(page) < len(found):
        kept = {name: value for name, value in call.params.items() if name not in ("access_token", "after")}
        query = urlencode({**kept, "after": _mark(start + len(page))})
        paging["next"] = f"{call.url}/{sandbox.newest}/{call.object_id}/message_templates?{query}"
    return {"data": rows, "paging": paging}


def _limit(call: GraphCall) -> int:
    value = str(call.params.get("limit", 25))
    if not (value.isascii() and value.isdecimal() and 0 < int(value[:6]) <= LARGEST_PAGE * 10):
        raise GraphError(100, "Param limit must be a positive number.")
    return min(int(value), LARGEST_PAGE)


def _mark(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode()


def _cursor(mark: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(mark.encode())) if mark else 0
    except ValueError:
        raise GraphError(100, "Param after is not a cursor.") from None


def _create(sandbox: Sandbox, call: GraphCall) -> Any:
    template = _made(sandbox, call, CATEGORIES["account"])
    return {"id": template.id, "status": "PENDING", "category": template.category}


def _create_of_page(sandbox: Sandbox, call: GraphCall) -> Any:
    template = _made(sandbox, call, CATEGORIES["page"])
    return {"id": template.id, "status": "APPROVED", "category": template.category}


def _made(sandbox: Sandbox, call: GraphCall, categories: tuple[str, ...]) -> Template:
    name, language = call.needed("name"), call.needed("language")
    category, components = call.needed("category").upper(), call.params.get("components")
    if not _NAME.fullmatch(name):
        raise GraphError(100, "Param name has lower-case letters, digits and underscores only.")
    if category not in categories:
        raise GraphError(100, f"Param category must be one of {{{', '.join(categories)}}}.")
    if not isinstance(components, list) or not all(isinstance(one, dict) for one in components):
        raise GraphError(100, "The parameter components is required.")
    _check_components(components, category)
    given = {"name": name, "language": language, "category": category, "components": components}
    given["parameter_format"] = call.params.get("parameter_format", "POSITIONAL")
    template = add(sandbox, call.object_id, given, "PENDING")
    return set_status(sandbox, template.id, "APPROVED")


def _check_components(components: list[dict[str, Any]], category: str) -> None:
    kinds = [str(component.get("type", "")).upper() for component in components]
    if "BODY" not in kinds or len(set(kinds)) != len(kinds):
        raise GraphError(100, "A template has one BODY, and each other component once at most.")
    for kind, component in zip(kinds, components, strict=True):
        text = component.get("text", "")
        if kind == "BODY" and category != "AUTHENTICATION" and not text:
            raise GraphError(100, "The body of a template has a text.")
        if kind in ("HEADER", "BODY") and VARIABLE.search(str(text)) and not component.get("example"):
            raise GraphError(100, f"The {kind} has variables and no example.", subcode=2388043)
        component["type"] = kind


def _delete(sandbox: Sandbox, call: GraphCall) -> Any:
    name, template_id = call.needed("name"), call.params.get("hsm_id")
    with sandbox.store.write() as db:
        found = [
            one
            for one in catalogue.all_templates(db, call.object_id)
            if one.name == name and (not template_id or one.id == template_id)
        ]
        for template in found:
            catalogue.remove_template(db, template.id)
    if not found:
        raise GraphError(100, "There is no template of this name.", subcode=2593002)
    return {"success": True}


def _show(sandbox: Sandbox, call: GraphCall) -> Any:
    with sandbox.store.read() as db:
        template = catalogue.template(db, call.object_id)
    return described(template) if template else {}


ROUTES: Routes = {
    ("GET", "account", "message_templates"): _list,
    ("POST", "account", "message_templates"): _create,
    ("DELETE", "account", "message_templates"): _delete,
    ("GET", "page", "message_templates"): _list,
    ("POST", "page", "message_templates"): _create_of_page,
    ("DELETE", "page", "message_templates"): _delete,
    ("GET", "template", ""): _show,
}
