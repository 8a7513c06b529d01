"""The way out: a log-in button gets its address, in the form that the channel carries."""

from __future__ import annotations

from collections.abc import Iterable
from time import time
from typing import Any

import attrs

from connectors_core.endpoint import Endpoint
from connectors_core.errors import NotAllowedNow, NotSupported
from connectors_core.gateway import Gateway
from connectors_core.keys import Key
from connectors_core.linking import secrets
from connectors_core.linking.limits import GOOD_FOR, KEPT, MOST_AN_HOUR
from connectors_core.manifest import Level, Limit
from connectors_core.model import Carousel, ChoiceKind, Choices, Message, Option, Part, Text
from connectors_core.redact import Secret
from connectors_core.store import linkings, people

PLACE = "https://login.invalid/".ljust(96, "0")
"""Stands for the address until it is known, about as long, so that a message is cut into the same pieces."""

LOG_OUT = "connectors:log-out"
"""The payload of a log-out button where the platform has none of its own."""

_ANSWERS = (ChoiceKind.REPLY, ChoiceKind.QUICK_REPLY, ChoiceKind.LIST_ROW)


def fitted(event: Message, endpoint: Endpoint) -> Message:
    """Return a message whose log-in and log-out buttons have the form that a channel carries. Pure.

    Where the platform has a log-in of its own they stay. Elsewhere a button without an address becomes a link, or a
    line of text, and a log-out button an answer that this program understands.
    """
    if is_native(endpoint) or not any(map(_has_buttons, event.parts)):
        return event
    limit = endpoint.abilities.parts.get(Choices)
    usable = limit is not None and limit.level in (Level.FULL, Level.PARTIAL)
    if limit is not None and usable and not limit.kinds:
        return event
    kinds = limit.kinds if limit is not None and usable else frozenset()
    words = endpoint.abilities.parts.get(Text, Limit())
    fits = words.split_at is None or words.split_at >= 2 * len(PLACE)
    return attrs.evolve(event, parts=[_fitted(part, kinds, fits=fits) for part in event.parts])


def is_native(endpoint: Endpoint) -> bool:
    """Whether a platform has a log-in of its own, and this account of it uses that."""
    limit = endpoint.abilities.parts.get(Choices)
    return "login_chat" in endpoint.verbs and limit is not None and ChoiceKind.LOGIN in limit.kinds


def _has_buttons(part: Part) -> bool:
    return any(_wants(option) or option.kind is ChoiceKind.LOGOUT for option in _options(part))


def _options(part: Part) -> Iterable[Option]:
    match part:
        case Choices(options=options):
            return options
        case Carousel(cards=cards):
            return [option for card in cards for option in card.options]
    return ()


def _wants(option: Option) -> bool:
    return option.kind is ChoiceKind.LOGIN and not option.url


def _fitted(part: Part, kinds: frozenset[str], *, fits: bool) -> Part:
    if isinstance(part, Carousel):
        return attrs.evolve(part, cards=tuple(_buttons(card, kinds) for card in part.cards))
    if not isinstance(part, Choices) or not _has_buttons(part):
        return part
    if len(part.options) == 1 and ChoiceKind.LINK in kinds:
        return _buttons(part, kinds)
    # Channels that carry a link as a button carry it alone, so that beside others it stands in the words.
    logins = [option for option in part.options if _wants(option)]
    if logins and not fits:
        raise NotSupported("an address for a log-in does not fit into one message of this channel")
    others = tuple(option for option in part.options if not _wants(option))
    body = "\n".join([part.body, *(f"{option.title}: {PLACE}" for option in logins)])
    return _buttons(attrs.evolve(part, body=body, options=others), kinds) if others else Text(body=body)


def _buttons(card: Choices, kinds: frozenset[str]) -> Choices:
    answer = next((kind for kind in _ANSWERS if kind in kinds), ChoiceKind.REPLY)
    options = []
    for option in card.options:
        if _wants(option):
            options.append(attrs.evolve(option, kind=ChoiceKind.LINK, url=PLACE))
        elif option.kind is ChoiceKind.LOGOUT:
            options.append(attrs.evolve(option, kind=answer, payload=LOG_OUT))
        else:
            options.append(option)
    return attrs.evolve(card, options=tuple(options))


def offer(gateway: Gateway, task: Any, message: Message) -> Message:
    """Return a message whose log-in buttons lead to a linking of their own; the same one in every retry.

    Raise NotSupported where nobody could log in, NotAllowedNow when there were too many of them in an hour.
    """
    if not any(map(_waits, message.parts)):
        return message
    url = _address(gateway, task) if task.is_home else ""
    return attrs.evolve(message, parts=[_filled(part, url) for part in message.parts])


def _waits(part: Part) -> bool:
    words = part.body if isinstance(part, Text | Choices | Carousel) else ""
    return PLACE in words or any(_wants(option) or option.url == PLACE for option in _options(part))


def _filled(part: Part, url: str) -> Part:
    match part:
        case Text(body=body):
            return attrs.evolve(part, body=body.replace(PLACE, url))
        case Choices():
            return _led(part, url)
        case Carousel(cards=cards):
            return attrs.evolve(part, cards=tuple(_led(card, url) for card in cards))
    return part


def _led(card: Choices, url: str) -> Choices:
    """Return a card whose log-in buttons and words lead to an address."""
    options = [attrs.evolve(one, url=url) if _wants(one) or one.url == PLACE else one for one in card.options]
    return attrs.evolve(card, body=card.body.replace(PLACE, url), options=tuple(options))


def crm_of(gateway: Gateway, writer: str, channel: str) -> str:
    """Return the CRM whose customers log in: who wrote the button, or the first of those that answer; "" for none."""
    settings = gateway.settings.endpoints.get(channel)
    ends = (writer, *(settings.responders if settings else ()))
    return next((one for one in ends if one in gateway.endpoints and "customer" in gateway.endpoints[one].verbs), "")


def secret_of(gateway: Gateway) -> Secret:
    """Return what addresses and codes are made with; raise NotSupported where the settings have none."""
    secret = gateway.settings.gateway.secret
    if secret is None:
        raise NotSupported("a log-in button needs gateway.secret in the settings, which makes its address")
    return secret


def _address(gateway: Gateway, task: Any) -> str:
    row, home = task.row, task.home
    url, crm = gateway.settings.gateway.public_url, crm_of(gateway, row.source, home.endpoint)
    if not url:
        raise NotSupported(f"{home.endpoint}: a log-in button needs gateway.public_url in the settings, where it leads")
    if not crm:
        raise NotSupported(f"{home.endpoint}: none of those who answer there has customers who could log in")
    secret = secret_of(gateway)
    key = str(Key(gateway.store.installation, row.event_id, row.piece, row.generation))
    with gateway.store.write() as db:
        found = _find_or_make(gateway, db, task, f"{key}>{row.target}", crm, secret)
    return f"{url.rstrip('/')}/link/{secrets.token(secret, found.seed)}"


def _find_or_make(gateway: Gateway, db: Any, task: Any, name: str, crm: str, secret: Secret) -> Any:
    now, home = time(), task.home
    found = linkings.made_for(db, name)
    if found is not None:
        linkings.prolong(db, found.id, now + GOOD_FOR)
        return found
    if linkings.since(db, home.id, now - KEPT) >= MOST_AN_HOUR:
        raise NotAllowedNow(f"{home.endpoint}: there were {MOST_AN_HOUR} log-in buttons in this chat in an hour")
    person = people.contacts_by_id(db, [home.contact_id]).get(home.contact_id) if home.contact_id else None
    seed = secrets.seed()
    own = {
        "id": next(gateway.store.ids(db, 1)),
        "made_for": name,
        "token": secrets.mark(secrets.token(secret, seed)),
        "seed": seed,
        "created_at": now,
        "expires_at": now + GOOD_FOR,
        "conversation_id": home.id,
        "channel": home.endpoint,
        "account": home.account,
        "chat": home.external_id,
        "crm": crm,
        "name": person.name if person else "",
        "language": person.language if person else "",
    }
    linkings.add(db, own)
    return linkings.made_for(db, name)
