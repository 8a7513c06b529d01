"""What can be asked of a page, an Instagram account and a person, and whom a page does not want to hear from.

Sources: MP/identity/user-profile, IG/features/user-profile, MP/changelog (moderate_conversations, 2025-03-31), MP/
conversation-routing (2025-09-24); IP/instagram-api-with-instagram-login (2026).
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.messaging import people
from connectors.meta.sandbox.messaging.errors import Refusal
from connectors.meta.sandbox.store import customers
from connectors.meta.sandbox.store.customers import Customer

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

PICTURES = "cdn/people"
_MODERATION = {
    "block_user": True,
    "ban_user": True,
    "unblock_user": False,
    "unban_user": False,
    "move_to_spam": None,
}
_ROUTING = {"hop_v2": True, "msgr_multi_app": True, "ig_multi_app": True}


def picked(facts: dict[str, Any], call: GraphCall, *default: str) -> dict[str, Any]:
    """Return the fields that were asked for, and the id."""
    asked = [name.strip().partition("{")[0] for name in str(call.params.get("fields", "")).split(",") if name.strip()]
    if unknown := [name for name in asked if name not in facts]:
        raise GraphError(100, f"Tried accessing nonexisting field ({unknown[0][:64]}).")
    return {name: facts[name] for name in dict.fromkeys((*(asked or default), "id"))}


def page(sandbox: Sandbox, call: GraphCall) -> Any:
    """Tell of the page what was asked for."""
    settings = sandbox.settings
    facts = {
        "id": settings.page_id,
        "name": settings.verified_name,
        "username": settings.instagram_username,
        "category": "Business",
        "link": f"https://www.facebook.com/{settings.page_id}",
        "instagram_business_account": {"id": settings.instagram_account_id},
        "messaging_feature_status": _ROUTING,
    }
    return picked(facts, call, "name", "id")


def _account(sandbox: Sandbox, call: GraphCall) -> Any:
    settings = sandbox.settings
    facts = {
        "id": settings.instagram_account_id,
        "user_id": settings.instagram_account_id,
        "username": settings.instagram_username,
        "name": settings.verified_name,
        "account_type": "BUSINESS",
        "profile_picture_url": f"{call.url}/{PICTURES}/shop.png",
        "followers_count": 1234,
        "media_count": 4,
    }
    return picked(facts, call, "id")


def _person(sandbox: Sandbox, call: GraphCall) -> Any:
    """Tell of a person what may be told; only of those who wrote."""
    channel, customer = _found(sandbox, call)
    if customer.traits.get("profile") == "none" or customer.opened_at is None:
        raise Refusal("no profile")
    first, _, last = customer.name.partition(" ")
    facts: dict[str, Any] = {
        "id": customer.user_id,
        "name": customer.name,
        "profile_pic": f"{call.url}/{PICTURES}/{customer.id}.png",
    }
    if channel == "messenger":
        facts |= {"first_name": first, "last_name": last, "locale": "en_US", "timezone": -7, "gender": "female"}
        return picked(facts, call, "first_name", "last_name", "profile_pic")
    facts |= {
        "username": customer.username,
        "follower_count": 1234,
        "is_user_follow_business": False,
        "is_business_follow_user": True,
        "is_verified_user": False,
    }
    return picked(facts, call, "name", "username", "profile_pic")


def _found(sandbox: Sandbox, call: GraphCall) -> tuple[str, Customer]:
    names = [name for name in sandbox.channels if call.holder in ("page", name)]
    with sandbox.store.read() as db:
        for name in names:
            account = sandbox.channels[name].account(sandbox.settings)
            if (found := customers.find(db, account, call.object_id)) is not None:
                return name, found
    raise Refusal("nobody")


def _moderate(sandbox: Sandbox, call: GraphCall) -> Any:
    asked = people.asked(call)
    asked.only("user_ids", "actions", "platform")
    actions = asked.data.get("actions")
    if not isinstance(actions, list) or not actions or [one for one in actions if one not in _MODERATION]:
        raise GraphError(100, f"Param actions must have some of {{{', '.join(_MODERATION)}}}.")
    users = asked.objects("user_ids", 1, 10)
    found = [people.find(sandbox, call, user.text("id", 64))[1] for user in users]
    with sandbox.change() as change:
        for customer in found:
            wanted = [_MODERATION[one] for one in actions if _MODERATION[one] is not None]
            if wanted:
                traits = {**customer.traits, "blocked": wanted[-1]}
                customers.change(change.db, customer.id, traits=traits)
            change.show_customer(customer.id)
    return {"result": [{customer.user_id: dict.fromkeys(actions, True)} for customer in found]}


def _features(_sandbox: Sandbox, _call: GraphCall) -> Any:
    return {"data": [_ROUTING]}


def picture(hue: int, size: int = 96) -> bytes:
    """Return a picture of a person: head and shoulders before a wall of one colour, as PNG."""
    wall = bytes(((hue * 97) % 110 + 60, (hue * 57) % 110 + 60, (hue * 31) % 110 + 60))
    front = bytes(one + 85 for one in wall)
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    steps = [(place + 0.5) / size for place in range(size)]
    rows = (b"\0" + b"".join(front if _is_person(x, y) else wall for x in steps) for y in steps)
    lines = zlib.compress(b"".join(rows))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def _is_person(x: float, y: float) -> bool:
    """Whether a point is on the head or the shoulders; the picture is 1 wide and 1 high."""
    return (x - 0.5) ** 2 + (y - 0.4) ** 2 < 0.036 or ((x - 0.5) / 0.34) ** 2 + ((y - 1.02) / 0.36) ** 2 < 1


def routes() -> list[Route]:
    """Return where the pictures of people are, for everybody who has the address."""

    async def show(request: Request) -> Response:
        return Response(picture(sum(request.path_params["id"].encode())), media_type="image/png")

    return [Route(f"/{PICTURES}/{{id}}.png", show, methods=["GET"])]


ROUTES: Routes = {
    ("GET", "instagram", ""): _account,
    ("GET", "person", ""): _person,
    ("POST", "page", "moderate_conversations"): _moderate,
    ("POST", "instagram", "moderate_conversations"): _moderate,
    ("GET", "page", "messaging_feature_status"): _features,
}
