"""Who a person is: asked of the platform beside the messages, told to the CRM when it is known."""

import base64

import peers
import pytest
from gateways import TWO_ENDS, message

from connectors_core.errors import NeedsAttention, Rejected, Unreachable
from connectors_core.http import Http
from connectors_core.model import Contact, Content, LinkStatus, Media, MediaKind
from connectors_core.worker import asking

PLAZA = TWO_ENDS.replace('type = "phone"', 'type = "plaza"')
SIGNED = '[gateway]\nsecret = { env = "TOKEN" }\npublic_url = "https://hooks.example.com"\n' + PLAZA
HOSTED = PLAZA.replace('type = "desk"', 'type = "host"')
DAY = 86400.0
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def nameless(id_, person="ig-884821", **changes):
    """Return a message that tells nothing of who wrote it."""
    return message(id_, person=person, profile=None, **changes)


def at_desk():
    """Return the profiles of the messages that the desk got."""
    return [one.profile for one in peers.of("desk").told()]


@pytest.fixture
def plaza(open_house):
    """Return a house whose channel can be asked."""
    return open_house(SIGNED)


def test_a_message_does_not_wait_for_the_name(plaza):
    """It carries one that tells people apart."""
    plaza.arrive(nameless("m1"))
    plaza.work()
    assert [one.name for one in at_desk()] == ["Plaza user · 4821"]


def test_the_name_is_told_as_soon_as_it_is_known(plaza):
    """As news of the person, and with every message from then on."""
    peers.of("shop").always("profile", lambda contact, _: Contact(ref=contact.ref, name="Ann Lee", username="ann"))
    plaza.arrive(nameless("m1"))
    plaza.work()
    plaza.errands()
    plaza.read("shop")
    plaza.work()
    (news,) = peers.of("desk").told("link_account")
    assert (news.status, news.profile.name, news.profile.username) == (LinkStatus.CHANGED, "Ann Lee", "ann")
    plaza.arrive(nameless("m2"))
    plaza.work()
    assert [one.name for one in at_desk()] == ["Plaza user · 4821", "Ann Lee"]
    assert [one.ref.id for one in peers.of("shop").told("profile")] == ["ig-884821"]


def test_who_greets_people_waits_for_the_name(open_house):
    """As long as its manifest says, while the platform is being asked; what comes after it waits behind it."""
    house = open_house(HOSTED)
    peers.of("shop").always("profile", lambda contact, _: Contact(ref=contact.ref, name="Ann Lee"))
    house.arrive(nameless("m1"), nameless("m2"))
    house.work()
    assert at_desk() == []
    house.errands()
    house.work()
    assert [one.name for one in at_desk()] == ["Ann Lee", "Ann Lee"]


@pytest.mark.parametrize("error", [Rejected("no profile"), Unreachable("down"), KeyError("name")])
def test_nobody_waits_for_a_name_that_is_not_told(open_house, error):
    """Whatever is the matter: the message goes on at once."""
    house = open_house(HOSTED)
    peers.of("shop").answers("profile", error)
    house.arrive(nameless("m1"))
    house.errands()
    house.work()
    assert [one.name for one in at_desk()] == ["Plaza user · 4821"]


def test_a_platform_that_does_not_answer_is_waited_for_no_longer(open_house):
    """Three seconds, as the manifest says; and never for somebody who was asked about before."""
    house = open_house(HOSTED)
    house.arrive(nameless("m1"))
    house.work()
    assert at_desk() == []
    house.later(3.1)
    house.work()
    house.arrive(nameless("m2"))
    house.work()
    assert len(at_desk()) == 2


def test_a_name_does_not_send_a_message_on_without_its_files(open_house):
    """Both are waited for, each as long as it may take."""
    house = open_house(HOSTED)
    peers.of("shop").always("profile", lambda contact, _: Contact(ref=contact.ref, name="Ann Lee"))
    house.arrive(nameless("m1", parts=(Media(kind=MediaKind.IMAGE, url="http://127.0.0.1:1/x"),)))
    (row,) = house.rows("profiles")
    asking.ask(house.gateway, row)
    house.work()
    assert at_desk() == []
    house.errands()
    house.work()
    assert [one.name for one in at_desk()] == ["Ann Lee"]


def test_a_user_name_is_better_than_a_number(plaza):
    """Where that is all that is told."""
    peers.of("shop").always("profile", lambda contact, _: Contact(ref=contact.ref, username="ann"))
    plaza.arrive(nameless("m1"))
    plaza.errands()
    plaza.work()
    assert at_desk()[0].name == "@ann"


def test_who_brings_a_name_is_not_asked_about(plaza):
    """There is nothing to learn."""
    plaza.arrive(message("m1"))
    plaza.errands()
    assert peers.of("shop").told("profile") == []


def test_the_picture_is_kept_because_its_address_expires(plaza, monkeypatch):
    """It goes on as a link of ours."""
    url = "https://pictures.example.com/ann.png"
    monkeypatch.setattr(
        Http, "open", lambda _self, media, **_: Content.of(DOT if media.url == url else b"", "image/png")
    )
    peers.of("shop").always("profile", lambda contact, _: Contact(ref=contact.ref, name="Ann", picture=url))
    plaza.arrive(nameless("m1"))
    plaza.errands()
    plaza.work()
    told = at_desk()[0]
    assert told.picture.startswith(f"https://hooks.example.com/media/{told.picture_id}/")
    assert b"".join(plaza.gateway.media.open(told.picture_id).chunks) == DOT


def test_a_picture_that_cannot_be_had_takes_no_name_away(plaza):
    """An address of this machine is not asked at all."""
    url = "http://127.0.0.1:1/x"
    peers.of("shop").always("profile", lambda contact, _: Contact(ref=contact.ref, name="Ann", picture=url))
    plaza.arrive(nameless("m1"))
    plaza.errands()
    plaza.work()
    assert (at_desk()[0].name, at_desk()[0].picture) == ("Ann", "")


@pytest.mark.parametrize(
    ("error", "after"), [(Rejected("no profile"), DAY), (NeedsAttention("no permission"), DAY), (KeyError("name"), DAY)]
)
def test_a_refusal_holds_up_nobody_and_is_asked_again_tomorrow(plaza, error, after):
    """A permission may have been given since. The endpoint goes on: it is no matter of its credentials."""
    peers.of("shop").answers("profile", error)
    plaza.arrive(nameless("m1"))
    plaza.errands()
    plaza.work()
    assert [one.name for one in at_desk()] == ["Plaza user · 4821"]
    plaza.later(after - 60)
    plaza.errands()
    assert len(peers.of("shop").told("profile")) == 1
    plaza.later(120)
    plaza.errands()
    assert len(peers.of("shop").told("profile")) == 2


def test_a_platform_that_was_away_is_asked_again_soon(plaza):
    """After a minute, and then in growing steps."""
    peers.of("shop").answers("profile", Unreachable("down"))
    plaza.arrive(nameless("m1"))
    plaza.errands()
    plaza.later(61)
    plaza.errands()
    assert len(peers.of("shop").told("profile")) == 2


def test_asking_comes_to_an_end(plaza):
    """Some people have no profile."""
    peers.of("shop").always("profile", Rejected("no profile"))
    plaza.arrive(nameless("m1"))
    for _ in range(8):
        plaza.errands()
        plaza.later(DAY + 1)
    assert len(peers.of("shop").told("profile")) == 5
