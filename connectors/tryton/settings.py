"""The settings of one company in a Tryton."""

from __future__ import annotations

from typing import Any

import attrs
from marshmallow import RAISE, Schema, fields, post_load, validate

from connectors_core import Secret
from connectors_core.settings.fields import IntegerField, NumberField, SecretField, UrlField

STATES = ("lead", "opportunity", "converted", "won", "lost", "cancelled")
"""The states of an opportunity (trytond_sale_opportunity 8.2, opportunity.py)."""

LARGEST = 1_500_000
"""Bytes: what fits, in base64, into the 2 MiB that trytond takes in a request by default (trytond 8.2, config.py)."""


POLL_EVERY = 5.0
"""Seconds between two looks for replies."""


@attrs.frozen(kw_only=True)
class TrytonSettings:
    """One company. `open_states`: an opportunity in any other state is over, and the next message opens a new one.

    `recognise`: whether a person is looked for by the number or mail address that the channel vouches for.
    `code_parties`: whether a new party takes the person's address at the channel for its code.
    `largest_attachment`: bytes of a file that is attached; a larger one goes as a link. `poll_every`: seconds between
    two looks for replies.
    """

    url: str
    database: str
    key: Secret
    company: int
    open_states: tuple[str, ...] = ("lead", "opportunity")
    recognise: bool = True
    code_parties: bool = True
    largest_attachment: int = LARGEST
    poll_every: float = POLL_EVERY


class TrytonSettingsSchema(Schema):
    """`[endpoints.NAME]` with `type = "tryton"`."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    url = UrlField(
        required=True, metadata={"description": "The address of Tryton, with the path that a proxy puts before it."}
    )
    database = fields.String(
        required=True,
        validate=validate.Regexp(r"[^/?#%\s]+\Z", error="must be the name of a database"),
        metadata={"description": "The database, as in the login of the client."},
    )
    key = SecretField(required=True, shortest=16, metadata={"description": "The user's application key for REST."})
    company = IntegerField(
        required=True,
        validate=validate.Range(min=1, error="must be the number of a company"),
        metadata={"description": "The id of the company that the opportunities belong to."},
    )
    open_states = fields.List(
        fields.String(validate=validate.OneOf(STATES, error=f"must be one of {', '.join(STATES)}")),
        validate=validate.Length(min=1, error="must name one state at least"),
        metadata={"description": "The states in which an opportunity goes on; else a message opens a new one."},
    )
    recognise = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={"description": "Look for a party with the number or mail address that the channel vouches for."},
    )
    code_parties = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={"description": "Give a new party the person's address at the channel for its code."},
    )
    largest_attachment = IntegerField(
        validate=validate.Range(min=0, error="must not be below 0"),
        metadata={"description": "Bytes of a file that is attached; a larger one goes as a link."},
    )
    poll_every = NumberField(
        validate=validate.Range(min=0.2, error="must be 0.2 at least"),
        metadata={"description": "Seconds between two looks for what agents have written."},
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> TrytonSettings:
        if "open_states" in data:
            data["open_states"] = tuple(data["open_states"])
        return TrytonSettings(**data)
