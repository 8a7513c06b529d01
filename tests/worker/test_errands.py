"""Errands by themselves: files, lists and names are asked for as soon as they are wanted, beside the messages."""

import peers
import pytest
from gateways import TWO_ENDS, message, wait_until

from connectors_core.model import Contact, Content, Media, MediaKind, TemplateInfo
from connectors_core.worker import asking
from connectors_core.worker.errands import Errands

PLAZA = TWO_ENDS.replace('type = "phone"', 'type = "plaza"')
STUDIO = TWO_ENDS.replace('type = "phone"', 'type = "studio"')


@pytest.fixture
def running(open_house):
    """Return a function that builds a house whose errands run; they end with the test."""
    started = []

    def start(toml):
        house = open_house(toml)
        started.append(Errands(house.gateway, house.worker.presence))
        started[-1].start()
        return house, started[-1]

    yield start
    for one in started:
        one.stop()


def test_a_file_and_a_list_are_fetched(running):
    """Without anybody's help."""
    peers.of("shop").always("templates", lambda *_: [TemplateInfo(name="order", language="en", usable=True)])
    peers.of("shop").always("fetch", lambda *_: Content.of(b"...", "image/png"))
    house, errands = running(STUDIO)
    house.arrive(message("m1", parts=(Media(kind=MediaKind.IMAGE, id="p1"),)))
    errands.wake()
    wait_until(lambda: [row.state for row in house.rows("media")] == ["kept"])
    wait_until(lambda: [row.name for row in house.rows("templates")] == ["order"])


def test_a_person_is_asked_about(running):
    """As soon as somebody nameless has written."""
    peers.of("shop").always("profile", lambda contact, _: Contact(ref=contact.ref, name="Ann Lee"))
    house, errands = running(PLAZA)
    house.arrive(message("m1", profile=None))
    errands.wake()
    wait_until(lambda: [row.name for row in house.rows("contacts")] == ["Ann Lee"])


def test_a_defect_ends_one_errand_and_no_other(running, monkeypatch, caplog):
    """It is told of, and left to whoever takes it over."""
    first = asking.ask

    def break_once(gateway, row):
        monkeypatch.setattr(asking, "ask", first)
        raise ZeroDivisionError

    monkeypatch.setattr(asking, "ask", break_once)
    house, errands = running(PLAZA)
    peers.of("shop").always("profile", lambda contact, _: Contact(ref=contact.ref, name=f"Person {contact.ref.id}"))
    house.arrive(message("m1", person="one", profile=None))
    wait_until(lambda: "an errand failed" in caplog.text)
    house.arrive(message("m2", person="two", profile=None))
    errands.wake()
    wait_until(lambda: "Person two" in [row.name for row in house.rows("contacts")])
