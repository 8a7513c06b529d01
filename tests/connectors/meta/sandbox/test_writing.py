"""What customers do with their phones, as webhooks, and as the WhatsApp connector reads them."""

import pytest
from sandboxes import NUMBER, wait_until

from connectors_core.model import Choice, Link, Message, Text

BUTTONS = {
    "type": "button",
    "body": {"text": "Well?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
}
ROW = {"id": "x", "title": "Express", "description": "Next day"}
LIST = {
    "type": "list",
    "body": {"text": "Which?"},
    "action": {"button": "Options", "sections": [{"title": "Fast", "rows": [ROW]}]},
}


def heard(callback, count=1):
    """Return the last message that the callback heard, once it has heard `count`."""
    wait_until(lambda: len(callback.messages()) >= count)
    return callback.messages()[-1]


def test_a_text_has_the_shape_of_the_documentation(meta, callback):
    """Field by field."""
    written = meta.write()
    told = heard(callback)
    person = meta.control("GET", "customers/sheena")
    assert told == {
        "from": "16505551234",
        "from_user_id": person["user_id"],
        "id": written,
        "timestamp": told["timestamp"],
        "type": "text",
        "text": {"body": "Does it come in another color?"},
    }
    assert told["timestamp"].isdecimal()
    payload = callback.payloads[0]
    assert (payload["object"], payload["entry"][0]["id"]) == ("whatsapp_business_account", "102290129340398")
    value = payload["entry"][0]["changes"][0]["value"]
    assert value["metadata"] == {"display_phone_number": "15550783881", "phone_number_id": NUMBER}
    assert value["contacts"] == [
        {"profile": {"name": "Sheena Nelson"}, "wa_id": "16505551234", "user_id": person["user_id"]}
    ]


def test_the_gateway_reads_a_text(meta, callback):
    """From the person, into the conversation with the person."""
    written = meta.write("Hello")
    heard(callback)
    event = callback.events()[0]
    assert isinstance(event, Message)
    assert (event.id, event.parts, event.contact.id) == (written, (Text(body="Hello"),), "16505551234")
    assert event.profile.name == "Sheena Nelson"


def test_who_has_a_username_shows_no_number(meta, callback):
    """The user id names the person."""
    meta.write(who="barbara")
    told = heard(callback)
    person = meta.control("GET", "customers/barbara")
    assert "from" not in told
    assert told["from_user_id"] == person["user_id"]
    row = callback.values()[0]["contacts"][0]
    assert row == {
        "profile": {"name": "Barbara J. Johnson", "username": "bjjohnson"},
        "user_id": person["user_id"],
    }
    event = callback.events()[0]
    assert (event.contact.id, event.profile.username) == (person["user_id"], "bjjohnson")


def test_an_answer_names_what_it_answers(meta, callback):
    """The context has the business's number and the id."""
    meta.write()
    sent = meta.sent()
    meta.write("That one", context={"message_id": sent})
    told = heard(callback, 2)
    assert told["context"] == {"from": "15550783881", "id": sent}
    answer = next(event for event in callback.events() if isinstance(event, Message) and event.reply_to)
    assert answer.reply_to.id == sent


@pytest.mark.parametrize(
    ("content", "choice", "told"),
    [
        (BUTTONS, "y", {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}}),
        (LIST, "x", {"type": "list_reply", "list_reply": ROW}),
    ],
)
def test_a_tap_tells_what_was_chosen(meta, callback, content, choice, told):
    """With the message in the context; what is not there cannot be tapped."""
    meta.write()
    sent = meta.sent("interactive", content)
    meta.control("POST", "customers/sheena/choices", {"message": sent, "choice": choice})
    message = heard(callback, 2)
    assert (message["type"], message["interactive"], message["context"]["id"]) == ("interactive", told, sent)
    chosen = next(event.parts[0] for event in callback.events() if isinstance(event, Message) and event.reply_to)
    assert isinstance(chosen, Choice)
    assert chosen.payload == choice
    answer = meta.session.post(
        f"{meta.url}/sandbox/customers/sheena/choices", json={"message": sent, "choice": "z"}, timeout=20
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 131009)


def test_a_button_of_a_template_tells_its_payload(meta, callback):
    """Its text, when none was given."""
    template = {
        "name": "appointment_reminder",
        "language": {"code": "en_US"},
        "components": [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "parameter_name": "first_name", "text": "Sheena"},
                    {"type": "text", "parameter_name": "day", "text": "Monday"},
                ],
            },
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "1",
                "parameters": [{"type": "payload", "payload": "later"}],
            },
        ],
    }
    sent = meta.sent("template", template)
    meta.control("POST", "customers/sheena/choices", {"message": sent, "choice": "0"})
    assert heard(callback)["button"] == {"payload": "I will be there", "text": "I will be there"}
    meta.control("POST", "customers/sheena/choices", {"message": sent, "choice": "1"})
    assert heard(callback, 2)["button"] == {"payload": "later", "text": "Another day, please"}


def test_locations_cards_and_reactions_are_told_as_they_are(meta, callback):
    """And each opens the window."""
    place = {"latitude": 37.44, "longitude": -122.16, "name": "Philz Coffee"}
    meta.control("POST", "customers/pablo/messages", {"type": "location", "location": place})
    assert heard(callback)["location"] == place
    cards = [{"name": {"formatted_name": "Barbara J. Johnson", "first_name": "Barbara"}}]
    meta.control("POST", "customers/pablo/messages", {"type": "contacts", "contacts": cards})
    assert heard(callback, 2)["contacts"] == cards
    sent = meta.sent(to="+16505555678")
    reaction = {"message_id": sent, "emoji": "❤️"}
    meta.control("POST", "customers/pablo/messages", {"type": "reaction", "reaction": reaction})
    assert heard(callback, 3)["reaction"] == reaction
    assert meta.find(sent, "pablo")["marks"] == {"customer": "❤️"}


def test_a_deleted_message_is_revoked(meta, callback):
    """Only one of one's own."""
    written = meta.write()
    meta.control("POST", "customers/sheena/deleted", {"message": written})
    told = heard(callback, 2)
    assert (told["type"], told["revoke"]) == ("revoke", {"original_message_id": written})
    assert meta.find(written)["deleted"]
    sent = meta.sent()
    answer = meta.session.post(f"{meta.url}/sandbox/customers/sheena/deleted", json={"message": sent}, timeout=20)
    assert answer.status_code == 400


def test_a_new_number_is_a_system_message(meta, callback):
    """From the old number, with both user ids; the gateway reads it as a link between two addresses."""
    before = meta.control("GET", "customers/sheena")
    meta.control("POST", "customers/sheena/number", {"wa_id": "+1 219 555 5358"})
    told = heard(callback)
    after = meta.control("GET", "customers/sheena")
    assert told["from"] == "16505551234"
    assert told["system"] == {
        "body": "User Sheena Nelson changed from 16505551234 to 12195555358",
        "wa_id": "12195555358",
        "user_id": after["user_id"],
        "previous_user_id": before["user_id"],
        "type": "user_changed_number",
    }
    assert isinstance(callback.events()[0], Link)


def test_a_new_user_id_is_a_system_message_too(meta, callback):
    """Of a person who shows no number."""
    before = meta.control("GET", "customers/barbara")["user_id"]
    meta.control("POST", "customers/barbara/number", {})
    told = heard(callback)["system"]
    assert (told["type"], told["previous_user_id"]) == ("user_changed_user_id", before)
    assert "wa_id" not in told


def test_an_ad_click_comes_with_the_message(meta, callback):
    """As the referral that the caller gives."""
    referral = {"source_type": "ad", "source_id": "1", "source_url": "https://fb.me/x", "ctwa_clid": "c"}
    meta.write(referral=referral)
    assert heard(callback)["referral"] == referral


def test_an_offline_phone_writes_nothing(meta):
    """And says so."""
    meta.control("PATCH", "customers/sheena", {"online": False})
    body = {"type": "text", "text": {"body": "x"}}
    answer = meta.session.post(f"{meta.url}/sandbox/customers/sheena/messages", json=body, timeout=20)
    assert (answer.status_code, answer.json()["error"]) == (400, "The phone is offline.")


def test_ticks_turn_when_the_webhook_is_taken_and_when_the_business_reads(meta, callback):
    """Sent, delivered, read."""
    callback.status = 503
    written = meta.write()
    assert meta.find(written)["status"] == "sent"
    callback.status = 200
    wait_until(lambda: meta.find(written)["status"] == "delivered")
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": written}
    meta.graph("POST", f"{NUMBER}/messages", body)
    assert meta.find(written)["status"] == "read"
