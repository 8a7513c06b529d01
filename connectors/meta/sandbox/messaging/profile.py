"""What people see of a business before they write, and beside the chat: `/messenger_profile` and personas.

Sources: MP/reference/messenger-profile-api/* (2026-05), IG/features (2026-06): ten calls in ten minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.files import new_id
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.messaging import people
from connectors.meta.sandbox.messaging.validate.buttons import INSTAGRAM, MESSENGER, check_button
from connectors.meta.sandbox.messaging.validate.content import LONGEST_PAYLOAD, link
from connectors.meta.sandbox.store import Db, customers, facts

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

MOST_ICE_BREAKERS, LONGEST_QUESTION = 4, 80
MOST_MENU, LONGEST_ITEM = 20, 30
LONGEST_GREETING = 160
MOST_DOMAINS = 50

NAMES = {
    "messenger": (
        "get_started",
        "greeting",
        "ice_breakers",
        "persistent_menu",
        "whitelisted_domains",
        "account_linking_url",
        "commands",
    ),
    "instagram": ("ice_breakers", "persistent_menu"),
}


def of(db: Db, account: str) -> dict[str, Any]:
    """Return the profile of an account."""
    return dict(facts.get(db, f"profile {account}") or {})


def _whose(sandbox: Sandbox, call: GraphCall) -> tuple[str, str]:
    """Return the channel and the account; `platform` names Instagram on the page's edge."""
    of_page = call.object_id == sandbox.settings.page_id
    if of_page and str(call.params.get("platform", "messenger")).lower() != "instagram":
        return "messenger", call.object_id
    return "instagram", sandbox.settings.instagram_account_id


def _get(sandbox: Sandbox, call: GraphCall) -> Any:
    channel, account = _whose(sandbox, call)
    wanted = [name.strip() for name in str(call.params.get("fields", "")).split(",") if name.strip()]
    if not wanted or [name for name in wanted if name not in NAMES[channel]]:
        raise GraphError(100, f"Param fields must name some of {{{', '.join(NAMES[channel])}}}.")
    with sandbox.store.read() as db:
        known = of(db, account)
    found = {name: known[name] for name in wanted if name in known}
    return {"data": [found] if found else []}


def _post(sandbox: Sandbox, call: GraphCall) -> Any:
    channel, account = _whose(sandbox, call)
    sandbox.limits.profile(account)
    asked = people.asked(call)
    asked.only("platform", *NAMES[channel])
    given = [name for name in NAMES[channel] if asked.has(name)]
    if not given:
        raise GraphError(100, f"Requires one of the params: {', '.join(NAMES[channel])}.")
    for name in given:
        if name == "persistent_menu":
            _menu(asked, MESSENGER if channel == "messenger" else INSTAGRAM)
        else:
            _CHECKS[name](asked)
    with sandbox.change() as change:
        after = {**of(change.db, account), **{name: asked.data[name] for name in given}}
        _menu_needs_start(channel, after)
        facts.put(change.db, f"profile {account}", after)
        for one in customers.every(change.db):
            change.show_customer(one.id)
    return {"result": "success"}


def _delete(sandbox: Sandbox, call: GraphCall) -> Any:
    channel, account = _whose(sandbox, call)
    sandbox.limits.profile(account)
    fields = people.asked(call).data.get("fields")
    names = fields if isinstance(fields, list) else str(fields or "").split(",")
    if not names or [name for name in names if name not in NAMES[channel]]:
        raise GraphError(100, f"Param fields must name some of {{{', '.join(NAMES[channel])}}}.")
    with sandbox.change() as change:
        after = {name: value for name, value in of(change.db, account).items() if name not in names}
        _menu_needs_start(channel, after)
        facts.put(change.db, f"profile {account}", after)
        for one in customers.every(change.db):
            change.show_customer(one.id)
    return {"result": "success"}


def _menu_needs_start(channel: str, after: dict[str, Any]) -> None:
    if channel == "messenger" and "persistent_menu" in after and "get_started" not in after:
        raise GraphError(100, "You must set a Get Started button if you also wish to use persistent menu.")


def _start(asked: Fields) -> None:
    start = asked.object("get_started")
    start.only("payload")
    start.text("payload", LONGEST_PAYLOAD)


def _localised(asked: Fields, name: str, most: int = 50) -> list[Fields]:
    """Return the versions of something, of which one is the default."""
    found = asked.objects(name, 1, most)
    if "default" not in [one.text("locale", 16) for one in found]:
        raise GraphError(100, f"Param {name} must have a version for the default locale.")
    return found


def _greeting(asked: Fields) -> None:
    for one in _localised(asked, "greeting"):
        one.only("locale", "text")
        one.text("text", LONGEST_GREETING)


def _ice_breakers(asked: Fields) -> None:
    for one in _localised(asked, "ice_breakers"):
        one.only("locale", "call_to_actions")
        for question in one.objects("call_to_actions", 1, MOST_ICE_BREAKERS):
            question.only("question", "payload")
            question.text("question", LONGEST_QUESTION)
            question.text("payload", LONGEST_PAYLOAD)


def _menu(asked: Fields, allowed: frozenset[str]) -> None:
    for one in _localised(asked, "persistent_menu"):
        one.only("locale", "composer_input_disabled", "call_to_actions")
        one.flag("composer_input_disabled")
        for item in one.objects("call_to_actions", 1, MOST_MENU):
            check_button(item, allowed & {"web_url", "postback"}, longest=LONGEST_ITEM)


def _domains(asked: Fields) -> None:
    domains = asked.data["whitelisted_domains"]
    if not isinstance(domains, list) or len(domains) > MOST_DOMAINS:
        raise GraphError(100, f"Param whitelisted_domains must be an array of at most {MOST_DOMAINS} addresses.")
    if not all(isinstance(one, str) and one.startswith("https://") for one in domains):
        raise GraphError(100, "Param whitelisted_domains must have addresses that begin with https.")


def _linking(asked: Fields) -> None:
    link(asked, "account_linking_url")


def _commands(asked: Fields) -> None:
    for one in _localised(asked, "commands"):
        one.only("locale", "commands")
        for command in one.objects("commands", 1, 100):
            command.only("name", "description")
            command.text("name", 32)
            command.text("description", 64)


_CHECKS = {
    "get_started": _start,
    "greeting": _greeting,
    "ice_breakers": _ice_breakers,
    "whitelisted_domains": _domains,
    "account_linking_url": _linking,
    "commands": _commands,
}


def _personas(sandbox: Sandbox) -> dict[str, Any]:
    with sandbox.store.read() as db:
        return dict(facts.get(db, "personas") or {})


def _add_persona(sandbox: Sandbox, call: GraphCall) -> Any:
    asked = people.asked(call)
    asked.only("name", "profile_picture_url")
    persona = {"name": asked.text("name", 100), "profile_picture_url": link(asked, "profile_picture_url")}
    persona_id = new_id()
    with sandbox.store.write() as db:
        facts.put(db, "personas", {**(facts.get(db, "personas") or {}), persona_id: persona})
    return {"id": persona_id}


def _list_personas(sandbox: Sandbox, _call: GraphCall) -> Any:
    return {"data": [{**persona, "id": name} for name, persona in _personas(sandbox).items()]}


def _persona(sandbox: Sandbox, call: GraphCall) -> Any:
    return {**_personas(sandbox)[call.object_id], "id": call.object_id}


def _drop_persona(sandbox: Sandbox, call: GraphCall) -> Any:
    with sandbox.store.write() as db:
        kept = {name: one for name, one in (facts.get(db, "personas") or {}).items() if name != call.object_id}
        facts.put(db, "personas", kept)
    return {"success": True}


ROUTES: Routes = {
    **{("GET", kind, "messenger_profile"): _get for kind in ("page", "instagram")},
    **{("POST", kind, "messenger_profile"): _post for kind in ("page", "instagram")},
    **{("DELETE", kind, "messenger_profile"): _delete for kind in ("page", "instagram")},
    ("GET", "page", "personas"): _list_personas,
    ("POST", "page", "personas"): _add_persona,
    ("GET", "persona", ""): _persona,
    ("DELETE", "persona", ""): _drop_persona,
}
