"""A conversation between a phone and an agent in Tryton, all the way and back."""

import requests
from processes import wait_for

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


def bodies(entries):
    """Return the words of what a phone received."""
    return [entry["content"]["body"] for entry in entries if entry["type"] == "text"]


def test_a_message_opens_an_opportunity_and_the_reply_reaches_the_phone(shop, tryton):
    """Phone, gateway, party, opportunity, chat; and the agent's public answer back, but no internal word."""
    shop.phones.write("Is the monstera in stock? 🪴")
    opportunity = tryton.opened("Is the monstera in stock? 🪴")
    assert tryton.words(opportunity["id"]) == [("gateway", "Is the monstera in stock? 🪴")]
    assert (opportunity["party"]["name"], opportunity["state"]) == ("Sheena Nelson", "lead")
    tryton.agent().say(opportunity["id"], "An internal word", "internal")
    tryton.agent().say(opportunity["id"], "Yes, three of them. Ça va ?")
    wait_for("the reply", shop.received)
    shop.phones.write("Thank you")
    tryton.opened("Thank you")
    assert bodies(shop.received()) == ["Yes, three of them. Ça va ?"]
    assert [who for who, _ in tryton.words(opportunity["id"])] == ["gateway", "agent", "gateway"]


def test_pictures_go_both_ways(shop, tryton):
    """A customer's picture is an attachment; one that the agent names in the chat reaches the phone, byte by byte."""
    shop.send_file(PICTURE, "image/png", caption="this one")
    (words,) = wait_for_words(tryton)
    name = words.splitlines()[0].strip("[]")
    (opportunity,) = tryton.opportunities()
    agent = tryton.agent()
    assert (words, tryton.files(opportunity["id"])) == (f"[{name}]\nthis one", {name: PICTURE})
    agent.attach(opportunity["id"], "blüte rot.png", PICTURE)
    agent.say(opportunity["id"], "Like this?\n[blüte rot.png]\nIt is 12 €")
    wait_for("the reply", lambda: len(shop.received()) == 3)
    first, picture, last = shop.received()
    assert bodies([first, last]) == ["Like this?", "It is 12 €"]
    assert shop.file(picture["content"]["file"]) == PICTURE


def wait_for_words(tryton):
    """Return the public words of the only opportunity, as soon as there are some."""
    wait_for("words", lambda: tryton.opportunities() and tryton.words(tryton.opportunities()[0]["id"]))
    return [words for _, words in tryton.words(tryton.opportunities()[0]["id"])]


def test_a_file_that_is_too_large_for_tryton_goes_as_a_link(open_shop, tryton):
    """What does not fit into a request of Tryton can be fetched from the gateway, and nothing is lost."""
    shop = open_shop(more="largest_attachment = 50\n")
    shop.send_file(PICTURE, "image/png")
    (words,) = wait_for_words(tryton)
    name, link = words.splitlines()
    assert name.startswith("[image-")
    assert requests.get(link, timeout=20).content == PICTURE


def test_a_file_of_nearly_the_size_that_tryton_takes_is_attached(shop, tryton):
    """The limit that the settings have by default fits Tryton's own."""
    whole = PICTURE + bytes(1_500_000 - len(PICTURE))
    shop.send_file(whole, "image/png")
    (words,) = wait_for_words(tryton)
    assert tryton.files(tryton.opportunities()[0]["id"]) == {words.strip("[]"): whole}


def test_a_reply_that_the_channel_refuses_is_noted_for_the_agents_alone(shop, tryton):
    """After 24 hours WhatsApp takes no free text: the agent reads why below the reply, the customer nothing."""
    shop.phones.write("Hello")
    opportunity = tryton.opened("Hello")
    shop.phones.control("PATCH", "customers/sheena", {"window": "closed"})
    tryton.agent().say(opportunity["id"], "Are you still there?")
    wait_for("the note", lambda: "internal" in [row["audience"] for row in tryton.chat(opportunity["id"])])
    note = tryton.chat(opportunity["id"])[-1]
    assert note["audience"] == "internal"
    assert note["content"].startswith("[not delivered] “Are you still there?” did not reach the customer: ")
    assert "131047" in note["content"]
    assert shop.received() == []


def test_a_file_that_is_not_attached_is_told_to_the_agents(shop, tryton):
    """A name that no attachment has fails, with a note that says so, and the conversation goes on."""
    shop.phones.write("Hello")
    opportunity = tryton.opened("Hello")
    tryton.agent().say(opportunity["id"], "[nothing.pdf]")
    tryton.agent().say(opportunity["id"], "Here you are")
    wait_for("the words", shop.received, 110)
    assert bodies(shop.received()) == ["Here you are"]
    wait_for("the note", lambda: "internal" in [row["audience"] for row in tryton.chat(opportunity["id"])])
    notes = [row["content"] for row in tryton.chat(opportunity["id"]) if row["audience"] == "internal"]
    assert len(notes) == 1
    assert "no attachment of the name" in notes[0]


def test_reactions_and_answers_name_the_message_that_they_are_about(shop, tryton):
    """An agent sees which of the messages got a thumb up, and which is answered."""
    shop.phones.write("Two please")
    opportunity = tryton.opened("Two please")
    tryton.agent().say(opportunity["id"], "Certainly!")
    wait_for("the reply", shop.received)
    (reply,) = shop.received()
    thumb = {"type": "reaction", "reaction": {"message_id": reply["id"], "emoji": "👍"}}
    shop.phones.control("POST", "customers/sheena/messages", thumb)
    shop.phones.write("Or three", context={"message_id": reply["id"]})
    tryton.opened("> Certainly!\nOr three")
    assert [words for _, words in tryton.words(opportunity["id"])] == [
        "Two please",
        "Certainly!",
        "[reacted 👍 to “Certainly!”]",
        "> Certainly!\nOr three",
    ]
