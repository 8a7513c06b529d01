"""Pages: how long a newcomer waits, for the demo and on its two pages."""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import verdict
from playwright.sync_api import Page, sync_playwright
from soak_people import PICTURE

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def timed(act: Callable[[], Any], page: Page, selector: str) -> float:
    """Return the milliseconds from an act to what it shows on a page."""
    started = time.perf_counter()
    act()
    page.wait_for_selector(selector, timeout=20_000)
    return (time.perf_counter() - started) * 1000


def talk(phone: Page, desk: Page, picture: Path, rounds: int) -> dict[str, float]:
    """Talk for a while; return the medians."""
    took: dict[str, list[float]] = {"message": [], "answer": [], "ticks": [], "picture": []}
    phone.fill("#text", "Hello")
    took["message"].append(timed(lambda: phone.press("#text", "Enter"), desk, "#lines a.line"))
    desk.click("#lines a.line")
    desk.wait_for_selector("#write #text")
    for number in range(rounds):
        phone.bring_to_front()
        phone.fill("#text", f"question {number}.")
        took["message"].append(timed(lambda: phone.press("#text", "Enter"), desk, f"#log >> text=question {number}."))
        desk.fill("#write #text", f"answer {number}.")
        began = time.perf_counter()
        took["answer"].append(
            timed(lambda: desk.press("#write #text", "Enter"), phone, f"#chat >> text=answer {number}.")
        )
        desk.wait_for_selector(f"#log .message.out:has-text('answer {number}.') .tick.read", timeout=20_000)
        took["ticks"].append((time.perf_counter() - began) * 1000)
        phone.set_input_files("#file", picture)
        took["picture"].append(
            timed(lambda: phone.click(".send"), desk, f"#log .message.in:nth-child(1n) img >> nth={number}")
        )
    return {name: statistics.median(one) for name, one in took.items()}


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=10)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="connectors-pages-") as folder:
        picture = Path(folder) / "a.png"
        picture.write_bytes(PICTURE)
        started = time.perf_counter()
        command = [sys.executable, "-m", "connectors_core.cli", "demo", "--folder", f"{folder}/demo"]
        demo = subprocess.Popen(
            [*command, "--no-assistant", "--no-open", "--port", "9700"], stdout=subprocess.PIPE, text=True
        )
        try:
            assert demo.stdout is not None
            phones, inbox = re.findall(r"http://\S+", demo.stdout.readline() + demo.stdout.readline())
            start = time.perf_counter() - started
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                phone, desk = browser.new_page(), browser.new_page()
                phone.goto(f"{phones}phones/sheena")
                desk.goto(inbox)
                medians = talk(phone, desk, picture, given.rounds)
                browser.close()
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(60)
    return verdict(
        "pages",
        {"medians_ms": medians},
        demo_seconds=(start, "<=", 5.0),
        message_ms=(medians["message"], "<=", 300.0),
        ticks_ms=(medians["ticks"], "<=", 1000.0),
        picture_ms=(medians["picture"], "<=", 1000.0),
    )


if __name__ == "__main__":
    sys.exit(main())
