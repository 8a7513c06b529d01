"""Sending through a Page, against a provider on this machine."""

import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError

from connectors.messenger import linking
from connectors.messenger.connector import Messenger
from connectors.messenger.settings import MessengerSettings, MessengerSettingsSchema
from connectors.meta.graph import graph
from connectors_core import Endpoint, Http, NeedsAttention, NoCounterpart, NotSupported, Redactor, Secret
from connectors_core.model import (
    Carousel,
    ChoiceKind,
    Choices,
    Contact,
    Content,
    ConversationRef,
    Coupon,
    Media,
    MediaKind,
    Message,
    MessageRef,
    Option,
    OrderItem,
    OrderReceipt,
    Origin,
    Reaction,
    Survey,
    Template,
    Text,
)
from connectors_core.pieces import cut

PAGE = "106000000000012"
PLACE = {"endpoint": "shop", "account": PAGE}
TOKEN, SECRET = Secret("EAAG-page-token"), Secret("0123456789abcdef")
MESSAGES, PERSONAS = f"/v26.0/{PAGE}/messages", f"/v26.0/{PAGE}/personas"
SENT = {"recipient_id": "17", "message_id": "m_1"}
PABLO = Contact(name="Pablo M.", picture="https://shop.example.com/pablo.png")


def endpoint(provider, **more):
    """Make a Page at the provider, which keeps one picture."""
    settings = MessengerSettings(page_id=PAGE, access_token=TOKEN, graph_url=provider.url, **more)
    redact = Redactor([TOKEN, SECRET])
    http = Http("shop", timeout=(2.0, 5.0), redact=redact, files=lambda _name: Content.of(b"png", "image/png", "a.png"))
    return Endpoint.build("shop", Messenger(settings, http))


@pytest.fixture
def shop(provider):
    """Make a Page whose provider accepts everything."""
    provider.answer(200, SENT)
    return endpoint(provider, privacy_url="https://shop.example.com/privacy")


def message(*parts, **more):
    """Return a message to somebody."""
    given = {"conversation": ConversationRef(**PLACE, id="17"), "parts": parts or [Text(body="Hi")], **more}
    return Message(**PLACE, id="a1", at=datetime(2026, 11, 22, tzinfo=UTC), origin=Origin.AGENT, **given)


def payload(shop, provider, part, **more):
    """Send a part and return the payload of the template that it made."""
    shop.deliver(message(part, **more), "k/1")
    return provider.asked[-1].json()["message"]["attachment"]["payload"]


def test_every_call_is_signed_where_the_app_demands_it(provider):
    """With the app secret, calls and uploads carry the proof of the token; the token itself is in the header alone."""
    provider.answer(200, {**SENT, "attachment_id": "185"})
    shop = endpoint(provider, app_secret=SECRET)
    shop.deliver(message(Media(kind=MediaKind.IMAGE, id="f1", mime="image/png")), "k/1")
    proof = hmac.new(b"0123456789abcdef", b"EAAG-page-token", hashlib.sha256).hexdigest()
    assert [asked.path.partition("?")[2] for asked in provider.asked] == [f"appsecret_proof={proof}"] * 2
    assert {asked.headers["authorization"] for asked in provider.asked} == {"Bearer EAAG-page-token"}


def test_an_album_is_cut_by_what_one_message_holds(shop):
    """Thirty pictures are one message; words under one of them follow it."""
    pictures = [Media(kind=MediaKind.IMAGE, id=f"f{n}", mime="image/png") for n in range(31)]
    pieces = cut(message(*pictures, Text(body="Which?")), shop.abilities, degrade=False, target="shop")
    assert [len(piece.parts) for piece in pieces] == [30, 1, 1]


def test_words_above_cards_go_before_them(shop):
    """As a text of their own: a carousel has none."""
    cards = Carousel(body="New!", cards=(Choices(body="A hat", options=(Option(title="Buy"),)),))
    pieces = cut(message(cards), shop.abilities, degrade=False, target="shop")
    assert [type(piece.parts[0]) for piece in pieces] == [Text, Carousel]


def test_a_reaction_to_an_unknown_message_is_refused(shop, provider):
    """Nothing is asked with the id of another endpoint."""
    other = MessageRef(endpoint="elsewhere", account="1", id="m_9")
    with pytest.raises(NoCounterpart):
        shop.deliver(message(Reaction(message=other, emoji="🎉")), "k/1")
    assert provider.asked == []


def test_a_picture_above_buttons_is_kept_here_or_one_of_facebook(shop, provider):
    """Any other address is refused by the media template, and so here."""
    below = (Option(title="More", kind=ChoiceKind.LINK, url="https://shop.example.com/"),)
    own = Media(kind=MediaKind.VIDEO, url="https://www.facebook.com/shop/videos/1")
    found = payload(shop, provider, Choices(body="", options=below, media=own))
    assert (found["template_type"], found["elements"][0]["url"]) == ("media", own.url)
    elsewhere = Media(kind=MediaKind.IMAGE, url="https://shop.example.com/a.png")
    with pytest.raises(NotSupported, match="one of Facebook"):
        shop.deliver(message(Choices(body="", options=below, media=elsewhere)), "k/1")
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (Coupon(title="10 %"), "a code or an address"),
        (Coupon(title="10 %", url="ftp://x"), "the coupon needs an address"),
        (Survey(kind="stars", question="How was it?"), "one of csat, nps, ces"),
        (Survey(kind="nps", question="How was it?", button="x" * 21), "the label of the survey"),
        (OrderReceipt(number="1", items=(), total="a lot", currency="EUR", payment="cash"), "the total is no number"),
        (OrderReceipt(number="1", items=(), total="NaN", currency="EUR", payment="cash"), "the total is no number"),
        (OrderReceipt(number="1", items=(), total="1", currency="EURO", payment="cash"), "the currency has 4"),
        (OrderReceipt(number="1", items=(), total="1", currency="EUR"), "how the order was paid is empty"),
        (
            OrderReceipt(number="1", items=(), total="1", currency="EUR", payment="cash", address="1 Garden Lane"),
            "the address of a receipt has 5 lines",
        ),
        (
            OrderReceipt(number="1", items=(OrderItem(id="x"),) * 101, total="1", currency="EUR", payment="cash"),
            "100 lines at most",
        ),
    ],
)
def test_what_a_template_lacks_is_said(shop, provider, part, reason):
    """Before anything is asked of Meta."""
    with pytest.raises(NotSupported, match=reason):
        shop.deliver(message(part), "k/1")
    assert provider.asked == []


def test_a_receipt_for_nobody_by_name_is_sent(shop, provider):
    """The name is needed there and may be unknown here; an item without a price costs nothing."""
    part = OrderReceipt(number="1", items=(OrderItem(id="hat"),), total="0", currency="EUR", payment="gift")
    found = payload(shop, provider, part)
    assert (found["recipient_name"], found["elements"][0]["price"]) == ("-", 0)


def test_without_a_privacy_policy_there_is_no_survey(provider):
    """A route that degrades sends the question as a text."""
    bare = endpoint(provider)
    assert Survey not in bare.abilities.parts
    question = message(Survey(kind="csat", question="How was it?"))
    assert cut(question, bare.abilities, degrade=True, target="shop")[0].parts == (Text(body="How was it?"),)


def test_the_window_of_a_human_needs_its_permission(provider):
    """Without the feature in the settings no message is sent with its tag."""
    tags = [window.tag for window in endpoint(provider).policy.windows]
    assert tags == ["", "", "private_reply"]
    assert "HUMAN_AGENT" in [window.tag for window in endpoint(provider, human_agent=True).policy.windows]


@pytest.mark.parametrize("values", [{"header.image": "f1"}, {"header.video": "https://shop.example.com/a.mp4"}])
def test_above_a_template_stands_a_picture_with_an_address(shop, provider, values):
    """Meta documents no other form."""
    with pytest.raises(NotSupported, match="template"):
        shop.deliver(message(Template(name="order", language="en", values=values)), "k/1")
    assert provider.asked == []


def test_a_persona_is_made_once(provider):
    """The list is asked for once, a name that is missing is made once; a long name or none has no persona."""
    provider.answer(200, SENT)
    provider.on(PERSONAS, (200, {"data": [{"id": "1", "name": "Else"}]}), (200, {"id": "2"}))
    shop = endpoint(provider, personas=True)
    authors = [PABLO, PABLO, Contact(name="Else"), Contact(name="x" * 51), None]
    for author in authors:
        shop.deliver(message(author=author), "k/1")
    sent = [asked.json().get("persona_id") for asked in provider.asked if asked.path == MESSAGES]
    assert sent == ["2", "2", "1", None, None]
    assert [asked.method for asked in provider.asked if asked.path.startswith(PERSONAS)] == ["GET", "POST"]


def test_personas_come_in_pages(provider):
    """As many as there are."""
    more = {"paging": {"cursors": {"after": "c1"}, "next": "https://graph.facebook.com/next"}}
    provider.answer(200, SENT)
    provider.on(
        PERSONAS,
        (200, {"data": [{"id": "1", "name": "Else"}], **more}),
        (200, {"data": [{"id": "2", "name": PABLO.name}]}),
    )
    endpoint(provider, personas=True).deliver(message(author=PABLO), "k/1")
    assert provider.asked[-1].json()["persona_id"] == "2"
    assert provider.asked[1].path.endswith("&after=c1")


def test_a_dead_token_shows_while_personas_are_asked_for(provider):
    """It would refuse the message as well."""
    provider.answer(200, SENT)
    provider.on(PERSONAS, (401, {"error": {"code": 190, "error_subcode": 463}}))
    with pytest.raises(NeedsAttention):
        endpoint(provider, personas=True).deliver(message(author=PABLO), "k/1")
    assert [asked.path.partition("?")[0] for asked in provider.asked] == [PERSONAS]


def test_who_has_no_picture_gets_that_of_the_settings(provider):
    """Meta makes no persona without one."""
    provider.answer(200, SENT)
    provider.on(PERSONAS, (200, {"data": []}), (200, {"id": "2"}))
    face = "https://shop.example.com/logo.png"
    endpoint(provider, personas=True, persona_picture=face).deliver(message(author=Contact(name="Ann")), "k/1")
    made = next(asked.json() for asked in provider.asked if asked.method == "POST" and asked.path == PERSONAS)
    assert made == {"name": "Ann", "profile_picture_url": face}


def test_a_permission_that_is_missing_for_personas_holds_no_message_up(provider):
    """The endpoint goes on, under the Page's own name."""
    provider.answer(200, SENT)
    provider.on(PERSONAS, (400, {"error": {"code": 10}}))
    endpoint(provider, personas=True).deliver(message(author=PABLO), "k/1")
    assert "persona_id" not in provider.asked[-1].json()


def test_no_persona_is_asked_for_where_nothing_is_sent(provider):
    """What is refused here costs no call."""
    shop = endpoint(provider, personas=True)
    with pytest.raises(NotSupported):
        shop.deliver(message(Text(body=" "), author=PABLO), "k/1")
    assert provider.asked == []


def test_an_account_link_is_looked_up_and_undone(provider):
    """By the token that the page of the business got, and by the id of the person."""
    settings = MessengerSettings(page_id=PAGE, access_token=TOKEN, graph_url=provider.url)
    http = Http("shop")
    provider.answer(200, {"id": PAGE, "recipient": "17"})
    assert linking.person_of(http, graph(settings), "word") == "17"
    linking.unlink(http, graph(settings), "17")
    assert provider.asked[0].path == "/v26.0/me?fields=recipient&account_linking_token=word"
    assert (provider.asked[1].path, provider.asked[1].json()) == ("/v26.0/me/unlink_accounts", {"psid": "17"})


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"page_id": "my-page"}, "page_id"),
        ({"greeting": {"english": "Hello!"}}, "greeting"),
        ({"greeting": {"de_DE": "Hallo!"}}, "greeting"),
        ({"ice_breakers": [{"question": "Where?", "payload": "X"}] * 5}, "ice_breakers"),
        ({"ice_breakers": [{"question": "Wo?", "payload": "X", "locale": "de_DE"}]}, "ice_breakers"),
        ({"persistent_menu": [{"title": "Shop"}]}, "persistent_menu"),
        (
            {"persistent_menu": [{"title": "Shop", "payload": "X", "url": "https://shop.example.com/"}]},
            "persistent_menu",
        ),
        ({"persistent_menu": [{"title": "x" * 31, "payload": "X"}]}, "persistent_menu"),
        ({"persistent_menu": [{"title": "Shop", "payload": "X"}]}, "persistent_menu"),
        ({"persistent_menu": [{"title": "Shop", "payload": "X"}], "get_started": ""}, "persistent_menu"),
        ({"account_linking_url": "http://shop.example.com/"}, "account_linking_url"),
        ({"templates": [{"name": "a", "language": "en", "category": "MARKETING", "components": []}]}, "templates"),
        ({"pages": 1}, "pages"),
    ],
)
def test_settings_say_what_is_wrong(more, where):
    """With the key that has it."""
    with pytest.raises(ValidationError) as caught:
        MessengerSettingsSchema(exclude=("access_token",)).load({"page_id": PAGE, **more})
    assert list(caught.value.messages) == [where]
