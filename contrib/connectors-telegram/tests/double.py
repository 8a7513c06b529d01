"""A Bot API on this machine: it takes messages, keeps updates until they are fetched, or pushes them."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from urllib.parse import unquote

TOKEN = "123456789:AAdouble-Placeholder_Token-0123456789"
BOT = TOKEN.partition(":")[0]
PATIENCE = 60.0
"""Seconds that anything here is waited for."""


class BotApi(ThreadingHTTPServer):
    """One bot. `calls` has every call as (method, parameters), `last` the id of the last message that the bot sent."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls = []
        self.files = {}
        self.webhook = {}
        self.refusals = {}
        self.last = 0
        self._changed = threading.Condition()
        self._waiting = []
        self._numbers = iter(range(1, 1_000_000))
        self._updates = iter(range(700_000, 800_000))

    @property
    def url(self):
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Say nothing: a gateway that is killed hangs up."""

    def of(self, method):
        """Return the parameters of every call of a method."""
        return [fields for name, fields in list(self.calls) if name == method]

    def refuse(self, method, status, description, **parameters):
        """Answer the next call of a method with an error."""
        told = {"ok": False, "error_code": status, "description": description}
        self.refusals[method] = (status, told | ({"parameters": parameters} if parameters else {}))

    # people

    def write(self, person, content, name="Pablo"):
        """Let somebody send a message; return its number."""
        number = next(self._numbers)
        chat = {"id": person, "type": "private", "first_name": name}
        who = {"id": person, "is_bot": False, "first_name": name}
        self.happen("message", {"message_id": number, "from": who, "chat": chat, "date": 1767225600, **content})
        return number

    def happen(self, kind, data):
        """Make an update: push it where there is a webhook, else keep it until it is fetched."""
        update = {"update_id": next(self._updates), kind: data}
        if self.webhook:
            self._push(update)
            return
        with self._changed:
            self._waiting.append(update)
            self._changed.notify_all()

    def _push(self, update):
        """Push until it is taken, and do what the answer asks for, as Telegram does."""
        headers = {"content-type": "application/json", "x-telegram-bot-api-secret-token": self.webhook["secret_token"]}
        request = urllib.request.Request(self.webhook["url"], json.dumps(update).encode(), headers)  # noqa: S310
        end = monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - this machine
                    body = answer.read()
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert monotonic() < end, "the webhook was not taken"
                sleep(0.1)
        if body:
            asked = json.loads(body)
            self.answer(asked.pop("method"), asked)

    # methods

    def answer(self, method, fields):
        """Carry out a method; return status and answer."""
        self.calls.append((method, fields))
        if method in self.refusals:
            return self.refusals.pop(method)
        own = getattr(self, f"_{method}", None)
        if own is not None:
            return own(fields)
        if method.startswith("send") and method != "sendChatAction":
            chat = {"id": int(fields["chat_id"]), "type": "private"}
            self.last = next(self._numbers)
            return _good({"message_id": self.last, "chat": chat, "date": 1767225600})
        return _good(True)

    def _getMe(self, _fields):  # noqa: N802 - the method's name
        return _good({"id": int(BOT), "is_bot": True, "first_name": "Shop", "username": "shop_bot"})

    def _getWebhookInfo(self, _fields):  # noqa: N802
        known = {name: self.webhook[name] for name in ("url", "allowed_updates") if name in self.webhook}
        return _good({"url": "", "pending_update_count": len(self._waiting), **known})

    def _setWebhook(self, fields):  # noqa: N802
        self.webhook = dict(fields)
        with self._changed:
            waiting, self._waiting = self._waiting, []
        threading.Thread(target=lambda: [self._push(one) for one in waiting], daemon=True).start()
        return _good(True)

    def _deleteWebhook(self, _fields):  # noqa: N802
        self.webhook = {}
        return _good(True)

    def _getUpdates(self, fields):  # noqa: N802
        if self.webhook:
            words = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it"
            return 409, {"ok": False, "error_code": 409, "description": words}
        with self._changed:
            self._waiting = [one for one in self._waiting if one["update_id"] >= fields.get("offset", 0)]
            if not self._waiting:
                self._changed.wait(min(fields["timeout"], 1))
            return _good(self._waiting[: fields["limit"]])

    def _getFile(self, fields):  # noqa: N802
        name = fields["file_id"]
        return _good({"file_id": name, "file_unique_id": name, "file_path": f"files/{name}.jpg"})


def _good(result):
    return 200, {"ok": True, "result": result}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        """Take a call."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        _, token, method = self.path.split("/")
        if token != f"bot{TOKEN}":
            self._tell(404, b'{"ok":false,"error_code":404,"description":"Not Found"}')
            return
        status, told = self.server.answer(method, self._fields(body))
        self._tell(status, json.dumps(told).encode())

    def do_GET(self):
        """Give a file."""
        found = self.server.files.get(unquote(self.path.rpartition("/")[2]).removesuffix(".jpg"))
        good = self.path.startswith(f"/file/bot{TOKEN}/files/") and found is not None
        self._tell(200 if good else 404, found or b"", "application/octet-stream")

    def _fields(self, body):
        kind = self.headers.get("content-type", "")
        if not kind.startswith("multipart/"):
            return json.loads(body or b"{}")
        whole = message_from_bytes(b"content-type: " + kind.encode() + b"\r\n\r\n" + body, policy=HTTP)
        return {
            part.get_param("name", header="content-disposition"): part.get_payload(decode=True)
            if part.get_filename()
            else part.get_payload(decode=True).decode()
            for part in whole.iter_parts()
        }

    def _tell(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Keep quiet."""


@contextmanager
def running(server):
    """Serve until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
