"""What each part becomes on its way to WhatsApp, and what is refused before any request."""

import attrs
import pytest

from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.outbound import content as content_of
from connectors.whatsapp.outbound import plan
from connectors_core import NotSupported
from connectors_core.model import (
    Card,
    ChoiceKind,
    Choices,
    Contact,
    Form,
    Identity,
    Location,
    Media,
    MediaKind,
    MessageRef,
    Option,
    Reaction,
    Scheme,
)

MB = 1024 * 1024
REF = MessageRef(endpoint="shop", account="106540352242922", id="wamid.IN1")
LINK = "https://hooks.example.com/media/f1"
PDF = "application/pdf"


def attach(media, allowed):
    """Take every file for a link of its kind."""
    assert str(media.kind) in allowed
    return str(media.kind), {"link": media.url}


def content(part):
    """Return the content of a part."""
    return content_of(part, attach)


def options(*titles, **more):
    """Return replies with these titles."""
    return tuple(Option(title=title, **more) for title in titles)


def chosen(*titles, body="Which one?", **more):
    """Return the interactive content of a choice."""
    given = {"options": options(*titles), **more}
    return content(Choices(body=body, **given))["interactive"]


def test_a_place_is_sent_with_what_is_known_of_it():
    """Degrees always, words where there are some."""
    assert content(Location(latitude=37.44, longitude=-122.16)) == {
        "type": "location",
        "location": {"latitude": 37.44, "longitude": -122.16},
    }
    found = content(Location(latitude=1, longitude=2, name="Lucky Shrub", address="1 Hacker Way", url="https://x"))
    assert found["location"] == {"latitude": 1, "longitude": 2, "name": "Lucky Shrub", "address": "1 Hacker Way"}


@pytest.mark.parametrize(("emoji", "sent"), [("👍", "👍"), (None, "")])
def test_a_reaction_is_given_and_taken_back(emoji, sent):
    """An empty emoji removes it."""
    assert content(Reaction(message=REF, emoji=emoji)) == {
        "type": "reaction",
        "reaction": {"message_id": "wamid.IN1", "emoji": sent},
    }


def test_a_card_has_numbers_mail_and_what_came_with_it():
    """A number that WhatsApp knows says so; a name is given twice, as one is not enough."""
    card = Contact(
        name="Pablo Morales",
        identities=(
            Identity(scheme=Scheme.PHONE, value="+16505551234"),
            Identity(scheme=Scheme.WA_ID, value="16505551234"),
            Identity(scheme=Scheme.PHONE, value="+16505550000"),
            Identity(scheme=Scheme.WA_ID, value="16505559999"),
            Identity(scheme=Scheme.EMAIL, value="pablo@example.com"),
            Identity(scheme=Scheme.USERNAME, value="pablo"),
        ),
        extra={"org": {"company": "Lucky Shrub"}, "colour": "red"},
    )
    assert content(Card(contacts=(card,))) == {
        "type": "contacts",
        "contacts": [
            {
                "name": {"first_name": "Pablo Morales", "formatted_name": "Pablo Morales"},
                "org": {"company": "Lucky Shrub"},
                "phones": [
                    {"phone": "+16505551234", "wa_id": "16505551234"},
                    {"phone": "+16505550000"},
                    {"phone": "+16505559999", "wa_id": "16505559999"},
                ],
                "emails": [{"email": "pablo@example.com"}],
            }
        ],
    }


def test_a_card_may_say_more_of_its_numbers():
    """What stands in WhatsApp's own form goes as it stands."""
    phones = [{"phone": "+1 (650) 555-1234", "type": "WORK", "wa_id": "16505551234"}]
    card = Contact(name="Pablo", identities=(Identity(scheme=Scheme.PHONE, value="+1"),), extra={"phones": phones})
    assert content(Card(contacts=(card,)))["contacts"][0]["phones"] == phones


@pytest.mark.parametrize("contacts", [(), (Contact(),)])
def test_a_card_without_a_name_is_refused(contacts):
    """WhatsApp would."""
    with pytest.raises(NotSupported):
        content(Card(contacts=contacts))


def test_three_answers_are_buttons():
    """With header and footer; the title is its own payload where none is given."""
    given = (Option(title="Yes", payload="yes-1"), *options("No", "Later"))
    assert chosen(options=given, header="Order 7", footer="Lucky Shrub") == {
        "type": "button",
        "body": {"text": "Which one?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "yes-1", "title": "Yes"}},
                {"type": "reply", "reply": {"id": "No", "title": "No"}},
                {"type": "reply", "reply": {"id": "Later", "title": "Later"}},
            ]
        },
        "header": {"type": "text", "text": "Order 7"},
        "footer": {"text": "Lucky Shrub"},
    }


@pytest.mark.parametrize(
    "given",
    [
        options("1", "2", "3", "4"),
        options("a title of 21 letters"),
        options("a", description="more"),
        options("a", kind=ChoiceKind.LIST_ROW),
    ],
)
def test_what_no_button_can_show_is_a_list(given):
    """Four answers, a long title, a description, or a row."""
    found = chosen(options=given)
    assert found["type"] == "list"
    assert found["action"]["button"] == "☰"
    assert "title" not in found["action"]["sections"][0]
    assert len(found["action"]["sections"][0]["rows"]) == len(given)


def test_rows_stand_in_their_sections():
    """Those of one section together, the sections in the order in which they begin."""
    given = (
        *options("a", section="Fast"),
        *options("b", section="Slow"),
        *options("c", section="Fast", description="d"),
    )
    assert chosen(options=given, button="Shipping")["action"] == {
        "button": "Shipping",
        "sections": [
            {"title": "Fast", "rows": [{"id": "a", "title": "a"}, {"id": "c", "title": "c", "description": "d"}]},
            {"title": "Slow", "rows": [{"id": "b", "title": "b"}]},
        ],
    }


def test_one_link_is_a_button():
    """It opens a browser, and brings nothing back."""
    given = (Option(title="See dates", kind=ChoiceKind.LINK, url="https://example.com/?a=1"),)
    assert chosen(options=given) == {
        "type": "cta_url",
        "body": {"text": "Which one?"},
        "action": {"name": "cta_url", "parameters": {"display_text": "See dates", "url": "https://example.com/?a=1"}},
    }


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"options": ()}, "nothing to choose"),
        ({"options": options(*"abcdefghijk")}, "10 rows, and this has 11"),
        ({"options": options("a", "a")}, "titles of buttons are the same"),
        ({"options": (*options("a", "b", payload="x"),)}, "payloads of buttons are the same"),
        ({"options": options("a", "b", "c", "d", payload="x")}, "payloads of rows are the same"),
        ({"options": options("x" * 25)}, "title of a row has 25 characters, and WhatsApp allows 24"),
        ({"options": options(" ")}, "label of a button is empty"),
        ({"options": options("a", payload="x" * 257)}, "payload of a button has 257"),
        ({"options": options("a", description="x" * 73)}, "description of a row has 73"),
        ({"options": (*options("a", section="s"), *options("b"))}, "every option of it needs one"),
        ({"options": options("a", section="s" * 25)}, "title of a section has 25"),
        ({"options": options("a"), "body": ""}, "text above the buttons is empty"),
        ({"options": options("a"), "body": "x" * 1025}, "text above the buttons has 1025"),
        ({"options": options("a"), "header": "x" * 61}, "header has 61"),
        ({"options": options("a"), "footer": "x" * 61}, "footer has 61"),
        ({"options": options(*"abcd"), "button": "x" * 21}, "label of the list has 21"),
        (
            {"options": (*options("a"), *options("b", kind=ChoiceKind.LINK, url="https://x"))},
            "the only one of its message",
        ),
        ({"options": options("a", kind=ChoiceKind.LINK, url="javascript:alert(1)")}, "https://"),
    ],
)
def test_what_has_no_form_is_refused_in_plain_words(more, said):
    """Before any request, with the length that is allowed."""
    with pytest.raises(NotSupported, match=said):
        chosen(**more)


PICTURE = Media(kind=MediaKind.IMAGE, url="https://example.com/a.png")
FORM = Option(title="Begin", kind=ChoiceKind.FLOW, form=Form(id="1", screen="A"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"options": (Option(title="a", kind=ChoiceKind.EMAIL),)}, "no option of the kind email"),
        ({"options": (Option(title="a", kind=ChoiceKind.FLOW),)}, "needs its form"),
        ({"options": (attrs.evolve(FORM, form=Form(id="1", values={"a": 1})),)}, "no|none is named"),
        ({"options": (attrs.evolve(FORM, payload="x" * 201),)}, "payload of the form has 201"),
        ({"options": (FORM,), "body": ""}, "text above the button is empty"),
        ({"options": (Option(title="a", kind=ChoiceKind.LOCATION),), "header": "h"}, "no header and no footer"),
        ({"options": (Option(title="a", kind=ChoiceKind.PHONE),), "footer": "f"}, "no header and no footer"),
        ({"options": (Option(title="a", kind=ChoiceKind.CALL),), "media": PICTURE}, "no words beside it"),
        ({"options": (FORM,), "media": PICTURE, "header": "h"}, "no words beside it"),
        ({"options": options("a", kind=ChoiceKind.LIST_ROW), "media": PICTURE}, "above buttons, a link or a form"),
    ],
)
def test_one_thing_to_do_has_its_own_limits(more, said):
    """Said before any request."""
    with pytest.raises(NotSupported, match=said):
        chosen(**more)


def test_somebody_may_be_asked_for_calls_without_a_word():
    """WhatsApp has words of its own."""
    assert chosen(options=(Option(title="", kind=ChoiceKind.CALL_PERMISSION),), body="") == {
        "type": "call_permission_request",
        "action": {"name": "call_permission_request"},
    }


def file(kind, mime="", **more):
    """Return a file that the gateway keeps."""
    return Media(**{"kind": kind, "id": "f1", "url": LINK, "mime": mime, **more})


@pytest.mark.parametrize(
    ("media", "type_", "mime", "largest", "voice"),
    [
        (file(MediaKind.IMAGE, "image/jpeg"), "image", "image/jpeg", 5 * MB, False),
        (file(MediaKind.IMAGE, "image/jpg"), "image", "image/jpeg", 5 * MB, False),
        (file(MediaKind.VIDEO, "video/mp4"), "video", "video/mp4", 16 * MB, False),
        (file(MediaKind.AUDIO, "audio/mpeg"), "audio", "audio/mpeg", 16 * MB, False),
        (file(MediaKind.VOICE, "audio/ogg; codecs=opus"), "audio", "audio/ogg; codecs=opus", 16 * MB, True),
        (file(MediaKind.VOICE, "audio/ogg"), "audio", "audio/ogg; codecs=opus", 16 * MB, True),
        (file(MediaKind.VOICE, "audio/mp4"), "audio", "audio/mp4", 16 * MB, False),
        (file(MediaKind.VOICE, "audio/ogg; codecs=vorbis"), "audio", "audio/ogg", 16 * MB, False),
        (file(MediaKind.STICKER, "image/webp"), "sticker", "image/webp", 100 * 1024, False),
        (file(MediaKind.STICKER, "image/webp", animated=True), "sticker", "image/webp", 500 * 1024, False),
        (file(MediaKind.STICKER, "image/png"), "image", "image/png", 5 * MB, False),
        (file(MediaKind.DOCUMENT, PDF), "document", PDF, 100 * MB, False),
        (file(MediaKind.DOCUMENT, "text/csv"), "document", "text/plain", 100 * MB, False),
        (file(MediaKind.DOCUMENT, name="receipt.pdf"), "document", PDF, 100 * MB, False),
        (file(MediaKind.IMAGE, "application/octet-stream", name="a.png"), "image", "image/png", 5 * MB, False),
    ],
)
def test_a_file_goes_as_what_whatsapp_takes_of_its_type(media, type_, mime, largest, voice):
    """Uploaded under a type that is taken, with that type's limit; only Ogg with Opus is a voice message."""
    found = plan(media, by_link=False)
    assert (found.type, found.mime, found.largest, found.voice, found.by_link) == (type_, mime, largest, voice, False)


@pytest.mark.parametrize(
    "media",
    [
        file(MediaKind.AUDIO, "audio/wav"),
        file(MediaKind.VOICE, "audio/webm"),
        file(MediaKind.IMAGE, "image/gif"),
        file(MediaKind.VIDEO, "video/quicktime"),
        file(MediaKind.DOCUMENT, "application/zip"),
        file(MediaKind.IMAGE),
    ],
)
def test_a_type_that_cannot_be_uploaded_goes_as_a_document_by_link(media):
    """And is refused where the file has no address, saying why."""
    found = plan(media, by_link=False)
    assert (found.type, found.by_link) == ("document", True)
    with pytest.raises(NotSupported, match="takes no upload of the type"):
        plan(file(media.kind, media.mime, url=""), by_link=False)


@pytest.mark.parametrize(
    ("media", "said"),
    [
        (file(MediaKind.IMAGE, "image/png", size=5 * MB + 1), "has 5242881 bytes, and WhatsApp takes 5242880"),
        (file(MediaKind.IMAGE, "image/png", caption="x" * 1025), "text under the file has 1025"),
        (file(MediaKind.AUDIO, "audio/mpeg", caption="x"), "no words under a file of the kind audio"),
    ],
)
def test_a_file_that_is_too_much_is_refused(media, said):
    """Before it is opened, where its size is known."""
    with pytest.raises(NotSupported, match=said):
        plan(media, by_link=False)


def test_the_setting_sends_links():
    """For a file that has one; any other is uploaded."""
    assert plan(file(MediaKind.IMAGE, "image/png"), by_link=True).by_link
    assert not plan(file(MediaKind.IMAGE, "image/png", url=""), by_link=True).by_link


def test_the_content_of_a_file_has_only_what_its_type_shows():
    """A name for documents, words for what shows words, the mark of a voice message."""
    pdf = file(MediaKind.DOCUMENT, PDF, name="receipt.pdf", caption="yours")
    assert plan(pdf, by_link=False).content(pdf, {"id": "9"}) == {
        "type": "document",
        "document": {"id": "9", "caption": "yours", "filename": "receipt.pdf"},
    }
    voice = file(MediaKind.VOICE, "audio/ogg", name="v.ogg")
    assert plan(voice, by_link=False).content(voice, {"id": "9"})["audio"] == {"id": "9", "voice": True}
    image = file(MediaKind.IMAGE, "image/png", name="a.png")
    assert plan(image, by_link=True).content(image, {"link": LINK})["image"] == {"link": LINK}


def test_the_manifest_says_what_is_carried():
    """What core cuts and refuses before a call."""
    limits = {part.__name__: limit for part, limit in WhatsApp.manifest.abilities.parts.items()}
    assert set(limits) == {
        *("Text", "Media", "Location", "Card", "Choices", "Carousel"),
        *("Template", "Products", "Reaction", "Activity"),
    }
    assert limits["Choices"].options == 10
    assert limits["Media"].captions == {"image": 1024, "video": 1024, "document": 1024}
    assert WhatsApp.manifest.abilities.most_parts == 1
