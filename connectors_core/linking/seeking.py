"""Looking whose address it is that somebody typed, and bringing a code there: behind the page's back.

The page has answered by then, the same whether anybody has the address or not.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from time import time
from typing import Any

from connectors_core.endpoint import Endpoint
from connectors_core.errors import ConnectorsError, Malformed, NoCounterpart, defect
from connectors_core.gateway import Gateway
from connectors_core.linking import secrets, telling
from connectors_core.linking.limits import CODE_MINUTES
from connectors_core.model import Code, Contact, ConversationRef, Identity, Origin, Scheme
from connectors_core.policy.state import openings_of
from connectors_core.policy.windows import verdict
from connectors_core.store import linkings, people

log = logging.getLogger(__name__)


def seek(gateway: Gateway, row: Any) -> None:
    """Bring a code to the address of a claimed row, where a customer has it; raise only what the store raises."""
    crm, secret = gateway.endpoints.get(row.crm), gateway.settings.gateway.secret
    if crm is None or secret is None:
        return
    try:
        address = Identity(scheme=row.scheme, value=row.address)
        customer = known(crm.customer(address))
    except NoCounterpart:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the page has answered already
        _complain(gateway, crm, "customer", error)
        return
    found = customer_columns(customer)
    value = secrets.address_code(secret, row)
    if "send_code" not in crm.verbs:
        _by_channel(gateway, row, address, found, value)
        return
    with gateway.store.write() as db:
        if not linkings.brought(db, row, time(), found):
            return
    try:
        language = row.language or "en"
        crm.send_code(Code(contact=customer, address=address, value=value, language=language, minutes=CODE_MINUTES))
    except Exception as error:  # noqa: BLE001 - the person asks for another code
        _complain(gateway, crm, "send_code", error)


def known(customer: Contact) -> Contact:
    """Return a customer who can be named; raise Malformed for one without a ref."""
    if customer.ref is None:
        raise Malformed("customer returned a contact without its ref")
    return customer


def customer_columns(customer: Contact) -> dict[str, str]:
    """Return what the store keeps of a customer."""
    assert customer.ref is not None
    return {
        "customer": customer.ref.id,
        "customer_account": customer.ref.account,
        "customer_name": customer.name.replace("\x00", "").encode("utf-8", "replace").decode(),
    }


def _by_channel(gateway: Gateway, row: Any, address: Identity, found: dict[str, str], value: str) -> None:
    """Send the code into the chat whose own name is the address, where its window is open."""
    with gateway.store.write() as db:
        chat = _chat_at(gateway, db, row, address)
        if chat is None:
            log.info("%s: there is no way to bring a code to a customer; see docs/guides/linking", row.crm)
            return
        if not linkings.brought(db, row, time(), found):
            return
        ref = ConversationRef(endpoint=chat.endpoint, account=chat.account, id=chat.external_id)
        text = "{code} is your code. Type it only on the page of ours that asked for it. It ends in {minutes} minutes."
        id_ = telling.code_id(row)
        said = telling.words(row.crm, ref, row.language, id_, text, code=value, minutes=CODE_MINUTES)
        telling.tell(gateway, db, row.crm, [said])


def _chat_at(gateway: Gateway, db: Any, row: Any, address: Identity) -> Any:
    """Return the chat of a person whom their platform knows by this very address, if they may be written to now.

    Both have to fit: some platforms number people, and one of their numbers may be somebody else's phone number.
    """
    digits = address.value.removeprefix("+")
    spellings = [(address.scheme, "", address.value), (Scheme.WA_ID, "", digits)]
    owners = {one for ids in people.find_identities(db, spellings).values() for one in ids}
    channels = [name for name in gateway.endpoints if gateway.router.between(row.crm, name) is not None]
    names = [
        (people.CONVERSATION, name, gateway.settings.endpoints[name].account or name, spelling)
        for name in channels
        for spelling in dict.fromkeys((address.value, digits))
    ]
    chats = people.conversations_by_id(db, people.find_links(db, names).values())
    opened = openings_of(db, list(chats.values()), gateway.endpoints)
    for chat in sorted(chats.values(), key=lambda one: one.last_in_at or 0.0, reverse=True):
        policy = gateway.endpoints[chat.endpoint].policy
        may = verdict(policy, None, opened[chat.id], datetime.now(UTC), origin=Origin.SYSTEM)
        if chat.contact_id in owners and may.allowed:
            return chat
    return None


def _complain(gateway: Gateway, crm: Endpoint, verb: str, error: Exception) -> None:
    text = gateway.redact(error.text) if isinstance(error, ConnectorsError) else defect(error)
    log.warning("%s: a log-in stopped at %s: %s", crm.name, verb, text)
