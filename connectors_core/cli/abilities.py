"""`connectors abilities`: what the installed connectors can carry and do."""

from __future__ import annotations

import json
from typing import Any

import click

from connectors_core import discovery
from connectors_core.cli.common import printable
from connectors_core.cli.tables import show
from connectors_core.errors import SettingsError
from connectors_core.manifest import Level, Limit, Manifest
from connectors_core.model.codec import PART_NAMES

_RECEIPTS = ("receipts_taken", "receipts_told")
_TRUTHS = ("writes_first", "makes_contacts", "thread_control", "echoes", "idempotent")


@click.command("abilities")
@click.argument("types", metavar="[TYPE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, types: tuple[str, ...], *, as_json: bool) -> None:
    """Show for each connector, or for those named, which parts it carries and what else it can do.

    Neither settings nor a store are needed. A part that is not carried goes as a line of text, or is refused, as the
    route says. A connector that cannot be imported is told of on stderr, and the exit code is 1.
    """
    found: dict[str, Manifest] = {}
    failed = False
    for name in types or discovery.installed():
        try:
            found[name] = discovery.find(name).manifest
        except SettingsError as error:
            if name not in discovery.installed():
                raise click.BadParameter(error.text, param_hint="TYPE") from None
            click.echo(printable(error.text), err=True)
            failed = True
    if as_json:
        click.echo(json.dumps([describe(manifest) for manifest in found.values()], indent=2))
    elif found:
        _show(list(found.values()))
    ctx.exit(1 if failed else 0)


def describe(manifest: Manifest) -> dict[str, Any]:
    """Return the abilities of a connector as plain data."""
    own, pace = manifest.abilities, manifest.pace
    return {
        "name": manifest.name,
        "title": manifest.title,
        "kind": manifest.kind,
        "parts": {PART_NAMES[part]: _limit(limit) for part, limit in own.parts.items()},
        "most_parts": own.most_parts,
        "receipts_taken": sorted(own.receipts),
        "receipts_told": sorted(own.reports),
        "writes_first": own.opens,
        "makes_contacts": own.makes_contacts,
        "thread_control": own.thread_control,
        "echoes": own.echoes,
        "idempotent": own.idempotent,
        "windows": [
            {"name": window.name, "hours": window.hours, "opened_by": list(window.opens), "beyond": list(window.beyond)}
            for window in manifest.policy.windows
        ],
        "pace": None
        if pace is None
        else {"rate": pace.rate, "burst": pace.burst, "pair_every": pace.pair_every, "pair_burst": pace.pair_burst},
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "level": limit.level,
        "split_at": limit.split_at,
        "measure": limit.measure,
        "most": limit.most,
        "max_bytes": limit.max_bytes,
        "kinds": sorted(limit.kinds),
        "options": limit.options,
        "captions": None if limit.captions is None else dict(limit.captions),
    }


def _show(manifests: list[Manifest]) -> None:
    rows = [{"ability": name, **{one.name: _part(one, part) for one in manifests}} for part, name in PART_NAMES.items()]
    described = [describe(one) for one in manifests]
    rows += [
        {"ability": _title(key), **{one["name"]: _words(one[key]) for one in described}}
        for key in (*_RECEIPTS, *_TRUTHS)
    ]
    rows.append({"ability": "window", **{one.name: _windows(one) for one in manifests}})
    rows.append({"ability": "pace", **{one.name: _pace(one) for one in manifests}})
    show(rows, ("ability", *(one.name for one in manifests)))


def _words(value: list[str] | bool) -> str:
    return " ".join(value) if isinstance(value, list) else "yes" if value else "no"


def _title(key: str) -> str:
    return key.replace("_", " ")


def _part(manifest: Manifest, part: Any) -> str:
    limit = manifest.abilities.parts.get(part)
    if limit is None or limit.level is Level.REFUSED:
        return ""
    words = [str(limit.level)]
    if limit.split_at is not None:
        words.append(f"cut at {limit.split_at} {limit.measure}")
    if limit.most is not None:
        words.append(f"{limit.most} in a message")
    if limit.max_bytes is not None:
        words.append(f"{limit.max_bytes} bytes")
    if limit.options is not None:
        words.append(f"{limit.options} choices")
    return ", ".join([*words, *([" ".join(sorted(limit.kinds))] if limit.kinds else [])])


def _windows(manifest: Manifest) -> str:
    return "; ".join(
        f"{one.hours:g} h after {' or '.join(one.opens)}{', then ' + ' or '.join(one.beyond) if one.beyond else ''}"
        for one in manifest.policy.windows
    )


def _pace(manifest: Manifest) -> str:
    pace = manifest.pace
    if pace is None:
        return ""
    pair = f"; to one person every {pace.pair_every:g} s, {pace.pair_burst} at once" if pace.pair_every else ""
    return f"{pace.rate:g} a second, {pace.burst} at once{pair}"
