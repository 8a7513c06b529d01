"""A public channel: people comment there, others may answer beside us, and it can be asked who somebody is.

And a host, who greets people by their names.
"""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
import peers
from playground import Desk, Phone, StudioSchema

from connectors_core import Limit, Manifest, Policy, Window, hookimpl
from connectors_core.model import (
    NATIVE_APP,
    OURS,
    Contact,
    Done,
    Handover,
    HandoverAction,
    Media,
    Origin,
    Text,
)


@attrs.frozen(eq=False)
class Plaza(Phone):
    """Its pictures go six at a time."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Phone.manifest,
        name="plaza",
        title="Plaza",
        abilities=attrs.evolve(
            Phone.manifest.abilities,
            parts={Text: Limit(split_at=20, most=1), Media: Limit(most=1, album=6)},
            most_parts=1,
            thread_control=HandoverAction,
        ),
        owners={"11": OURS, "22": NATIVE_APP},
        policy=Policy(
            windows=(
                Window(name="talking", hours=24.0, opens=("message",)),
                Window(name="human", hours=168.0, opens=("message",), origins=frozenset((Origin.AGENT,)), tag="HUMAN"),
                Window(name="private reply", hours=168.0, opens=("comment",), tag="aside", once=True),
            ),
            source="the plaza's rules, 2026-03",
        ),
        settings=StudioSchema,
    )

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:
        """Move the control of a conversation."""
        found: Done = peers.of(self.http.endpoint).take("hand_over", handover, key, self.settings["number"])
        return found

    @hookimpl
    def profile(self, contact: Contact) -> Contact:
        """Ask the peer; by itself it says nothing."""
        found: Any = peers.of(self.http.endpoint).take("profile", contact, "", "")
        return contact if found == Done() else found


@attrs.frozen(eq=False)
class Host(Desk):
    """Would like to know whom it greets."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Desk.manifest, name="host", title="Host", abilities=attrs.evolve(Desk.manifest.abilities, name_wait=3.0)
    )
