"""The inbox in a whole gateway: from a webhook to the page, from the page to the channel, and the ticks back."""

import re
import threading

import gateways
import peers
import pytest
import requests
from gateways import message as arriving
from gateways import receipt

from connectors_core.web.app import build_web
from connectors_core.web.server import server

INBOX = """
[apps.exchange]
type = "exchange"
stamp = {{ env = "STAMP" }}

[endpoints.shop]
type = "phone"
app = "exchange"
number = "100"
traits = ["reports", "opens"]

[endpoints.inbox]
type = "inbox"
database = "sqlite:///{folder}/inbox.db"
login = false

[[routes]]
between = ["shop", "inbox"]
on_unsupported = "degrade"
"""
OWN = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def house(open_house, tmp_path):
    """Give a gateway of a channel and an inbox."""
    return open_house(INBOX.format(folder=tmp_path))


@pytest.fixture
def pages(house):
    """Serve it; give the address of the inbox."""
    web = server(build_web(house.gateway), "127.0.0.1", 0)
    thread = threading.Thread(target=web.run)
    thread.start()
    gateways.wait_until(lambda: web.started)
    yield f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}/inbox"
    web.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def post(url, **data):
    """Send a form."""
    return requests.post(url, data=data, headers=OWN, timeout=20)


def test_a_conversation_goes_all_the_way_and_back(house, pages):
    """Message, reply, receipt, read: each side has its own names for all of it."""
    house.arrive(arriving("m1", "Do you deliver?"))
    house.work()
    page = requests.get(f"{pages}/c/1", timeout=20).text
    assert "Do you deliver?" in page
    asked = re.search(r'id="m(\w{32})"', page)[1]
    post(f"{pages}/c/1/write", mode="reply", text="Yes", reply_to=asked)
    house.read("inbox")
    house.work()
    (told,) = peers.of("shop").told()
    assert (told.conversation.id, told.reply_to.id) == ("ann", "m1")
    house.arrive(receipt("read", "shop.1"))
    house.work()
    assert 'class="tick read"' in requests.get(f"{pages}/c/1", timeout=20).text


def test_the_agent_writes_first(house, pages):
    """To a number that has never written; its answer comes to the same conversation."""
    opened = post(f"{pages}/new", channel="shop|100", number="+49 30 1234567")
    conversation = opened.url.rpartition("/")[2]
    post(f"{pages}/c/{conversation}/write", mode="reply", text="Good morning")
    post(f"{pages}/c/{conversation}/write", mode="reply", text="It is ready")
    house.read("inbox")
    house.work()
    assert peers.of("shop").texts() == ["Good morning", "It is ready"]
    house.arrive(arriving("m2", "Thanks", person="+49301234567"))
    house.work()
    page = requests.get(f"{pages}/c/{conversation}", timeout=20).text
    assert "Thanks" in page
    post(f"{pages}/c/{conversation}/write", mode="reply", text="See you")
    house.read("inbox")
    house.work()
    assert peers.of("shop").told()[-1].conversation.id == "+49301234567"
