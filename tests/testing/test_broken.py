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

SHARES = 6
"""Of all other promises each fault is tried on so much less: the next fault is tried on the next ones."""


@pytest.fixture(autouse=True)
def impatient(request, monkeypatch):
    """Do not wait long for what will not come; a killed program is mourned for some seconds."""
    name = request.node.callspec.params["name"] if hasattr(request.node, "callspec") else ""
    monkeypatch.setattr(house, "LONGEST", 10.0 if name in SLOW else 6.0)


def suite(kind, own, folder):
    """Return a class of tests for a connector of the courier's kind, with settings of its `own`."""

    class TestIt(Conformance):
        connector = kind
        settings = {"url": "{platform}", "token": {"env": "COURIER_TOKEN"}, "stamp": {"env": "COURIER_STAMP"}, **own}
        signing = hmac_signed("x-stamp", "stamp")
        samples = folder

    return TestIt


def tried(name):
    """Return the promises that the fault of one is tried on: its own, and a share of the others."""
    names = [promise.name for promise in promises_of(Conformance)]
    others = [one for number, one in enumerate(names) if number % SHARES == names.index(name) % SHARES]
    return {name, *others} - (SLOW - {name})


def broken(fault, platform, template, folder, promises):
    """Run the tests of these promises on a connector; return those that it breaks."""
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
            if promise is None or promise.name in found or promise.name not in promises:
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
        assert name in broken(fault, kit_platform, kit_template, tmp_path, {name})
        return
    found = broken(fault, kit_platform, kit_template, tmp_path, tried(name))
    assert set(found) == fault.falls & tried(name), "\n".join(f"{one}: {text}" for one, text in found.items())


def test_there_is_a_fault_for_every_promise():
    """A promise that nothing breaks may be one that no test keeps."""
    assert {promise.name for promise in promises_of(Conformance)} == set(FAULTS)


def test_the_good_connector_breaks_none(kit_platform, kit_template, tmp_path):
    """What is caught is the fault."""
    good = Fault(kind=Courier, falls=frozenset(), settings={})
    assert broken(good, kit_platform, kit_template, tmp_path, set(FAULTS) - SLOW) == {}
