"""What a connector can carry and do, as plain data and in words: for lists, documentation and whoever chooses one."""

from __future__ import annotations

from typing import Any

from connectors_core.manifest import Level, Limit, Manifest, Window
from connectors_core.model.codec import PART_NAMES

LISTS = ("receipts_taken", "receipts_told", "thread_control")
TRUTHS = ("writes_first", "makes_contacts", "merges", "echoes", "idempotent")


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
        "merges": own.merges,
        "thread_control": sorted(own.thread_control),
        "echoes": own.echoes,
        "idempotent": own.idempotent,
        "polled_every": own.poll_every,
        "windows": [
            {
                "name": window.name,
                "hours": window.hours,
                "opened_by": list(window.opens),
                "beyond": list(window.beyond),
                "for": sorted(window.origins),
                "tag": window.tag,
                "once": window.once,
            }
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
        "album": limit.album,
        "max_bytes": limit.max_bytes,
        "kinds": sorted(limit.kinds),
        "options": limit.options,
        "captions": None if limit.captions is None else dict(limit.captions),
    }


def rows(manifest: Manifest) -> list[tuple[str, str]]:
    """Return a name and words for every part and every other ability; "" for a part that is not carried."""
    own = describe(manifest)
    return [
        *((name, _part(manifest, part)) for part, name in PART_NAMES.items()),
        *((key.replace("_", " "), _as_words(own[key])) for key in (*LISTS, *TRUTHS)),
        ("polled every", f"{own['polled_every']:g} s" if own["polled_every"] is not None else ""),
        ("window", _windows(manifest)),
        ("pace", _pace(manifest)),
    ]


def markdown(manifest: Manifest) -> str:
    """Return a table in Markdown of all that a connector carries and does."""
    carried = [(name, words) for name, words in rows(manifest) if words]
    return "\n".join(
        ["| Ability | How |", "|---|---|", *(f"| {name.replace('_', ' ')} | {words} |" for name, words in carried)]
    )


def _as_words(value: list[str] | bool) -> str:
    return ", ".join(value) if isinstance(value, list) else "yes" if value else "no"


def _part(manifest: Manifest, part: Any) -> str:
    limit = manifest.abilities.parts.get(part)
    if limit is None or limit.level is Level.REFUSED:
        return ""
    words = [str(limit.level)]
    if limit.split_at is not None:
        words.append(f"cut at {limit.split_at} {limit.measure}")
    if limit.most is not None:
        words.append(f"{limit.most} in a message")
    if limit.album > 1:
        words.append(f"{limit.album} pictures in a message")
    if limit.max_bytes is not None:
        words.append(_size(limit.max_bytes))
    if limit.options is not None:
        words.append(f"{limit.options} choices")
    return "; ".join([*words, *([", ".join(sorted(limit.kinds))] if limit.kinds else [])])


def _size(count: int) -> str:
    """Return a number of bytes in the largest unit that it fills."""
    for unit, size in (("MB", 1024 * 1024), ("kB", 1024)):
        if count >= size:
            return f"up to {count / size:.4g} {unit}"
    return f"up to {count} bytes"


def _windows(manifest: Manifest) -> str:
    return "; ".join(map(_window, manifest.policy.windows))


def _window(window: Window) -> str:
    words = f"{window.hours:g} h after {' or '.join(window.opens)}"
    if window.once:
        words = f"one {window.name} within {words}"
    if window.origins:
        words += f", for {' or '.join(sorted(window.origins))} alone"
    if window.tag and not window.once:
        words += f", as {window.tag}"
    return f"{words}, then {' or '.join(window.beyond)}" if window.beyond else words


def _pace(manifest: Manifest) -> str:
    pace = manifest.pace
    if pace is None:
        return ""
    pair = f"; to one person every {pace.pair_every:g} s, {pace.pair_burst} at once" if pace.pair_every else ""
    return f"{pace.rate:g} a second, {pace.burst} at once{pair}"
