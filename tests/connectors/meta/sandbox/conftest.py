"""A sandbox on a free port of this machine, with a callback of its webhooks or with a whole gateway behind it."""

import threading
from http.server import ThreadingHTTPServer
from uuid import uuid4

import leaks
import pytest
import requests
from processes import Program, wait_for
from sandboxes import INSTAGRAM_TOKEN, NUMBER, PAGE_TOKEN, SECRET, TOKEN, VERIFY, Callback, Running, handler_of
from servers import Crm, free_port

from connectors.meta.app import Meta
from connectors.meta.sandbox.app import Sandbox
from connectors.meta.sandbox.settings import SandboxSettings
from connectors.meta.settings import MetaSettings
from connectors_core import App, Http, Secret

SETTINGS = """
[gateway]
secret = {{ env = "CONNECTORS_SECRET" }}
store = "sqlite:///{folder}/store.db"
port = {port}

[apps.meta]
type = "meta"
app_secret = {{ env = "META_APP_SECRET" }}
verify_token = {{ env = "META_VERIFY_TOKEN" }}

[endpoints.shop]
type = "whatsapp"
app = "meta"
phone_number_id = "{number}"
access_token = {{ env = "WHATSAPP_TOKEN" }}
app_secret = {{ env = "META_APP_SECRET" }}
graph_url = "{graph}"

[endpoints.crm]
type = "webhook"
url = "{crm}/crm"
secret = {{ env = "CRM_SIGNING_SECRET" }}

[[routes]]
between = ["shop", "crm"]

[api_tokens.crm]
endpoint = "crm"
token = {{ env = "CRM_API_TOKEN" }}
"""


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
            "page_token": PAGE_TOKEN,
            "instagram_token": INSTAGRAM_TOKEN,
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


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """Give a sandbox, a CRM, and a function that starts a gateway between them."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    environ = {
        "CONNECTORS_SECRET": f"secret-{uuid4().hex}",
        "META_APP_SECRET": f"app-{uuid4().hex}",
        "META_VERIFY_TOKEN": f"verify-{uuid4().hex}",
        "WHATSAPP_TOKEN": f"EAA{uuid4().hex}",
        "CRM_SIGNING_SECRET": f"whsec_{uuid4().hex}",
        "CRM_API_TOKEN": f"api-{uuid4().hex}",
    }
    for secret in environ.values():
        leaks.register(secret)
    port, crm, programs = free_port(), Crm(environ["CRM_SIGNING_SECRET"]), []
    sandbox = Sandbox(
        SandboxSettings(
            folder=tmp_path / "sandbox",
            callback=f"http://127.0.0.1:{port}/hooks/meta",
            app_secret=Secret(environ["META_APP_SECRET"]),
            verify_token=Secret(environ["META_VERIFY_TOKEN"]),
            access_token=Secret(environ["WHATSAPP_TOKEN"]),
            require_proof=True,
        )
    )

    def listens():
        try:
            return requests.get(f"http://127.0.0.1:{port}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def start(*command):
        programs.append(Program(settings, environ, *(command or ("run",))))
        if not command:
            wait_for("the gateway to listen", listens)
        return programs[-1]

    def reply(text, **more):
        key = uuid4().hex
        answer = requests.post(
            f"http://127.0.0.1:{port}/api/v1/messages",
            headers={"authorization": f"Bearer {environ['CRM_API_TOKEN']}", "idempotency-key": key},
            json={
                "conversation": {"endpoint": "shop", "account": NUMBER, "id": "16505551234"},
                "id": key,
                **(more or {"text": text}),
            },
            timeout=15,
        )
        assert answer.ok, answer.text
        return key

    with sandbox.running() as url:
        settings = tmp_path / "connectors.toml"
        settings.write_text(SETTINGS.format(folder=tmp_path, port=port, number=NUMBER, graph=url, crm=crm.url))
        yield Running(sandbox, url), crm, start, reply
        for program in programs:
            program.close()
    crm.close()
