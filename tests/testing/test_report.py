"""The report of a run of the kit: what a connector can do, and what shows it."""

from pathlib import Path

from courier import Courier

from connectors_core.testing import Conformance, hmac_signed, report


class OfCourier(Conformance):
    """The tests of the good connector; not collected under this name."""

    connector = Courier
    settings = {"url": "{platform}", "token": {"env": "COURIER_TOKEN"}, "stamp": {"env": "COURIER_STAMP"}}
    signing = hmac_signed("x-stamp", "stamp")
    samples = Path(__file__).parent / "samples"


def test_a_report_says_what_each_part_is_proved_by():
    """And how each promise came out."""
    found = report.document(OfCourier, {"trust": "passed", "read": "failed"})
    assert found["parts"]["text"]["proved_by"] != []
    assert found["promises"] == {"trust": "passed", "read": "failed"}
    lines = report.table(found).splitlines()
    assert lines[0].endswith("1 of 2 promises kept")
    assert any(line.strip().startswith("text") and "proved by" in line for line in lines)
    assert lines[-1] == "  broken: read"
