"""A real Tryton on loopback with a database in SQLite, and people who use it as its own client does."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import attrs
import requests
from processes import wait_for
from servers import free_port

from connectors.tryton.outbound.rest import Rest
from connectors.tryton.settings import TrytonSettings
from connectors_core import Http, Secret

DATABASE = "crm"
BIN = Path(os.environ.get("CONNECTORS_TEST_TRYTON") or Path(sys.executable).parent)
"""Where Tryton's programs are: in this environment, unless CONNECTORS_TEST_TRYTON names the folder of another."""

CONFIG = """\
[database]
uri = sqlite://
path = {folder}/db

[web]
listen = 127.0.0.1:{port}

[session]
authentications = password
"""


def program(*command, timeout=300, **options):
    """Run one of Tryton's programs to its end and return what it said."""
    done = subprocess.run(
        [str(BIN / command[0]), *map(str, command[1:])],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def prepare(folder, seed):
    """Make a database with everything that a test needs in a folder that can be copied; return what it was given."""
    (folder / "db").mkdir()
    (folder / "db" / f"{DATABASE}.sqlite").touch()
    (folder / "password").write_text("the password of admin\n")
    write_config(folder, 1)
    config = folder / "trytond.conf"
    environ = {**os.environ, "TRYTONPASSFILE": str(folder / "password")}
    modules = ("-u", "sale_opportunity", "--activate-dependencies", "--email", "admin@example.com")
    program("trytond-admin", "-c", config, "-d", DATABASE, *modules, env=environ)
    told = json.loads(program("python", "-W", "ignore", seed, config, DATABASE).splitlines()[-1])
    (folder / "told.json").write_text(json.dumps(told))


def write_config(folder, port):
    """Write the configuration for a port."""
    (folder / "trytond.conf").write_text(CONFIG.format(folder=folder, port=port))


class Tryton:
    """A running trytond in a folder of its own."""

    def __init__(self, folder, template):
        """Copy the template and start."""
        shutil.copytree(template, folder)
        self.folder, self.port = folder, free_port()
        write_config(folder, self.port)
        self.told = json.loads((folder / "told.json").read_text())
        self._process = None
        self._agents = {}
        self.start()

    @property
    def url(self):
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        """Start it and wait until it answers."""
        command = [str(BIN / "trytond"), "-c", str(self.folder / "trytond.conf"), "-d", DATABASE]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        wait_for("Tryton", self._answers)

    def _answers(self):
        assert self._process.poll() is None, (self.folder / "log").read_text()
        try:
            call = {"id": 1, "method": "common.server.version", "params": []}
            return requests.post(f"{self.url}/rpc/", json=call, timeout=5).ok
        except requests.ConnectionError:
            return False

    def kill(self):
        """Kill -9 it, as a power cut does."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)

    def rest(self, key="admin"):
        """Return the REST API as one of the users sees it."""
        settings = TrytonSettings(
            url=self.url, database=DATABASE, key=Secret(self.told[key]), company=self.told["company"]
        )
        return Rest(settings, Http("test"))

    def agent(self, login="agent"):
        """Return somebody who works with Tryton's client."""
        if login not in self._agents:
            self._agents[login] = Agent.log_in(self, login)
        return self._agents[login]

    def opportunities(self):
        """Return every opportunity, the oldest first."""
        fields = ["state", "reference", "description", "party.id", "party.name", "employee", "number", "amount"]
        return self.rest().find("sale.opportunity", [], fields, verb="look", order=[["id", "ASC"]])

    def chat(self, opportunity):
        """Return the messages of an opportunity, the oldest first."""
        domain = [["channel.resource", "=", f"sale.opportunity,{opportunity}"]]
        fields = ["content", "audience", "user.login", "reference"]
        return self.rest().find("ir.chat.message", domain, fields, verb="look", order=[["id", "ASC"]])

    def words(self, opportunity):
        """Return what the public has said in the chat of an opportunity, and who."""
        return [(row["user"]["login"], row["content"]) for row in self.chat(opportunity) if row["audience"] == "public"]

    def database(self, statement, values):
        """Change the database behind Tryton's back."""
        with closing(sqlite3.connect(self.folder / "db" / f"{DATABASE}.sqlite", timeout=20)) as db, db:
            db.execute(statement, values)

    def opened(self, words):
        """Return the opportunity in whose chat the customer has said something, as soon as there is one."""
        found = []

        def look():
            rows = self.opportunities()
            found[:] = [row for row in rows if any(said == words for _, said in self.words(row["id"]))]
            return found

        wait_for(f"the words {words!r}", look)
        return found[0]

    def files(self, opportunity):
        """Return the names and bytes of what is attached to an opportunity."""
        domain = [["resource", "=", f"sale.opportunity,{opportunity}"]]
        rows = self.rest().find("ir.attachment", domain, ["name", "data"], verb="look")
        return {row["name"]: base64.b64decode(row["data"]["base64"]) for row in rows}


@attrs.frozen
class Agent:
    """Somebody at Tryton's client: the same JSON-RPC calls, with a session."""

    url: str
    session: str

    @classmethod
    def log_in(cls, tryton, login):
        """Log in by password."""
        url = f"{tryton.url}/{DATABASE}/rpc/"
        call = {"id": 1, "method": "common.db.login", "params": [login, {"password": f"the password of {login}"}]}
        user, token, _ = requests.post(url, json=call, timeout=30).json()["result"]
        return cls(url, base64.b64encode(f"{login}:{user}:{token}".encode()).decode())

    def call(self, method, *params):
        """Call a method of a model."""
        kind = "" if method.startswith("wizard.") else "model."
        call = {"id": 1, "method": f"{kind}{method}", "params": [*params, {}]}
        answer = requests.post(self.url, json=call, headers={"authorization": f"Session {self.session}"}, timeout=30)
        assert answer.ok, answer.text
        told = answer.json()
        assert "error" not in told, told
        return told["result"]

    def say(self, opportunity, words, audience="public"):
        """Write into the chat of an opportunity."""
        return self.call("ir.chat.channel.post", f"sale.opportunity,{opportunity}", words, audience)

    def attach(self, opportunity, name, data):
        """Attach a file to an opportunity."""
        content = {"__class__": "bytes", "base64": base64.b64encode(data).decode()}
        values = {"resource": f"sale.opportunity,{opportunity}", "name": name, "type": "data", "data": content}
        return self.call("ir.attachment.create", [values])

    def press(self, opportunity, button):
        """Press a button of an opportunity: lost, cancel, convert, lead, opportunity."""
        return self.call(f"sale.opportunity.{button}", [opportunity])

    def merge(self, source, destination):
        """Replace a party by another one, with Tryton's own wizard."""
        session, _, _ = self.call("wizard.party.replace.create")
        asked = {"ask": {"source": source, "destination": destination}}
        self.call("wizard.party.replace.execute", session, asked, "replace")
