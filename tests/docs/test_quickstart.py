"""The tutorial, done as it is written: what a thumb does is done by the calls that the page shows."""

import socket

import pytest
import requests
from gateways import wait_until
from readers import Reader
from servers import free_port


@pytest.fixture
def ports():
    """Return two ports beside one another: the gateway's and that of the phones."""
    for _ in range(50):
        first = free_port()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", first + 1)) != 0:
                return first, first + 1
    raise AssertionError("no two ports beside one another are free")


@pytest.fixture
def reader(tmp_path, ports):
    """Return somebody in an empty folder, without a browser."""
    changes = {f"127.0.0.1:{said}": f"127.0.0.1:{mine}" for said, mine in zip(("8080", "8081"), ports, strict=True)}
    start = {"```sh\nconnectors demo\n": f"```sh\nconnectors demo --no-open --port {ports[0]}\n"}
    reader = Reader(tmp_path, "tutorial/quickstart.md", {**changes, **start})
    yield reader
    reader.close()


@pytest.fixture
def phone(ports):
    """Return a function that gives what `who` wrote, the customer or the business, and how far it came."""

    def chat(who):
        url = f"http://127.0.0.1:{ports[1]}/sandbox/customers/sheena/messages"
        told = requests.get(url, timeout=10).json()["data"]
        return [(one["content"], one["status"]) for one in told if one["from"] == who]

    return chat


def test_the_tutorial_works_as_it_is_written(reader, phone, ports):
    """The assistant greets, the window closes and opens, and a gateway that was killed takes what came meanwhile."""
    account = f"http://127.0.0.1:{ports[1]}/sandbox/customers/sheena"
    window = []
    counts = dict.fromkeys(("sh", "text"), 0)
    for kind, text in reader.blocks():
        counts[kind] += 1
        if kind == "text":
            reader.promised(text)
        else:
            reader.run(text)
        if "/sandbox/customers" in text:
            window.append(requests.get(account, timeout=10).json()["window_closes_at"] is not None)
    assert counts == {"sh": 6, "text": 1}
    assert window == [True, False, True, True]
    wait_until(lambda: {status for _, status in phone("customer")} == {"delivered"}, 60)
    assert len(phone("customer")) == 3
    wait_until(lambda: "an automated assistant" in str(phone("business")), 60)
