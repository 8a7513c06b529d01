"""What one product of Meta takes, as data: the code that reads it never asks which product it is."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from connectors_core import Measure, Policy, Window
from connectors_core.model import ChoiceKind, Origin, Scheme

HUMAN_AGENT = "HUMAN_AGENT"
"""The tag of an answer that a human writes after the standard window (MP/policy, 2026-09-28)."""

PRIVATE_REPLY = "private_reply"
"""The tag of a message that answers a comment or a visitor's post."""

STANDARD = Window(name="standard messaging", hours=24.0, opens=("message",))
AFTER_AN_AD = Window(name="after an ad", hours=168.0, opens=("ad",))
BY_A_HUMAN = Window(
    name="human agent", hours=168.0, opens=("message",), origins=frozenset((Origin.AGENT,)), tag=HUMAN_AGENT
)
BY_COMMENT = Window(name="private reply", hours=168.0, opens=("comment",), tag=PRIVATE_REPLY, once=True)
"""The windows of both products: MP/policy, 2026-09-28; MP/discovery/private-replies and IG/features/private-replies."""


def allowed(policy: Policy, *, human_agent: bool) -> Policy:
    """Return the windows of an account: a human's is longer only where the app has that permission."""
    if human_agent:
        return policy
    return attrs.evolve(policy, windows=tuple(one for one in policy.windows if one.tag != BY_A_HUMAN.tag))


@attrs.frozen(kw_only=True)
class Files:
    """What goes as one type of attachment: media types (None for all), and the most bytes."""

    largest: int
    types: frozenset[str] | None = None


@attrs.frozen(kw_only=True)
class Dialect:
    """What one product takes.

    `files`: by the type of an attachment. `album`: pictures in one message. `asks`: the kinds of options that are quick
    replies, `buttons`: those that are buttons. `reactions`: what the product calls an emoji, None when it takes any.
    `posts`: visitors' posts can be answered. `echoes_metadata`: what a message carries comes back in its echo.
    `scheme`: what it calls people by. `inbox`: the app id of the native inbox. `platform`: what
    a Page that keeps things of several products calls it, "" for its own. `ascii_names`: names of files are ASCII.
    """

    longest_text: int
    measure: Measure
    files: Mapping[str, Files]
    album: int
    asks: frozenset[ChoiceKind]
    buttons: frozenset[ChoiceKind]
    scheme: Scheme
    inbox: str
    reactions: Mapping[str, str] | None = None
    posts: bool = False
    echoes_metadata: bool = False
    platform: str = ""
    ascii_names: bool = False
