"""`connectors setup` as a process: stopped in the middle, and on a terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from time import monotonic

import leaks
import pytest
from gateways import INSTALLED
from processes import wait_for

from connectors_core.settings import load

STAMP, KEY = leaks.register("the-stamp-that-was-typed"), leaks.register("the-key-that-was-typed")
URL = "https://hooks.example.com"


@pytest.fixture
def typed(tmp_path, monkeypatch):
    """Return a function that runs the command as a process, with what it needs to find the playground."""
    monkeypatch.syspath_prepend(str(INSTALLED))
    paths = [str(INSTALLED), str(INSTALLED.parent), os.environ.get("PYTHONPATH", "")]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    call = [sys.executable, "-m", "connectors_core.cli", "-c", str(tmp_path / "connectors.toml"), "setup", "studio"]

    def start(**options):
        return subprocess.Popen(call, env=environ, cwd=tmp_path, **options)

    return start


def _hear_ctrl_c():
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_in_the_middle_leaves_nothing(typed, tmp_path):
    """Whatever had been answered before."""
    log = tmp_path / "told.log"
    with log.open("wb") as told:
        # Whoever runs the tests in the background of a shell has Ctrl-C ignored, and with them all that they start.
        process = typed(stdin=subprocess.PIPE, stdout=told, stderr=told, preexec_fn=_hear_ctrl_c)
    with process:
        process.stdin.write(f"{URL}\n{STAMP}\n".encode())
        process.stdin.flush()
        wait_for("the number", lambda: "number: " in log.read_text(encoding="utf-8") or process.poll() is not None)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130, log.read_text(encoding="utf-8")
    leaks.collect(log.read_text(encoding="utf-8"), "connectors setup that was stopped")
    assert [path.name for path in tmp_path.iterdir()] == ["told.log"]


def test_a_secret_that_is_typed_is_not_shown(typed, tmp_path):
    """On a terminal, where everything else is."""
    ours, theirs = pty.openpty()
    # Without a terminal of its own that somebody runs these tests in.
    process = typed(stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown = ""
    answers = {
        "public_url (may stay empty): ": URL,
        "stamp: ": STAMP,
        "number: ": "100",
        "word (empty for a random one): ": "",
        "key (may stay empty): ": KEY,
        "open (may stay empty): ": "",
        "[Y/n]: ": "n",
        "connectors run\r\n": "",
    }
    try:
        for question, answer in answers.items():
            end = monotonic() + 60
            while question not in shown:
                ready, _, _ = select.select([ours], [], [], 1)
                assert monotonic() < end, shown
                shown += os.read(ours, 4096).decode() if ready else ""
            os.write(ours, f"{answer}\n".encode())
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    leaks.collect(shown, "connectors setup on a terminal")
    assert (URL in shown, STAMP in shown, KEY in shown) == (True, False, False)
    assert load(tmp_path / "connectors.toml").endpoints["studio"].settings["key"].reveal() == KEY
