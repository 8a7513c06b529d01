"""What a connector can do, as its manifest says and its samples prove, for whoever chooses one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors_core.describing import LISTS, TRUTHS, describe
from connectors_core.model.codec import PART_NAMES
from connectors_core.testing.cases import plan_of
from connectors_core.testing.proving import proofs


def document(kind: Any, promises: Mapping[str, str]) -> dict[str, Any]:
    """Return the abilities of the connector of a class of tests, the samples that prove each part, and its promises.

    `promises`: what became of each test, by the name of its promise.
    """
    plan = plan_of(kind)
    found = describe(plan.manifest)
    for part in plan.manifest.abilities.parts:
        found["parts"][PART_NAMES[part]]["proved_by"] = sorted(one.name for one in proofs(plan.samples, part))
    return {**found, "promises": dict(promises)}


def table(found: Mapping[str, Any]) -> str:
    """Return a report as a table of text."""
    kept = sum(outcome == "passed" for outcome in found["promises"].values())
    lines = [f"{found['title']} ({found['name']}): {kept} of {len(found['promises'])} promises kept"]
    for name, part in found["parts"].items():
        proved = f"proved by {', '.join(part['proved_by'])}" if part["proved_by"] else "not proved"
        lines.append(f"  {name:<14} {part['level']:<9} {proved}")
    lines += [f"  {name.replace('_', ' '):<24} {', '.join(found[name]) or 'none'}" for name in LISTS]
    lines += [f"  {name.replace('_', ' '):<24} {'yes' if found[name] else 'no'}" for name in TRUTHS]
    lines += [f"  broken: {name}" for name, outcome in sorted(found["promises"].items()) if outcome != "passed"]
    return "\n".join(lines)
