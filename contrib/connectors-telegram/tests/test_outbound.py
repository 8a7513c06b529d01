"""What goes out: the quirks that no sample shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from connectors_telegram.outbound.files import LARGEST, LARGEST_PHOTO, way
from connectors_telegram.outbound.messages import plan
from connectors_telegram.places import Place
from double import BOT

from connectors_core import Endpoint, NotSupported, Uncertain
from connectors_core.model import (
    Content,
    ConversationRef,
    Media,
    MediaKind,
    Message,
    MessageRef,
    Origin,
    Revision,
    RevisionAction,
    Text,
)

PLACES = ["5", "-5", "-1007654321/7", "-1008888~5", "5@bc-77", "-1007654321/7@bc_77"]


def message(*parts, conversation="5"):
    """Return a message to somebody."""
    there = {"endpoint": "shop", "account": BOT}
    return Message(
        endpoint="crm",
        account="crm",
        id="m1",
        at=datetime(2026, 1, 2, tzinfo=UTC),
        origin=Origin.AGENT,
        parts=parts,
        conversation=ConversationRef(**there, id=conversation),
    )


@pytest.mark.parametrize("name", PLACES)
def test_a_place_is_what_its_name_says(name):
    """And its name is what was given for it."""
    assert str(Place.parse(name)) == name


@pytest.mark.parametrize(
    ("kind", "mime", "size", "method"),
    [
        ("image", "image/jpeg", 1, "sendPhoto"),
        ("image", "image/webp", 1, "sendPhoto"),
        ("image", "image/jpeg", LARGEST_PHOTO + 1, "sendDocument"),
        ("image", "image/gif", 1, "sendAnimation"),
        ("image", "image/tiff", 1, "sendDocument"),
        ("video", "video/mp4", 1, "sendVideo"),
        ("video", "video/webm", 1, "sendDocument"),
        ("audio", "audio/mpeg", 1, "sendAudio"),
        ("audio", "audio/wav", 1, "sendDocument"),
        ("voice", "audio/ogg; codecs=opus", 1, "sendVoice"),
        ("voice", "audio/webm", 1, "sendDocument"),
        ("document", "image/gif", 1, "sendDocument"),
        ("document", "", 1, "sendDocument"),
        ("sticker", "image/webp", 1, "sendSticker"),
        ("sticker", "application/x-tgsticker", 1, "sendSticker"),
        ("sticker", "image/png", 1, "sendPhoto"),
    ],
)
def test_a_file_goes_as_what_telegram_shows(kind, mime, size, method):
    """And as a document where it would not be shown."""
    content = Content(chunks=(), mime=mime, name="file", size=size)
    assert way(Media(kind=MediaKind(kind), id="f"), content).method == method


def test_a_moving_film_without_sound_is_an_animation():
    """As it came in."""
    media = Media(kind=MediaKind.VIDEO, id="f", mime="video/mp4", animated=True)
    assert way(media, Content.of(b"x", "video/mp4")).method == "sendAnimation"


def test_the_name_of_a_file_tells_its_type_where_nothing_else_does():
    """Some who keep files do not know."""
    media = Media(kind=MediaKind.IMAGE, id="f", name="pot.png")
    assert way(media, Content.of(b"x", "application/octet-stream")).method == "sendPhoto"


def test_lengths_are_counted_as_telegram_counts_them():
    """An emoji is two units: 2,048 of them fit, one more does not."""
    assert plan(message(Text(body="👍" * 2048)), "shop").fields["text"]
    with pytest.raises(NotSupported, match="4098 characters"):
        plan(message(Text(body="👍" * 2049)), "shop")


def test_a_file_that_is_too_large_is_refused_before_it_is_opened():
    """Nobody reads 50 MB to throw them away."""
    with pytest.raises(NotSupported):
        plan(message(Media(kind=MediaKind.DOCUMENT, id="f", size=LARGEST + 1)), "shop")


def test_an_answer_without_an_id_is_uncertain(bot, telegram, monkeypatch):
    """It was sent, and nobody can say what it is called: it must not be sent again."""
    monkeypatch.setattr(telegram, "answer", lambda _method, _fields: (200, {"ok": True, "result": {}}))
    with pytest.raises(Uncertain):
        Endpoint.build("shop", bot).deliver(message(Text(body="Hello")), "k")


def test_a_repeated_edit_is_an_edit(bot, telegram):
    """Telegram refuses an edit that changes nothing; for us it is done."""
    edit = Revision(message=MessageRef(endpoint="shop", account=BOT, id="5:7"), action=RevisionAction.EDIT)
    telegram.refuse("editMessageText", 400, "Bad Request: message is not modified")
    assert bot.send(message(edit, Text(body="Hello")), "k").refs == ()


def test_a_file_is_opened_anew_for_the_new_id_of_a_group(make_bot, telegram):
    """Its pieces can be read once, and the first call has read them."""
    opened = []

    def files(name):
        opened.append(name)
        return Content.of(b"the bytes", "application/pdf", "offer.pdf")

    telegram.refuse("sendDocument", 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1004455)
    media = Media(kind=MediaKind.DOCUMENT, id="f")
    done = make_bot(files=files).send(message(media, conversation="-4455"), "k")
    assert opened == ["f", "f"]
    assert [one["chat_id"] for one in telegram.of("sendDocument")] == ["-4455", "-1004455"]
    assert [ref.id for ref in done.refs] == ["-1004455:1", "-1004455"]
