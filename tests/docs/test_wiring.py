"""The guide to a CRM of one's own, done as it is written."""

import socket

import pytest
from gateways import wait_until
from readers import Reader
from servers import free_port


@pytest.fixture
def port():
    """Return where the gateway is to listen."""
    return free_port()


@pytest.fixture
def reader(tmp_path, port):
    """Return somebody in an empty folder."""
    changes = {}
    for said, mine in (("8080", port), ("8090", free_port())):
        changes |= {f"127.0.0.1:{said}": f"127.0.0.1:{mine}", f'("127.0.0.1", {said})': f'("127.0.0.1", {mine})'}
    reader = Reader(tmp_path, "guides/wiring.md", changes)
    yield reader
    reader.close()


def listening(port):
    """Whether the gateway answers."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_guide_works_as_it_is_written(reader, port):
    """Files, commands and what they print, in the order of the page."""
    counts = dict.fromkeys(("toml", "python", "sh", "text"), 0)
    for kind, text in reader.blocks():
        counts[kind] += 1
        if kind == "toml":
            settings = text.replace("[gateway]\n", f"[gateway]\nport = {port}\n")
            (reader.folder / "connectors.toml").write_text(settings, encoding="utf-8")
        elif kind == "python":
            (reader.folder / "peers.py").write_text(text, encoding="utf-8")
        elif kind == "sh":
            reader.run(text)
            if text.strip() == "connectors run":
                wait_until(lambda: listening(port), 60)
        else:
            reader.promised(text)
    assert counts == {"toml": 1, "python": 1, "sh": 12, "text": 5}
    assert '"decision":"allow"' in reader.seen.replace(" ", "")
