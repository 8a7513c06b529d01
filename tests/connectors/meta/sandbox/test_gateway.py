"""A whole gateway against the sandbox: from the phone to the CRM and back, and nothing lost when it is killed."""

from uuid import uuid4

import leaks
import pytest
import requests
from processes import Program, wait_for
from sandboxes import NUMBER, Running
from servers import Crm, free_port

from connectors.meta.sandbox.app import Sandbox
from connectors.meta.sandbox.settings import SandboxSettings
from connectors_core import Secret

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

SHOP = {"endpoint": "shop", "account": NUMBER}


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

    def start():
        programs.append(Program(settings, environ, "run"))
        wait_for("the gateway to listen", listens)
        return programs[-1]

    def reply(text):
        key = uuid4().hex
        answer = requests.post(
            f"http://127.0.0.1:{port}/api/v1/messages",
            headers={"authorization": f"Bearer {environ['CRM_API_TOKEN']}", "idempotency-key": key},
            json={
                "conversation": {"endpoint": "shop", "account": NUMBER, "id": "16505551234"},
                "text": text,
                "id": key,
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


def test_a_message_reaches_the_crm_and_the_answer_the_phone(scene):
    """And the CRM hears that it was sent, delivered and read; the gateway's calls are signed."""
    meta, crm, start, reply = scene
    start()
    written = meta.write("Does it come in another color?")
    wait_for("the message at the CRM", crm.messages)
    assert [(call.message, call.text) for call in crm.messages()] == [(written, "Does it come in another color?")]
    reply("Yes, in blue.")
    wait_for("the answer on the phone", lambda: len(meta.chat()) == 2)
    assert meta.chat()[1]["content"]["body"] == "Yes, in blue."
    meta.control("POST", "customers/sheena/read")
    wait_for("the CRM to hear of it", lambda: "read" in {call.status for call in crm.calls})


def test_nothing_is_lost_or_doubled_when_the_gateway_is_killed(scene):
    """What was written meanwhile waits in the sandbox, in order."""
    meta, crm, start, _ = scene
    program = start()
    first = [meta.write(f"before {number}") for number in range(5)]
    program.kill_group()
    second = [meta.write(f"meanwhile {number}") for number in range(5)]
    start()
    third = [meta.write(f"after {number}") for number in range(5)]
    wait_for("everything at the CRM", lambda: len({call.message for call in crm.messages()}) == 15)
    order = list(dict.fromkeys(call.message for call in crm.messages()))
    assert order == [*first, *second, *third]


def test_outside_the_window_the_crm_hears_why(scene):
    """The status `failed` of the sandbox becomes a receipt with Meta's code, or core refuses it before."""
    meta, crm, start, reply = scene
    start()
    meta.write()
    wait_for("the message at the CRM", crm.messages)
    meta.control("PATCH", "customers/sheena", {"window": "closed"})
    reply("Too late")
    wait_for("the CRM to hear of it", lambda: "failed" in {call.status for call in crm.calls})
    assert meta.chat()[-1]["failure"]["code"] == 131047
