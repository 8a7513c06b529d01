"""The document that mapping rules read: what stands in it, and how it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from connectors_core import discovery
from connectors_core.mapping.paths import compile_path
from connectors_core.model.codec import PART_NAMES


@attrs.frozen
class Field:
    """One path of the document, the type of what stands there, and a sentence on it.

    `[]` in a path is any position of a list. Below a path of the type "open" anything may stand.
    """

    path: str
    type: str
    text: str


def _part_fields() -> Iterable[Field]:
    """Describe the keys of all parts, from the parts themselves, so that none is forgotten."""
    kinds: dict[str, list[str]] = {}
    for kind, name in PART_NAMES.items():
        for attribute in attrs.fields(kind):
            kinds.setdefault(attribute.name, []).append(name)
    for key, names in sorted(kinds.items()):
        yield Field(f"event.parts[].{key}", "open", f"`{key}` of a part that has it: {', '.join(sorted(names))}.")


FIELDS: tuple[Field, ...] = (
    Field("event.event", "text", "The noun: message, link, handover or receipt."),
    Field("event.id", "text", "What the event is called where it came from."),
    Field("event.endpoint", "text", "The endpoint that it came from."),
    Field("event.account", "text", "The account there: page, phone number id, inbox."),
    Field("event.at", "time", "When it happened, in ISO 8601 and UTC."),
    Field("event.standby", "truth", "True for a copy that may be read and must not be answered."),
    Field("event.origin", "text", "Who wrote a message: contact, agent, bot, native_app, campaign or system."),
    Field("event.author.name", "text", "Who wrote a message at the business, by the name that customers may see."),
    Field("event.author.picture", "text", "The address of that person's picture."),
    Field("event.text", "text", "The words of a message, of all its parts, a line each; captions too."),
    Field("event.reply_to", "text", "The id of the message that this one answers."),
    Field("event.kind", "text", "Of a receipt: accepted, sent, delivered, read, played or failed."),
    Field("event.status", "text", "Of a link: wanted, linked, unlinked, proposed, declined or changed."),
    Field("event.action", "text", "Of a handover: pass, take, request, release or extend."),
    Field("event.failure.code", "text or number", "Of a failed receipt: the provider's code."),
    Field("event.failure.title", "text", "Of a failed receipt: the provider's words."),
    Field("event.failure.detail", "text", "Of a failed receipt: the provider's further words."),
    Field("event.new_owner", "text", "Of a handover: who may answer now."),
    Field("event.previous_owner", "text", "Of a handover: who could answer before."),
    Field("event.summary", "text", "Of a handover: what the one before wants the next to know."),
    Field("event.metadata", "text", "Of a handover: data that travels with it."),
    Field("event.extra", "open", "The provider's own data, in the provider's own shape."),
    Field("event.parts[].part", "text", f"The kind of a part: {', '.join(sorted(PART_NAMES.values()))}."),
    *_part_fields(),
    Field("contact.id", "text", "The person, as this program calls them."),
    Field("contact.name", "text", "The person's name, where the channel tells it."),
    Field("contact.username", "text", "The person's user name, without @."),
    Field("contact.language", "text", "The person's language or locale, as the channel writes it."),
    Field("contact.picture", "text", "The address of a picture; such addresses expire."),
    Field("contact.phones[]", "text", "Every known phone number, as it came; use `phone_e164` for one form."),
    Field("contact.emails[]", "text", "Every known e-mail address."),
    Field("contact.identities[].scheme", "text", "The kind of an address: phone, email, wa_id, bsuid, psid, igsid …"),
    Field("contact.identities[].scope", "text", "What the address is unique in; empty for the whole world."),
    Field("contact.identities[].value", "text", "The address itself."),
    Field("contact.identities[].verified", "truth", "True when the platform vouches for it."),
    Field("contact.extra", "open", "The provider's own data about the person."),
    Field("identity.scheme", "text", "The kind of the address that wrote, or is written to."),
    Field("identity.scope", "text", "What that address is unique in."),
    Field("identity.value", "text", "That address itself."),
    Field("identity.verified", "truth", "True when the platform vouches for it."),
    Field("conversation.id", "text", "The conversation, as this program calls it."),
    Field("conversation.owner", "text", "The endpoint that may answer: one of the responders, `other` or `unknown`."),
    Field(
        "conversation.opened_at",
        "time",
        "When the present matter began, in ISO 8601 and UTC; so are the other moments.",
    ),
    Field("conversation.waiting_since", "time", "Since when the person waits for an answer."),
    Field("conversation.first_response", "number", "Seconds from the first question to the first answer."),
    Field(
        "conversation.first_human_response", "number", "Seconds from the first question to the first answer of a human."
    ),
    Field("conversation.resolved_at", "time", "When somebody said that the matter is settled."),
    Field("conversation.resolution", "number", "Seconds from the first question until then."),
    Field("conversation.survey", "text", "What the person was asked at the end: csat, nps or ces."),
    Field("conversation.satisfaction", "number", "What the person answered, on the scale of that question."),
    Field("account.endpoint", "text", "The channel's endpoint in the settings."),
    Field("account.channel", "text", "The channel's connector: whatsapp, messenger, instagram …"),
    Field("account.id", "text", "The channel's account: page, phone number id."),
    Field("referral.source", "text", "How the person came: ad, link, QR code …"),
    Field("referral.ref", "text", "What the link or the code carried."),
    Field("referral.ad_id", "text", "The advertisement."),
    Field("referral.click_id", "text", "The click, for conversion reports."),
    Field("referral.product_id", "text", "The product that the person looked at."),
    Field("referral.url", "text", "The page or the post that the person came from."),
    Field("referral.title", "text", "The title of the advertisement."),
)

KNOWN = tuple(field.path for field in FIELDS)
_OPEN = tuple(field.path for field in FIELDS if field.type == "open")
_BRANCHES = frozenset(
    path[:end] for path in KNOWN for end in range(1, len(path)) if path[end] in ".[" and path[end - 1] != "["
)


def problem(text: str) -> str:
    """Return what is wrong with a path, "" for one that can stand in the document."""
    try:
        general = compile_path(text).general
    except ValueError as error:
        return f'"{text}" is no path: {error}'
    if general in KNOWN or general in _BRANCHES:
        return ""
    if any(general.startswith((f"{path}.", f"{path}[")) for path in _OPEN):
        return ""
    hint = discovery.nearest(general, list(KNOWN))
    close = hint if hint.startswith(" Did") else " The mapping guide lists every path."
    return f'the document has no "{text}".{close}'


def build(
    event: Mapping[str, Any],
    contact: Mapping[str, Any] | None = None,
    identity: Mapping[str, Any] | None = None,
    conversation: Mapping[str, Any] | None = None,
    account: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Make the document of one event.

    `event` is what `model.codec.to_dict` gives. `contact` has the shape of a stored Contact: name, username, language,
    picture, extra, and `identities` as a list of {scheme, scope, value, verified}; `identity` is one of those.
    `conversation` may carry the `referral` that opened it, which counts where the event has none of its own.
    """
    conversation = conversation or {}
    referral = next((part for part in event.get("parts", ()) if part.get("part") == "referral"), None)
    return {
        "event": _event(event),
        "contact": _contact(contact or {}),
        "identity": dict(identity or {}),
        "conversation": {key: value for key, value in conversation.items() if key != "referral"},
        "account": dict(account or {}),
        "referral": dict(referral or conversation.get("referral") or {}),
    }


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    found = {"standby": False, **event}
    if "parts" in event:
        found["text"] = "\n".join(_words(event["parts"]))
    if isinstance(event.get("reply_to"), Mapping):
        found["reply_to"] = event["reply_to"].get("id")
    return found


def _words(parts: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Yield what can be read as words in the parts: text, caption, the title of what was chosen."""
    for part in parts:
        key = {"media": "caption", "choice": "title", "feedback": "text"}.get(part.get("part", ""), "body")
        if words := part.get(key):
            yield words


def _contact(contact: Mapping[str, Any]) -> dict[str, Any]:
    identities = [{"scope": "", "verified": False, **identity} for identity in contact.get("identities", ())]
    phones: dict[str, str] = {}
    for scheme in ("phone", "wa_id"):
        for identity in identities:
            if identity.get("scheme") == scheme:
                phones.setdefault(identity["value"].removeprefix("+"), identity["value"])
    emails = [identity["value"] for identity in identities if identity.get("scheme") == "email"]
    return {**contact, "identities": identities, "phones": list(phones.values()), "emails": emails}
