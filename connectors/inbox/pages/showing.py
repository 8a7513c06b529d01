"""Rows as what a page shows: times in words, names, links that lead nowhere bad, messages with their parts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit

import attrs
import jinja2
from markupsafe import Markup, escape

from connectors.inbox import outbound
from connectors.inbox.pages import figures
from connectors.inbox.pages.catalogue import Catalogue
from connectors_core import Malformed
from connectors_core.model import Comment, Part, Unsupported, codec
from connectors_core.model.codec import PART_NAMES

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
_SAFE = frozenset(("http", "https", "mailto", "tel"))
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

FAILED = "failed"
TICKS = {
    "queued": "Waiting",
    "accepted": "On its way",
    "sent": "Sent",
    "delivered": "Delivered",
    "read": "Read",
    "played": "Played",
    FAILED: "Not sent",
}
"""What a status is called."""

KINDS = {
    "image": "Photo",
    "video": "Video",
    "audio": "Audio",
    "voice": "Voice message",
    "document": "Document",
    "sticker": "Sticker",
    "location": "Location",
    "card": "Contact",
    "choices": "Options",
    "carousel": "Options",
    "choice": "Answer",
    "template": "Template",
    "products": "Products",
    "order": "Order",
    "order_receipt": "Receipt",
    "story": "Story",
    "post": "Passed on",
    "coupon": "Coupon",
    "survey": "Question",
    "comment": "Public comment",
    "referral": "Came from",
    "opt_in": "Consent",
    "feedback": "Feedback",
    "handover": "Handed over",
    "unsupported": "Not shown here",
    "deleted": "This message was deleted.",
}
"""What the kind of a message is called; a text needs no word."""


@attrs.frozen(kw_only=True)
class Bubble:
    """A message as the thread shows it. `day` is set on the first one of a day."""

    row: Any
    parts: list[Part]
    at: datetime
    day: str
    reactions: list[str]
    edited: bool
    quote: tuple[str, str] | None
    public: bool
    """Everybody can read it; an answer goes to the person alone."""
    joined: bool
    """Written by the same side as the one before, soon after it."""


def bubbles(rows: Iterable[Any], quoted: dict[int, Any], zone: tzinfo, words: Catalogue) -> list[Bubble]:
    """Return messages as bubbles."""
    found: list[Bubble] = []
    today = datetime.now(zone)
    for row in rows:
        at = moment(row.at, zone)
        last = found[-1] if found else None
        new_day = last is None or last.at.date() != at.date()
        original = quoted.get(row.reply_to_id) if row.reply_to_id else None
        content = parts(row)
        found.append(
            Bubble(
                row=row,
                parts=content,
                public=any(isinstance(part, Comment) for part in content),
                at=at,
                day=day(at, today, words) if new_day else "",
                reactions=list(json.loads(row.reactions).values()),
                edited=row.revisions != "[]" and not row.deleted,
                quote=quote(original, words) if original else None,
                joined=not new_day
                and last is not None
                and (last.row.direction, last.row.author) == (row.direction, row.author)
                and at - last.at < timedelta(minutes=5),
            )
        )
    return found


def parts(row: Any) -> list[Part]:
    """Return the parts of a message; what cannot be read any more is shown as that."""
    try:
        return list(codec.parts_from(json.loads(row.parts)))
    except Malformed:
        return [Unsupported(kind="unreadable")]


def line(kind: str, words: str, catalogue: Catalogue) -> str:
    """Return a message in one line: the name of its kind, and its words."""
    name = KINDS.get(kind)
    return ": ".join(word for word in (catalogue(name) if name else "", words) if word)


def moment(seconds: float, zone: tzinfo) -> datetime:
    """Return a moment in Unix seconds where the user is; one that no calendar has becomes the nearest."""
    try:
        return datetime.fromtimestamp(seconds, zone)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, zone)


def day(at: datetime, today: datetime, words: Catalogue) -> str:
    """Return what people call a day."""
    ago = (today.date() - at.date()).days
    if ago in (0, 1):
        return words("Today") if ago == 0 else words("Yesterday")
    name = words(_DAYS[at.weekday()])
    if 1 < ago < 7:
        return name
    date = f"{at.day} {words(_MONTHS[at.month - 1])}"
    return f"{name}, {date}" if at.year == today.year else f"{date} {at.year}"


def short_time(at: datetime, today: datetime, words: Catalogue) -> str:
    """Return a moment for a list: the time of today, else the day."""
    ago = (today.date() - at.date()).days
    if ago <= 0:
        return f"{at:%H:%M}"
    if ago == 1:
        return words("Yesterday")
    if ago < 7:
        return words(_DAYS[at.weekday()])
    return f"{at.day}.{at.month}.{at.year}"


def until(at: datetime, today: datetime, words: Catalogue) -> str:
    """Return a moment that is to come: the time of today or tomorrow, else with the day; from a week on, its date."""
    ahead = (at.date() - today.date()).days
    if ahead <= 0:
        return f"{at:%H:%M}"
    if ahead > 6:
        return f"{day(at, today, words)} {at:%H:%M}"
    return f"{words('tomorrow') if ahead == 1 else words(_DAYS[at.weekday()])} {at:%H:%M}"


def left(until: datetime, words: Catalogue) -> str:
    """Return how long it is until a moment, roughly; "" when it has passed."""
    minutes = int((until - datetime.now(UTC)).total_seconds() // 60)
    if minutes < 0:
        return ""
    if minutes < 60:
        return words("{n} min", n=minutes)
    if minutes < 48 * 60:
        return words("{n} h", n=minutes // 60)
    return words("{n} d", n=minutes // 1440)


def safe_url(url: str) -> str:
    """Return an address that may stand in a link, "" for any other."""
    try:
        scheme = urlsplit(url.strip()).scheme.lower()
    except ValueError:
        return ""
    return url.strip() if scheme in _SAFE and url.isprintable() else ""


def fields(contact: Any) -> list[tuple[str, str]]:
    """Return what mapping rules wrote about a person."""
    return [
        (str(key), value if isinstance(value, str) else json.dumps(value))
        for key, value in json.loads(contact.fields).items()
    ]


def quote(row: Any, words: Catalogue) -> tuple[str, str]:
    """Return the name of a message and its words in one line."""
    return row.name, line(*outbound.summary(parts(row)), words)


def linked(words: str) -> Markup:
    """Return text with its web addresses as links, and everything else as it was written."""
    found, end = Markup(), 0
    for match in _LINK.finditer(words):
        url = safe_url(match[0])
        if not url:
            continue
        found += escape(words[end : match.start()])
        # Both values are escaped by `format`.
        found += Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>').format(url, url)
        end = match.end()
    return found + escape(words[end:])


def fill(body: str, values: dict[str, str]) -> str:
    """Return the body of a template with values in its slots; an empty slot keeps its name."""
    return re.sub(r"\{\{([\w.]+)\}\}", lambda match: values.get(match[1]) or match[0], body)


def initials(name: str) -> str:
    """Return one or two letters that stand for a name."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "#"


def shade(name: str) -> int:
    """Return the number of a colour that is always the same for a name."""
    return sum(name.encode("utf-8", "replace")) % 8


def environment() -> jinja2.Environment:
    """Return the templates, which escape whatever stands in them."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("connectors.inbox.pages", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    filters: dict[str, Callable[..., Any]] = {
        "linked": linked,
        "safe_url": safe_url,
        "initials": initials,
        "score": figures.score,
        "shade": shade,
        "kind": lambda part: PART_NAMES[type(part)],
    }
    found.filters.update(filters)
    found.globals |= {"KINDS": KINDS, "TICKS": TICKS}
    return found
