"""What people do outside the chat: they click ads and links, comment, post, answer stories, mention, share.

Shapes: MP/webhooks/webhook-events/messaging_referrals (2025-02-24), GA/webhooks/reference/page (feed), IG/webhook and
IP/instagram-api-with-instagram-login (2026-06).
"""

from __future__ import annotations

from secrets import randbelow
from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.changes import Change
from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.files import new_id
from connectors.meta.sandbox.messaging import payloads, writing
from connectors.meta.sandbox.messaging.channel import Channel
from connectors.meta.sandbox.messaging.products import Shown, find
from connectors.meta.sandbox.store import comments, customers
from connectors.meta.sandbox.store.comments import Comment
from connectors.meta.sandbox.store.customers import Customer
from connectors.meta.sandbox.store.messages import Entry
from connectors.meta.sandbox.subscriptions import by_itself

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

Json = dict[str, Any]

LONGEST = 8000
KINDS = {"messenger": ("comment", "post"), "instagram": ("comment", "live", "mention")}
"""What can be said in public, by channel."""


def come(sandbox: Sandbox, customer_id: str, way: str, ref: str) -> Json:
    """Come by an "ad" or a "link": the thread is told at once where there is one, else by the first message."""
    with sandbox.change() as change:
        customer, channel = writing.person(sandbox, change, customer_id)
        if way not in ("ad", "link"):
            raise GraphError(100, "way is ad or link.")
        referral = _referral(channel, find(channel.name, "ad") if way == "ad" else None, ref)
        traits: Json = {**customer.traits, "ad": way == "ad"}
        if customer.opened_at is None:
            traits["came"] = referral
        customers.change(change.db, customer_id, traits=traits)
        if customer.opened_at is not None:
            item = payloads.event(customer, change.at, referral=referral)
            writing.send_event(sandbox, change, channel, customer, channel.fields.referral, item)
            if way == "link":
                # A link into a thread that is there opens the window (MP/send-messages, 2026-05-05).
                customers.change(change.db, customer_id, opened_at=change.at)
        change.show_customer(customer_id)
    return referral


def _referral(channel: Channel, ad: Shown | None, ref: str) -> Json:
    if ad is None:
        source = "SHORTLINK" if channel.watermarks else "SHORTLINKS"
        return {"ref": ref or "summer_coupon", "source": source, "type": "OPEN_THREAD"}
    context = {"ad_title": ad.title, "photo_url": "https://scontent.xx.fbcdn.net/v/ad.jpg", "post_id": ad.id}
    told: Json = {"ad_id": ad.id, "source": "ADS", "type": "OPEN_THREAD", "ads_context_data": context}
    return {"ref": ref, **told} if ref else told


def comment(sandbox: Sandbox, customer_id: str, kind: str, text: str) -> Comment:
    """Write under a post, or on the page itself, or mention the account."""
    with sandbox.change() as change:
        customer, channel = writing.person(sandbox, change, customer_id)
        if kind not in KINDS[channel.name]:
            raise GraphError(100, f"kind is one of {', '.join(KINDS[channel.name])}.")
        if not text.strip() or len(text) > LONGEST:
            raise GraphError(100, f"text has 1 to {LONGEST} characters.")
        made = _made(channel, customer, kind, text, change.at)
        comments.add(change.db, made)
        if channel.watermarks:
            _tell_page(change, channel, customer, made, "add")
        else:
            _tell_account(change, channel, customer, made)
        change.show_customer(customer_id)
    return made


def recomment(sandbox: Sandbox, customer_id: str, comment_id: str, text: str) -> Comment:
    """Change a comment or post on a page, "" to remove it; Instagram tells neither."""
    with sandbox.change() as change:
        customer, channel = writing.person(sandbox, change, customer_id)
        found = comments.get(change.db, comment_id)
        if found is None or found.customer != customer_id or found.removed:
            raise GraphError(100, "The customer did not write this comment.")
        comments.change(change.db, comment_id, **({"text": text} if text else {"removed": True}))
        found = comments.get(change.db, comment_id) or found
        if channel.watermarks:
            _tell_page(change, channel, customer, found, "edited" if text else "remove")
        change.show_customer(customer_id)
    return found


def _made(channel: Channel, customer: Customer, kind: str, text: str, at: float) -> Comment:
    if channel.watermarks:
        post = find(channel.name, "post").id
        own = f"{customer.account}_{new_id()}" if kind == "post" else f"{post.partition('_')[2]}_{new_id()}"
        post = own if kind == "post" else post
    else:
        post = find(channel.name, "live" if kind == "live" else "post").id
        own = f"178{10**13 + randbelow(9 * 10**13)}"
    return Comment(id=own, account=customer.account, customer=customer.id, post=post, kind=kind, text=text, at=at)


def _tell_page(change: Change, channel: Channel, customer: Customer, made: Comment, verb: str) -> None:
    # {"field": "feed", "value": {"item": "comment", "verb": "add", "comment_id": "567094500360701_1", "post_id":
    #   "682498171943165_567094500360701", "from": {"id": "1254459154682919", "name": "Peter Chang"}, ...}}
    value: Json = {
        "from": {"id": customer.user_id, "name": customer.name},
        "item": "status" if made.kind == "post" else "comment",
        "verb": verb,
        "post_id": made.post,
        "created_time": int(made.at),
    }
    if verb != "remove":
        value["message"] = made.text
    if made.kind != "post":
        value |= {"comment_id": made.id, "parent_id": made.post}
    change.webhook(customer.id, "feed", payloads.change(channel, customer.account, "feed", value, change.at))


def _tell_account(change: Change, channel: Channel, customer: Customer, made: Comment) -> None:
    """Tell a comment in the shape of the login by which the account is subscribed."""
    field = {"comment": "comments", "live": "live_comments", "mention": "mentions"}[made.kind]
    own = by_itself(change.db, customer.account)
    product = "LIVE" if made.kind == "live" else "FEED"
    if made.kind == "mention":
        value: Json = {"media_id": made.post, "comment_id": made.id}
    else:
        value = {
            "id" if own else "comment_id": made.id,
            "from": {"id": customer.user_id, "username": customer.username},
            "text": made.text,
            "media": {"id": made.post, "media_product_type": product},
        }
    payload = payloads.change(channel, customer.account, field, value, change.at)
    if own:
        entry = {"id": customer.account, "time": int(change.at), "field": field, "value": value}
        payload = {**payload, "entry": [entry]}
    change.webhook(customer.id, field, payload)


def story(sandbox: Sandbox, customer_id: str, text: str, file: str = "") -> Entry:
    """Answer the account's story with words; without words: mention the account in a story of one's own (`file`)."""
    _only_instagram(sandbox, customer_id)
    if text:
        shown = find("instagram", "story")
        url = f"https://www.instagram.com/stories/{sandbox.settings.instagram_username}/{shown.id}"
        return writing.say(sandbox, customer_id, {"text": text, "story": {"id": shown.id, "url": url}})
    payload: Json = {"file": file} if file else {"url": "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=5"}
    return writing.say(sandbox, customer_id, {"attachments": [{"type": "story_mention", "payload": payload}]})


def share(sandbox: Sandbox, customer_id: str) -> Entry:
    """Share a post of the business in the chat."""
    with sandbox.store.read() as db:
        customer = customers.get(db, customer_id)
    if customer is None:
        raise GraphError(100, "There is no such customer.", subcode=33)
    shown = find(customer.channel, "post")
    if customer.channel == "instagram":
        url = f"https://www.instagram.com/p/{shown.id}/"
        one = {"type": "ig_post", "payload": {"ig_post_media_id": shown.id, "title": shown.title, "url": url}}
    else:
        page, _, number = shown.id.partition("_")
        url = f"https://www.facebook.com/{page}/posts/{number}"
        one = {"type": "post", "payload": {"url": url, "title": shown.title, "id": int(number)}}
    return writing.say(sandbox, customer_id, {"attachments": [one]})


def _only_instagram(sandbox: Sandbox, customer_id: str) -> None:
    with sandbox.store.read() as db:
        customer = customers.get(db, customer_id)
    if customer is None or customer.channel != "instagram":
        raise GraphError(100, "Stories are on Instagram.")
