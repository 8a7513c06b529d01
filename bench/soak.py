"""Soak: customers and an agent talk through a demo that is killed, with every fault of the menu; then all sides agree.

Phones (the sandbox), inbox and gateway store are compared message by message: each is there once, in its order, with
its file, its reactions and its status. One report says what happened; what must not happen is an empty list in it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from soak_judge import Verdict, judge, times
from soak_people import PICTURE, Agent, Customer, Demo, Mender

__all__ = ["PICTURE"]

WEBHOOKS = ("duplicate", "reorder", "delay", "batch", "webhook_drop_before", "webhook_drop_after")
RECEIPTS = ("receipts_early", "receipts_never", "window_closed")
CALLS = ("drop_after", "rate_limit", "meta_fault")
NOT_SENT = ("drop_before", "server_error", "html")
"""Nobody can tell that these did not happen, so each holds its conversation for two minutes."""
NOT_SAID = ("read", "upload")
LOADING = ("media", "download")
"""Two calls for each file, tried again after doubled pauses: at 10 % for each of five faults some would take longer
than a short soak lasts."""
MENDED = ("token_revoked", "account_locked", "unpaid")
"""These stop the endpoint until a human acts."""
PATIENCE = 420.0
"""Seconds in which everything has to arrive after the last word: three sends of one conversation may be unknown."""


def order(demo: Demo, rate: float, seed: int, *, quick: bool) -> None:
    """Order every fault that a gateway has to survive, each with the same rate."""
    demo.ask("faults", {"seed": seed}, "PATCH")
    wanted: list[dict[str, Any]] = [{"fault": name, "rate": rate} for name in (*WEBHOOKS, *RECEIPTS, *CALLS)]
    wanted.append({"fault": "template_paused", "rate": rate})
    calls = NOT_SAID if quick else ("",)
    wanted += [{"fault": name, "rate": rate, "call": call} for name in NOT_SENT for call in calls]
    if quick:
        wanted += [{"fault": name, "next": 1, "call": call} for name in NOT_SENT for call in ("send", *LOADING)]
    for one in wanted:
        demo.ask("faults", one)


def talk(demo: Demo, given: argparse.Namespace) -> tuple[list[Customer], Agent, int]:
    """Let everybody talk, with faults and kills, until it is time; return how many kills there were."""
    seconds = given.minutes * 60
    until = time.time() + seconds
    customers = [Customer(demo, one + 1, until, given.seed) for one in range(given.customers)]
    agent = Agent(demo, until, given.seed)
    for thread in (*customers, agent):
        thread.start()
    steps = [(seconds * (one + 1) / (given.kills + 1), "kill") for one in range(given.kills)]
    steps += [(seconds * (one + 0.5) / len(MENDED), name) for one, name in enumerate(MENDED)]
    started = time.time()
    for moment, what in sorted(steps):
        time.sleep(max(0.0, started + moment - time.time()))
        if what == "kill":
            demo.kill()
        else:
            demo.ask("faults", {"fault": what, "next": 1, "call": "send"})
    for thread in (*customers, agent):
        thread.join(seconds + 120)
    return customers, agent, given.kills


def settle(demo: Demo, customers: list[Customer], agent: Agent) -> Verdict:
    """Wait until all sides agree, or patience ends; people go on to read what comes."""
    end = time.time() + PATIENCE
    while not (verdict := judge(demo, customers, agent)).good() and time.time() < end:
        time.sleep(2)
        for customer in customers:
            customer.look()
    return verdict


def run(given: argparse.Namespace) -> tuple[dict[str, Any], bool]:
    """Run a soak; return its report, and whether everything is well."""
    with tempfile.TemporaryDirectory(prefix="connectors-soak-") as folder:
        demo = Demo(Path(folder), given.port)
        mender = Mender(demo)
        try:
            order(demo, given.rate, given.seed, quick=given.quick)
            mender.start()
            customers, agent, kills = talk(demo, given)
            verdict = settle(demo, customers, agent)
            injected = demo.ask("faults", method="GET")["injected"]
            sends = demo.rows(
                "gateway.db", "SELECT state, COUNT(*) FROM deliveries WHERE target = 'shop' GROUP BY state"
            )
            took = times(demo)
        finally:
            mender.ended.set()
            code = demo.stop()
    report = {
        "bench": "soak",
        "minutes": given.minutes,
        "seed": given.seed,
        "rate": given.rate,
        "kills": kills,
        "resumed": mender.resumed,
        "from_customers": sum(len(one.said) + len(one.liked) for one in customers),
        "from_the_agent": sum(map(len, agent.said.values())) + len(agent.liked),
        "to_whatsapp": dict(sends),
        "message_to_inbox": took,
        "injected": injected,
        **verdict.faults(),
        "unknown": verdict.unknown,
        "exit_code": code,
    }
    return report, verdict.good() and code == 0


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--customers", type=int, default=20)
    options.add_argument("--rate", type=float, default=0.02, help="how often each fault strikes, from 0 to 1")
    options.add_argument("--kills", type=int, default=2, help="kill -9 of the gateway")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--port", type=int, default=9500, help="the first port to try")
    options.add_argument("--quick", action="store_true", help="few sends whose outcome takes two minutes to be unknown")
    report, good = run(options.parse_args())
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
