"""What tells Messenger and Instagram apart, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from connectors.meta.sandbox.downloads import Place
from connectors.meta.sandbox.fields import Fields
from connectors.meta.sandbox.settings import SandboxSettings

MB = 1024 * 1024

Check = Callable[[Fields], None]
"""Raises GraphError when the payload of a template is not one that the channel takes."""


@attrs.frozen(kw_only=True)
class Kind:
    """A kind of attachments: the types that its files may have, and the most bytes."""

    types: tuple[str, ...]
    largest: int


@attrs.frozen(kw_only=True)
class Fieldnames:
    """The webhook fields of events that the two call differently; "" for what one of them never tells."""

    echo: str
    delivery: str
    read: str
    edit: str
    referral: str
    handover: str


@attrs.frozen(kw_only=True, eq=False)
class Channel:
    """One of the two.

    `account`: the id that its chats are with; `longest_text` in characters, or in bytes of UTF-8 where `in_bytes`;
    `attachments`: what may be sent as what, `most_images` of them in one message; `specials`: attachments that are no
    file; `templates`: the payload checks by type; `replies`: the kinds that make a button; `reactions`: those a
    business may give, () for any emoji; `message_keys`, `request_keys`: what may stand in a message and beside it;
    `errors`: the cases that have other codes here; `inbox`: the app id of the native inbox; `mid`: how message ids
    begin; `watermarks`: whether reading and delivery tell a time, or the id of the message that was read; `place`:
    where files lie.
    """

    name: str
    object: str
    account: Callable[[SandboxSettings], str]
    longest_text: int
    in_bytes: bool
    attachments: Mapping[str, Kind]
    most_images: int
    specials: frozenset[str]
    templates: Mapping[str, Check]
    replies: frozenset[str]
    reactions: frozenset[str]
    message_keys: frozenset[str]
    request_keys: frozenset[str]
    errors: Mapping[str, str]
    fields: Fieldnames
    inbox: str
    mid: str
    watermarks: bool
    place: Place

    def error(self, name: str) -> str:
        """Return the name of a case as this channel has it."""
        return self.errors.get(name, name)
