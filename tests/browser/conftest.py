"""A real browser, and a demo of its own for each module: a phone in one page, the inbox in another."""

from __future__ import annotations

import struct
import zlib

import chromium
import psutil
import pytest
from browsing import Scene
from processes import wait_for


def pytest_ignore_collect(collection_path):
    """Leave everything here out where there is no browser."""
    return True if chromium.PATH is None and collection_path.name.startswith("test_") else None


@pytest.fixture(scope="module")
def browser():
    """Give Debian's Chromium, or another that is installed.

    Not for longer than a module: its driver keeps an event loop running, in which no other test could run its own.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - where there is no browser, nobody needs it

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium.PATH, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def stage(browser, tmp_path_factory, request):
    """Run one demo for all tests of a module: without the assistant unless the module has OPTIONS of its own."""
    options = getattr(request.module, "OPTIONS", ("--no-assistant",))
    scene = Scene.start(tmp_path_factory.mktemp("demo"), browser, *options)
    yield scene
    scene.close()
    children = [one for child in scene.program.children() for one in (child, *child.children(recursive=True))]
    scene.program.stop()
    wait_for("everything to have ended", lambda: not any(map(psutil.Process.is_running, children)))


@pytest.fixture
def scene(stage):
    """Give the demo to a test; no page may have complained when it ends."""
    stage.faults.clear()
    yield stage
    stage.close()
    assert stage.faults == []


@pytest.fixture
def picture(tmp_path):
    """Return a picture that no other test sends."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    lines = b"".join(b"\0" + bytes(value for x in range(120) for value in (x, 2 * y % 256, 200)) for y in range(80))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 120, 80, 8, 2, 0, 0, 0))
    path = tmp_path / "blue.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))
    return path
