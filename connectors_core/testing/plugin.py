"""The pytest plugin of the kit: one test for each sample and ability, and failures that say which promise broke.

It is loaded with every run of pytest where this package is installed, so it imports the kit only when a test needs it.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

if TYPE_CHECKING:
    from connectors_core.testing.kit import Kit
    from connectors_core.testing.platform import Platform

_REPORT = pytest.StashKey[dict[str, Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the report of abilities."""
    group = parser.getgroup("connectors", "conformance of connectors")
    group.addoption(
        "--abilities", metavar="FILE", help="write to FILE as JSON what each connector proved, and print it"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin a report."""
    config.stash[_REPORT] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test of the kit a run for each sample, part or receipt that it asks for.

    Where there is none it runs once with None, and sees that there is nothing that it would be for.
    """
    if not _is_ours(metafunc.cls):
        return
    from connectors_core.testing import cases  # noqa: PLC0415 - see the caption of this module

    for name, of in cases.CASES.items():
        if name in metafunc.fixturenames:
            found = of(cases.plan_of(metafunc.cls))
            metafunc.parametrize(
                name, found or [None], ids=[str(one).removeprefix("samples/") for one in found] or ["none"]
            )


@pytest.fixture(scope="session")
def kit_platform() -> Iterator[Platform]:
    """Give the server that plays the other side."""
    from connectors_core.testing.platform import Platform  # noqa: PLC0415

    platform = Platform()
    yield platform
    platform.close()


@pytest.fixture(scope="session")
def kit_template(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give a function that returns the file of a migrated store, made when it is asked for first."""
    from connectors_core.testing.house import migrated  # noqa: PLC0415

    made: list[Path] = []

    def template() -> Path:
        if not made:
            made.append(migrated(tmp_path_factory.mktemp("kit")))
        return made[0]

    return template


@pytest.fixture(scope="class")
def kit_installed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the program find the connector of a class, as if its package were installed."""
    from connectors_core.testing.subject import installed  # noqa: PLC0415

    with installed(request.cls.connector):
        yield


@pytest.fixture
def kit(request: pytest.FixtureRequest, kit_platform: Platform, kit_template: Any, tmp_path: Path) -> Iterator[Kit]:
    """Give everything that a test of the kit needs, for the connector of its class."""
    request.getfixturevalue("kit_installed")
    from connectors_core.testing import cases  # noqa: PLC0415
    from connectors_core.testing.kit import Kit  # noqa: PLC0415

    plan = attrs.evolve(cases.plan_of(request.cls), folder=tmp_path)
    kit_platform.begin()
    made = Kit(plan=plan, platform=kit_platform, folder=tmp_path, template=kit_template)
    yield made
    made.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Say of a broken promise what was promised, what was seen, and where to read about it."""
    report = yield
    promise = getattr(getattr(item, "function", None), "promise", None)
    if promise is None or report.when != "call":
        return report
    kind = item.cls  # type: ignore[attr-defined]
    _note(item.config, kind, promise.name, report.outcome)
    if report.failed and report.longrepr is not None:
        crash = getattr(report.longrepr, "reprcrash", None)
        seen = (crash.message if crash is not None else str(report.longrepr)).split("Broken: ", 1)[-1]
        text = f"{kind.connector.__name__} breaks the promise {promise.name}\n\npromised: {promise.sentence}\n"
        text += f"seen:     {seen}\nread:     docs/{promise.page}\n"
        # A defect of the kit or of its surroundings is shown whole.
        report.longrepr = text if "Broken" in str(report.longrepr) else f"{text}\n{report.longreprtext}"
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Write and print what was proved, when it was asked for."""
    target, found = config.getoption("--abilities"), config.stash[_REPORT]
    if not target or not found:
        return
    from connectors_core.testing import report  # noqa: PLC0415

    documents = [report.document(one["kind"], one["promises"]) for one in found.values()]
    Path(target).write_text(json.dumps(documents, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for document in documents:
        terminalreporter.write_line("")
        terminalreporter.write_line(report.table(document))


def _is_ours(kind: type | None) -> bool:
    return any(base.__module__ == "connectors_core.testing.conformance" for base in getattr(kind, "__mro__", ()))


def _note(config: pytest.Config, kind: type, name: str, outcome: str) -> None:
    key = f"{kind.__module__}.{kind.__qualname__}"
    promises = config.stash[_REPORT].setdefault(key, {"kind": kind, "promises": {}})["promises"]
    # One run of many that fails breaks the promise.
    promises[name] = outcome if promises.get(name, "passed") == "passed" else promises[name]
