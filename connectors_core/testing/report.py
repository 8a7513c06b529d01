"""What a connector can do, as its manifest says and its samples prove, for whoever chooses one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors_core.manifest import Level, Limit
from connectors_core.model import Handover, Link
from connectors_core.model.codec import PART_NAMES
from connectors_core.testing.cases import plan_of
from connectors_core.testing.proving import proofs


def document(kind: Any, promises: Mapping[str, str]) -> dict[str, Any]:
    """Return the report on the connector of a class of tests; `promises`: what became of each."""
    plan = plan_of(kind)
    manifest, samples = plan.manifest, plan.samples
    abilities = manifest.abilities
    parts = {}
    for part, limit in abilities.parts.items():
        shown = sorted({one.name for one in proofs(samples, part)})
        parts[PART_NAMES[part]] = {**_limit(limit), "proved_by": shown}
    return {
        "connector": manifest.name,
        "title": manifest.title,
        "parts": parts,
        "takes_receipts": sorted(abilities.receipts),
        "reports_receipts": sorted(abilities.reports),
        "opens": abilities.opens,
        "makes_contacts": abilities.makes_contacts,
        "thread_control": abilities.thread_control,
        "echoes": abilities.echoes,
        "idempotent": abilities.idempotent,
        "poll_every": abilities.poll_every,
        "people_wanted_by": _names(samples.good("link_account"), Link),
        "threads_moved_by": _names(samples.good("hand_over"), Handover),
        "promises": dict(promises),
    }


def table(found: Mapping[str, Any]) -> str:
    """Return a report as a table of text."""
    kept = sum(outcome == "passed" for outcome in found["promises"].values())
    lines = [f"{found['title']} ({found['connector']}): {kept} of {len(found['promises'])} promises kept"]
    for name, part in found["parts"].items():
        kinds = f" {', '.join(part['kinds'])}" if part["kinds"] else ""
        proved = f"{len(part['proved_by'])} samples" if part["proved_by"] else "not proved"
        lines.append(f"  {name:<14} {part['level']:<9} {proved}{kinds}")
    yes = ("opens", "makes_contacts", "thread_control", "echoes", "idempotent")
    lines += [f"  {name:<24} {', '.join(found[name]) or 'none'}" for name in ("takes_receipts", "reports_receipts")]
    lines += [f"  {name:<24} {'yes' if found[name] else 'no'}" for name in yes]
    lines += [f"  broken: {name}" for name, outcome in sorted(found["promises"].items()) if outcome != "passed"]
    return "\n".join(lines)


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "level": str(Level(limit.level)),
        "split_at": limit.split_at,
        "max_bytes": limit.max_bytes,
        "options": limit.options,
        "kinds": sorted(map(str, limit.kinds)),
    }


def _names(samples: Any, kind: type) -> list[str]:
    return sorted(one.name for one in samples if isinstance(one.event, kind))
