"""What a business has to show: its posts, stories and products.

The ids are like those of Meta's documentation; each sandbox has the same ones.
"""

from __future__ import annotations

from typing import Any

import attrs

from connectors.meta.sandbox.messaging.errors import Refusal


@attrs.frozen(kw_only=True)
class Shown:
    """Something to look at. `kind`: post, reel, story, live or ad."""

    id: str
    kind: str
    title: str


POSTS = {
    "messenger": (
        Shown(id="682498171943165_567094500360701", kind="post", title="Summer collection"),
        Shown(id="6302572858686", kind="ad", title="Free shipping this week"),
    ),
    "instagram": (
        Shown(id="17918195224117851", kind="post", title="Summer succulents"),
        Shown(id="17900000000000001", kind="story", title="New in the greenhouse"),
        Shown(id="17900000000000002", kind="live", title="Repotting live"),
        Shown(id="120226305854810726", kind="ad", title="Succulents for your desk"),
    ),
}
"""By channel."""


def find(channel: str, kind: str) -> Shown:
    """Return what a channel has of a kind; raise Refusal when that is nothing."""
    found = next((one for one in POSTS.get(channel, ()) if one.kind == kind), None)
    if found is None:
        raise Refusal("nobody")
    return found


def own_post(attachment: dict[str, Any]) -> None:
    """Refuse to share a post that is not the account's own."""
    if attachment.get("type") != "MEDIA_SHARE":
        return
    own = {one.id for one in POSTS["instagram"] if one.kind == "post"}
    if attachment["payload"]["id"] not in own:
        raise Refusal("not your attachment")


def known_product(attachment: dict[str, Any]) -> None:
    """Refuse a product that has no id of the catalogue: the sandbox knows every other one."""
    payload = attachment.get("payload", {})
    if payload.get("template_type") == "product" and any(" " in one["id"] for one in payload["elements"]):
        raise Refusal("unknown product")
