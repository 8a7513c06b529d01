"""What a message says to a bot: pure."""

from __future__ import annotations

import attrs

from connectors.responder.matching import MOST_READ
from connectors_core.model import (
    Activity,
    Card,
    Choice,
    ChoiceKind,
    Comment,
    Contact,
    Feedback,
    Media,
    MediaKind,
    Message,
    OptIn,
    Part,
    Reaction,
    Referral,
    Revision,
    Scheme,
    Text,
    Unsupported,
)

_SILENT = (Activity, Reaction, Revision, OptIn, Feedback)
"""What asks for no answer."""
_LONGEST_NAME = 60


@attrs.frozen(kw_only=True)
class Said:
    """`words`, or the `payload` of what was tapped; how they came (`ref`); and what a bot cannot read.

    `sign`: a sticker. `numbers`: those on the contact cards that were sent.
    """

    words: str = ""
    payload: str = ""
    ref: str = ""
    sign: bool = False
    file: bool = False
    unknown: bool = False
    comment: bool = False
    arrived: bool = False
    numbers: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to answer."""
        told = self.words or self.payload or self.sign or self.file or self.unknown or self.arrived
        return not told


def read(message: Message) -> Said:
    """Return what a message says."""
    found = Said()
    for part in message.parts:
        found = _with(found, part)
    return found


def _with(said: Said, part: Part) -> Said:  # noqa: C901, PLR0911 - a line for each part is the point
    if isinstance(part, _SILENT):
        return said
    match part:
        case Text(body=body):
            return _saying(said, body)
        case Choice(kind=ChoiceKind.CALL_PERMISSION):
            return said
        case Choice(kind=ChoiceKind.FLOW):
            return attrs.evolve(said, file=True)
        case Choice(title=title, payload=payload):
            return attrs.evolve(_saying(said, title or payload), payload=payload)
        case Comment(body=body):
            return attrs.evolve(_saying(said, body), comment=True)
        case Referral(ref=ref):
            return attrs.evolve(said, ref=ref, arrived=True)
        case Media(kind=MediaKind.STICKER):
            return attrs.evolve(said, sign=True)
        case Media(caption=caption):
            return attrs.evolve(_saying(said, caption), file=True)
        case Card(contacts=contacts):
            return attrs.evolve(said, file=True, numbers=tuple(_numbers(contacts)))
        case Unsupported():
            return attrs.evolve(said, unknown=True)
    return attrs.evolve(said, file=True)


def _saying(said: Said, words: str) -> Said:
    # NUL and lone surrogates would not survive the database.
    clean = words[:MOST_READ].replace("\x00", " ").encode("utf-8", "replace").decode().strip()
    return attrs.evolve(said, words=f"{said.words} {clean}".strip()[:MOST_READ])


def _numbers(contacts: tuple[Contact, ...]) -> list[str]:
    return [one.value for contact in contacts for one in contact.identities if one.scheme == Scheme.PHONE]


def name_of(profile: Contact | None) -> str:
    """Return what the channel calls a person, "" for nobody's name: a number, an address, a name for the nameless."""
    name = " ".join(profile.name.split()) if profile else ""
    told = any(char.isalpha() for char in name) and not any(char.isdigit() or char in "@·" for char in name)
    return name if told and name.isprintable() and len(name) <= _LONGEST_NAME else ""


def known_of(profile: Contact | None) -> tuple[str, ...]:
    """Return which of the fields that could be collected a channel tells by itself."""
    schemes = {one.scheme for one in profile.identities} if profile else set()
    found = {
        "name": bool(name_of(profile)),
        "phone": bool(schemes & {Scheme.PHONE, Scheme.WA_ID}),
        "email": Scheme.EMAIL in schemes,
    }
    return tuple(field for field, known in found.items() if known)
