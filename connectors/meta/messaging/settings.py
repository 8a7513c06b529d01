"""The settings that a page and an Instagram account have in common: what people see of them before they write."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from connectors_core.settings.fields import UrlField

LOCALE = validate.Regexp(r"default\Z|[a-z]{2,3}_[A-Z]{2}\Z", error='must be "default" or a locale such as en_US')
DEFAULT = "default"

MOST_ICE_BREAKERS = 4
MOST_MENU_ITEMS = 20
LONGEST_QUESTION = 80
LONGEST_TITLE = 30
LONGEST_PAYLOAD = 1000
"""MP/reference/messenger-profile-api/{ice-breakers, persistent-menu}, 2026; IG/features, 2026-06-30."""


class _LocalisedSchema(Schema):
    """One of a list that may stand there in several languages."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE

    locale = fields.String(
        validate=LOCALE, load_default=DEFAULT, metadata={"description": "The language that it is for."}
    )


class IceBreakerSchema(_LocalisedSchema):
    """`[[endpoints.NAME.ice_breakers]]`."""

    question = fields.String(
        required=True, validate=validate.Length(1, LONGEST_QUESTION), metadata={"description": "What people tap."}
    )
    payload = fields.String(
        required=True, validate=validate.Length(1, LONGEST_PAYLOAD), metadata={"description": "What comes back."}
    )


class MenuItemSchema(_LocalisedSchema):
    """`[[endpoints.NAME.persistent_menu]]`: a payload that comes back, or an address that is opened."""

    title = fields.String(
        required=True, validate=validate.Length(1, LONGEST_TITLE), metadata={"description": "What people tap."}
    )
    payload = fields.String(validate=validate.Length(1, LONGEST_PAYLOAD), metadata={"description": "What comes back."})
    url = UrlField(metadata={"description": "The address that is opened."})
    webview_height_ratio = fields.String(
        validate=validate.OneOf(("compact", "tall", "full")),
        metadata={"description": "How much of the screen the address takes."},
    )

    @validates_schema
    def _one_thing_to_do(self, data: dict[str, Any], **_: Any) -> None:
        if ("payload" in data) == ("url" in data):
            raise ValidationError({"payload": ["put either a payload or a url"]})


def has_default(texts: dict[str, str]) -> None:
    """Refuse texts of which none is for the languages that are not named."""
    if texts and DEFAULT not in texts:
        raise ValidationError(f'needs one of the locale "{DEFAULT}"')


def at_most(most: int) -> Any:
    """Return a validator of a list that may have `most` members of each language."""

    def validator(rows: list[dict[str, Any]]) -> None:
        locales = [row["locale"] for row in rows]
        if any(locales.count(locale) > most for locale in locales):
            raise ValidationError(f"has {most} of each language at most")
        if rows and DEFAULT not in locales:
            raise ValidationError(f'needs those of the locale "{DEFAULT}"')

    return validator


def ice_breakers_field() -> fields.List[Any]:
    """Return the setting of the questions that people may tap who have not written yet."""
    return fields.List(
        fields.Nested(IceBreakerSchema),
        validate=at_most(MOST_ICE_BREAKERS),
        metadata={"description": "Questions to tap for who has not written yet; 4 at most.", "ask": False},
    )


def persistent_menu_field() -> fields.List[Any]:
    """Return the setting of the menu beside the words that people type."""
    return fields.List(
        fields.Nested(MenuItemSchema),
        validate=at_most(MOST_MENU_ITEMS),
        metadata={"description": "The menu of the chat; 20 items at most, not nested.", "ask": False},
    )
