"""Try the gateway on this machine alone: it runs with new secrets, and WhatsApp and a CRM are played.

    python examples/try.py                    start; Ctrl-C ends everything and leaves nothing behind
    python examples/try.py customer "Hello"   a customer writes on WhatsApp
    python examples/try.py agent "Hi there"   an agent answers in the CRM
    python examples/try.py status read        WhatsApp says what became of the answer

The last three are what the first one prints, ready to paste into another terminal.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

NUMBER_ID, PERSON = "106540352242922", "16505551234"
GRAPH_MESSAGES = f"/{NUMBER_ID}/messages"
SETTINGS = """\
[gateway]
secret = {{ env = "CONNECTORS_SECRET" }}
store = "sqlite:///{folder}/connectors.db"
port = {port}

[apps.meta]
type = "meta"
app_secret = {{ env = "META_APP_SECRET" }}
verify_token = {{ env = "META_VERIFY_TOKEN" }}

[endpoints.shop_whatsapp]
type = "whatsapp"
app = "meta"
phone_number_id = "{number}"
access_token = {{ env = "WHATSAPP_TOKEN" }}
graph_url = "{peers}"

[endpoints.crm]
type = "webhook"
url = "{peers}/crm"
secret = {{ env = "CRM_SIGNING_SECRET" }}

[[routes]]
between = ["shop_whatsapp", "crm"]

[[routes.map.crm]]
to = "contact.phone"
from = "contact.phones[0]"
using = "phone_e164"

[api_tokens.crm]
endpoint = "crm"
token = {{ env = "CRM_API_TOKEN" }}
"""


class Peers(BaseHTTPRequestHandler):
    """WhatsApp's Graph API and a CRM: what arrives is printed."""

    protocol_version = "HTTP/1.1"
    folder: Path

    def do_POST(self) -> None:
        """Take a call."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.endswith(GRAPH_MESSAGES):
            name = f"wamid.{secrets.token_hex(8)}"
            (self.folder / "last_sent").write_text(name, encoding="utf-8")
            show("WhatsApp", f"to {body['to']}: {body.get('text', {}).get('body', body['type'])}")
            self._answer({"messaging_product": "whatsapp", "messages": [{"id": name}]})
            return
        data = body["data"]
        if body["type"] == "message":
            words = " ".join(part.get("body", f"[{part['part']}]") for part in data["parts"])
            show("CRM", f"{data['profile'].get('name', 'somebody')}: {words}   fields: {json.dumps(data['fields'])}")
        else:
            show("CRM", f"{body['type']}: {data.get('kind') or data.get('status') or data.get('action')}")
        self._answer({})

    def _answer(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: `show` says it better."""


def show(who: str, what: str) -> None:
    """Print what happened, at once, also into a pipe."""
    print(f"  {who:9} {what}", flush=True)


def start(folder: Path, port: int) -> int:
    """Run the gateway and its peers until Ctrl-C; return the exit code."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        print(f"{folder} is there already: it is being tried, or was killed; end it, or remove the folder")
        return 1
    # Ctrl-C and a polite kill end everything in the same way.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(folder, port or free_port())
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder)


def _run(folder: Path, port: int) -> int:
    Peers.folder = folder
    peers = ThreadingHTTPServer(("127.0.0.1", 0), Peers)
    threading.Thread(target=peers.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{peers.server_port}"
    settings = folder / "connectors.toml"
    settings.write_text(SETTINGS.format(folder=folder, port=port, number=NUMBER_ID, peers=address), encoding="utf-8")
    values = {
        "CONNECTORS_SECRET": secrets.token_urlsafe(24),
        "META_APP_SECRET": secrets.token_hex(16),
        "META_VERIFY_TOKEN": secrets.token_urlsafe(16),
        "WHATSAPP_TOKEN": f"EAA{secrets.token_hex(24)}",
        "CRM_SIGNING_SECRET": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "CRM_API_TOKEN": secrets.token_urlsafe(24),
    }
    (folder / "secrets.json").write_text(json.dumps({**values, "port": port}), encoding="utf-8")
    log = folder / "gateway.log"
    command = [sys.executable, "-m", "connectors_core.cli", "--settings", str(settings), "run"]
    with log.open("wb") as output:
        # In a group of its own: Ctrl-C goes to this program, and this program ends the gateway in good order.
        gateway = subprocess.Popen(
            command,
            env={**os.environ, **values},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        if not wait_for(port, gateway):
            print(log.read_text(encoding="utf-8"))
            return 1
        explain(folder, port, values)
        code = gateway.wait()
        print(f"the gateway ended with code {code}:\n{log.read_text(encoding='utf-8')}")
        return 1
    finally:
        gateway.terminate()
        gateway.wait()
        peers.shutdown()
        print("\nstopped; nothing is left behind", flush=True)


def free_port() -> int:
    """Return 8080, or another port when that is taken."""
    for port in (8080, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SystemExit("no port is free")


def wait_for(port: int, gateway: subprocess.Popen[bytes]) -> bool:
    """Return whether the gateway answers, within half a minute."""
    for _ in range(300):
        if gateway.poll() is not None:
            return False
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def explain(folder: Path, port: int, values: dict[str, str]) -> None:
    """Print what can be pasted."""
    me = shlex.join([sys.executable, str(Path(__file__).resolve()), "--folder", str(folder)])
    body = folder / "webhook.json"
    body.write_bytes(webhook({"messages": [text("wamid.CURL", "Do you deliver on Saturdays?")], **PROFILE}))
    signed = signature(values["META_APP_SECRET"], body.read_bytes())
    answer = json.dumps({"conversation": CONVERSATION, "text": "Yes, until noon."})
    print(
        f"""\
The gateway listens on http://127.0.0.1:{port}. WhatsApp and the CRM are played here; all that they get is shown below.
Settings, secrets and store are in {folder} and new each time. Ctrl-C ends it.

Paste these into another terminal, one after another:

{me} customer "Does it come in another colour?"
{me} agent "Yes, in green."
{me} status read

The same as HTTP requests:

curl -i http://127.0.0.1:{port}/hooks/meta -H 'X-Hub-Signature-256: {signed}' --data-binary @{shlex.quote(str(body))}
curl -i http://127.0.0.1:{port}/api/v1/messages -H 'Authorization: Bearer {values["CRM_API_TOKEN"]}' -d '{answer}'
""",
        flush=True,
    )


PROFILE = {"contacts": [{"profile": {"name": "Sheena Nelson"}, "wa_id": PERSON}]}
CONVERSATION = {"endpoint": "shop_whatsapp", "account": NUMBER_ID, "id": PERSON}


def text(name: str, words: str) -> dict[str, Any]:
    """Return a message of the customer as WhatsApp writes it."""
    return {"from": PERSON, "id": name, "timestamp": str(int(time.time())), "type": "text", "text": {"body": words}}


def webhook(value: dict[str, Any]) -> bytes:
    """Return the body of a webhook of WhatsApp."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER_ID}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    document = {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}
    return json.dumps(document).encode()


def signature(secret: str, body: bytes) -> str:
    """Return the value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def play(folder: Path, what: str, words: str) -> int:
    """Play a customer, an agent or WhatsApp against the gateway that runs; return the exit code."""
    try:
        known = json.loads((folder / "secrets.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        print(f"nothing runs in {folder}: start it with {sys.executable} {__file__}")
        return 1
    if what == "agent":
        body = json.dumps({"conversation": CONVERSATION, "text": words}).encode()
        path, headers = "/api/v1/messages", {"Authorization": f"Bearer {known['CRM_API_TOKEN']}"}
    else:
        if what == "customer":
            body = webhook({"messages": [text(f"wamid.{secrets.token_hex(8)}", words)], **PROFILE})
        else:
            last = folder / "last_sent"
            if not last.exists():
                print("no answer was sent yet of which WhatsApp could say something")
                return 1
            about = {"id": last.read_text(encoding="utf-8"), "status": words, "recipient_id": PERSON}
            body = webhook({"statuses": [{**about, "timestamp": str(int(time.time()))}]})
        path, headers = "/hooks/meta", {"X-Hub-Signature-256": signature(known["META_APP_SECRET"], body)}
    address = f"http://127.0.0.1:{known['port']}{path}"
    request = urllib.request.Request(address, body, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            print(answer.status, answer.read().decode())
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())
        return 1
    return 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["customer", "agent", "status"], help="who does something")
    parser.add_argument("words", nargs="?", default="", help="what is written; of a status: sent, delivered or read")
    parser.add_argument("--folder", type=Path, default=Path(".try"), help="where it runs (default: .try)")
    parser.add_argument("--port", type=int, default=0, help="where the gateway listens (default: 8080 or a free one)")
    given = parser.parse_args()
    folder = given.folder.resolve()
    if given.what is None:
        return start(folder, given.port)
    if not given.words:
        parser.error(f"{given.what} needs words")
    return play(folder, given.what, given.words)


if __name__ == "__main__":
    sys.exit(main())
