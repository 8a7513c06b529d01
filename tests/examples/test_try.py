"""The example of a CRM over HTTP: what it prints can be pasted, and it leaves nothing behind."""

import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import requests
from gateways import wait_until
from servers import free_port

TRY = Path(__file__).parents[2] / "examples/try.py"


class Trial:
    """A run of the example: what it printed so far, and the ways to act on it."""

    def __init__(self, folder):
        """Start it and wait until it has printed its lines."""
        self.folder = folder / "try"
        self._output = folder / "output"
        with self._output.open("wb") as output:
            # On a port of its own: several of these tests may run at once, and all of them would find 8080 free.
            call = [sys.executable, str(TRY), "--folder", str(self.folder), "--port", str(free_port())]
            self.process = subprocess.Popen(call, stdout=output, stderr=output, cwd=folder)
        wait_until(lambda: "/api/v1/messages" in self.printed, 60)

    @property
    def printed(self):
        """What stands in its terminal."""
        return self._output.read_text(encoding="utf-8")

    def line(self, pattern):
        """Return the printed line that matches."""
        return next(line for line in self.printed.splitlines() if re.search(pattern, line))

    def paste(self, pattern):
        """Run a printed line in a shell; return what it prints."""
        done = subprocess.run(
            shlex.split(self.line(pattern)), capture_output=True, text=True, check=False, timeout=60, cwd=self.folder
        )
        return done.stdout

    def curl(self, pattern):
        """Do what a printed line of curl does; return the status."""
        words = shlex.split(self.line(pattern))
        options = {words[n]: words[n + 1] for n in range(3, len(words) - 1, 2)}
        data = options.get("-d", "").encode() or Path(options["--data-binary"].removeprefix("@")).read_bytes()
        name, _, value = options["-H"].partition(": ")
        return requests.post(words[2], data, headers={name: value}, timeout=30).status_code

    def stop(self, number=signal.SIGINT):
        """End it as Ctrl-C does; return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def trial(tmp_path):
    """Run the example."""
    trial = Trial(tmp_path)
    yield trial
    if trial.process.poll() is None:
        trial.stop()


def test_what_is_printed_can_be_pasted(trial):
    """A message to the CRM with its mapped field, an answer to WhatsApp, and a receipt back to the CRM."""
    assert trial.paste(r'customer "').startswith("200")
    wait_until(lambda: "Does it come in another colour?   fields: " in trial.printed)
    assert '"contact.phone": "+16505551234"' in trial.line("CRM +Sheena Nelson")
    assert trial.paste(r'agent "').startswith("202")
    wait_until(lambda: "WhatsApp  to 16505551234: Yes, in green." in trial.printed)
    assert trial.paste("status read$").startswith("200")
    wait_until(lambda: "CRM       receipt: read" in trial.printed)


def test_the_lines_of_curl_do_the_same(trial):
    """With a signature that fits the file, and the token of this start."""
    assert trial.curl("curl .*/hooks/meta") == 200
    wait_until(lambda: "Do you deliver on Saturdays?" in trial.printed)
    assert trial.curl("curl .*/api/v1/messages") == 202
    wait_until(lambda: "to 16505551234: Yes, until noon." in trial.printed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_nothing_behind(trial, number):
    """No folder and no process."""
    ours = psutil.Process(trial.process.pid).children(recursive=True)
    assert len(ours) >= 2
    assert trial.stop(number) == 130
    assert not trial.folder.exists()
    assert [one.pid for one in ours if one.is_running()] == []


def test_a_second_one_in_the_same_folder_is_refused(trial):
    """It would take the store from under the first."""
    again = subprocess.run(
        [sys.executable, str(TRY), "--folder", str(trial.folder)], capture_output=True, text=True, check=False
    )
    assert again.returncode == 1
    assert "is there already" in again.stdout
    assert trial.folder.exists()
