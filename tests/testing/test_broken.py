"""The kit tests itself: each connector that breaks a promise is caught by the test that names it, and by no other."""

import inspect
import shutil
from pathlib import Path

import attrs
import pytest
from broken import FAULTS, Fault
from courier import Courier
from noisy import Noisy

from connectors_core.testing import Conformance, cases, hmac_signed, house
from connectors_core.testing.kit import Kit
from connectors_core.testing.promises import promises_of
from connectors_core.testing.subject import installed

FAULTS = {**FAULTS, "import": Fault(kind=Noisy, falls=frozenset(("import",)), settings={})}

SAMPLES = Path(__file__).parent / "samples"

SLOW = {"time-out", "crash"}
"""Promises that take seconds: each is tried on the fault of its name alone."""


@pytest.fixture(autouse=True)
def impatient(request, monkeypatch):
    """Do not wait long for what will not come; a killed program is mourned for some seconds."""
    name = request.node.callspec.params["name"] if hasattr(request.node, "callspec") else ""
    monkeypatch.setattr(house, "LONGEST", 10.0 if name in SLOW else 3.0)


def suite(kind, own, folder):
    """Return a class of tests for a connector of the courier's kind, with settings of its `own`."""

    class TestIt(Conformance):
        connector = kind
        settings = {"url": "{platform}", "token": {"env": "COURIER_TOKEN"}, "stamp": {"env": "COURIER_STAMP"}, **own}
        signing = hmac_signed("x-stamp", "stamp")
        samples = folder

    return TestIt


def broken(fault, platform, template, folder, slow=frozenset(), only=""):
    """Run the tests of the kit on a connector, all or that of one promise; return the promises that it breaks."""
    samples = SAMPLES
    if fault.spoil is not None:
        samples = shutil.copytree(SAMPLES, folder / "samples")
        fault.spoil(samples)
    kind, tests = fault.kind, suite(fault.kind, fault.settings, samples)
    plan = attrs.evolve(cases.plan_of(tests), folder=folder)
    found = {}
    with installed(kind):
        for name, test in inspect.getmembers(tests, inspect.isfunction):
            promise = getattr(test, "promise", None)
            if promise is None or promise.name in found or promise.name in SLOW - slow:
                continue
            if only and promise.name != only:
                continue
            wanted = [one for one in cases.CASES if one in inspect.signature(test).parameters]
            for number, case in enumerate(cases.CASES[wanted[0]](plan) or [None] if wanted else [None]):
                home = folder / f"{name}-{number}"
                home.mkdir()
                kit = Kit(plan=plan, platform=platform, folder=home, template=template)
                platform.begin()
                try:
                    test(tests(), kit, *([case] if wanted else []))
                except Exception as error:
                    found[promise.name] = str(error)
                    break
                finally:
                    kit.close()
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_caught_by_the_test_that_names_it(name, kit_platform, kit_template, tmp_path):
    """Nothing else fails, except what cannot hold without it."""
    fault = FAULTS[name]
    if fault.falls is None:
        assert name in broken(fault, kit_platform, kit_template, tmp_path, only=name)
        return
    found = broken(fault, kit_platform, kit_template, tmp_path, SLOW & {name})
    assert set(found) == fault.falls - (SLOW - {name}), "\n".join(f"{one}: {text}" for one, text in found.items())


def test_there_is_a_fault_for_every_promise():
    """A promise that nothing breaks may be one that no test keeps."""
    assert {promise.name for promise in promises_of(Conformance)} == set(FAULTS)


def test_the_good_connector_breaks_none(kit_platform, kit_template, tmp_path):
    """What is caught is the fault."""
    good = Fault(kind=Courier, falls=frozenset(), settings={})
    assert broken(good, kit_platform, kit_template, tmp_path) == {}
