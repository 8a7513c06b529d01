"""Conversations that are more than words, through a gateway that is a process of its own."""

from __future__ import annotations

import pytest
from double import BOT
from gateway import wait_for

PABLO, SHEENA = 1650555123, 1305555456
OLD, NEW = -4455, -1004455


@pytest.fixture
def gateway(install):
    """Run a gateway that polls."""
    return install(pushed=False)


def words(text):
    """Return parts with a text."""
    return [{"part": "text", "body": text}]


def named(message):
    """Return what the CRM calls a message that it was given."""
    return {"endpoint": "crm", "account": "crm", "id": f"crm-{message['id']}"}


def own(key):
    """Return what the CRM calls a message that it wrote."""
    return {"endpoint": "crm", "account": "crm", "id": key}


def test_what_was_said_can_be_changed_on_both_sides(gateway, telegram, crm):
    """The agent edits, reacts and deletes; the person edits and reacts: each names the right message."""
    number = telegram.write(PABLO, {"text": "Is it blue?"})
    (asked,) = wait_for("the question", crm.messages)
    gateway.say(PABLO, words("Yes"), "a1")
    wait_for("the answer", lambda: gateway.state("a1") == ["sent"])
    gateway.say(PABLO, [{"part": "revision", "message": own("a1"), "action": "edit"}, *words("No")], "a2")
    gateway.say(PABLO, [{"part": "reaction", "message": named(asked), "emoji": "👍"}], "a3")
    gateway.say(PABLO, [{"part": "revision", "message": own("a1"), "action": "delete"}], "a4")
    wait_for("the deletion", lambda: gateway.state("a4") == ["sent"])
    answer = number + 1
    (edited,), (deleted,) = telegram.of("editMessageText"), telegram.of("deleteMessage")
    assert (edited["message_id"], edited["text"], deleted["message_id"]) == (answer, "No", answer)
    (reaction,) = telegram.of("setMessageReaction")
    assert (reaction["message_id"], reaction["reaction"]) == (number, [{"type": "emoji", "emoji": "👍"}])
    chat = {"id": PABLO, "type": "private", "first_name": "Pablo"}
    who = {"id": PABLO, "is_bot": False, "first_name": "Pablo"}
    told = {"message_id": number, "from": who, "chat": chat, "date": 1767225600, "edit_date": 1767225700}
    telegram.happen("edited_message", {**told, "text": "Is it red?"})
    thumb = {"chat": chat, "message_id": answer, "user": who, "date": 1767225800, "old_reaction": []}
    telegram.happen("message_reaction", {**thumb, "new_reaction": [{"type": "emoji", "emoji": "🔥"}]})
    _, edit, fire = wait_for("both", lambda: crm.messages() if len(crm.messages()) == 3 else None)
    assert edit["parts"] == [{"part": "revision", "message": named(asked), "action": "edit"}, *words("Is it red?")]
    assert fire["parts"] == [{"part": "reaction", "message": own("a1"), "emoji": "🔥"}]


def test_who_blocked_the_bot_is_told_to_the_crm(gateway, telegram, crm):
    """The message failed with its reason, and the endpoint goes on for all others."""
    for person in (PABLO, SHEENA):
        telegram.write(person, {"text": "Hello"})
    wait_for("both", lambda: len(crm.messages()) == 2)
    telegram.refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
    gateway.say(PABLO, words("Hello?"), "a1")
    failed = wait_for("the failure", lambda: [one for one in crm.events.values() if one["event"] == "receipt"])
    assert (failed[0]["kind"], failed[0]["messages"][0]["id"]) == ("failed", "a1")
    assert "blocked the bot" in failed[0]["failure"]["title"]
    gateway.say(SHEENA, words("Hello!"), "a2")
    wait_for("the other", lambda: gateway.state("a2") == ["sent"])


@pytest.mark.parametrize("first", ["call", "news"])
def test_a_group_that_becomes_a_supergroup_stays_one_conversation(gateway, telegram, crm, first):
    """Whoever hears first of the new id: our own call, or the news in the group."""
    group = {"id": OLD, "type": "group", "title": "Tea lovers"}
    who = {"id": PABLO, "is_bot": False, "first_name": "Pablo"}
    told = {"from": who, "date": 1767225600}
    telegram.happen("message", {**told, "message_id": 1, "chat": group, "text": "Hello"})
    (asked,) = wait_for("the question", crm.messages)
    if first == "call":
        telegram.refuse("sendMessage", 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=NEW)
        gateway.say(OLD, words("Hello all"), "a1")
        wait_for("the answer", lambda: gateway.state("a1") == ["sent"])
    telegram.happen("message", {**told, "message_id": 2, "chat": group, "migrate_to_chat_id": NEW})
    there = {**group, "id": NEW, "type": "supergroup"}
    telegram.happen("message", {**told, "message_id": 3, "chat": there, "migrate_from_chat_id": OLD})
    telegram.happen("message", {**told, "message_id": 4, "chat": there, "text": "Still here?"})
    again = wait_for("the second question", lambda: [one for one in crm.messages() if one is not asked])
    assert again[0]["conversation"]["id"] == f"crm-{OLD}"
    gateway.say(OLD, words("Yes"), "a2")
    wait_for("the second answer", lambda: gateway.state("a2") == ["sent"])
    assert [one["chat_id"] for one in telegram.of("sendMessage")][-1] == NEW
    links = [one for one in crm.events.values() if one["event"] == "link" and one["status"] == "changed"]
    assert [one["previous"]["value"] for one in links] == [str(OLD)]


def test_a_business_account_is_answered_in_its_name(gateway, telegram, crm):
    """What the owner writes by hand reaches the CRM, and the copy of what we wrote does not."""
    connection = {"business_connection_id": "bc-77"}
    chat = {"id": PABLO, "type": "private", "first_name": "Pablo"}
    person = {"id": PABLO, "is_bot": False, "first_name": "Pablo"}
    owner = {"id": SHEENA, "is_bot": False, "first_name": "Sheena"}
    told = {**connection, "chat": chat, "date": 1767225600}
    telegram.happen("business_message", {**told, "message_id": 801, "from": person, "text": "Is it you?"})
    wait_for("the question", crm.messages)
    gateway.say(f"{PABLO}@bc-77", words("How can I help?"), "a1")
    wait_for("the answer", lambda: gateway.state("a1") == ["sent"])
    (sent,) = telegram.of("sendMessage")
    assert (sent["chat_id"], sent["business_connection_id"]) == (PABLO, "bc-77")
    copy = {**told, "message_id": telegram.last, "from": owner, "sender_business_bot": {"id": int(BOT), "is_bot": True}}
    telegram.happen("business_message", {**copy, "text": "How can I help?"})
    telegram.happen("business_message", {**told, "message_id": 802, "from": owner, "text": "It is me now"})
    wait_for("the owner", lambda: len(crm.messages()) == 2)
    assert [(one["origin"], one["parts"]) for one in crm.messages()] == [
        ("contact", words("Is it you?")),
        ("native_app", words("It is me now")),
    ]
