"""Soak: customers of three channels and an agent talk through a demo that is killed, with every fault of the menu.

In the end all sides agree: phones (the sandbox), inbox and gateway store are compared message by message; each is there
once, in its order, with its files, its reactions, its last words and its status. One report says what happened; what
must not happen is an empty list in it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from soak_agent import Agent
from soak_demo import CHANNELS, Demo, Mender
from soak_judge import Verdict, judge, times
from soak_people import KINDS, Customer

WEBHOOKS = ("duplicate", "reorder", "delay", "batch", "webhook_drop_before", "webhook_drop_after")
RECEIPTS = ("receipts_early", "receipts_never", "window_closed")
CALLS = ("rate_limit", "meta_fault", "template_paused", "profile_refused")
NOT_SENT = ("drop_before", "server_error", "html")
"""Nobody can tell that these did not happen, so each holds its conversation for two minutes."""
LOST_ANSWER = "drop_after"
"""It happened. The copy of the message says whose it was; not on Instagram, where this holds a conversation as well."""
NOT_SAID = ("read", "upload")
LOADING = ("media", "download")
"""Two calls for each file, tried again after doubled pauses: at 10 % for each of five faults some would take longer
than a short soak lasts."""
MENDED = {"token_revoked": CHANNELS, "account_locked": CHANNELS, "unpaid": ("whatsapp",)} | {
    "access_disabled": ("instagram",)
}
"""These stop the endpoint until a human acts, on these channels."""
PATIENCE = 420.0
"""Seconds in which everything has to arrive after the last word: three sends of one conversation may be unknown."""


def order(demo: Demo, rate: float, seed: int, *, quick: bool) -> None:
    """Order every fault that a gateway has to survive, each with the same rate."""
    demo.ask("faults", {"seed": seed}, "PATCH")
    accounts = demo.accounts()
    wanted: list[dict[str, Any]] = [{"fault": name, "rate": rate} for name in (*WEBHOOKS, *RECEIPTS, *CALLS)]
    calls = NOT_SAID if quick else ("",)
    wanted += [{"fault": name, "rate": rate, "call": call} for name in NOT_SENT for call in calls]
    for channel, account in accounts.items():
        seldom = quick and channel == "instagram"
        often = {"next": 1, "call": "send"} if seldom else {"rate": rate}
        wanted.append({"fault": LOST_ANSWER, "account": account, **often})
    if quick:
        once = zip(NOT_SENT, accounts.values(), strict=True)
        wanted += [{"fault": name, "next": 1, "call": "send", "account": account} for name, account in once]
        wanted += [{"fault": name, "next": 1, "call": call} for name in NOT_SENT for call in LOADING]
    for one in wanted:
        demo.ask("faults", one)


def talk(demo: Demo, given: argparse.Namespace) -> tuple[list[Customer], Agent]:
    """Let everybody talk, with faults and kills, until it is time."""
    seconds = given.minutes * 60
    until = time.time() + seconds
    numbers = range(1, given.customers + 1)
    customers = [kind(demo, number, until, given.seed) for kind in KINDS.values() for number in numbers]
    agent = Agent(demo, customers, until, given.seed)
    for thread in (*customers, agent):
        thread.start()
    steps: list[tuple[float, str, str]] = [
        (seconds * (one + 1) / (given.kills + 1), "kill", "") for one in range(given.kills)
    ]
    mended = [(name, channel) for name, channels in MENDED.items() for channel in channels]
    steps += [(seconds * (one + 0.5) / len(mended), *what) for one, what in enumerate(mended)]
    started, accounts = time.time(), demo.accounts()
    for moment, what, channel in sorted(steps):
        time.sleep(max(0.0, started + moment - time.time()))
        if what == "kill":
            demo.kill()
        else:
            demo.ask("faults", {"fault": what, "next": 1, "call": "send", "account": accounts[channel]})
    for thread in (*customers, agent):
        thread.join(seconds + 120)
    return customers, agent


def settle(demo: Demo, customers: Sequence[Customer], agent: Agent) -> Verdict:
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
            customers, agent = talk(demo, given)
            verdict = settle(demo, customers, agent)
            report = told(demo, given, customers, agent)
        finally:
            mender.ended.set()
            code = demo.stop()
            if given.keep:
                Path(folder).rename(given.keep)
                Path(folder).mkdir()
    ends = {**verdict.faults(), "unknown": verdict.unknown, "twice": verdict.twice, "exit_code": code}
    return {**report, "resumed": mender.resumed, **ends}, verdict.good() and code == 0


def told(demo: Demo, given: argparse.Namespace, customers: Sequence[Customer], agent: Agent) -> dict[str, Any]:
    """Return how much happened."""
    sends = "SELECT target, state, COUNT(*) FROM deliveries WHERE target != 'inbox' GROUP BY 1, 2"
    states: dict[str, dict[str, int]] = {}
    for target, state, count in demo.rows("gateway.db", sends):
        states.setdefault(target, {})[state] = count
    mine = {name: [one for one in customers if one.channel == name] for name in KINDS}
    return {
        "bench": "soak",
        "minutes": given.minutes,
        "seed": given.seed,
        "rate": given.rate,
        "kills": given.kills,
        "from_customers": {name: sum(map(_acts, some)) for name, some in mine.items()},
        "from_the_agent": {name: sum(len(agent.said[one.label]) for one in some) for name, some in mine.items()},
        "sent_to": states,
        "message_to_inbox": times(demo),
        "injected": demo.ask("faults", method="GET")["injected"],
    }


def _acts(customer: Customer) -> int:
    return len(customer.said) + len(customer.liked) + len(customer.edited) + len(customer.unsent)


def main() -> int:
    """Run and judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--customers", type=int, default=7, help="on each channel")
    options.add_argument("--rate", type=float, default=0.02, help="how often each fault strikes, from 0 to 1")
    options.add_argument("--kills", type=int, default=2, help="kill -9 of the gateway")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--port", type=int, default=9500, help="the first port to try")
    options.add_argument("--quick", action="store_true", help="few sends whose outcome takes two minutes to be unknown")
    options.add_argument("--keep", type=Path, help="keep the databases in this new folder, to look at what went wrong")
    report, good = run(options.parse_args())
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
