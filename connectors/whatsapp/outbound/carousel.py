"""Cards side by side, each with a picture or film (WA/messages/interactive-media-carousel-messages, 2026-05-21)."""

from __future__ import annotations

from connectors.whatsapp.outbound.actions import link
from connectors.whatsapp.outbound.choices import MOST_BUTTONS, Attach, different, replies
from connectors.whatsapp.outbound.fields import fits, needed
from connectors_core import NotSupported
from connectors_core.model import Carousel, ChoiceKind, Choices
from connectors_core.model.wire import Json

FEWEST_CARDS = 2
MOST_CARDS = 10
LONGEST_BODY = 1024
LONGEST_CARD = 160
MOST_LINE_BREAKS = 2
SHOWN = ("image", "video")
"""What a card shows."""


def carousel(part: Carousel, attach: Attach) -> Json:
    """Return the content of a message of cards; raise NotSupported for what WhatsApp has no form for."""
    if not FEWEST_CARDS <= len(part.cards) <= MOST_CARDS:
        raise NotSupported(f"WhatsApp shows {FEWEST_CARDS} to {MOST_CARDS} cards, and these are {len(part.cards)}")
    shapes = {tuple(option.kind is ChoiceKind.LINK for option in card.options) for card in part.cards}
    if len(shapes) > 1:
        raise NotSupported("every card needs as many options as the others, and of the same kind")
    different("payloads of buttons", [option.payload or option.title for card in part.cards for option in card.options
                                      if option.kind is not ChoiceKind.LINK])  # fmt: skip
    body = {"text": needed("the text above the cards", part.body, LONGEST_BODY)}
    # Files are made ready last, when everything else is known to be good.
    actions = [_action(card) for card in part.cards]
    cards = [_card(number, card, actions[number], attach) for number, card in enumerate(part.cards)]
    return {"type": "carousel", "body": body, "action": {"cards": cards}}


def _card(number: int, card: Choices, action: Json, attach: Attach) -> Json:
    assert card.media is not None
    kind, place = attach(card.media, SHOWN)
    # The type says cta_url even where the card has replies.
    found: Json = {"card_index": number, "type": "cta_url", "header": {"type": kind, kind: place}, "action": action}
    return {**found, "body": {"text": card.body}} if card.body else found


def _action(card: Choices) -> Json:
    """Return what can be tapped on a card, and look at the rest of it."""
    if card.media is None:
        raise NotSupported("a card needs a picture or a film")
    if card.header or card.footer:
        raise NotSupported("WhatsApp shows no header and no footer on a card")
    fits("the text of a card", card.body, LONGEST_CARD)
    if card.body.count("\n") > MOST_LINE_BREAKS:
        raise NotSupported(f"the text of a card has {MOST_LINE_BREAKS} line breaks at most")
    kinds = {option.kind for option in card.options}
    if kinds == {ChoiceKind.LINK} and len(card.options) == 1:
        return link(card.options[0])
    if kinds and kinds <= {ChoiceKind.REPLY, ChoiceKind.QUICK_REPLY} and len(card.options) <= MOST_BUTTONS:
        return {"buttons": [{"type": "quick_reply", "quick_reply": reply} for reply in replies(card.options)]}
    raise NotSupported(f"a card has one link, or one to {MOST_BUTTONS} replies")
