"""The reference pages against the program: complete, and with nothing that is not there."""

import inspect
import re
from pathlib import Path

import click
import pytest

from connectors_core import errors
from connectors_core.cli.main import EXIT_CODES, main
from connectors_core.cli.parked import ADVICE
from connectors_core.store import StoreUnavailable, deliveries
from connectors_core.web.openapi import describe

COMMANDS = main.list_commands(click.Context(main))
DOCS = Path(__file__).parents[2] / "docs"


def page(name):
    """Return the text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


def sections():
    """Return the sections of the page on commands, by the command."""
    found = re.split(r"^## `connectors ([\w-]+).*`$", page("reference/cli.md"), flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def test_every_command_has_a_section_in_the_order_of_the_help():
    """And none that is not there."""
    assert list(sections()) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_has_every_option_and_no_other(name):
    """Hidden ones are nobody's business."""
    command = main.get_command(click.Context(main), name)
    commands = command.commands.values() if isinstance(command, click.Group) else [command]
    params = [param for one in commands for param in one.params]
    shown = [one for one in params if isinstance(one, click.Option) and not one.hidden]
    rows = re.findall(r"^\| ((?:`-[^|]*)) \|", sections()[name], re.MULTILINE)
    documented = sorted(option for row in rows for option in re.findall(r"`(--?[\w-]+)`", row))
    assert documented == sorted(option for one in shown for option in (*one.opts, *one.secondary_opts))


def test_the_exit_codes_are_those_of_the_help():
    """Scripts rely on them."""
    help_ = dict(re.findall(r"^  (\d+) +(.+)$", EXIT_CODES, re.MULTILINE))
    assert dict(re.findall(r"^\| (\d+) \| (.+) \|$", page("reference/cli.md"), re.MULTILINE)) == help_


def test_every_call_of_the_http_api_stands_on_its_page():
    """With every status that it answers, and nothing that is not there."""
    calls, statuses = set(), set()
    for path, operations in describe("")["paths"].items():
        for method, operation in operations.items():
            calls.add(f"{method.upper()} {path}")
            statuses |= set(operation["responses"])
    text = page("reference/api.md")
    assert set(re.findall(r"^\| `([A-Z]+ /\S+)` \|", text, re.MULTILINE)) == calls
    assert set(re.findall(r"^\| (\d+) \|", text, re.MULTILINE)) == statuses


def test_every_error_stands_on_its_page():
    """And none that is not there."""
    known = {
        name for name, one in vars(errors).items() if inspect.isclass(one) and issubclass(one, errors.ConnectorsError)
    }
    found = set(re.findall(r"^\| `(\w+)` \|", page("reference/errors.md"), re.MULTILINE))
    assert found == {*known, StoreUnavailable.__name__}


def test_operating_names_every_state_and_every_reason():
    """What a list shows can be looked up."""
    found = set(re.findall(r"^\| `(\w+)` \|", page("guides/operating.md"), re.MULTILINE))
    assert found == {*deliveries.STATES, *ADVICE}
