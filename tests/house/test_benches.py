"""The measurements can be repeated: those that begin with a store of their own still run, however fast they are."""

import json
import subprocess
import sys

import pytest

SMALL = {
    "people": ("--few", "50", "--people", "60", "--rounds", "2"),
    "mixed": ("--rounds", "1"),
    "reader": ("--rounds", "1", "--rows", "100"),
}


@pytest.mark.parametrize("name", SMALL)
def test_a_bench_runs(root, name):
    """It ends with a report, whatever the figures in it."""
    command = [sys.executable, str(root / "bench" / f"{name}.py"), *SMALL[name]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.stdout, done.stderr
    assert json.loads(done.stdout)["goals"]
