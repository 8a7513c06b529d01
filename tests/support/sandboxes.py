"""A sandbox that runs, and a callback that hears its webhooks and believes signed ones only."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from time import monotonic, sleep
from urllib.parse import parse_qsl, urlsplit

import attrs
import requests

from connectors.meta.sandbox.app import Sandbox
from connectors.whatsapp.inbound import receive
from connectors_core import App, Secret, Untrusted
from connectors_core.model import Challenge, Request

SECRET = Secret("the secret of the sandbox's app")
VERIFY = Secret("the word of the sandbox's callback")
TOKEN = Secret("the token of the sandbox's number")
PAGE_TOKEN = Secret("the token of the sandbox's page")
INSTAGRAM_TOKEN = Secret("the token of the sandbox's Instagram account")

NUMBER, ACCOUNT, APP = "106540352242922", "102290129340398", "670843887433847"
SHEENA = "+16505551234"
PAGE, INSTAGRAM = "682498171943165", "17841405726653026"
PETER, MATEO = "1254459154682919", "1254477777772919"


def wait_until(condition, seconds=20.0):
    """Return what `condition` returns once that is true; fail when it does not come to be."""
    end = monotonic() + seconds
    while not (found := condition()):
        assert monotonic() < end, "what was waited for did not happen"
        sleep(0.005)
    return found


@attrs.define
class Callback:
    """What a gateway does with webhooks: it proves the signature and keeps them. `status` answers the next ones."""

    app: App
    url: str = ""
    status: int = 200
    refused: int = 0
    bodies: list[bytes] = attrs.field(factory=list)

    @property
    def payloads(self):
        """Every webhook that was taken."""
        return [json.loads(body) for body in self.bodies]

    def values(self, field="messages"):
        """Return the value of every change of a field."""
        entries = [entry for payload in self.payloads for entry in payload["entry"]]
        changes = [change for entry in entries for change in entry.get("changes", [])]
        return [change["value"] for change in changes if change["field"] == field]

    def items(self, name, where="messaging"):
        """Return every event of a chat of Messenger or Instagram that has `name`."""
        entries = [entry for payload in self.payloads for entry in payload["entry"]]
        return [item for entry in entries for item in entry.get(where, []) if name in item]

    def messages(self):
        """Return every message that was told."""
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self, message_id=""):
        """Return every status that was told, or those of one message."""
        found = [status for value in self.values() for status in value.get("statuses", [])]
        return [status for status in found if message_id in ("", status["id"])]

    def steps(self, message_id):
        """Return the names of the statuses of one message, as they came."""
        return [status["status"] for status in self.statuses(message_id)]

    def events(self):
        """Return what the WhatsApp connector reads in all of it."""
        found = []
        for body in self.bodies:
            for item in self.app.split(Request(method="POST", path="/hooks/meta", body=body)):
                found += receive(attrs.evolve(item, endpoint="shop"))
        return found


def handler_of(callback):
    """Return the handler of a callback's server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.handle_request(200)

        def do_POST(self):
            self.handle_request(callback.status)

        def handle_request(self, status):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(urlsplit(self.path).query))
            request = Request(method=self.command, path="/hooks/meta", headers=headers, query=query, body=body)
            answer = b""
            try:
                trust = callback.app.authenticate(request)
                if isinstance(trust, Challenge):
                    answer = trust.body.encode()
                elif status == 200:
                    callback.bodies.append(body)
            except Untrusted:
                callback.refused += 1
                status = 403
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args):
            pass

    return Handler


@attrs.define
class Running:
    """A running sandbox, and the calls that tests make."""

    sandbox: Sandbox
    url: str
    session: requests.Session = attrs.field(factory=requests.Session)

    def graph(self, method, path, content=None, *, token=TOKEN, **options):
        """Call the Graph API; return the status and the parsed answer."""
        headers = {"authorization": f"Bearer {token.reveal()}"} if token else {}
        found = self.session.request(
            method, f"{self.url}/v26.0/{path}", json=content, headers=headers, timeout=20, **options
        )
        return found.status_code, found.json()

    def send(self, kind="text", content=None, to=SHEENA, **more):
        """Send a message of the business; return the status and the answer."""
        body = {"messaging_product": "whatsapp", "to": to, "type": kind, **more}
        body[kind] = {"body": "hello"} if content is None else content
        return self.graph("POST", f"{NUMBER}/messages", {name: value for name, value in body.items() if value})

    def sent(self, *args, **options):
        """Send a message that must be accepted; return its id."""
        status, answer = self.send(*args, **options)
        assert status == 200, answer
        return answer["messages"][0]["id"]

    def control(self, method, path, content=None, **options):
        """Call the control API; return the parsed answer, which must be a good one."""
        found = self.session.request(method, f"{self.url}/sandbox/{path}", json=content, timeout=20, **options)
        assert found.ok, found.text
        return found.json()

    def write(self, text="Does it come in another color?", who="sheena", **more):
        """Let a customer write a text; return its id."""
        body = {"type": "text", "text": {"body": text}, **more}
        return self.control("POST", f"customers/{who}/messages", body)["id"]

    def chat(self, who="sheena"):
        """Return the chat of a customer."""
        return self.control("GET", f"customers/{who}/messages")["data"]

    def find(self, message_id, who="sheena"):
        """Return one message of a chat."""
        return next(entry for entry in self.chat(who) if entry["id"] == message_id)

    def say(self, message, to=PETER, node=PAGE, token=PAGE_TOKEN, **more):
        """Send a message of the page or the Instagram account; return the status and the answer."""
        content = {"text": message} if isinstance(message, str) else message
        return self.graph(
            "POST", f"{node}/messages", {"recipient": {"id": to}, "message": content, **more}, token=token
        )

    def said(self, *args, **options):
        """Send one that must be accepted; return its id."""
        status, answer = self.say(*args, **options)
        assert status == 200, answer
        return answer["message_id"]

    def chats(self, text="Is it in stock?", who="peter", **more):
        """Let a person of Messenger or Instagram write; return the id of the message."""
        return self.control("POST", f"customers/{who}/messages", {"text": text, **more})["id"]

    def upload(self, data=b"\x89PNG\r\n", mime="image/png", name="plant.png"):
        """Upload a file as the business; return the status and the answer."""
        return self.graph(
            "POST",
            f"{NUMBER}/media",
            files={"file": (name, data, mime)},
            data={"messaging_product": "whatsapp", "type": mime},
        )
