"""Cutting a message into what one provider call can carry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs
import regex

from connectors_core.errors import NotSupported
from connectors_core.manifest import Abilities, Level, Limit, Measure
from connectors_core.model import (
    Activity,
    Card,
    Carousel,
    Choice,
    Choices,
    Comment,
    Coupon,
    Feedback,
    Location,
    Media,
    MediaKind,
    Message,
    OptIn,
    Order,
    OrderReceipt,
    Part,
    Post,
    Products,
    Reaction,
    Referral,
    Revision,
    Story,
    Survey,
    Template,
    Text,
    Unsupported,
)
from connectors_core.model.codec import PART_NAMES

_GRAPHEME = regex.compile(r"\X")
_SILENT = (Activity, Referral)
"""Parts without content of their own: what cannot take them gets them as fields, if a rule says so, or not at all."""


def cut(message: Message, abilities: Abilities, *, degrade: bool, target: str) -> list[Message]:
    """Return the pieces of `message` for a target, at least one; raise NotSupported for what it cannot express.

    A target that takes a whole message in one call gets it whole. Text is split at the limit, between graphemes.
    """
    parts = [fit for part in message.parts for fit in _fitting(part, abilities, degrade=degrade, target=target)]
    if not parts:
        raise NotSupported(f"{target} cannot show any part of this message")
    groups = list(_groups(parts, abilities))
    if len(groups) == 1 and groups[0] == list(message.parts):
        return [message]
    return [
        attrs.evolve(message, parts=group, reply_to=message.reply_to if n == 0 else None)
        for n, group in enumerate(groups)
    ]


def _fitting(part: Part, abilities: Abilities, *, degrade: bool, target: str) -> list[Part]:
    """Return what goes out for a part: itself, with a text for the words that it cannot carry; a line; nothing."""
    limit = abilities.parts.get(type(part))
    reason = "a part of the kind " + PART_NAMES[type(part)]
    if limit is not None and limit.level in (Level.FULL, Level.PARTIAL):
        reason = _unfit(part, limit)
        if not reason:
            return _captioned(part, limit)
    if isinstance(part, _SILENT):
        return []
    words = as_text(part)
    if limit is not None and limit.level is Level.REFUSED:
        degrade = False
    if not degrade or Text not in abilities.parts or not words:
        raise NotSupported(f"{target} cannot show {reason}, and its route does not degrade it")
    return [Text(body=words)]


def _unfit(part: Part, limit: Limit) -> str:
    """Say what of a part is beyond a limit, "" when nothing is."""
    if isinstance(part, Choices):
        strange = {str(option.kind) for option in part.options} - limit.kinds if limit.kinds else set()
        if strange:
            return f"choices of the kind {', '.join(sorted(strange))}"
        if limit.options is not None and len(part.options) > limit.options:
            return f"{len(part.options)} choices, as one message offers {limit.options}"
    elif limit.kinds and str(getattr(part, "kind", "")) not in limit.kinds:
        return f"a part of the kind {PART_NAMES[type(part)]} {getattr(part, 'kind', '')}".rstrip()
    if isinstance(part, Media) and limit.max_bytes is not None and (part.size or 0) > limit.max_bytes:
        return f"a file of {part.size} bytes, as it takes {limit.max_bytes}"
    return ""


def _captioned(part: Part, limit: Limit) -> list[Part]:
    """Return a part, and the words above or under it as a text where they cannot stay with it."""
    if isinstance(part, Carousel | Products) and not limit.body and part.body.strip():
        return [Text(body=part.body), attrs.evolve(part, body="")]
    if not isinstance(part, Media) or limit.captions is None:
        return [part]
    if limit.measure.of(part.caption) <= limit.captions.get(str(part.kind), 0):
        return [part]
    return [attrs.evolve(part, caption=""), Text(body=part.caption)]


def _groups(parts: Iterable[Part], abilities: Abilities) -> Iterable[list[Part]]:
    """Yield the parts of each provider message: all in one where the limits allow it."""
    group: list[Part] = []
    for part in parts:
        limit = abilities.parts.get(type(part), Limit())
        for piece in _split(part, limit):
            # A revision says what its message was, and what follows it is what the message is now.
            held = [other for other in group if not isinstance(other, Revision)]
            same = sum(type(other) is type(piece) for other in held)
            cut = isinstance(part, Text) and piece is not part
            full = limit.most is not None and same >= limit.most
            full = full or (abilities.most_parts is not None and len(held) >= abilities.most_parts)
            full = full or (abilities.most_parts is not None and isinstance(piece, Revision))
            full = full and not _album(group, piece, limit)
            if group and (full or (cut and same)):
                yield group
                group = []
            group.append(piece)
    if group:
        yield group


def _album(group: Sequence[Part], piece: Part, limit: Limit) -> bool:
    """Whether a picture goes with those before it, though other parts would not."""
    return len(group) < limit.album and all(
        isinstance(one, Media) and one.kind is MediaKind.IMAGE and not one.caption for one in (*group, piece)
    )


def _split(part: Part, limit: Limit) -> Iterable[Part]:
    if not isinstance(part, Text) or limit.split_at is None or limit.measure.of(part.body) <= limit.split_at:
        return [part]
    return [attrs.evolve(part, body=body) for body in split_text(part.body, limit.split_at, limit.measure)]


def split_text(text: str, most: int, measure: Measure = Measure.CHARACTERS) -> list[str]:
    """Cut text into pieces of a length of at most `most`: at white space where there is some, not inside a grapheme.

    A single grapheme longer than `most` (hundreds of combining marks) is the exception: it is cut.
    """
    pieces: list[str] = []
    piece, length = "", 0
    for grapheme in _GRAPHEME.findall(text):
        more = measure.of(grapheme)
        if length + more > most and piece:
            head, piece = _at_space(piece)
            pieces.append(head)
            length = measure.of(piece)
        piece, length = piece + grapheme, length + more
        while length > most:
            head, piece = _cut_hard(piece, most, measure)
            pieces.append(head)
            length = measure.of(piece)
    if piece:
        pieces.append(piece)
    return pieces


def _cut_hard(piece: str, most: int, measure: Measure) -> tuple[str, str]:
    """Cut after as many characters as fit, one at least."""
    length = 0
    for number, char in enumerate(piece):
        length += measure.of(char)
        if length > most and number:
            return piece[:number], piece[number:]
    return piece, ""


def _at_space(piece: str) -> tuple[str, str]:
    """Break a full piece after its last white space, unless that would leave less than half of it."""
    for match in reversed(list(regex.finditer(r"\s+", piece))):
        if match.end() * 2 < len(piece):
            break
        if match.end() < len(piece):
            return piece[: match.end()], piece[match.end() :]
        return piece, ""
    return piece, ""


def as_text(part: Part) -> str:  # noqa: C901, PLR0911, PLR0912 - a line for each part is the point
    """Return a line of text that stands for a part where the part itself cannot go; "" when there is none."""
    match part:
        case Text(body=body):
            return body
        case Comment(body=body):
            return body or "[comment]"
        case Media(kind=kind, name=name, caption=caption):
            return " ".join(word for word in (f"[{kind}]", name, caption) if word)
        case Location(latitude=latitude, longitude=longitude, name=name):
            return f"[location] {name} {latitude:.6f}, {longitude:.6f}".replace("  ", " ")
        case Card(contacts=contacts):
            return "[contacts] " + ", ".join(contact.name for contact in contacts)
        case Choices(body=body, options=options):
            return "\n".join([body, *(f"{n}. {option.title}" for n, option in enumerate(options, 1))])
        case Carousel(body=body, cards=cards):
            return "\n\n".join([body, *(as_text(card).strip() for card in cards)])
        case Choice(title=title, payload=payload):
            return title or payload or "[answer]"
        case Template(name=name):
            return f"[template] {name}"
        case Products(body=body, items=items):
            return f"[products] {body} {', '.join(item.id for item in items)}".replace("  ", " ").rstrip()
        case Order(items=items, note=note):
            return f"[order] {', '.join(f'{item.quantity} x {item.name or item.id}' for item in items)} {note}".rstrip()
        case OrderReceipt(number=number, total=total, currency=currency):
            return f"[receipt] {number}: {total} {currency}"
        case Reaction(emoji=emoji):
            return f"[reaction] {emoji}" if emoji else "[reaction removed]"
        case Revision(action=action):
            return f"[message {'edited' if action == 'edit' else 'deleted'}]"
        case Coupon(title=title, code=code, url=url):
            return " ".join(word for word in (f"[coupon] {title}", code, url) if word)
        case Post(kind=kind, title=title, url=url):
            return " ".join(word for word in (f"[{kind}]", title, url) if word)
        case Survey(question=question):
            return question
        case Story(kind=kind, url=url):
            return f"[story {kind}] {url}".rstrip()
        case OptIn(topic=topic, granted=granted):
            return f"[{'opt-in' if granted else 'opt-out'}] {topic}"
        case Feedback(kind=kind, score=score, text=text):
            return " ".join(str(word) for word in (f"[{kind}]", score, text) if word not in (None, ""))
        case Unsupported(kind=kind):
            return f"[{kind}: not shown here]"
    return ""
