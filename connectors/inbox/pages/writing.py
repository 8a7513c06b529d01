"""What agents write: replies with files, quick choices, templates, notes, and the first words to somebody new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any
from uuid import uuid4

import attrs
from starlette.responses import Response

from connectors.inbox import inbound, outbound
from connectors.inbox.pages import files, showing
from connectors.inbox.pages.visit import Desk, Visit
from connectors.inbox.store import desk as desk_store
from connectors.inbox.store.arrivals import Arrival
from connectors_core import NotSupported
from connectors_core.model import (
    ChoiceKind,
    Choices,
    MediaKind,
    Option,
    Origin,
    Part,
    Template,
    TemplateInfo,
    Text,
)

LONGEST = 16_000
"""Characters of a reply or a note; what a channel cannot take in one piece is cut on the way."""
MOST_CHOICES = 10
MOST_BUTTONS = 3


class Writing:
    """Handlers of the forms that write."""

    def __init__(self, desk: Desk) -> None:
        """Write through the outbox of a desk."""
        self._desk = desk

    def write(self, visit: Visit) -> Response:
        """Send a reply, or keep a note."""
        with self._desk.database.read() as db:
            row = desk_store.conversation(db, int(visit.request.path_params["id"]))
        if row is None:
            return visit.problem(visit.words("There is no such conversation."), 404)
        words = visit.text("text", LONGEST)
        parts = self._parts(visit, words)
        if parts and visit.text("mode") == "note":
            with self._desk.database.write() as db:
                desk_store.note(db, row.id, self._arrival(visit, parts, "note"))
        elif parts:
            self._send(visit, row, parts, reply_to=visit.text("reply_to", 64))
        return visit.to(f"/c/{row.id}")

    def template(self, visit: Visit) -> Response:
        """Send a template with its values."""
        with self._desk.database.read() as db:
            row = desk_store.conversation(db, int(visit.request.path_params["id"]))
        if row is None:
            return visit.problem(visit.words("There is no such conversation."), 404)
        problem = self._send_template(visit, row)
        return problem or visit.to(f"/c/{row.id}")

    def again(self, visit: Visit) -> Response:
        """Send a message that failed once more, as a message of its own."""
        with self._desk.database.read() as db:
            failed = desk_store.message(db, str(visit.request.path_params["name"]))
            row = desk_store.conversation(db, failed.conversation_id) if failed is not None else None
        if failed is None or row is None or failed.direction != "out" or failed.status != showing.FAILED:
            return visit.problem(visit.words("There is no such thing here."), 404)
        parts = showing.parts(failed)
        # Behind a template stand its words, for the reader alone.
        self._send(visit, row, parts[:1] if isinstance(parts[0], Template) else parts, shown=parts)
        return visit.to(f"/c/{row.id}")

    def new(self, visit: Visit) -> Response:
        """Show the form for the first words to somebody."""
        return visit.page("new.html", channels=self._desk.door.channels())

    def open(self, visit: Visit) -> Response:
        """Open a conversation with a number; the words follow there, as the channel allows them."""
        digits = "".join(char for char in visit.text("number", 40) if char.isdecimal())
        channel, _, account = visit.text("channel", 400).partition("|")
        known = list(self._desk.door.channels())
        if not 6 < len(digits) < 16 or not digits.isascii() or (channel, account) not in known:
            return visit.problem(visit.words("Write the number with its country, like +49 30 1234567."), 400)
        to = inbound.address(digits)
        with self._desk.database.write() as db:
            id_ = desk_store.open_conversation(
                db, channel=channel, account=account, to=to, name=visit.text("name", 200)
            )
        return visit.to(f"/c/{id_}")

    def _parts(self, visit: Visit, words: str) -> list[Part]:
        """Return what a reply is made of: files with the words as the caption of the only one, or choices, or words.

        Raise NotSupported where something that was filled in would be lost.
        """
        heading, buttons, titles = visit.text("heading", 80), _buttons(visit), _filled(visit, "choice", 80)
        _refuse_half(words, heading, buttons, titles)
        media = [files.keep(self._desk.door, one) for one in visit.files("file")]
        if buttons:
            picture = next((one for one in media if one.kind is MediaKind.IMAGE), None)
            others = [one for one in media if one is not picture]
            # A card needs words below its heading; without any, the heading is the words.
            above = heading if words else ""
            return [*others, Choices(body=words or heading, header=above, options=buttons, media=picture)]
        if titles:
            kind = ChoiceKind.QUICK_REPLY
            options = tuple(Option(title=title, payload=title, kind=kind) for title in titles[:MOST_CHOICES])
            return [*media, Choices(body=words, options=options)]
        if len(media) == 1 and media[0].kind not in (MediaKind.AUDIO, MediaKind.VOICE, MediaKind.STICKER):
            return [attrs.evolve(media[0], caption=words)]
        return [*media, *([Text(body=words, preview=True)] if words else [])]

    def _send_template(self, visit: Visit, row: Any) -> Response | None:
        name, _, language = visit.text("template").partition("|")
        found = self._desk.door.templates(inbound.ref(self._desk.door.endpoint, row))
        info = next((one for one in found if (one.name, one.language) == (name, language) and one.usable), None)
        if info is None:
            return visit.problem(visit.words("There is no such template, or it may not be used now."), 404)
        values = self._values(visit, info)
        missing = [slot.label or slot.key for slot in info.slots if not values.get(slot.key)]
        if missing:
            return visit.problem(visit.words("Fill in: {names}", names=", ".join(missing)), 400)
        part = Template(name=info.name, language=info.language, values=values, category=info.category)
        words = showing.fill(info.body, values)
        self._send(visit, row, [part], shown=[part, *([Text(body=words)] if words else [])])
        return None

    def _values(self, visit: Visit, info: TemplateInfo) -> dict[str, str]:
        """Return what was filled in; a file is kept, and named by its id."""
        found: dict[str, str] = {}
        for slot in info.slots:
            uploads = visit.files(f"slot.{slot.key}") if slot.kind != "text" else []
            found[slot.key] = (
                files.keep(self._desk.door, uploads[0]).id if uploads else visit.text(f"slot.{slot.key}", 1024)
            )
        return found

    def _send(
        self, visit: Visit, row: Any, parts: Sequence[Part], *, reply_to: str = "", shown: Sequence[Part] = ()
    ) -> None:
        """Keep a message first, then hand it over; a crash in between loses and doubles nothing."""
        name = uuid4().hex
        arrival = self._arrival(visit, shown or parts, "out", reply_to)
        with self._desk.database.write() as db:
            answered = desk_store.message(db, reply_to) if reply_to else None
            here = answered is not None and answered.conversation_id == row.id
            now = datetime.fromtimestamp(arrival.at, UTC)
            to = reply_to if here else ""
            event = inbound.message(
                self._desk.door.endpoint, row, name, now, parts, reply_to=to, author=visit.user.name
            )
            desk_store.write(db, row.id, arrival, event)
        self._desk.outbox.drain()

    def _arrival(self, visit: Visit, parts: Sequence[Part], direction: str, reply_to: str = "") -> Arrival:
        kind, line = outbound.summary(parts)
        return Arrival(
            key="",
            at=datetime.now(UTC).timestamp(),
            direction=direction,
            origin=Origin.AGENT,
            author=visit.user.name,
            parts=outbound.documents(parts),
            kind=kind,
            line=line,
            reply_to=reply_to,
        )


def _filled(visit: Visit, name: str, most: int) -> list[str]:
    """Return what stands in the boxes of one name that are not empty."""
    return [words[:most] for one in visit.form.getlist(name) if isinstance(one, str) and (words := one.strip())]


def _refuse_half(words: str, heading: str, buttons: tuple[Option, ...], titles: list[str]) -> None:
    """Raise NotSupported for a card or choices of which something is missing, or for both at once."""
    if heading and not buttons:
        raise NotSupported("A card needs a button.")
    if buttons and titles:
        raise NotSupported("Either a card or quick choices: one message has no place for both.")
    if (titles and not words) or (buttons and not (words or heading)):
        raise NotSupported("Write the words that stand above them.")


def _buttons(visit: Visit) -> tuple[Option, ...]:
    """Return the buttons of a card that have a title, each with the address beside it."""
    titles, links = (
        [one if isinstance(one, str) else "" for one in visit.form.getlist(name)] for name in ("button", "address")
    )
    pairs = zip_longest(titles, links[: len(titles)], fillvalue="")
    found = [_button(title.strip()[:20], showing.safe_url(link)) for title, link in pairs if title.strip()]
    return tuple(found[:MOST_BUTTONS])


def _button(title: str, link: str) -> Option:
    if link:
        return Option(title=title, url=link, kind=ChoiceKind.LINK)
    return Option(title=title, payload=title)
