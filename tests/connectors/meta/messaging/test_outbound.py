"""Messages as requests: limits of a dialect, what goes together, what is refused before any request."""

from datetime import UTC, datetime

import attrs
import pytest

from connectors.meta.messaging import outbound
from connectors.meta.messaging.outbound import Dialect, Files
from connectors.meta.messaging.outbound.envelope import LONGEST_METADATA
from connectors_core import Malformed, Measure, NoCounterpart, NotSupported, Reply, Uncertain
from connectors_core.model import (
    Carousel,
    ChoiceKind,
    Choices,
    ContactRef,
    ConversationRef,
    Done,
    Identity,
    Item,
    Location,
    Media,
    MediaKind,
    Message,
    MessageRef,
    Option,
    Origin,
    Product,
    Products,
    Receipt,
    ReceiptKind,
    Scheme,
    Text,
)

PLACE = {"endpoint": "shop", "account": "12"}
SMALL = Dialect(
    longest_text=10,
    measure=Measure.BYTES,
    files={
        "image": Files(largest=100, types=frozenset({"image/png"})),
        "file": Files(largest=50, types=frozenset({"application/pdf"})),
    },
    album=3,
    asks=frozenset((ChoiceKind.REPLY, ChoiceKind.QUICK_REPLY)),
    buttons=frozenset((ChoiceKind.REPLY, ChoiceKind.LINK)),
    scheme=Scheme.IGSID,
    inbox="1",
)
"""A product that takes little."""

HAT = Media(kind=MediaKind.IMAGE, url="https://shop.example.com/hat.png")


def message(*parts, **more):
    """Return a message to somebody."""
    given = {"conversation": ConversationRef(**PLACE, id="17"), "parts": parts or [Text(body="Hi")], **more}
    return Message(**PLACE, id="a1", at=datetime(2026, 11, 22, tzinfo=UTC), origin=Origin.AGENT, **given)


def attach(media, _allowed):
    """Say of every file that it is there."""
    return outbound.attachment_type(media, SMALL), {"url": media.url}


def content(part):
    """Return the content of a part in the small dialect."""
    return outbound.content(part, SMALL, attach)


def option(title="Yes", kind=ChoiceKind.REPLY, **more):
    """Return an option."""
    return Option(title=title, kind=kind, **more)


def test_a_text_is_measured_as_the_dialect_says():
    """Ten bytes are five umlauts."""
    assert content(Text(body="ääääö")) == {"text": "ääääö"}
    with pytest.raises(NotSupported, match="11 bytes, and 10 are allowed"):
        content(Text(body="äääööx"))


LINK = option("Shop", ChoiceKind.LINK, url="https://shop.example.com/")
REFUSED = [
    (Location(latitude=1.0, longitude=2.0), "Location is not sent here"),
    (Text(body=" "), "the text is empty"),
    (Choices(body="Which?", options=()), "nothing to choose"),
    (Choices(body="", options=(option(),)), "the text above the buttons is empty"),
    (Choices(body="x" * 641, options=(option(),)), "641 characters, and 640"),
    (Choices(body="Which?", options=(option(""),)), "the label of a button is empty"),
    (Choices(body="Which?", options=(option("x" * 21),)), "the label of a button has 21"),
    (Choices(body="Which?", options=(option(payload="x" * 1001),)), "the payload of a button has 1001"),
    (Choices(body="Which?", options=(LINK,) * 4), "1 to 3 buttons, and these are 4"),
    (Choices(body="Which?", options=(option("Shop", ChoiceKind.LINK),)), "a link button needs an address"),
    (Choices(body="Which?", options=(option(kind=ChoiceKind.PHONE),)), "options of the kinds phone"),
    (Choices(body="Which?", options=(option(kind=ChoiceKind.QUICK_REPLY), LINK)), "options of the kinds link, quick"),
    (Choices(body="Which?", options=(option(kind=ChoiceKind.QUICK_REPLY),) * 14), "13 quick replies at most"),
    (Choices(body="x" * 11, options=(option(kind=ChoiceKind.QUICK_REPLY),)), "the text above the options has 11"),
    (Carousel(body="", cards=()), "1 to 10 cards"),
    (Carousel(body="", cards=(Choices(body="A", options=(option(),)),) * 11), "these are 11"),
    (Carousel(body="Look", cards=(Choices(body="A", options=(option(),)),)), "no words stand above cards"),
    (Carousel(body="", cards=(Choices(body="A hat", options=()),)), "a second line, a picture or a button"),
    (Carousel(body="", cards=(Choices(body="", options=(option(),)),)), "this has 0 lines"),
    (Carousel(body="", cards=(Choices(header="A", body="B", footer="C", options=()),)), "this has 3 lines"),
    (Carousel(body="", cards=(Choices(body="x" * 81, options=(option(),)),)), "the title of a card has 81"),
    (Carousel(body="", cards=(Choices(body="A", options=(), media=attrs.evolve(HAT, kind=MediaKind.VIDEO)),)), "video"),
    (
        Carousel(body="", cards=(Choices(body="A", options=(), media=Media(kind=MediaKind.IMAGE, id="7")),)),
        "public_url",
    ),
    (Carousel(body="", cards=(Choices(body="A", options=(option(kind=ChoiceKind.FLOW),)),)), "flow is no button here"),
    (Products(catalogue="1"), "1 to 10 products"),
    (Products(catalogue="1", items=(Product(id=" "),)), "the id of a product is empty"),
    (Products(catalogue="1", items=(Product(id="2"),), header="New"), "no words stand around products"),
    (attrs.evolve(HAT, caption="A hat"), "no words stand under a file"),
]


@pytest.mark.parametrize(("part", "reason"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_has_no_form_is_refused(part, reason):
    """With the reason, before anything is asked of the platform."""
    with pytest.raises(NotSupported, match=reason):
        content(part)


def test_three_replies_stay_and_four_go():
    """Buttons stay in the chat; of more the platform makes quick replies."""
    three = content(Choices(body="Which?", options=tuple(map(option, "abc"))))
    assert three["attachment"]["payload"]["template_type"] == "button"
    four = content(Choices(body="Which?", options=tuple(map(option, "abcd"))))
    assert [one["payload"] for one in four["quick_replies"]] == ["a", "b", "c", "d"]


def test_quick_replies_stand_below_a_file():
    """Without a word the file itself is the message."""
    found = content(Choices(body="", options=(option(kind=ChoiceKind.QUICK_REPLY),), media=HAT))
    assert found["attachment"] == {"type": "image", "payload": {"url": HAT.url}}
    assert len(found["quick_replies"]) == 1


def test_pictures_are_an_album_and_nothing_else_is():
    """As many as the dialect takes, without words, and nothing beside them."""
    found = outbound.album((HAT, HAT), SMALL, attach)
    assert found == {"attachments": [{"type": "image", "payload": {"url": HAT.url}}] * 2}
    for parts in ((HAT,) * 4, (HAT, Text(body="Hi")), (HAT, attrs.evolve(HAT, caption="A hat"))):
        with pytest.raises(NotSupported):
            outbound.album(parts, SMALL, attach)


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        (Media(kind=MediaKind.IMAGE, mime="image/PNG; x=1"), "image"),
        (Media(kind=MediaKind.IMAGE, name="a.png", mime="application/octet-stream"), "image"),
        (Media(kind=MediaKind.STICKER, mime="image/png"), "image"),
        (Media(kind=MediaKind.IMAGE), "image"),
        (Media(kind=MediaKind.IMAGE, mime="application/pdf"), "file"),
        (Media(kind=MediaKind.DOCUMENT, mime="application/pdf", size=50), "file"),
        (Media(kind=MediaKind.DOCUMENT, mime="application/pdf", size=51), ""),
        (Media(kind=MediaKind.IMAGE, mime="image/png", size=101), ""),
        (Media(kind=MediaKind.DOCUMENT, mime="text/csv"), ""),
        (Media(kind=MediaKind.VOICE, mime="audio/ogg"), ""),
    ],
)
def test_a_file_goes_as_what_is_taken(media, kind):
    """By its type, which its name may tell; else as a file; else not at all."""
    if kind:
        assert outbound.attachment_type(media, SMALL) == kind
    else:
        with pytest.raises(NotSupported):
            outbound.attachment_type(media, SMALL)


def test_a_picture_that_is_too_large_to_be_shown_goes_as_a_file():
    """Where files of its type are taken."""
    roomy = attrs.evolve(SMALL, files={**SMALL.files, "file": Files(largest=500)})
    assert outbound.attachment_type(Media(kind=MediaKind.IMAGE, mime="image/png", size=101), roomy) == "file"


def test_a_person_is_named_by_the_conversation_first():
    """Then by the identity of this account, then by the contact; else there is nobody."""
    known = Identity(scheme=Scheme.IGSID, value="18", scope="12")
    assert outbound.person(message(), SMALL, "12") == "17"
    assert outbound.person(message(conversation=None, to=known), SMALL, "12") == "18"
    at = datetime(2026, 11, 22, tzinfo=UTC)
    receipt = Receipt(**PLACE, id="r", at=at, kind=ReceiptKind.READ, contact=ContactRef(**PLACE, id="19"))
    assert outbound.person(receipt, SMALL, "12") == "19"
    for to in (None, attrs.evolve(known, scope="13"), Identity(scheme=Scheme.PHONE, value="+15550100200")):
        with pytest.raises(NoCounterpart):
            outbound.person(message(conversation=None, to=to), SMALL, "12")


def test_an_answer_to_a_comment_in_the_chat_stands_below_nothing():
    """A comment is public: a message in the chat can only stand below one of the chat."""
    answer = outbound.envelope(message(reply_to=MessageRef(**PLACE, id="m_1")), SMALL, "12")
    assert answer["reply_to"] == {"mid": "m_1"}
    for comment in ("17800000000000001", "567_77", "12_567"):
        assert "reply_to" not in outbound.envelope(message(reply_to=MessageRef(**PLACE, id=comment)), SMALL, "12")


def test_an_answer_to_what_has_no_id_there_stands_below_nothing():
    """A tap that came without an id bears one of our own: Meta would refuse the answer for it."""
    ours = Item(type="messenger", account="12", raw={"postback": {}}).digest()
    assert "reply_to" not in outbound.envelope(message(reply_to=MessageRef(**PLACE, id=ours)), SMALL, "12")


def test_a_post_is_answered_only_where_the_dialect_says_so():
    """What begins with the account's id is a comment like any other elsewhere."""
    post = message(tag="private_reply", reply_to=MessageRef(**PLACE, id="12_567"))
    assert outbound.envelope(post, SMALL, "12") == {"recipient": {"comment_id": "12_567"}}
    visited = attrs.evolve(SMALL, posts=True)
    assert outbound.envelope(post, visited, "12") == {"recipient": {"post_id": "12_567"}}


def test_our_key_travels_where_it_comes_back():
    """And only while it fits."""
    echoing = attrs.evolve(SMALL, echoes_metadata=True)
    assert outbound.metadata("k/1", echoing) == {"metadata": "k/1"}
    assert outbound.metadata("k" * (LONGEST_METADATA + 1), echoing) == {}
    assert outbound.metadata("k/1", SMALL) == {}


def test_what_is_merged_into_a_request_keeps_the_rest():
    """Objects are merged, everything else is replaced; other names are refused."""
    body = {"recipient": {"id": "17"}, "message": {"text": "Hi", "metadata": "k"}}
    more = {"request": {"message": {"text": "Hello"}, "notification_type": "NO_PUSH"}}
    assert outbound.completed(body, message(extra=more)) == {
        "recipient": {"id": "17"},
        "message": {"text": "Hello", "metadata": "k"},
        "notification_type": "NO_PUSH",
    }
    assert outbound.completed(body, message(extra={"sticker_id": "1"})) == body
    for wrong in ({"recipient": {"id": "1"}}, {"tag": "X"}, [1], "x"):
        with pytest.raises(NotSupported):
            outbound.completed(body, message(extra={"request": wrong}))


def reply(body):
    """Return an answer."""
    return Reply(status=200, headers={}, body=body)


def test_an_answer_names_the_message_and_the_conversation():
    """A private reply has the id of the chat, and the commenter's as another name of the same person."""
    name = MessageRef(**PLACE, id="m_1")
    found = outbound.sent(reply(b'{"recipient_id": "17", "message_id": "m_1"}'), message(), "shop", "12")
    assert found == Done(refs=[name, ConversationRef(**PLACE, id="17")])
    found = outbound.sent(reply(b'{"recipient_id": "99", "message_id": "m_1"}'), message(), "shop", "12")
    both = {**PLACE, "id": "99", "aliases": ("17",)}
    assert found == Done(refs=[name, ConversationRef(**both), ContactRef(**both)])
    found = outbound.sent(reply(b'{"message_id": "m_1"}'), message(), "shop", "12")
    assert found == Done(refs=[name])
    for body in (b"{}", b"[]", b"<p>", b'{"message_id": {}}'):
        with pytest.raises(Uncertain):
            outbound.sent(reply(body), message(), "shop", "12")


def test_a_message_without_parts_is_refused():
    """There is nothing to send."""
    with pytest.raises((NotSupported, Malformed)):
        outbound.only(message(parts=()))
