"""Cutting a message into what one call can carry: nothing is lost, nothing is torn, nothing is too long."""

import attrs
import pytest
import regex
from gateways import AT, message
from hypothesis import given
from hypothesis import strategies as st

from connectors_core.errors import NotSupported
from connectors_core.manifest import Abilities, Level, Limit, Measure
from connectors_core.model import (
    Activity,
    ActivityKind,
    Card,
    Carousel,
    Choice,
    ChoiceKind,
    Choices,
    Comment,
    Contact,
    Feedback,
    Location,
    Media,
    MediaKind,
    MessageRef,
    OptIn,
    Option,
    Order,
    OrderItem,
    OrderReceipt,
    Product,
    Products,
    Reaction,
    Referral,
    Revision,
    RevisionAction,
    Story,
    Template,
    Text,
    Unsupported,
)
from connectors_core.pieces import as_text, cut, split_text

REF = MessageRef(endpoint="shop", account="100", id="m0")
SHORT = Abilities(parts={Text: Limit(split_at=10, most=1)})
PLAIN = Abilities(parts={Text: Limit()})

# Words, blanks, families of joined emoji, flags, and letters with several marks.
TEXTS = st.lists(
    st.sampled_from(["a", "word", " ", "\n", "👩‍👩‍👧", "🇬🇧", "é", "न्दी", "👍🏽", "\r\n"]) | st.characters(codec="utf-8")
).map("".join)
LIMITS = st.integers(15, 60)


@given(TEXTS, LIMITS)
def test_the_pieces_together_are_the_text(text, most):
    """Not a character more or less."""
    assert "".join(split_text(text, most)) == text


@given(TEXTS, LIMITS)
def test_no_piece_is_empty_or_too_long(text, most):
    """Every piece can be sent."""
    assert all(0 < len(piece) <= most for piece in split_text(text, most))


@given(TEXTS, LIMITS)
def test_a_cut_never_goes_through_a_grapheme(text, most):
    """A family stays together, and so does a letter with its marks."""
    edges = {match.end() for match in regex.finditer(r"\X", text)}
    longest = max((len(one) for one in regex.findall(r"\X", text)), default=0)
    position = 0
    for piece in split_text(text, most):
        position += len(piece)
        assert position in edges or longest > most


def test_a_cut_is_made_at_white_space():
    """Words stay whole where there is a space in the second half of the piece."""
    assert split_text("one two three four", 10) == ["one two ", "three four"]
    assert split_text("ab cdefghijklmno", 10) == ["ab cdefghi", "jklmno"]
    assert split_text("one two   three", 10) == ["one two   ", "three"]


def test_a_grapheme_longer_than_a_piece_is_cut_after_all():
    """Hundreds of marks on one letter are no letter any more."""
    text = "a" + "\u0301" * 50
    assert [len(piece) for piece in split_text(text, 20)] == [20, 20, 11]
    assert "".join(split_text(text, 20)) == text


def pieces(*parts, abilities=PLAIN, degrade=True, **changes):
    """Cut a message of these parts."""
    return cut(message("m1", parts=parts, at=AT, **changes), abilities, degrade=degrade, target="there")


def test_what_fits_goes_as_it_is():
    """The message itself is the piece."""
    whole = message("m1", "short")
    assert cut(whole, SHORT, degrade=True, target="there") == [whole]


def test_a_long_text_is_several_pieces_and_only_the_first_is_the_answer():
    """A quotation belongs to the beginning."""
    found = pieces(Text(body="one two three four"), abilities=SHORT, reply_to=REF)
    assert [one.parts for one in found] == [(Text(body="one two "),), (Text(body="three four"),)]
    assert [one.reply_to for one in found] == [REF, None]


def test_a_message_holds_as_many_of_a_part_as_the_target_takes():
    """Three pictures where one fits are three pieces, in their order, the words with the first."""
    abilities = Abilities(parts={Text: Limit(), Media: Limit(most=1)})
    pictures = [Media(kind=MediaKind.IMAGE, id=str(number)) for number in range(3)]
    found = pieces(Text(body="look"), *pictures, abilities=abilities)
    assert [one.parts for one in found] == [(Text(body="look"), pictures[0]), (pictures[1],), (pictures[2],)]


def test_a_part_that_the_target_cannot_show_becomes_words():
    """Degrading keeps what it says."""
    assert pieces(Location(latitude=51.5, longitude=-0.1, name="Here"))[0].parts == (
        Text(body="[location] Here 51.500000, -0.100000"),
    )


def test_degraded_words_are_split_like_any_others():
    """The limit of the target holds for them too."""
    found = pieces(Location(latitude=51.5, longitude=-0.1), abilities=SHORT)
    assert all(len(one.parts[0].body) <= 10 for one in found)
    assert len(found) > 1


@pytest.mark.parametrize(
    ("abilities", "degrade"),
    [
        (PLAIN, False),
        (Abilities(parts={Text: Limit(), Location: Limit(level=Level.REFUSED)}), True),
        (Abilities(parts={Media: Limit()}), True),
    ],
)
def test_what_may_not_be_degraded_is_refused_by_name(abilities, degrade):
    """The route says no, the manifest says no, or the target shows no words."""
    with pytest.raises(NotSupported, match="there cannot show a part of the kind location"):
        pieces(Location(latitude=0, longitude=0), abilities=abilities, degrade=degrade)


def test_a_kind_that_the_target_does_not_take_is_degraded_alone():
    """A target of images gets a video as its name."""
    abilities = Abilities(parts={Text: Limit(), Media: Limit(kinds=frozenset({"image"}))})
    image, video = Media(kind=MediaKind.IMAGE, id="1"), Media(kind=MediaKind.VIDEO, id="2", name="a.mp4")
    (found,) = pieces(image, video, abilities=abilities)
    assert found.parts == (image, Text(body="[video] a.mp4"))


def test_signs_of_life_and_referrals_vanish_where_nobody_shows_them():
    """They have no content of their own; beside words they are left out."""
    (found,) = pieces(Activity(kind=ActivityKind.TYPING), Text(body="hi"), Referral(source="ad"), degrade=False)
    assert found.parts == (Text(body="hi"),)


def test_a_message_of_which_nothing_can_be_shown_is_refused():
    """Nothing is not sent as a message."""
    with pytest.raises(NotSupported, match="cannot show any part"):
        pieces(Activity(kind=ActivityKind.SEEN))


PARTS = [
    (Text(body="words"), "words"),
    (Comment(id="1", body="nice"), "nice"),
    (Comment(id="1", body=""), "[comment]"),
    (Media(kind=MediaKind.IMAGE, name="a.png", caption="our shop"), "[image] a.png our shop"),
    (Card(contacts=(Contact(name="Sheena Nelson"),)), "[contacts] Sheena Nelson"),
    (Choices(body="Size?", options=(Option(title="S"), Option(title="M"))), "Size?\n1. S\n2. M"),
    (Choice(title="M", kind=ChoiceKind.REPLY), "M"),
    (Choice(), "[answer]"),
    (Template(name="order_update", language="en"), "[template] order_update"),
    (Products(catalogue="c", items=(Product(id="1"), Product(id="2"))), "[products] 1, 2"),
    (Products(catalogue="c", body="All we have"), "[products] All we have"),
    (
        Carousel(body="Offers", cards=(Choices(body="A pot", options=(Option(title="Buy"),)),)),
        "Offers\n\nA pot\n1. Buy",
    ),
    (Order(items=(OrderItem(id="1", quantity=2),), note="soon"), "[order] 2 x 1 soon"),
    (OrderReceipt(number="7", items=(), total="9.50", currency="EUR"), "[receipt] 7: 9.50 EUR"),
    (Reaction(message=REF, emoji="👍"), "[reaction] 👍"),
    (Reaction(message=REF, emoji=None), "[reaction removed]"),
    (Revision(message=REF, action=RevisionAction.EDIT), "[message edited]"),
    (Revision(message=REF, action=RevisionAction.DELETE), "[message deleted]"),
    (Story(kind="mention"), "[story mention]"),
    (OptIn(topic="news"), "[opt-in] news"),
    (OptIn(topic="news", granted=False), "[opt-out] news"),
    (Feedback(kind="csat", score=4.0, text="good"), "[csat] 4.0 good"),
    (Unsupported(kind="hologram"), "[hologram: not shown here]"),
    (Referral(source="ad"), ""),
]


@pytest.mark.parametrize(("part", "words"), PARTS, ids=lambda value: type(value).__name__)
def test_every_part_has_words_that_stand_for_it(part, words):
    """Nothing that carries content is silently left out."""
    assert as_text(part) == words


CHAT = Abilities(
    parts={
        Text: Limit(split_at=10),
        Media: Limit(max_bytes=1000, kinds=frozenset({"image", "audio"}), captions={"image": 5}),
        Choices: Limit(kinds=frozenset({"reply", "link"}), options=2),
    },
    most_parts=1,
)


def picture(**more):
    """Return a picture."""
    return Media(**{"kind": MediaKind.IMAGE, "id": "7", **more})


@pytest.mark.parametrize(
    "part",
    [
        Carousel(body="New arrivals", cards=(Choices(body="A hat", options=(Option(title="Buy"),)),)),
        Products(catalogue="1", items=(Product(id="2"),), body="New arrivals"),
    ],
    ids=lambda part: type(part).__name__,
)
def test_words_that_cannot_stand_above_cards_go_before_them(part):
    """As a text of their own; where they may stay, they stay."""
    bare = Abilities(parts={Text: Limit(), type(part): Limit(body=False)}, most_parts=1)
    found = cut(message("m1", parts=[part]), bare, degrade=False, target="chat")
    assert [piece.parts for piece in found] == [(Text(body="New arrivals"),), (attrs.evolve(part, body=""),)]
    whole = Abilities(parts={Text: Limit(), type(part): Limit()}, most_parts=1)
    assert [piece.parts for piece in cut(message("m1", parts=[part]), whole, degrade=False, target="chat")] == [(part,)]


def choices(*kinds):
    """Return a choice of these kinds."""
    return Choices(body="Which?", options=tuple(Option(title=f"{n}", kind=kind) for n, kind in enumerate(kinds, 1)))


def test_each_part_goes_by_itself_where_one_message_holds_one():
    """In their order; only the first answers the message that was answered."""
    parts = [picture(), Text(body="hi"), picture(id="8")]
    found = cut(message("m1", parts=parts, reply_to=REF), CHAT, degrade=False, target="chat")
    assert [piece.parts for piece in found] == [(part,) for part in parts]
    assert [piece.reply_to for piece in found] == [REF, None, None]


@pytest.mark.parametrize(
    ("part", "rest"),
    [
        (picture(caption="short"), []),
        (picture(caption="longer"), ["longer"]),
        (picture(kind=MediaKind.AUDIO, caption="x"), ["x"]),
        (picture(caption="longer than ten"), ["longer ", "than ten"]),
    ],
)
def test_words_that_cannot_stay_under_a_file_follow_it(part, rest):
    """As a text of their own, cut like any other."""
    first, *others = cut(message("m1", parts=[part]), CHAT, degrade=False, target="chat")
    assert first.parts[0].caption == ("" if rest else part.caption)
    assert [piece.parts[0].body for piece in others] == rest


def test_words_stay_under_a_file_where_nothing_is_said_of_them():
    """A target without a limit for them takes them."""
    whole = message("m1", parts=[picture(caption="x" * 5000)])
    assert cut(whole, Abilities(parts={Media: Limit(), Text: Limit()}), degrade=False, target="chat") == [whole]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (picture(size=1001), "a file of 1001 bytes, as it takes 1000"),
        (picture(kind=MediaKind.VIDEO), "media video"),
        (choices(ChoiceKind.REPLY, ChoiceKind.CALL), "choices of the kind call"),
        (choices(*[ChoiceKind.REPLY] * 3), "3 choices, as one message offers 2"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_or_becomes_a_line(part, said):
    """As the route says, and the refusal says what is too much."""
    with pytest.raises(NotSupported, match=said):
        cut(message("m1", parts=[part]), CHAT, degrade=False, target="chat")
    for piece in cut(message("m1", parts=[part]), CHAT, degrade=True, target="chat"):
        assert isinstance(piece.parts[0], Text)


@pytest.mark.parametrize("part", [picture(size=1000), picture(), choices(ChoiceKind.REPLY, ChoiceKind.LINK)])
def test_what_is_at_its_limit_goes_out(part):
    """A size that nobody knows is no reason to refuse."""
    (piece,) = cut(message("m1", parts=[part]), CHAT, degrade=False, target="chat")
    assert piece.parts == (part,)


UNITS = {
    Measure.CHARACTERS: len,
    Measure.UTF16: lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    Measure.BYTES: lambda text: len(text.encode("utf-8", "replace")),
}


@pytest.mark.parametrize("measure", Measure)
@given(text=TEXTS, most=LIMITS)
def test_a_length_is_counted_as_the_platform_counts_it(measure, text, most):
    """Characters, UTF-16 code units or bytes: the pieces are the text, and none is too long."""
    pieces = split_text(text, most, measure)
    assert "".join(pieces) == text
    assert all(0 < UNITS[measure](piece) <= most for piece in pieces)
    assert measure.of(text) == UNITS[measure](text)


def test_words_under_a_file_are_counted_by_the_same_measure():
    """Six emoji are twelve units: where ten fit, they become a text of their own."""
    limit = Limit(captions={"image": 10}, measure=Measure.UTF16)
    abilities = Abilities(parts={Text: Limit(), Media: limit}, most_parts=1)
    found = cut(
        message("m1", parts=(Media(kind=MediaKind.IMAGE, caption="👍" * 6),)), abilities, degrade=False, target="shop"
    )
    assert [type(part) for piece in found for part in piece.parts] == [Media, Text]


def test_a_revision_stays_with_what_the_message_is_now():
    """An edit is one call with its new words, also where one call takes one part; what comes before goes before."""
    abilities = Abilities(parts={Text: Limit(split_at=10), Revision: Limit()}, most_parts=1)
    edit = Revision(message=REF, action=RevisionAction.EDIT)
    whole = message("m1", parts=(Text(body="first"), edit, Text(body="now")))
    pieces = cut(whole, abilities, degrade=False, target="shop")
    assert [piece.parts for piece in pieces] == [(Text(body="first"),), (edit, Text(body="now"))]
    whole = message("m1", parts=(edit, edit, Text(body="longer words")))
    pieces = cut(whole, abilities, degrade=False, target="shop")
    assert [len(piece.parts) for piece in pieces] == [1, 2, 1]


def test_pictures_without_words_share_a_message_where_the_platform_has_albums():
    """Six of them; whatever is no picture, or has words under it, goes by itself."""
    album = Abilities(parts={Text: Limit(), Media: Limit(most=1, album=6)}, most_parts=1)
    picture = Media(kind=MediaKind.IMAGE, id="p")
    film = Media(kind=MediaKind.VIDEO, id="v")
    worded = Media(kind=MediaKind.IMAGE, id="p", caption="look")
    found = pieces(Text(body="hi"), *[picture] * 8, film, picture, worded, picture, abilities=album)
    assert [len(piece.parts) for piece in found] == [1, 6, 2, 1, 1, 1, 1]
