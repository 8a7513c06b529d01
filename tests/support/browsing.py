"""A demo with its pages in a real browser, and the few moves that a test makes on them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import attrs
import pytest
from processes import Program, wait_for

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
LOOKS = [
    pytest.param(language, size, id=f"{language}-{size['width']}")
    for language in ("en-GB", "ar-EG")
    for size in (DESKTOP, PHONE)
]


@attrs.define
class Scene:
    """A demo that runs, and the pages that are open on it."""

    folder: Path
    browser: object
    program: Program
    phones: str
    inbox: str
    faults: list[str] = attrs.field(factory=list)
    contexts: list[object] = attrs.field(factory=list)

    @classmethod
    def start(cls, folder, browser, *options):
        """Start the demo with these options; return when it says where its pages are."""
        # Each process of the tests looks for free ports in a range of its own.
        port = 9300 + 100 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        command = ("demo", "--folder", "there", "--no-open", "--port", str(port), *options)
        program = Program(folder / "connectors.toml", {}, *command)
        found = {}

        def greeted():
            found.update(re.findall(r"(phones|inbox): +(http://\S+)", program.log))
            return len(found) == 2

        wait_for("the demo to say where its pages are", greeted)
        return cls(folder, browser, program, found["phones"], found["inbox"])

    def open(self, url, *, width=1280, height=860, language="en-GB"):
        """Open a page; what its console complains of is remembered."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, locale=language)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda told: told.type in {"error", "warning"} and self.faults.append(told.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(url)
        return page

    def phone(self, customer="sheena", **options):
        """Open the phone of a customer."""
        return self.open(f"{self.phones}phones/{customer}", **options)

    def desk(self, **options):
        """Open the inbox."""
        return self.open(self.inbox, **options)

    def gateway(self):
        """Return the gateway's own process, without those beside it."""
        (found,) = [one for one in self.program.children() if "run" in one.cmdline()]
        return found

    def close(self):
        """Close all pages."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()


def write(phone, words):
    """Write a message on a phone."""
    phone.fill("#text", words)
    phone.press("#text", "Enter")
    phone.wait_for_selector(f"#chat >> text={words}")


def open_thread(desk, words):
    """Open the conversation whose last message has these words."""
    desk.click(f"#lines a.line:has-text('{words}')")
    desk.wait_for_selector(f"#log >> text={words}")
    # The keys of the page work when its script has run.
    desk.wait_for_load_state()


def answer(desk, words):
    """Answer in the open conversation."""
    desk.fill("#write #text", words)
    desk.press("#write #text", "Enter")


def until(page, expression):
    """Return when an expression holds on a page: its own policy forbids to evaluate texts, so it is asked from here."""
    wait_for(expression, lambda: page.evaluate(expression))


def seen(place, words):
    """Return an expression that holds while the last thing with these words is in sight inside a place that scrolls."""
    return f"""[...document.querySelectorAll("{place} > *")].findLast(one => one.innerText.includes("{words}"))
        .getBoundingClientRect().bottom <= document.getElementById("scroll").getBoundingClientRect().bottom"""


def violations(page):
    """Return what axe finds: contrast, labels, roles and the rest of WCAG 2.2 AA."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - needed here alone

    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:150]}" for one in found for node in one["nodes"]]


def sideways(page):
    """Return whether a page can be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
