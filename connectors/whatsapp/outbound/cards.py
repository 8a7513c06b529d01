"""Contact cards (WA/messages/contacts-messages, 2025-11)."""

from __future__ import annotations

from connectors_core import NotSupported
from connectors_core.model import Card, Contact, Scheme
from connectors_core.model.wire import Json

_DETAILS = ("org", "urls", "addresses", "birthday", "phones", "emails")
"""What a card may say besides its name, in WhatsApp's own form; sent as it stands in `Contact.extra`.

Numbers and mail that stand there go before those of the identities: they say of what kind each is.
"""


def cards(part: Card) -> list[Json]:
    """Return the cards; raise NotSupported for one without a name."""
    if not part.contacts:
        raise NotSupported("there is no contact card in this part")
    return [_card(contact) for contact in part.contacts]


def _card(contact: Contact) -> Json:
    name = contact.extra.get("name")
    if not contact.name.strip():
        raise NotSupported("a contact card needs a name")
    # Besides the formatted name one more is needed, and we do not guess where a name divides.
    names = name if isinstance(name, dict) else {"first_name": contact.name}
    card: Json = {"name": {**names, "formatted_name": contact.name}}
    card |= {key: contact.extra[key] for key in _DETAILS if contact.extra.get(key)}
    known = [one.value for one in contact.identities if one.scheme == Scheme.WA_ID]
    phones: list[Json] = []
    for one in contact.identities:
        if one.scheme == Scheme.PHONE:
            digits = one.value.lstrip("+")
            phones.append({"phone": one.value, **({"wa_id": digits} if digits in known else {})})
    told = {phone.get("wa_id") for phone in phones}
    phones += [{"phone": f"+{wa_id}", "wa_id": wa_id} for wa_id in known if wa_id not in told]
    mails = [{"email": one.value} for one in contact.identities if one.scheme == Scheme.EMAIL]
    return {**({"phones": phones} if phones else {}), **({"emails": mails} if mails else {}), **card}
