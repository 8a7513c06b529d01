"""Messages, echoes, edits, reactions, taps and arrivals: what a person did, or somebody at the business elsewhere."""

from __future__ import annotations

import re

from connectors.meta.messaging.inbound import attachments
from connectors.meta.messaging.inbound.piece import Piece
from connectors_core import Malformed
from connectors_core.model import (
    Choice,
    ChoiceKind,
    Echo,
    Event,
    MessageRef,
    Part,
    Reaction,
    Referral,
    Revision,
    RevisionAction,
    Story,
    Text,
    Unsupported,
    wire,
)
from connectors_core.model.wire import Json

_READ = frozenset(("mid", "text", "attachments", "quick_reply", "reply_to", "is_echo", "app_id", "metadata"))
"""What of a message becomes something of its own; the rest goes to `extra`, an advertisement too."""

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d ()./-]{6,24}")

_EMOJI = {
    "love": "❤️",
    "smile": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😠",
    "like": "👍",
    "dislike": "👎",
}
"""The names of reactions where no emoji comes (MP/webhooks/webhook-events/message-reactions, 2024-06-26)."""

_SOURCES = {"ADS": "ad", "SHORTLINK": "link", "SHORTLINKS": "link", "IGME-SOURCE-LINK": "link", "PRODUCT": "product"}
"""How somebody came, in the words of every channel; what is not here goes on in lower case."""


def message(piece: Piece, name: str) -> list[Event]:
    """Read a message or an echo, one that was taken back, or one that the platform does not show."""
    # as in "message": {"mid": "m_1", "text": "Hello", "reply_to": {"mid": "m_0"}, "quick_reply": {"payload": "GREEN"},
    #  "attachments": [{"type": "image", "payload": {"url": "..."}}], "is_echo": true, "app_id": 1, "metadata": "..."}
    data = wire.needed(piece.data, name)
    mid = _mid(data)
    if wire.flag(data, "is_deleted"):
        gone = Revision(message=piece.ref(mid), action=RevisionAction.DELETE)
        return [piece.message(id=mid, parts=(gone,), repeat=f"revision:{mid}:delete")]
    extra = piece.rest(name, _READ)
    if sticker := attachments.sticker(data):
        extra["sticker_id"] = sticker
    return [
        piece.message(
            id=mid,
            parts=_parts(data),
            reply_to=_reply_to(piece, data),
            echo=_echo(data) if piece.is_ours else None,
            extra=extra,
        )
    ]


def edit(piece: Piece, name: str) -> list[Event]:
    """Read what a message says now; `num_edit` is a text on Instagram."""
    # as in "message_edit": {"mid": "m_1", "text": "two tickets please", "num_edit": 1}
    data = wire.needed(piece.data, name)
    mid, number = _mid(data), wire.text(data, "num_edit")
    if number and not (number.isdecimal() and len(number) < 9):
        raise Malformed("num_edit is no number")
    found = Revision(message=piece.ref(mid), action=RevisionAction.EDIT, number=int(number) if number else None)
    # Without its number an edit would be taken for its message, whose name it bears.
    again = "" if number else piece.nameless(name)["repeat"]
    return [piece.message(id=mid, parts=(found, Text(body=wire.text(data, "text"))), repeat=again)]


def reaction(piece: Piece, name: str) -> list[Event]:
    """Read a reaction, or that it was taken back."""
    # as in "reaction": {"reaction": "love", "emoji": "\u2764\ufe0f", "action": "react", "mid": "m_1"}
    data = wire.needed(piece.data, name)
    word = wire.text(data, "reaction")
    emoji = wire.text(data, "emoji") or _EMOJI.get(word, word) or None
    if wire.text(data, "action") == "unreact":
        emoji = None
    mid = _mid(data)
    own = piece.digest(name, [mid, piece.person, emoji, piece.at.isoformat()])
    return [piece.message(id=own, parts=(Reaction(message=piece.ref(mid), emoji=emoji),))]


def postback(piece: Piece, name: str) -> list[Event]:
    """Read a tap: Get Started, menu, ice breaker, button; copies for standby come without the payload."""
    # as in "postback": {"mid": "m_1", "title": "Where are you?", "payload": "WHERE", "referral": {...}}
    data = wire.needed(piece.data, name)
    mid = wire.text(data, "mid")
    parts: list[Part] = [Choice(title=wire.text(data, "title"), payload=wire.text(data, "payload"))]
    if came := wire.obj(data, "referral"):
        parts.append(referred(came))
    named = {"id": mid} if mid else piece.nameless(name)
    return [piece.message(parts=parts, extra=piece.rest(name, frozenset(("mid", "title", "payload"))), **named)]


def referral(piece: Piece, name: str) -> list[Event]:
    """Read an arrival in a thread that was there already; a lead form brings its answers beside it."""
    # as in "referral": {"ref": "summer_coupon", "source": "SHORTLINK", "type": "OPEN_THREAD"}
    # as in "lead": {"data": [{"question": "What city is your store in?", "answer": "Menlo Park"}]}
    data = wire.needed(piece.data, name)
    parts: list[Part] = [referred(data)]
    if lead := wire.obj(piece.data, "lead"):
        answers: dict[str, object] = {
            wire.text(row, "question"): row.get("answer") for row in wire.items(lead, "data") if row.get("question")
        }
        parts.append(Choice(payload=wire.text(data, "type"), kind=ChoiceKind.FLOW, answers=answers))
    extra = {key: part for key, part in piece.rest("lead", frozenset(("data",))).items() if key != name}
    return [piece.message(parts=parts, extra=extra | {name: data}, **piece.nameless(name))]


def referred(data: Json) -> Referral:
    """Return how a person came."""
    # as in {"ref": "...", "ad_id": "63", "source": "ADS", "type": "OPEN_THREAD", "referer_uri": "...",
    #  "ads_context_data": {"ad_title": "...", "product_id": "..."}, "product": {"id": "..."}}
    context, product = wire.obj(data, "ads_context_data"), wire.text(wire.obj(data, "product"), "id")
    source = wire.text(data, "source")
    return Referral(
        source=_SOURCES.get(source, source.lower()) or ("product" if product else "unknown"),
        ref=wire.text(data, "ref"),
        ad_id=wire.text(data, "ad_id"),
        product_id=product or wire.text(context, "product_id"),
        url=wire.text(data, "referer_uri"),
        title=wire.text(context, "ad_title"),
    )


def _parts(data: Json) -> list[Part]:
    """Return the content of a message, then what it is about: a story, an advertisement, a product."""
    if wire.flag(data, "is_unsupported"):
        return [Unsupported(kind="unsupported", raw=data)]
    parts: list[Part] = []
    text = wire.text(data, "text")
    if tapped := wire.obj(data, "quick_reply"):
        parts.append(_chosen(text, wire.text(tapped, "payload")))
    elif text:
        parts.append(Text(body=text))
    parts += attachments.parts(data)
    story = wire.obj(wire.obj(data, "reply_to"), "story")
    if story:
        parts.append(Story(kind="reply", id=wire.text(story, "id"), url=wire.text(story, "url")))
    if came := wire.obj(data, "referral"):
        parts.append(referred(came))
    return parts or [Unsupported(kind="empty", raw=data)]


def _chosen(title: str, payload: str) -> Choice:
    """Return a quick reply; one that gives the person's own address brings that as its payload."""
    kind = ChoiceKind.QUICK_REPLY
    if title and title == payload:
        kind = ChoiceKind.EMAIL if _MAIL.fullmatch(title) else ChoiceKind.PHONE if _PHONE.fullmatch(title) else kind
    return Choice(title=title, payload=payload, kind=kind)


def _echo(data: Json) -> Echo:
    return Echo(key=wire.text(data, "metadata"), app_id=wire.text(data, "app_id"))


def _reply_to(piece: Piece, data: Json) -> MessageRef | None:
    answered = wire.text(wire.obj(data, "reply_to"), "mid")
    return piece.ref(answered) if answered else None


def _mid(data: Json) -> str:
    found = wire.text(data, "mid")
    if not found:
        raise Malformed("the message has no id")
    return found
