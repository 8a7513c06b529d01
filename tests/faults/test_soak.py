"""The soak in short: three channels, every fault of the menu at 8 %, a kill -9; in the end all sides agree."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from servers import free_port

SOAK = Path(__file__).resolve().parents[2] / "bench" / "soak.py"


@pytest.mark.timeout(600)
def test_nothing_is_lost_doubled_or_mixed_up_under_every_fault():
    """Phones, inbox and store agree message by message; what nobody can tell of is listed, and never doubled."""
    options = ["--minutes", "0.3", "--customers", "2", "--rate", "0.08", "--kills", "1", "--quick"]
    done = subprocess.run(
        [sys.executable, str(SOAK), *options, "--port", str(free_port())],
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    wrong = ("lost", "doubled", "out_of_order", "invented", "stuck", "differing")
    assert {name: report[name] for name in wrong} == {name: [] for name in wrong}, done.stderr
    assert done.returncode == 0
    assert min(report["from_customers"].values()) > 3
    assert min(report["from_the_agent"].values()) > 0
    assert len(report["injected"]) > 5
