"""Names of files and lines of the chat."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from connectors.tryton.outbound.words import excerpt, file_name
from connectors_core.model import Media, MediaKind

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("media", "name"),
    [
        (Media(kind=MediaKind.IMAGE, mime="image/jpeg"), "image-20260304-050607.jpg"),
        (Media(kind=MediaKind.VOICE, mime="audio/ogg; codecs=opus"), "voice-20260304-050607.ogg"),
        (Media(kind=MediaKind.DOCUMENT, mime="application/pdf"), "document-20260304-050607.pdf"),
        (Media(kind=MediaKind.DOCUMENT), "document-20260304-050607.bin"),
        (Media(kind=MediaKind.DOCUMENT, mime="application/pdf", name="offer"), "offer.pdf"),
        (Media(kind=MediaKind.DOCUMENT, name="angebot [3]\n - ü.pdf"), "angebot (3) - ü.pdf"),
    ],
)
def test_every_file_has_a_name_that_a_line_can_hold(media, name):
    """Its own where it has one."""
    assert file_name(media, AT, 1) == name


def test_two_files_of_one_message_have_two_names():
    """In the zone of no machine."""
    media = Media(kind=MediaKind.IMAGE, mime="image/png")
    local = AT.astimezone(timezone(timedelta(hours=9)))
    assert [file_name(media, local, number) for number in (1, 2)] == [
        "image-20260304-050607.png",
        "image-20260304-050607-2.png",
    ]


def test_a_long_message_is_quoted_by_its_beginning():
    """In one line."""
    assert excerpt("a\n\n b") == "a b"
    assert excerpt("x" * 80) == "x" * 80
    assert excerpt("x" * 81) == "x" * 79 + "…"
