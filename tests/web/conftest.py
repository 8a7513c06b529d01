"""A real server on loopback for the tests of the web half."""

import threading

import gateways
import pytest
import requests

from connectors_core.web.app import build_web
from connectors_core.web.server import server


class Site:
    """A running web half of a house."""

    def __init__(self, house, journal=None):
        self.house = house
        self.app = build_web(house.gateway, journal)
        self._web = server(self.app, "127.0.0.1", 0)
        self._thread = threading.Thread(target=self._web.run)
        self._thread.start()
        gateways.wait_until(lambda: self._web.started)
        self.port = self._web.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def close(self):
        """Stop in good order."""
        self._web.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()

    def hook(self, body, *, name="exchange", stamp="stamp-of-the-exchange", **options):
        """Send a webhook."""
        headers = {"x-stamp": stamp} if stamp else {}
        return requests.post(f"{self.url}/hooks/{name}", data=body, headers=headers, timeout=20, **options)

    def post(self, noun, body, *, key=None, token="token-of-the-api"):
        """Call the HTTP API; `body` is an object or raw bytes."""
        headers = {"authorization": f"Bearer {token}"} | ({"idempotency-key": key} if key else {})
        content = {"data": body} if isinstance(body, bytes) else {"json": body}
        return requests.post(f"{self.url}/api/v1/{noun}", headers=headers, timeout=20, **content)

    def get(self, path, token="token-of-the-api"):
        """Ask for something."""
        return requests.get(f"{self.url}{path}", headers={"authorization": f"Bearer {token}"}, timeout=20)


@pytest.fixture
def serve():
    """Return a function that serves a house until the test ends."""
    running = []

    def start(house, journal=None):
        running.append(Site(house, journal))
        return running[-1]

    yield start
    for site in running:
        site.close()


@pytest.fixture
def site(house, serve):
    """Serve a house of one channel and one CRM."""
    return serve(house)
