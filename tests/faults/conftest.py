"""A whole installation on loopback: the program as processes, a platform that sends, a Graph API and a CRM."""

from __future__ import annotations

from contextlib import ExitStack
from uuid import uuid4

import leaks
import postgres
import pytest
import requests
from ledger import ACCOUNT, NONE, compare
from processes import Program, wait_for
from sender import Sender
from servers import Crm, Graph, free_port
from sqlalchemy import select

from connectors_core.model import codec
from connectors_core.store import Store, deliveries, events, journal, operations
from connectors_core.store.migrate import migrate

SETTINGS = """
[gateway]
secret = {{ env = "CONNECTORS_SECRET" }}
store = "{store}"
port = {port}

[apps.meta]
type = "meta"
app_secret = {{ env = "META_APP_SECRET" }}
verify_token = {{ env = "META_VERIFY_TOKEN" }}

[endpoints.shop]
type = "whatsapp"
app = "meta"
phone_number_id = "{account}"
access_token = {{ env = "WHATSAPP_TOKEN" }}
graph_url = "{graph}"
[endpoints.shop.delivery]
{delivery}

[endpoints.crm]
type = "webhook"
url = "{crm}/crm"
secret = {{ env = "CRM_SIGNING_SECRET" }}
idempotent = {idempotent}
[endpoints.crm.delivery]
{delivery}

[[routes]]
between = ["shop", "crm"]

[api_tokens.crm]
endpoint = "crm"
token = {{ env = "CRM_API_TOKEN" }}
"""
DELIVERY = {"retry_first": 0.2, "retry_longest": 1.0, "breaker_pause": 0.5, "timeout": 20.0}
"""Impatient, so that what takes minutes at work takes seconds here."""


class Scene:
    """Everything of one test. Secrets are new each time and known to the collector of leaks."""

    def __init__(self, folder, store_url, stack):
        """Start the peers; the program is started by the test."""
        self.store_url = store_url
        self.is_sqlite = store_url.startswith("sqlite")
        self.settings = folder / "connectors.toml"
        self.port = free_port()
        self.environ = {
            "CONNECTORS_SECRET": f"secret-{uuid4().hex}",
            "META_APP_SECRET": f"app-{uuid4().hex}",
            "META_VERIFY_TOKEN": f"verify-{uuid4().hex}",
            "WHATSAPP_TOKEN": f"EAA{uuid4().hex}",
            "CRM_SIGNING_SECRET": f"whsec_{uuid4().hex}",
            "CRM_API_TOKEN": f"api-{uuid4().hex}",
        }
        for secret in self.environ.values():
            leaks.register(secret)
        self._stack = stack
        self.crm = self.new_crm()
        self.graph = Graph()
        stack.callback(self.graph.close)
        self.sender = Sender(self.port, self.environ["META_APP_SECRET"])
        stack.callback(self.sender.close)
        self.store = Store(store_url)
        stack.callback(self.store.close)
        self.configure()

    def new_crm(self):
        """Start one more CRM with the same signing secret."""
        crm = Crm(self.environ["CRM_SIGNING_SECRET"])
        self._stack.callback(crm.close)
        return crm

    def configure(self, more="", *, idempotent=True, **delivery):
        """Write the settings. `more`: TOML after the rest."""
        options = "\n".join(f"{name} = {value}" for name, value in {**DELIVERY, **delivery}.items())
        text = SETTINGS.format(
            store=self.store_url,
            port=self.port,
            account=ACCOUNT,
            graph=self.graph.url,
            crm=self.crm.url,
            idempotent=str(idempotent).lower(),
            delivery=options,
        )
        self.settings.write_text(text + more, encoding="utf-8")

    def start(self, *command, wrapper=""):
        """Start a command; return when it can do its work."""
        before = self.workers()
        program = Program(self.settings, self.environ, *command, wrapper=wrapper)
        self._stack.callback(program.close)
        if command[0] != "work":
            wait_for(f"{command[0]} to listen", self.healthy)
        if command[0] != "serve":
            wait_for(f"the worker of {command[0]}", lambda: self.workers() - before)
        return program

    def healthy(self):
        """Whether the web half answers."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def ready(self):
        """Return the status of /ready."""
        return requests.get(f"http://127.0.0.1:{self.port}/ready", timeout=20).status_code

    def reply(self, person, text, key):
        """Let the CRM write to a person; return the answer of the HTTP API."""
        return requests.post(
            f"http://127.0.0.1:{self.port}/api/v1/messages",
            headers={"authorization": f"Bearer {self.environ['CRM_API_TOKEN']}", "idempotency-key": key},
            json={"conversation": {"endpoint": "shop", "account": ACCOUNT, "id": person}, "text": text, "id": key},
            timeout=15,
        )

    def workers(self):
        """Return the workers that the store knows."""
        with self.store.read() as db:
            return set(db.execute(select(operations.workers.c.id)).scalars())

    def left(self):
        """Return how many webhooks are unread and how many deliveries are open."""
        with self.store.read() as db:
            return sum(journal.waiting_sources(db).values()) + deliveries.count_open(db)

    def states(self, target="crm"):
        """Return {state: count} of the deliveries to an endpoint."""
        with self.store.read() as db:
            return {state: count for (name, state), count in deliveries.counts(db).items() if name == target}

    def in_state(self, state, target="crm"):
        """Return the ids of the messages whose delivery to an endpoint is in a state."""
        with self.store.read() as db:
            return sorted(codec.loads(row.document).id for row in deliveries.listing(db, state, target, 100_000))

    def held(self):
        """Return how many echoes wait."""
        with self.store.read() as db:
            return len(events.held(db))

    def arrived(self, crm=None):
        """Return how many different messages a CRM has got."""
        return len({call.message for call in (crm or self.crm).messages()})

    def settle(self):
        """Wait until nothing is left to do."""
        wait_for("everything to be settled", lambda: self.left() == 0)

    def check(self, **how):
        """Compare the two ledgers: nothing lost, doubled, invented, mixed up or out of order."""
        assert compare(self.sender.acknowledged, self.crm.messages(), **how) == NONE
        assert self.crm.forged == 0

    def check_runs(self, *runs, **how):
        """Compare each run of messages by itself: conversations begin anew with every run."""
        for run in runs:
            sent = [hook for hook in self.sender.acknowledged if hook.run == run]
            calls = [call for call in self.crm.messages() if call.message.startswith(f"wamid.{run}c")]
            assert compare(sent, calls, **how) == NONE


@pytest.fixture(scope="session")
def postgres_server():
    """Give a server as a real one has it, which loses nothing that it has committed."""
    with postgres.running(durable=True) as server:
        template = Store(server.create("template"))
        migrate(template)
        template.close()
        yield server


@pytest.fixture
def scene(tmp_path, store_url):
    """Give an installation on each kind of store; whatever a test leaves behind is ended."""
    with ExitStack() as stack:
        yield Scene(tmp_path, store_url, stack)
