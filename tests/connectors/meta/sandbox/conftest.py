"""A sandbox on a free port of this machine, and a callback of its webhooks."""

import threading
from http.server import ThreadingHTTPServer

import pytest
from sandboxes import SECRET, TOKEN, VERIFY, Callback, Running, handler_of

from connectors.meta.app import Meta
from connectors.meta.sandbox.app import Sandbox
from connectors.meta.sandbox.settings import SandboxSettings
from connectors.meta.settings import MetaSettings
from connectors_core import App, Http


@pytest.fixture
def callback(monkeypatch):
    """Run a callback."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings = MetaSettings(app_secret=(SECRET,), verify_token=VERIFY)
    state = Callback(App.build("meta", Meta(settings, Http("meta"))))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(state))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/hooks/meta"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def open_sandbox(tmp_path, callback):
    """Return a function that builds a sandbox in the folder of the test."""

    def build(**changes):
        values = {
            "folder": tmp_path / "sandbox",
            "callback": callback.url,
            "app_secret": SECRET,
            "verify_token": VERIFY,
            "access_token": TOKEN,
        }
        return Sandbox(SandboxSettings(**{**values, **changes}))

    return build


@pytest.fixture
def meta(open_sandbox):
    """Run a sandbox whose webhooks go to the callback."""
    sandbox = open_sandbox()
    with sandbox.running() as url:
        running = Running(sandbox, url)
        yield running
        running.session.close()
