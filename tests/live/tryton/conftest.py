"""A real Tryton, a sandbox with customers' phones, and a gateway between them."""

import fcntl
import os
from pathlib import Path

import pytest
import requests
import trytons
from processes import Program, wait_for
from sandboxes import ACCOUNT, NUMBER, SECRET, TOKEN, VERIFY, Running
from servers import free_port

from connectors.meta.sandbox.app import Sandbox
from connectors.meta.sandbox.settings import SandboxSettings

SETTINGS = """\
[gateway]
host = "127.0.0.1"
port = {port}
public_url = "http://127.0.0.1:{port}"
store = "sqlite:///gateway.db"
media = "media"
secret = {{ env = "GATEWAY_SECRET" }}

[apps.meta]
type = "meta"
app_secret = {{ env = "META_APP_SECRET" }}
verify_token = {{ env = "META_VERIFY_TOKEN" }}
graph_url = "{phones}"

[endpoints.shop]
type = "whatsapp"
app = "meta"
phone_number_id = "{number}"
business_account_id = "{account}"
access_token = {{ env = "WHATSAPP_TOKEN" }}
graph_url = "{phones}"

[endpoints.sales]
type = "tryton"
url = "{tryton}"
database = "crm"
key = {{ env = "TRYTON_KEY" }}
company = {company}
poll_every = 0.3
{more}
[endpoints.sales.delivery]
retry_first = 0.2
retry_longest = 1.0

[[routes]]
between = ["shop", "sales"]
{rules}"""


class Shop:
    """A gateway between the sandbox's phones and a Tryton."""

    def __init__(self, folder, tryton, more="", rules="", url="", user="key"):
        """Start all of it."""
        self.tryton, self.folder = tryton, folder
        self.port = free_port()
        folder.mkdir()
        sandbox = Sandbox(
            SandboxSettings(
                folder=folder / "sandbox",
                callback=f"http://127.0.0.1:{self.port}/hooks/meta",
                app_secret=SECRET,
                verify_token=VERIFY,
                access_token=TOKEN,
            )
        )
        self._running = sandbox.running()
        self.phones = Running(sandbox, self._running.__enter__())
        self.settings = folder / "connectors.toml"
        values = {"phones": self.phones.url, "tryton": url or tryton.url, "company": tryton.told["company"]}
        text = SETTINGS.format(port=self.port, number=NUMBER, account=ACCOUNT, more=more, rules=rules, **values)
        self.settings.write_text(text)
        self.key = tryton.told[user]
        self.program = None
        self.start()

    @property
    def environ(self):
        """The secrets of the gateway."""
        return {
            "GATEWAY_SECRET": "the secret of the test's gateway",
            "META_APP_SECRET": SECRET.reveal(),
            "META_VERIFY_TOKEN": VERIFY.reveal(),
            "WHATSAPP_TOKEN": TOKEN.reveal(),
            "TRYTON_KEY": self.key,
            "NO_PROXY": "127.0.0.1",
        }

    def start(self):
        """Start the gateway and wait until it is ready."""
        self.program = Program(self.settings, self.environ, "run")
        wait_for("the gateway", self._ready)

    def _ready(self):
        assert self.program.running(), self.program.log
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/ready", timeout=5).ok
        except requests.ConnectionError:
            return False

    def command(self, *words):
        """Run a command of the gateway."""
        program = Program(self.settings, self.environ, *words)
        assert program.wait() == 0, program.log
        program.close()

    def customer(self, name, number):
        """Give somebody a phone; return what the sandbox calls them."""
        return self.phones.control("POST", "customers", {"name": name, "wa_id": number})["id"]

    def send_file(self, data, mime, who="sheena", **fields):
        """Send a file from a phone."""
        url = f"{self.phones.url}/sandbox/customers/{who}/files"
        answer = requests.post(url, files={"file": ("file", data, mime)}, data=fields, timeout=20)
        assert answer.ok, answer.text

    def file(self, name):
        """Return the bytes of a file that a phone has."""
        return requests.get(f"{self.phones.url}/sandbox/files/{name}", timeout=20).content

    def received(self, who="sheena"):
        """Return what reached a phone, the oldest first."""
        chat = self.phones.chat(who)
        return [entry for entry in chat if entry["from"] == "business" and entry["status"] != "failed"]

    def close(self):
        """End it."""
        self.program.close()
        self.phones.session.close()
        self._running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def tryton_template(tmp_path_factory):
    """Make a database once, for all workers of the run: it takes half a minute."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "tryton-template"
    with (shared / "tryton-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "told.json").exists():
            folder.mkdir()
            trytons.prepare(folder, Path(__file__).with_name("seed.py"))
    return folder


@pytest.fixture
def tryton(tryton_template, tmp_path, monkeypatch):
    """Run a Tryton."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = trytons.Tryton(tmp_path / "tryton", tryton_template)
    yield running
    running.kill()


@pytest.fixture
def open_shop(tryton, tmp_path):
    """Return a function that starts a gateway between phones and the Tryton."""
    opened = []

    def start(name="gateway", **settings):
        opened.append(Shop(tmp_path / name, tryton, **settings))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def shop(open_shop):
    """Run a gateway between phones and the Tryton."""
    return open_shop()
