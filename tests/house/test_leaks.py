"""The collector of leaks can fail: whoever writes a secret in a test makes the whole run red."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import leaks
import pytest

SUPPORT = Path(leaks.__file__).parent
ROOT = SUPPORT.parent.parent

EXAMPLE = """
import logging
import sys

import leaks

from connectors_core.errors import Rejected
from connectors_core.redact import Secret

secret = Secret("open-sesame-123")
log = logging.getLogger("connectors_core.example")
"""
LEAKS = {
    "log_line": "log.debug('the token is %s', secret.reveal())",
    "warning_of_a_library": "logging.getLogger('library').warning(secret.reveal())",
    "error": "Rejected(f'refused {secret.reveal()}')",
    "error_that_was_changed": "error = Rejected('refused'); error.text = secret.reveal()",
    "print": "print(secret.reveal(), file=sys.stderr)",
    "output_of_a_process": "leaks.collect(f'started with {secret.reveal()}', 'output_of_a_process')",
    "words_of_a_person": "log.info('wrote %s-17 today', leaks.BODY)",
    "number_of_a_person": "log.info('called %s123', leaks.NUMBER)",
}


def run(folder, tests, *options):
    """Run pytest on small tests with the plugin; return how it ended and what it printed."""
    text = "".join(f"\n\ndef test_{name}():\n    {line}\n" for name, line in tests.items())
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_example.py").write_text(EXAMPLE + text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "leaks", "-p", "no:cacheprovider", *options, "."],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(SUPPORT), str(ROOT)])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["alone", "in parallel"])
def test_whatever_is_written_is_read(tmp_path, options):
    """The tests themselves pass, and the run fails without saying the secret again."""
    code, output = run(tmp_path, LEAKS, "--show-capture=no", *options)
    assert f"{len(LEAKS)} passed" in output
    assert code == 1
    found = output.split("secrets or words of people were written")[1]
    assert [name for name in LEAKS if name not in found] == []
    assert f"{len(LEAKS)} in all" in found
    assert "open-sesame-123" not in output


def test_a_run_without_leaks_is_green(tmp_path):
    """A secret that is made, and shown as what it is, is nowhere to be found."""
    code, output = run(tmp_path, {"quiet": "log.info('the token is %s', secret); Rejected(str(secret))"})
    assert code == 0, output
    assert "were written" not in output
