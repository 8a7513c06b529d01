"""What agents write, over HTTP and without a script: replies, files, choices, notes, templates, first words."""

import re
from datetime import UTC, datetime, timedelta

import inboxes
import pytest
from inboxes import visible

from connectors_core import NotAllowedNow, Rejected
from connectors_core.model import (
    Activity,
    Choices,
    Comment,
    ConversationRef,
    Decision,
    Failure,
    Identity,
    Media,
    MediaKind,
    MessageRef,
    Origin,
    Reaction,
    Receipt,
    ReceiptKind,
    Slot,
    Template,
    TemplateInfo,
    Text,
    Verdict,
)

PLACE = {"endpoint": "inbox", "account": "inbox"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def reply(agent, conversation, text="Yes, until six.", **more):
    """Send a reply."""
    return agent.post(f"/c/{conversation}/write", {"mode": "reply", "text": text, **more})


def receipt(channel, door, kind, **changes):
    """Let a receipt arrive about the last message that was sent."""
    about = (MessageRef(**PLACE, id=door.told()[-1].id),)
    one = Receipt(
        endpoint="shop", account="100", id="r", at=inboxes.AT, kind=ReceiptKind(kind), messages=about, **changes
    )
    channel.crm.deliver(one, f"{kind}-{about}")


def test_a_reply_is_kept_and_handed_to_the_gateway(ann, channel, door):
    """As a message of an agent, in the inbox's own names."""
    _, conversation, name = channel()
    page = reply(ann, conversation, reply_to=name)
    (sent,) = door.told()
    assert (sent.endpoint, sent.account, sent.origin) == ("inbox", "inbox", Origin.AGENT)
    assert sent.conversation == ConversationRef(**PLACE, id=conversation)
    assert sent.parts == (Text(body="Yes, until six.", preview=True),)
    assert sent.reply_to == MessageRef(**PLACE, id=name)
    assert sent.at.utcoffset() == timedelta(0)
    assert "Yes, until six." in visible(page.text)
    assert f'id="m{sent.id}"' in page.text
    assert "On its way" in page.text


def test_a_reply_names_a_message_of_this_conversation_only(ann, channel, door):
    """Whatever the form says."""
    other = channel(person="16505552000", name="Pablo Morales")[2]
    conversation = channel()[1]
    reply(ann, conversation, reply_to=other)
    assert door.told()[0].reply_to is None


@pytest.mark.parametrize(
    ("kind", "words_"), [("sent", "Sent"), ("delivered", "Delivered"), ("read", "Read"), ("failed", "Not sent")]
)
def test_the_ticks_say_how_far_a_reply_came(ann, channel, door, kind, words_):
    """In words for those who see none."""
    conversation = channel()[1]
    reply(ann, conversation)
    receipt(channel, door, kind)
    assert re.search(rf'class="tick {kind}" title="{words_}"', ann.get(f"/c/{conversation}").text)


def test_a_failure_says_why_and_can_be_tried_again(ann, channel, door):
    """As a new message; the failed one stays what it was."""
    conversation = channel()[1]
    reply(ann, conversation)
    receipt(channel, door, "failed", failure=Failure(code=131047, title="The window is closed"))
    page = visible(ann.get(f"/c/{conversation}").text)
    assert "Not sent: The window is closed (131047)" in page
    ann.post(f"/m/{door.told()[0].id}/again")
    first, second = door.told()
    assert first.id != second.id
    assert first.parts == second.parts
    assert ann.post(f"/m/{second.id}/again").status_code == 404


def test_what_the_gateway_refuses_is_said_at_the_message(ann, channel, door):
    """Nobody waits for it."""
    conversation = channel()[1]
    door.problem = NotAllowedNow("no route joins inbox and shop")
    page = reply(ann, conversation)
    assert "no route joins inbox and shop" in visible(page.text)


def test_a_note_stands_among_the_messages_and_goes_nowhere(ann, channel, door):
    """Only colleagues read it."""
    conversation = channel()[1]
    page = ann.post(f"/c/{conversation}/write", {"mode": "note", "text": "Asked the warehouse."})
    assert "Note of Ann" in visible(page.text)
    assert "Asked the warehouse." in page.text
    assert door.told() == []
    assert "Asked the warehouse." not in ann.get().text


def test_a_note_may_have_files(ann, channel, door):
    """They are kept with it, and go nowhere either."""
    conversation = channel()[1]
    page = ann.post(f"/c/{conversation}/write", {"mode": "note", "text": "see"}, files={"file": ("a.png", PNG)})
    assert re.search(r'<img src="/inbox/media/\w{32}/0" alt="see"', page.text)
    assert door.told() == []


def test_an_empty_reply_is_none(ann, channel, door):
    """Nor are spaces."""
    reply(ann, channel()[1], "  \n ")
    assert door.told() == []


def test_one_file_takes_the_words_as_its_caption(ann, channel, door):
    """Several have them behind."""
    conversation = channel()[1]
    one = [("file", ("shelf.png", PNG, "application/x"))]
    ann.post(f"/c/{conversation}/write", {"mode": "reply", "text": "this one"}, files=one)
    two = [*one, ("file", ("list.csv", b"a;b", "text/csv"))]
    ann.post(f"/c/{conversation}/write", {"mode": "reply", "text": "both"}, files=two)
    first, second = door.told()
    assert [(part.kind, part.caption, part.name) for part in first.parts] == [
        (MediaKind.IMAGE, "this one", "shelf.png")
    ]
    assert [type(part) for part in second.parts] == [Media, Media, Text]
    assert second.parts[1].mime == "text/csv"
    assert ann.get(f"/media/{first.id}/0").content == PNG


def test_a_file_that_is_too_large_is_said_to_be(ann, channel, door):
    """In the words of the gateway, and nothing is sent."""
    conversation = channel()[1]

    def refuse(content, kind):
        raise Rejected("the file is larger than 100 MB")

    door.keep = refuse
    answer = ann.post(f"/c/{conversation}/write", {"mode": "reply"}, files={"file": ("a.png", PNG)})
    assert answer.status_code == 409
    assert "larger than 100 MB" in answer.text
    assert door.told() == []


def test_quick_choices_go_with_a_reply(ann, channel, door):
    """Each comes back as what it says."""
    reply(ann, channel()[1], "How?", choice=["Delivery", "", "Pick up"])
    ((part,),) = [sent.parts for sent in door.told()]
    assert isinstance(part, Choices)
    assert [(one.title, one.payload) for one in part.options] == [("Delivery", "Delivery"), ("Pick up", "Pick up")]


def test_a_card_has_a_heading_words_a_picture_and_buttons(ann, channel, door):
    """A button leads somewhere, or comes back as what it says; an address that is none makes an answer."""
    card = {
        "heading": "Fern",
        "button": ["Buy", "Ask", "Odd", ""],
        "address": ["https://shop.example.com/fern", "", "javascript:alert(1)", ""],
    }
    id_ = channel()[1]
    reply(ann, id_, "Likes shade.", **card)
    ((part,),) = [sent.parts for sent in door.told()]
    assert (part.header, part.body) == ("Fern", "Likes shade.")
    assert [(str(one.kind), one.title, one.url, one.payload) for one in part.options] == [
        ("link", "Buy", "https://shop.example.com/fern", ""),
        ("reply", "Ask", "", "Ask"),
        ("reply", "Odd", "", "Odd"),
    ]


def test_what_does_not_fit_on_a_card_goes_before_it(ann, channel, door):
    """Only one picture stands on it; quick choices stand below no file."""
    files = [("file", (name, content, "")) for name, content in (("list.csv", b"a;b"), ("a.png", PNG), ("b.png", PNG))]
    id_ = channel()[1]
    ann.post(f"/c/{id_}/write", {"mode": "reply", "text": "Here", "button": "Buy", "address": ""}, files=files)
    ann.post(f"/c/{id_}/write", {"mode": "reply", "text": "Which?", "choice": ["Left", "Right"]}, files=files[1:2])
    card, choices = (sent.parts for sent in door.told())
    assert [getattr(part, "name", "") for part in card] == ["list.csv", "b.png", ""]
    assert card[-1].media.name == "a.png"
    assert [type(part) for part in choices] == [Media, Choices]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text": "Nice", "heading": "Fern"}, "needs a button"),
        ({"text": "", "button": "Buy"}, "Write the words"),
        ({"text": "", "choice": "Left"}, "Write the words"),
        ({"text": "Nice", "button": "Buy", "choice": "Left"}, "no place for both"),
    ],
)
def test_half_a_card_is_said_to_be_one(ann, channel, door, form, said):
    """Nothing that was filled in goes lost."""
    answer = ann.post(f"/c/{channel()[1]}/write", {"mode": "reply", **form})
    assert answer.status_code == 409
    assert said in answer.text
    assert door.told() == []


def test_what_an_agent_writes_carries_the_agents_name(ann, channel, door):
    """A channel may show it to the person."""
    reply(ann, channel()[1], "Hello")
    assert [sent.author.name for sent in door.told()] == ["Ann"]


def test_a_comment_is_answered_in_private(ann, channel, door):
    """The thread says that it was public, and what may be sent."""
    id_ = channel(parts=(Comment(id="c1", body="do you deliver?"),))[1]
    page = ann.get(f"/c/{id_}").text
    assert "Public comment" in page
    assert "Answer in private" in visible(page)


def test_a_reaction_reaches_the_person_and_the_same_one_takes_it_back(ann, channel, door):
    """Only one of those that are offered."""
    name = channel()[2]
    for _ in range(2):
        ann.post(f"/m/{name}/react", {"emoji": "👍"})
    assert ann.post(f"/m/{name}/react", {"emoji": "<b>"}).status_code == 404
    about = MessageRef(**PLACE, id=name)
    assert [sent.parts[0] for sent in door.told()] == [Reaction(message=about, emoji=one) for one in ("👍", None)]


def test_reading_tells_the_person_once(ann, channel, door):
    """The receipt is about their last message."""
    channel()
    _, conversation, name = channel("Hello?")
    for _ in range(2):
        ann.post(f"/c/{conversation}/read")
    (seen,) = door.told(Receipt)
    assert (seen.kind, seen.messages) == (ReceiptKind.READ, (MessageRef(**PLACE, id=name),))
    assert "unread" not in visible(ann.get().text).replace("unread: </", "")


def test_typing_is_told_now_and_then(ann, channel, door):
    """Not with every letter, and nothing of it is kept."""
    _, conversation, name = channel()
    for _ in range(3):
        assert ann.post(f"/c/{conversation}/typing").status_code == 204
    (sent,) = door.told()
    assert isinstance(sent.parts[0], Activity)
    assert sent.reply_to == MessageRef(**PLACE, id=name)


def test_the_reply_box_says_beforehand_what_will_happen(ann, channel, door):
    """Allowed until when; or not, why, and what may be done instead."""
    conversation = channel()[1]
    assert "You can write freely until" in visible(ann.get(f"/c/{conversation}").text)
    door.answer = Verdict(
        decision=Decision.DENY, reason="The window closed 3 h ago.", alternatives=("Use a template.",)
    )
    channel("again")
    page = ann.get(f"/c/{conversation}").text
    assert "The window closed 3 h ago." in page
    assert "Use a template." in page
    assert re.search(r'value="reply"[^>]*disabled', page)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"tag": "HUMAN_AGENT"}, "Humans can write until"),
        ({"tag": "private_reply", "answers": "c1"}, "One private reply to the comment can be sent until"),
    ],
)
def test_a_reply_that_is_no_usual_one_is_said_to_be(ann, channel, door, more, said):
    """The agent knows beforehand that it is the only one, or that no bot could write it."""
    until = datetime.now(UTC) + timedelta(hours=5)
    door.answer = Verdict(decision=Decision.ALLOW, deadline=until, **more)
    assert said in visible(ann.get(f"/c/{channel()[1]}").text)


TEMPLATE = TemplateInfo(
    name="order_update",
    language="en_US",
    usable=True,
    category="utility",
    body="Hello {{body.1}}, order {{body.2}} is ready.",
    slots=(Slot(key="header.image", kind="image"), Slot(key="body.1", label="Name"), Slot(key="body.2")),
)
CLOSED = Verdict(decision=Decision.ALLOW_WITH, reason="The 24-hour window is closed.", alternatives=("a template",))


def test_where_a_template_is_needed_one_is_chosen_and_filled_in(ann, channel, door):
    """With its slots, its words, and a file for its header."""
    door.answer, door.infos = CLOSED, [TEMPLATE, TemplateInfo(name="old", language="en", usable=False, reason="paused")]
    conversation = channel()[1]
    page = ann.get(f"/c/{conversation}?template=order_update%7Cen_US").text
    assert "old · en · paused" in visible(page)
    assert 'data-slot="body.1"' in page
    values = {"template": "order_update|en_US", "slot.body.1": "Sheena", "slot.body.2": "1043"}
    answer = ann.post(f"/c/{conversation}/template", values, files={"slot.header.image": ("a.png", PNG)})
    ((part,),) = [sent.parts for sent in door.told()]
    image = next(iter(door.files))
    assert part == Template(
        name="order_update",
        language="en_US",
        category="utility",
        values={"header.image": image, "body.1": "Sheena", "body.2": "1043"},
    )
    assert "Hello Sheena, order 1043 is ready." in visible(answer.text)


def test_a_template_with_an_empty_slot_is_not_sent(ann, channel, door):
    """Nor one that may not be used now."""
    door.answer, door.infos = CLOSED, [TEMPLATE, TemplateInfo(name="old", language="en", usable=False, reason="paused")]
    conversation = channel()[1]
    answer = ann.post(f"/c/{conversation}/template", {"template": "order_update|en_US", "slot.body.1": "Sheena"})
    assert answer.status_code == 400
    assert "Fill in: header.image, body.2" in visible(answer.text)
    assert ann.post(f"/c/{conversation}/template", {"template": "old|en"}).status_code == 404
    assert door.told() == []


def test_an_agent_writes_first_to_a_number(ann, channel, door):
    """The message names person and channel until the gateway knows the conversation; then the reply joins it."""
    channel()
    assert "shop|100" in ann.get("/new").text
    page = ann.post("/new", {"channel": "shop|100", "number": "+49 30 123 4567", "name": "Pablo Morales"})
    conversation = page.url.rpartition("/")[2]
    reply(ann, conversation, "Good morning")
    (sent,) = door.told()
    assert sent.to == Identity(scheme="phone", value="+49301234567")
    assert sent.conversation == ConversationRef(endpoint="shop", account="100", id="+49301234567")
    assert channel("Hello!", "49301234567", name="Pablo")[1] == conversation
    reply(ann, conversation, "How are you?")
    assert door.told()[-1].conversation == ConversationRef(**PLACE, id=conversation)
    assert door.told()[-1].to is None


def test_a_number_that_is_known_leads_to_its_conversation(ann, channel):
    """Nobody is there twice."""
    conversation = channel()[1]
    assert ann.post("/new", {"channel": "shop|100", "number": "+1 650 555 1234"}).url.endswith(f"/c/{conversation}")
    for number, place in (("12", "shop|100"), ("+1650555123x" * 3, "shop|100"), ("+16505551234", "elsewhere|1")):
        assert ann.post("/new", {"channel": place, "number": number}).status_code == 400
