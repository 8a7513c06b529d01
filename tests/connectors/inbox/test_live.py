"""News: whoever looks at a page hears at once of what any process has changed."""

import json
import subprocess
import sys
import threading

import gateways
import inboxes
import pytest
import requests
from inboxes import ListDoor

ARRIVES = """
import sys
sys.path.insert(0, {support!r})
import inboxes
inboxes.endpoint(inboxes.connector({url!r})).deliver(inboxes.message("m9", "from another process"), "k9")
"""


class Stream:
    """The events of a page, as they come."""

    def __init__(self, url, *, first=True):
        self.events, self.ended = [], None
        self._answer = requests.get(f"{url}/inbox/live", stream=True, timeout=30)
        assert self._answer.headers["content-type"].startswith("text/event-stream")
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        self.waits_for("ready", {})
        if first:
            # The first look at the store is over: "ask for everything". From then on each change is told by its number.
            self.waits_for("change", [])

    def _read(self):
        name = ""
        try:
            for line in self._answer.iter_lines(chunk_size=1):
                key, _, value = line.decode().partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    self.events.append((name, json.loads(value)))
            self.ended = "well"
        except requests.RequestException as error:
            self.ended = error

    def waits_for(self, *event):
        """Return when an event has come."""
        gateways.wait_until(lambda: event in self.events)

    def join(self):
        """Return when the stream has ended, and how."""
        self._thread.join(20)
        return self.ended


@pytest.fixture
def desk(store_url):
    """Give an inbox without login, and its address."""
    inbox = inboxes.connector(store_url, login=False)
    with inboxes.serving(inbox, ListDoor()) as url:
        yield inbox, url
    inbox.database.close()


def test_a_change_of_another_process_arrives(desk, root):
    """A worker keeps what a person sends; the page hears which conversation it was."""
    inbox, url = desk
    first = inboxes.endpoint(inbox).deliver(inboxes.message(), "k1").refs[1]
    stream = Stream(url)
    address = inbox.settings.database
    program = ARRIVES.format(support=str(root / "tests/support"), url=address)
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=root)
    stream.waits_for("change", [int(first.id)])


def test_several_pages_hear_the_same(desk):
    """Each has a stream of its own, and one that begins later misses nothing from then on."""
    inbox, url = desk
    crm = inboxes.endpoint(inbox)
    streams = [Stream(url), Stream(url, first=False)]
    refs = crm.deliver(inboxes.message(), "k1").refs
    for one in streams:
        one.waits_for("change", [int(refs[1].id)])


def test_an_agent_s_own_change_is_told_too(desk):
    """The colleague at the other desk sees it."""
    inbox, url = desk
    conversation = inboxes.endpoint(inbox).deliver(inboxes.message(), "k1").refs[1].id
    stream = Stream(url)
    inboxes.Agent(url).post(f"/c/{conversation}/write", {"mode": "note", "text": "mine"})
    stream.waits_for("change", [int(conversation)])


def test_a_stop_of_the_gateway_ends_the_streams_in_good_order(tmp_path):
    """A page that stays open does not hold it up, and asks again when there is one."""
    inbox = inboxes.connector(f"sqlite:///{tmp_path / 'inbox.db'}", login=False)
    with inboxes.serving(inbox, ListDoor()) as url:
        stream = Stream(url)
    assert stream.join() == "well"
    inbox.database.close()
