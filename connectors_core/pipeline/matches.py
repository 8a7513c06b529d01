"""Whom new addresses bring together: what platforms vouch for merges by itself, everything else only proposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors_core.model import Identity
from connectors_core.model.matching import key_of
from connectors_core.pipeline.kinship import PLATFORM, Wish
from connectors_core.store import merges, people

MOST_HOLDERS = 5
"""Contacts that one match key proposes: a number that more people claim tells nobody apart."""


def wishes(db: Any, rows: Sequence[Mapping[str, Any]]) -> list[Wish]:
    """Return who seems to be one with whom by addresses that were just written, and write their match keys."""
    found: list[Wish] = []
    keys: dict[tuple[str, int], bool] = {}
    identities = [(row["contact_id"], _identity(row)) for row in rows]
    vouched = people.find_identities(db, {(one.scheme, one.scope, one.value) for _, one in identities})
    for contact, one in identities:
        key = key_of(one)
        reason = PLATFORM if one.verified else one.scheme
        # A claim of a number or a mail address proposes by its key.
        others = vouched.get((one.scheme, one.scope, one.value), ()) if one.verified or not key else ()
        found += [
            Wish(contact=contact, other=other, reason=reason, evidence=str(one), sure=one.verified)
            for other in others
            if other != contact
        ]
        if key:
            keys[key, contact] = keys.get((key, contact), False) or one.verified
    return [*found, *_by_key(db, keys)]


def _by_key(db: Any, keys: Mapping[tuple[str, int], bool]) -> list[Wish]:
    held = merges.holders(db, {key for key, _ in keys})
    found: list[Wish] = []
    new: list[tuple[str, int]] = []
    for (key, contact), verified in keys.items():
        holders = held.setdefault(key, [])
        if contact in holders or (len(holders) >= MOST_HOLDERS and not verified):
            continue
        reason = key.partition(":")[0]
        found += [
            Wish(contact=contact, other=other, reason=reason, evidence=key, sure=False)
            for other in holders[:MOST_HOLDERS]
        ]
        holders.append(contact)
        new.append((key, contact))
    merges.add_keys(db, new)
    return found


def _identity(row: Mapping[str, Any]) -> Identity:
    return Identity(scheme=row["scheme"], scope=row["scope"], value=row["value"], verified=row["verified"])
