"""What stands beside a chat: what to tap before the first word, the menu, and what there is outside."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.messaging import profile, threads
from connectors.meta.sandbox.messaging import window as chat_window
from connectors.meta.sandbox.messaging.products import POSTS
from connectors.meta.sandbox.page.taps import safe_url
from connectors.meta.sandbox.store import Db, comments
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.whatsapp import greeting
from connectors.meta.sandbox.whatsapp import threads as roles
from connectors.meta.sandbox.whatsapp.others import HUMAN

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

Json = dict[str, Any]

NATIVE = "native"


def shown(sandbox: Sandbox, db: Db, person: Customer, language: str, *, fresh: bool) -> Json:
    """Return what can be tapped: prompts and the start button of a `fresh` chat, and the menu."""
    if person.channel == "whatsapp":
        prompts = greeting.automation(sandbox).get("prompts", []) if fresh else []
        return {"greeting": "", "start": False, "prompts": prompts, "menu": [], "typing": True}
    known = profile.of(db, person.account)
    breakers = _version(known.get("ice_breakers", []), language).get("call_to_actions", [])
    menu = _version(known.get("persistent_menu", []), language)
    return {
        "greeting": str(_version(known.get("greeting", []), language).get("text", "")) if fresh else "",
        "start": fresh and "get_started" in known,
        "prompts": [one["question"] for one in breakers] if fresh else [],
        "menu": [{**one, "url": safe_url(str(one.get("url", "")))} for one in menu.get("call_to_actions", [])],
        "typing": not menu.get("composer_input_disabled"),
    }


def _version(versions: list[Json], language: str) -> Json:
    """Return what is for a language, else the default one."""
    by_locale = {str(one["locale"]): one for one in versions}
    mine = next((one for locale, one in by_locale.items() if locale.partition("_")[0] == language), None)
    found: Json = mine or by_locale.get("default", {})
    return found


def outside(db: Db, person: Customer) -> Json:
    """Return what a person sees outside the chat, {} on WhatsApp."""
    if person.channel not in POSTS:
        return {}
    found: Json = {one.kind: {"id": one.id, "title": one.title} for one in POSTS[person.channel]}
    said = [one for one in comments.of_customer(db, person.id) if not one.removed]
    found["comments"] = [{"id": one.id, "text": one.text, "answered": one.answered} for one in said[-5:]]
    found["came"] = person.traits.get("came", {})
    return found


def state(sandbox: Sandbox, db: Db, person: Customer, now: float) -> Json:
    """Return who else has the thread, `NATIVE` for the business's own inbox, and until when a human agent may write."""
    if person.channel not in sandbox.channels:
        role = roles.owner(db, person)
        return {"held": NATIVE if role == HUMAN else role, "human": ""}
    held = threads.held(sandbox, db, person, now)
    until = chat_window.human_until(person)
    human = datetime.fromtimestamp(until).astimezone().isoformat(timespec="seconds") if until and now < until else ""
    return {"held": NATIVE if held == sandbox.channels[person.channel].inbox else held, "human": human}
