"""`connectors sandbox` as a program."""

import os
import re
import signal
import socket
import subprocess
import sys

import leaks
import pytest
import requests
import servers
from sandboxes import TOKEN, wait_until

from connectors_core import ConnectorsError

PROGRAM = "from connectors.meta.sandbox.command import command; command(prog_name='connectors sandbox')"


@pytest.fixture
def start(tmp_path):
    """Return a function that starts the program; what it printed and how it ended are looked at by the tests."""
    running = []

    def run(*options, stdin=subprocess.DEVNULL, **environ):
        port = servers.free_port()
        arguments = ["--port", str(port), "--data", str(tmp_path / "data"), *options]
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environ},
        )
        running.append(process)
        return process, port

    yield run
    for process in running:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def answers(port):
    """Whether the program answers."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_it_prints_what_the_gateway_needs_and_stops_by_a_signal(start):
    """Random secrets, ready to be pasted; a stop leaves nothing."""
    process, port = start()
    wait_until(lambda: answers(port))
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=20)
    found = dict(re.findall(r"^export (\w+)=(\S+)$", output, re.MULTILINE))
    assert set(found) == {
        "META_APP_SECRET",
        "META_VERIFY_TOKEN",
        "WHATSAPP_TOKEN",
        "PAGE_TOKEN",
        "INSTAGRAM_TOKEN",
    }
    assert len(set(found.values())) == 5
    assert f'graph_url = "http://127.0.0.1:{port}"' in output
    assert f"http://127.0.0.1:{port}/" in errors
    for secret in found.values():
        leaks.register(secret)
    leaks.collect(errors, "connectors sandbox")


def test_secrets_come_from_the_environment(start):
    """As the demo gives them; then nothing needs to be printed."""
    process, port = start("--quiet", SANDBOX_ACCESS_TOKEN=TOKEN.reveal())
    wait_until(lambda: answers(port))
    headers = {"authorization": f"Bearer {TOKEN.reveal()}"}
    assert requests.get(f"http://127.0.0.1:{port}/v26.0/106540352242922", headers=headers, timeout=20).ok
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert output == ""
    leaks.collect(errors, "connectors sandbox")


def test_it_ends_with_the_program_that_started_it(start):
    """Its standard input closes then, however that program ended."""
    process, port = start("--quiet", "--child", stdin=subprocess.PIPE)
    wait_until(lambda: answers(port))
    process.stdin.close()
    assert process.wait(20) == 0
    assert process.stdout.read() == ""


def test_it_listens_on_this_machine_alone(start):
    """No other address answers."""
    _process, port = start("--quiet")
    wait_until(lambda: answers(port))
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", port)) != 0


def test_what_was_there_is_there_after_a_kill(start):
    """Customers, chats and files."""
    process, port = start("--quiet")
    wait_until(lambda: answers(port))
    body = {"type": "text", "text": {"body": "still here"}}
    requests.post(f"http://127.0.0.1:{port}/sandbox/customers/sheena/messages", json=body, timeout=20)
    process.kill()
    process.wait()
    _, port = start("--quiet")
    wait_until(lambda: answers(port))
    chat = requests.get(f"http://127.0.0.1:{port}/sandbox/customers/sheena/messages", timeout=20).json()["data"]
    assert [entry["content"]["body"] for entry in chat] == ["still here"]


def test_a_port_that_is_taken_is_named(open_sandbox):
    """In words."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConnectorsError, match=f"port {port}"):
            open_sandbox().serve(port)
