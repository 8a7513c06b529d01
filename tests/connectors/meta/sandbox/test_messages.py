"""What the business may send: each type with its limits, and the code of each refusal."""

import pytest
from sandboxes import NUMBER, SHEENA

LINK = {"link": "http://127.0.0.1:9/none.png"}
CARD = {"name": {"formatted_name": "Barbara J. Johnson", "first_name": "Barbara"}, "phones": [{"phone": "+1 415 555"}]}


def button(title="Yes", name="y"):
    """Return a reply button."""
    return {"type": "reply", "reply": {"id": name, "title": title}}


def buttons(*found, **more):
    """Return a message with buttons."""
    return {"type": "button", "body": {"text": "Well?"}, "action": {"buttons": list(found)}, **more}


def rows(count, sections=1, **more):
    """Return a message with a list."""
    made = [
        {"title": f"S{s}", "rows": [{"id": f"{s}-{r}", "title": f"row {r}"} for r in range(count)]}
        for s in range(sections)
    ]
    return {"type": "list", "body": {"text": "Which?"}, "action": {"button": "Options", "sections": made}, **more}


def link(url="https://example.com/dates", title="See dates"):
    """Return a message with a link button."""
    action = {"name": "cta_url", "parameters": {"display_text": title, "url": url}}
    return {"type": "cta_url", "body": {"text": "Look"}, "action": action}


def asking(kind, name):
    """Return a message that asks for a location or a number."""
    return {"type": kind, "body": {"text": "Where?"}, "action": {"name": name}}


GOOD = [
    ("text", {"body": "x" * 4096, "preview_url": True}),
    ("image", {**LINK, "caption": "c" * 1024}),
    ("audio", {"id": "123", "voice": True}),
    ("document", {"id": "123", "filename": "a.pdf", "caption": "c"}),
    ("sticker", LINK),
    ("video", LINK),
    ("location", {"latitude": 37.44, "longitude": "-122.16", "name": "n", "address": "a"}),
    ("contacts", [CARD]),
    ("interactive", buttons(button(), button("No", "n"), footer={"text": "f"}, header={"type": "text", "text": "h"})),
    ("interactive", buttons(button(), header={"type": "image", "image": LINK})),
    ("interactive", rows(5, sections=2)),
    ("interactive", link()),
    ("interactive", asking("location_request_message", "send_location")),
    ("interactive", asking("request_contact_info", "request_contact_info")),
]

BAD = [
    ("text", {}, 131008),
    ("text", {"body": " "}, 131008),
    ("text", {"body": "x" * 4097}, 131009),
    ("text", {"body": 5}, 100),
    ("text", {"body": "x", "bodi": "y"}, 100),
    ("text", "hello", 100),
    ("image", {}, 131008),
    ("image", {"id": "1", **LINK}, 131008),
    ("image", {"link": "ftp://example.com"}, 131009),
    ("image", {"id": "1", "caption": "c" * 1025}, 131009),
    ("audio", {"id": "1", "caption": "none here"}, 100),
    ("sticker", {"id": "1", "filename": "none here"}, 100),
    ("location", {"latitude": 91, "longitude": 0}, 131009),
    ("location", {"latitude": 1}, 131008),
    ("location", {"latitude": True, "longitude": 0}, 131009),
    ("contacts", [], 131009),
    ("contacts", [{"phones": []}], 131008),
    ("contacts", [{"name": {"formatted_name": "x"}}], 131009),
    ("reaction", {"emoji": "x"}, 131008),
    ("interactive", buttons(), 131009),
    ("interactive", buttons(*[button(str(n), str(n)) for n in range(4)]), 131009),
    ("interactive", buttons(button("x" * 21)), 131009),
    ("interactive", buttons(button("Yes", "a"), button("Yes", "b")), 131009),
    ("interactive", buttons(button("Yes", "a"), button("No", "a")), 131009),
    ("interactive", buttons(button(), header={"type": "sticker", "sticker": LINK}), 131009),
    ("interactive", {**buttons(button()), "body": {"text": "x" * 1025}}, 131009),
    ("interactive", rows(11), 131009),
    ("interactive", rows(6, sections=2), 131009),
    ("interactive", rows(1, header={"type": "image", "image": LINK}), 131009),
    ("interactive", link("javascript:alert(1)"), 131009),
    ("interactive", link(title="x" * 21), 131009),
    ("interactive", asking("location_request_message", "send_it"), 131009),
    ("interactive", {"type": "hologram", "body": {"text": "x"}, "action": {}}, 131051),
    ("hologram", {"body": "x"}, 131051),
]


@pytest.mark.parametrize(("kind", "content"), GOOD, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(GOOD)])
def test_what_is_right_is_accepted(meta, kind, content):
    """With the number as WhatsApp writes it, and the id of the message."""
    status, answer = meta.send(kind, content)
    assert status == 200, answer
    assert answer["contacts"] == [{"input": SHEENA, "wa_id": "16505551234"}]
    assert answer["messages"][0]["id"].startswith("wamid.")


@pytest.mark.parametrize(("kind", "content", "code"), BAD, ids=[f"{kind}-{n}" for n, (kind, *_) in enumerate(BAD)])
def test_what_is_wrong_is_refused_with_its_code(meta, kind, content, code):
    """And nothing of it is kept."""
    body = {"messaging_product": "whatsapp", "to": SHEENA, "type": kind, kind: content}
    status, answer = meta.graph("POST", f"{NUMBER}/messages", body)
    assert (status, answer["error"]["code"]) == (400, code)
    assert answer["error"]["error_data"]["details"]
    assert meta.chat() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"messaging_product": "messenger"}, 100),
        ({"to": None}, 100),
        ({"to": "nobody"}, 131009),
        ({"to": "+1 (555) 078-3881"}, 131021),
        ({"to": None, "recipient": "no user id"}, 131009),
        ({"recipient_type": "group"}, 131009),
        ({"recipient_type": "crowd"}, 131009),
        ({"biz_opaque_callback_data": "x" * 513}, 131009),
        ({"context": {"message": "x"}}, 131008),
        ({"shoe_size": 42}, 100),
    ],
)
def test_what_surrounds_the_content_is_checked_too(meta, changes, code):
    """The recipient, the context, the tracker and every name."""
    body = {"messaging_product": "whatsapp", "to": SHEENA, "type": "text", "text": {"body": "x"}, **changes}
    asked = {name: value for name, value in body.items() if value is not None}
    assert meta.graph("POST", f"{NUMBER}/messages", asked)[1]["error"]["code"] == code


def test_a_user_id_is_an_address_too(meta):
    """The answer names it as such; `to` wins where both are given."""
    sheena = meta.control("GET", "customers/sheena")["user_id"]
    body = {"messaging_product": "whatsapp", "recipient": sheena, "type": "text", "text": {"body": "x"}}
    answer = meta.graph("POST", f"{NUMBER}/messages", body)[1]
    assert answer["contacts"] == [{"input": sheena, "user_id": sheena}]
    both = meta.graph("POST", f"{NUMBER}/messages", {**body, "to": SHEENA})[1]
    assert both["contacts"] == [{"input": SHEENA, "wa_id": "16505551234"}]


def test_reading_a_message_reads_the_earlier_ones_and_shows_typing(meta):
    """As a tap on the chat does."""
    first, second, third = meta.write("one"), meta.write("two"), meta.write("three")
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": second}
    assert meta.graph("POST", f"{NUMBER}/messages", {**body, "typing_indicator": {"type": "text"}}) == (
        200,
        {"success": True},
    )
    assert [meta.find(one)["status"] == "read" for one in (first, second, third)] == [True, True, False]


@pytest.mark.parametrize(
    "changes",
    [{"status": "delivered"}, {"message_id": "4711"}, {"message_id": None}, {"typing_indicator": {"type": "voice"}}],
)
def test_a_wrong_mark_is_refused(meta, changes):
    """Only a message is read, and only a text is typed."""
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x", **changes}
    asked = {name: value for name, value in body.items() if value is not None}
    assert meta.graph("POST", f"{NUMBER}/messages", asked)[0] == 400
