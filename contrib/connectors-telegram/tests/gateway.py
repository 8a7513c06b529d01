"""A whole installation on this machine: the Bot API of `double`, a gateway as a process of its own, and a CRM."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep

from double import BOT, PATIENCE, TOKEN

SECRET = "a-webhook-secret-of-the-tests"
ENVIRON = {
    "CONNECTORS_SECRET": "a-secret-of-the-gateway-of-the-tests",
    "TELEGRAM_TOKEN": TOKEN,
    "TELEGRAM_WEBHOOK_SECRET": SECRET,
    "CRM_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "CRM_TOKEN": "the-token-of-the-crm-of-the-tests",
}
SETTINGS = """
[gateway]
secret = {{ env = "CONNECTORS_SECRET" }}
store = "sqlite:///{folder}/store.db"
media = "{folder}/media"
public_url = "http://127.0.0.1:{port}"
port = {port}

[endpoints.shop]
type = "telegram"
token = {{ env = "TELEGRAM_TOKEN" }}
api_url = "{telegram}"
{more}
[endpoints.shop.delivery]
retry_first = 0.2

[endpoints.crm]
type = "webhook"
url = "{crm}/hooks"
secret = {{ env = "CRM_SECRET" }}

[[routes]]
between = ["shop", "crm"]

[api_tokens.crm]
endpoint = "crm"
token = {{ env = "CRM_TOKEN" }}
"""
PUSHED = 'webhook_secret = { env = "TELEGRAM_WEBHOOK_SECRET" }'


def wait_for(what, holds):
    """Return what `holds` gives as soon as it is true; fail after a minute."""
    end = monotonic() + PATIENCE
    while not (found := holds()):
        assert monotonic() < end, f"waited for: {what}"
        sleep(0.02)
    return found


class Crm(ThreadingHTTPServer):
    """Takes every event; `events` has each `webhook-id` once, as Standard Webhooks asks of a receiver."""

    daemon_threads = True

    def __init__(self):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                self.server.events.setdefault(self.headers["webhook-id"], body["data"])
                # What it is called here: by that name it can be answered.
                known, source = body["data"].get("conversation") or {}, body["data"].get("source") or {}
                place = known.get("id") or f"crm-{source.get('id', 'none')}"
                names = {"message": f"crm-{body['data']['id']}", "conversation": place}
                told = json.dumps(names).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_):
                """Keep quiet."""

        super().__init__(("127.0.0.1", 0), Handler)
        self.events = {}

    def handle_error(self, request, client_address):
        """Say nothing: a gateway that is killed hangs up."""

    def messages(self):
        """Return the messages, in the order of their arrival."""
        return [event for event in list(self.events.values()) if event["event"] == "message"]


class Gateway:
    """`connectors run` with settings of its own."""

    def __init__(self, folder, telegram, crm, *, pushed):
        self.folder = folder
        self.port = _free_port()
        self.settings = folder / "connectors.toml"
        self.settings.write_text(
            SETTINGS.format(
                folder=folder,
                port=self.port,
                telegram=telegram.url,
                crm=f"http://127.0.0.1:{crm.server_port}",
                more=PUSHED if pushed else "",
            ),
            encoding="utf-8",
        )
        self._log = folder / "gateway.log"
        self._process = None

    @property
    def log(self):
        """What it wrote."""
        return self._log.read_text(encoding="utf-8")

    def start(self):
        """Start it, and return when it listens."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._words("run", "--verbose"),
                env={**os.environ, **ENVIRON},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for("the gateway to listen", lambda: self.ask("/health")[0] == 200)

    def command(self, *words):
        """Run another command on its settings; return its exit code and all that it printed."""
        done = subprocess.run(
            self._words(*words),
            env={**os.environ, **ENVIRON},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.returncode, done.stdout

    def kill(self):
        """Kill -9 it with whatever it started, as a power cut does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE)
            self._process = None

    def ask(self, path, body=None, headers=None):
        """Call the gateway; return status and body."""
        headers = {"authorization": f"Bearer {ENVIRON['CRM_TOKEN']}", **(headers or {})}
        url = path if "://" in path else f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, body, headers)  # noqa: S310 - this machine
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0, b""

    def say(self, person, parts, key, **more):
        """Let the CRM write to somebody."""
        conversation = {"endpoint": "shop", "account": BOT, "id": str(person)}
        body = {"id": key, "conversation": conversation, "parts": parts, **more}
        status, told = self.ask("/api/v1/messages", json.dumps(body).encode(), {"content-type": "application/json"})
        assert status in (200, 202), told

    def state(self, key):
        """Return the deliveries of a message of the CRM."""
        status, told = self.ask(f"/api/v1/messages/{key}")
        return [one["state"] for one in json.loads(told)["deliveries"]] if status == 200 else []

    def _words(self, *words):
        return [sys.executable, "-m", "connectors_core.cli", "-c", str(self.settings), *words]


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
