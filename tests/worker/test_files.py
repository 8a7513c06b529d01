"""Files of messages: fetched once, kept, and given on as an id and a link."""

import hashlib
from datetime import UTC, datetime
from time import time

import peers
import pytest
from gateways import TWO_ENDS, message, reply

from connectors_core.errors import NeedsAttention, NoCounterpart, Rejected, Retry, Unreachable
from connectors_core.http import Http
from connectors_core.model import Carousel, Choices, Content, Media, MediaKind, Option, Text
from connectors_core.store import media
from connectors_core.worker.presence import Presence

STUDIO = TWO_ENDS.replace('type = "phone"', 'type = "studio"')
SIGNED = '[gateway]\nsecret = { env = "TOKEN" }\npublic_url = "https://hooks.example.com"\n' + STUDIO
PICTURE = b"\x89PNG" + bytes(range(256)) * 300


def picture(**changes):
    """Return the part of a picture."""
    return Media(**{"kind": MediaKind.IMAGE, "id": "p1", "mime": "image/png", "caption": "look", **changes})


def sent(id_="m1", **changes):
    """Return a message with a picture."""
    return message(id_, parts=(picture(**changes),))


def gives(body=PICTURE, mime="image/png", name="cat.png"):
    """Let the channel give this file, in pieces."""
    cuts = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    peers.of("shop").always("fetch", lambda *_: Content(chunks=iter(cuts), mime=mime, name=name))


@pytest.fixture
def studio(open_house):
    """Return a house whose channel has files."""
    return open_house(STUDIO)


def at_desk():
    """Return the picture of the only message that the desk got."""
    (told,) = peers.of("desk").told()
    return next(part for part in told.parts if isinstance(part, Media))


def test_a_file_is_fetched_kept_and_given_on_by_an_id_of_ours(studio):
    """With its type, name, size and checksum."""
    gives()
    studio.arrive(sent())
    studio.errands()
    studio.work()
    part = at_desk()
    assert (part.mime, part.name, part.size) == ("image/png", "cat.png", len(PICTURE))
    assert part.sha256 == hashlib.sha256(PICTURE).hexdigest()
    kept = studio.gateway.media.open(part.id)
    assert b"".join(kept.chunks) == PICTURE
    assert part.caption == "look"


def test_without_a_secret_there_is_no_link(studio):
    """Nothing could sign it."""
    gives()
    studio.arrive(sent())
    studio.errands()
    studio.work()
    assert at_desk().url == ""


def test_a_link_is_signed_and_expires(open_house):
    """It holds for one name and until its time."""
    house = open_house(SIGNED)
    gives()
    house.arrive(sent())
    house.errands()
    house.work()
    start, name, until, signature = at_desk().url.rsplit("/", 3)
    store = house.gateway.media
    assert start == "https://hooks.example.com/media"
    assert store.is_good(name, until, signature)
    assert not store.is_good(name, str(int(until) + 1), signature)
    assert not store.is_good("kept-" + "0" * 32, until, signature)
    assert not store.is_good(name, "1000000000", store._signature(name, 1000000000))


def test_a_message_waits_for_its_file_and_those_behind_it_wait_too(studio):
    """Order holds; another conversation goes on."""
    gives()
    studio.arrive(sent("m1"), message("m2", "after"), message("m3", "other", person="bob"))
    studio.work()
    assert peers.of("desk").texts() == ["other"]
    studio.errands()
    studio.work()
    assert [told.id for told in peers.of("desk").told()] == ["m3", "m1", "m2"]


def test_waiting_is_no_attempt(studio):
    """The first call is the first attempt."""
    gives()
    studio.arrive(sent())
    studio.work()
    assert [row.attempts for row in studio.rows("deliveries")] == [0]
    studio.errands()
    studio.work()
    assert [(row.attempts, row.state) for row in studio.rows("deliveries")] == [(1, "sent")]


def test_after_half_a_minute_a_message_goes_without_its_file(studio):
    """Its id opens the file once it is here."""
    peers.of("shop").always("fetch", Unreachable("not now"))
    studio.arrive(sent())
    studio.errands()
    studio.work()
    assert peers.of("desk").told() == []
    studio.later(31)
    studio.work()
    part = at_desk()
    with pytest.raises(Retry, match="still being fetched \\(not now\\)"):
        studio.gateway.media.open(part.id)
    gives()
    studio.errands()
    assert b"".join(studio.gateway.media.open(part.id).chunks) == PICTURE


def test_a_file_that_is_gone_lets_its_message_go_at_once(studio):
    """What never comes is not waited for."""
    peers.of("shop").always("fetch", Rejected("404: it is gone"))
    studio.arrive(sent())
    studio.errands()
    studio.work()
    with pytest.raises(NoCounterpart, match="it is gone"):
        studio.gateway.media.open(at_desk().id)


def test_a_file_that_is_gone_has_no_link(open_house):
    """Whoever is to send it is told why it is not there, instead of being sent to an address that has nothing."""
    house = open_house(SIGNED)
    peers.of("shop").always("fetch", Rejected("404: it is gone"))
    house.arrive(sent())
    house.errands()
    house.work()
    part = at_desk()
    assert part.url == ""
    with pytest.raises(Rejected, match="desk could not send a file: the file could not be had: 404: it is gone"):
        Http("desk", files=house.gateway.media.open).open(part)


def test_a_file_with_a_wrong_checksum_is_not_kept(studio):
    """It is fetched again."""
    gives(b"broken")
    studio.arrive(sent(sha256=hashlib.sha256(PICTURE).hexdigest()))
    studio.errands()
    (row,) = studio.rows("media")
    assert (row.state, row.attempts) == ("wanted", 1)
    assert "checksum" in row.reason
    gives()
    studio.later(10)
    studio.errands()
    assert [row.state for row in studio.rows("media")] == ["kept"]


def test_a_file_that_breaks_off_leaves_nothing_behind(studio, tmp_path):
    """No half file is ever under a name."""

    def half(*_):
        def pieces():
            yield b"half"
            raise Unreachable("it broke off")

        return Content(chunks=pieces(), mime="image/png")

    peers.of("shop").always("fetch", half)
    studio.arrive(sent())
    studio.errands()
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []
    assert [row.state for row in studio.rows("media")] == ["wanted"]


def test_a_file_that_is_too_large_is_given_up(open_house):
    """And nothing of it stays."""
    house = open_house(STUDIO + "\n[gateway]\nlargest_file = 1024\n")
    gives()
    house.arrive(sent())
    house.errands()
    (row,) = house.rows("media")
    assert (row.state, row.reason) == ("failed", "the file has more than 1024 bytes")


def test_dead_credentials_do_not_end_a_file(studio):
    """A human mends them within the days that the platform keeps the file."""
    peers.of("shop").always("fetch", NeedsAttention("401: the token is dead"))
    studio.arrive(sent())
    for _ in range(8):
        studio.errands()
        studio.later(700)
    assert [row.state for row in studio.rows("media")] == ["wanted"]


def test_a_defect_is_tried_a_few_times(studio):
    """Then the message has to do without."""
    peers.of("shop").always("fetch", ZeroDivisionError())
    studio.arrive(sent())
    for _ in range(6):
        studio.errands()
        studio.later(700)
    assert [(row.state, row.attempts) for row in studio.rows("media")] == [("failed", 5)]


def test_the_same_webhook_twice_fetches_once(studio):
    """The event is the same, and so are its files."""
    gives()
    studio.arrive(sent(), sent())
    studio.errands()
    assert len(peers.of("shop").told("fetch")) == 1


def test_the_name_and_the_type_of_a_file_are_made_harmless(studio):
    """Both come from a stranger and go into a header."""
    gives(mime="text/html\r\nx: y", name="../../etc/pass\r\nwd")
    studio.arrive(sent(mime="", name=""))
    studio.errands()
    (row,) = studio.rows("media")
    assert (row.mime, row.filename) == ("application/octet-stream", "passwd")


def test_what_an_agent_sends_from_the_media_store_is_not_fetched(studio):
    """It is here already; the channel gets the same id."""
    studio.arrive(message("m1", at=datetime.now(UTC)))
    kept = studio.gateway.media.keep("desk", Content.of(PICTURE, "image/png", "a.png"), MediaKind.IMAGE)
    studio.tell(reply("r1", parts=(kept, Text(body="here"))))
    studio.work()
    assert studio.rows("media", state="wanted") == []
    parts = [part for told in peers.of("shop").told() for part in told.parts]
    assert [part.id for part in parts if isinstance(part, Media)] == [kept.id]


def test_the_picture_of_a_card_has_a_link_too(open_house):
    """Whoever makes a card there names an address; alone or beside other cards."""
    house = open_house(SIGNED)
    house.arrive(message("m1", at=datetime.now(UTC)))
    kept = house.gateway.media.keep("desk", Content.of(PICTURE, "image/png", "a.png"), MediaKind.IMAGE)
    card = Choices(body="A cactus", options=(Option(title="Buy"),), media=kept)
    house.tell(reply("r1", parts=(card,)), reply("r2", parts=(Carousel(body="", cards=(card, card)),)))
    house.work()
    alone, beside = (part for told in peers.of("shop").told() for part in told.parts)
    for one in (alone, *beside.cards):
        assert one.media.id == kept.id
        assert one.media.url.startswith(f"https://hooks.example.com/media/{kept.id}/")


def test_a_worker_that_stops_leaves_to_others_what_it_claimed(studio):
    """It goes in good order, so that nobody buries it: a file that stayed its own would never be fetched."""
    gives()
    studio.arrive(sent())
    presence = Presence(studio.store)
    presence.join()
    with studio.store.write() as db:
        assert len(media.claim(db, presence.id, time(), 5)) == 1
    presence.leave()
    studio.errands()
    assert [row.state for row in studio.rows("media")] == ["kept"]


def test_a_dead_worker_leaves_its_files_to_others(studio):
    """As it leaves its lanes."""
    gives()
    studio.arrive(sent())
    studio.sql("UPDATE media SET holder = 7")
    studio.sql("INSERT INTO workers (id, name, started_at, lease_until) VALUES (7, 'x', 0, 0)")
    studio.sweep()
    studio.errands()
    assert [row.state for row in studio.rows("media")] == ["kept"]
