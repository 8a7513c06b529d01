"""The parts of a message: a closed union that ends in `Unsupported`, so that nothing unknown is lost."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import attrs

from connectors_core.model.refs import Contact, MessageRef, aware


@attrs.frozen(kw_only=True)
class Text:
    """Words. `preview`: whether the channel may show a preview of a link in them."""

    body: str
    preview: bool = False


class MediaKind(StrEnum):
    """What a file is to the people who exchange it."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    """Recorded in the chat and played there; not any sound file."""
    DOCUMENT = "document"
    STICKER = "sticker"


@attrs.frozen(kw_only=True)
class Media:
    """A file; `size` in bytes; `sha256` in lower-case hexadecimal.

    On the way in, `id` is the channel's own name for it, or `url` where it can be fetched. On the way out, `id` is
    the gateway's name for the file that it keeps, to be opened with `Http.open`, and `url` a link to it that expires.
    """

    kind: MediaKind
    id: str = ""
    url: str = ""
    mime: str = ""
    size: int | None = None
    sha256: str = ""
    name: str = ""
    caption: str = ""
    animated: bool = False


@attrs.frozen(kw_only=True)
class Location:
    """A place: WGS 84 degrees."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    url: str = ""


@attrs.frozen(kw_only=True)
class Card:
    """Contact cards that somebody sent."""

    contacts: tuple[Contact, ...]


class ChoiceKind(StrEnum):
    """How one option behaves when it is tapped."""

    REPLY = "reply"
    QUICK_REPLY = "quick_reply"
    LIST_ROW = "list_row"
    LINK = "link"
    PHONE = "phone"
    """Gives the person's own number."""
    EMAIL = "email"
    """Gives the person's own mail address."""
    LOCATION = "location"
    """Gives the place where the person is, or another that they choose."""
    LOGIN = "login"
    LOGOUT = "logout"
    FLOW = "flow"
    """Opens a form inside the chat."""
    CALL = "call"
    """Calls the business."""
    CALL_PERMISSION = "call_permission"
    """Allows the business to call, or not: the Choice that comes back has the payload "accept" or "reject"."""


@attrs.frozen(kw_only=True)
class Form:
    """A form that the channel keeps under `id`.

    `screen` is the one that it opens with, "" for what the form's own server says; `values` fill that screen.
    """

    id: str
    screen: str = ""
    values: dict[str, object] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Option:
    """One thing that can be tapped; `payload` comes back when it is. An option of the kind FLOW opens `form`."""

    title: str
    payload: str = ""
    kind: ChoiceKind = ChoiceKind.REPLY
    url: str = ""
    description: str = ""
    section: str = ""
    form: Form | None = None


@attrs.frozen(kw_only=True)
class Choices:
    """Options offered to the person, with the words around them, and a picture, film or file above them (`media`)."""

    body: str
    options: tuple[Option, ...]
    header: str = ""
    footer: str = ""
    button: str = ""
    """The label that opens a list."""
    media: Media | None = None


@attrs.frozen(kw_only=True)
class Carousel:
    """Choices side by side, each a card with a picture or film, words, and options of its own."""

    body: str
    cards: tuple[Choices, ...]


@attrs.frozen(kw_only=True)
class Choice:
    """What was chosen: postback, quick reply, list row, ice breaker, answer to a flow (`answers`)."""

    title: str = ""
    payload: str = ""
    kind: ChoiceKind = ChoiceKind.REPLY
    answers: dict[str, object] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Template:
    """Approved content with parameters.

    `values` fills the slots that `TemplateInfo` names; `components`, in the shape that the channel documents, is for
    what no slot expresses. Give one of them.
    """

    name: str
    language: str
    values: dict[str, str] = attrs.field(factory=dict)
    components: tuple[dict[str, object], ...] = ()
    category: str = ""


@attrs.frozen(kw_only=True)
class Product:
    """A product by its id in the catalogue, and the heading that it stands under."""

    id: str
    section: str = ""


@attrs.frozen(kw_only=True)
class Products:
    """Products of a catalogue, shown to the person; the whole catalogue when `items` is empty.

    `side_by_side`: as cards beside one another, instead of a list. `cover` is the product whose picture stands for the
    whole catalogue.
    """

    catalogue: str
    items: tuple[Product, ...] = ()
    body: str = ""
    header: str = ""
    footer: str = ""
    side_by_side: bool = False
    cover: str = ""


@attrs.frozen(kw_only=True)
class OrderItem:
    """One line of an order; `price` per piece, as a decimal in text."""

    id: str
    quantity: int = 1
    price: str = ""
    currency: str = ""
    name: str = ""


@attrs.frozen(kw_only=True)
class Order:
    """A cart that the person sent."""

    items: tuple[OrderItem, ...]
    catalogue: str = ""
    note: str = ""


@attrs.frozen(kw_only=True)
class OrderReceipt:
    """A receipt for an order, sent to the person; `total` is a decimal in text."""

    number: str
    items: tuple[OrderItem, ...]
    total: str
    currency: str
    payment: str = ""
    address: str = ""


@attrs.frozen(kw_only=True)
class Coupon:
    """A coupon: a `code` or a `url` where it is redeemed. `payload` comes back when the person has revealed it."""

    title: str
    code: str = ""
    url: str = ""
    payload: str = ""
    subtitle: str = ""


@attrs.frozen(kw_only=True)
class Reaction:
    """A reaction to a message; `emoji` is None when it was taken back."""

    message: MessageRef
    emoji: str | None


class RevisionAction(StrEnum):
    """What was done to an earlier message."""

    EDIT = "edit"
    DELETE = "delete"


@attrs.frozen(kw_only=True)
class Revision:
    """An earlier message was edited or deleted; `number` counts the edits where the channel does."""

    message: MessageRef
    action: RevisionAction
    number: int | None = None


@attrs.frozen(kw_only=True)
class Story:
    """The person mentioned the business in a story (`mention`) or answered one of its stories (`reply`)."""

    kind: str
    id: str = ""
    url: str = ""


@attrs.frozen(kw_only=True)
class Post:
    """What somebody passed on: a post or reel of the platform, or a link to elsewhere (`kind`: post, reel, link)."""

    kind: str
    id: str = ""
    url: str = ""
    title: str = ""


@attrs.frozen(kw_only=True)
class Comment:
    """A public comment, which a private reply can answer."""

    id: str
    body: str
    post: str = ""
    parent: str = ""
    url: str = ""


@attrs.frozen(kw_only=True)
class Referral:
    """How the person came: an advertisement, an m.me, ig.me or wa.me link, a QR code, a product page."""

    source: str
    ref: str = ""
    ad_id: str = ""
    click_id: str = ""
    product_id: str = ""
    url: str = ""
    title: str = ""


@attrs.frozen(kw_only=True)
class OptIn:
    """Consent given (`granted`) or taken back, for a topic; `token` is what a later send has to name."""

    topic: str
    granted: bool = True
    token: str = ""
    expires: datetime | None = attrs.field(default=None, validator=aware)


@attrs.frozen(kw_only=True)
class Survey:
    """A question that the person answers on a scale: `kind` is csat, nps or ces. `id` comes back with the answer.

    `title` stands above the question, and `button` is what opens it.
    """

    kind: str
    question: str
    title: str = ""
    id: str = ""
    button: str = ""


@attrs.frozen(kw_only=True)
class Feedback:
    """Answers to a survey: `kind` is csat, nps, ces or response; `score` has the survey's own scale.

    `message` is the one that feedback of the kind response is about.
    """

    kind: str
    score: float | None = None
    text: str = ""
    answers: dict[str, object] = attrs.field(factory=dict)
    message: MessageRef | None = None


class ActivityKind(StrEnum):
    """What a person or an agent does without saying anything."""

    TYPING = "typing"
    SEEN = "seen"
    BLOCK = "block"
    """No more messages of the other side are wanted."""
    UNBLOCK = "unblock"


@attrs.frozen(kw_only=True)
class Activity:
    """A passing sign of life; never stored for long, never retried for long."""

    kind: ActivityKind


@attrs.frozen(kw_only=True)
class Unsupported:
    """A part that this version does not read: its kind in the provider's words, and everything that came."""

    kind: str
    raw: object = None
    error_code: int | None = None


Part = (
    Text | Media | Location | Card | Choices | Carousel | Choice | Template | Products | Order | OrderReceipt
    | Coupon | Reaction | Revision | Story | Post | Comment | Referral | OptIn | Survey | Feedback | Activity
    | Unsupported
)  # fmt: skip
