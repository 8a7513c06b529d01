"""From a person to a CRM and back, through a gateway that is a process of its own."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from double import BOT, TOKEN
from gateway import SECRET, wait_for

PABLO, SHEENA = 1650555123, 1305555456
WORDS = [{"part": "text", "body": "Yes, in red"}]


def bodies(messages):
    """Return the words of messages."""
    return [part["body"] for message in messages for part in message["parts"] if part["part"] == "text"]


def assert_no_secret(gateway, *texts):
    """Fail where a secret stands in the log, in what was printed, or in the store of the gateway."""
    stored = b"".join(path.read_bytes() for path in gateway.folder.rglob("*") if path.is_file())
    for secret in (TOKEN, SECRET):
        assert secret not in gateway.log
        assert not [text for text in texts if secret in text]
        assert secret.encode() not in stored


@pytest.mark.parametrize("pushed", [True, False], ids=["pushed", "polled"])
def test_a_question_and_its_answer(install, telegram, crm, pushed):
    """Both ways; registered by the command that the README names, and the check finds nothing to say against it."""
    gateway = install(pushed=pushed)
    code, printed = gateway.command("setup", "telegram", "--again", "--name", "shop", "--register")
    assert code == 0, printed
    assert bool(telegram.webhook) is pushed
    number = telegram.write(PABLO, {"text": "Does it come in another colour?"})
    (asked,) = wait_for("the question", crm.messages)
    assert bodies([asked]) == ["Does it come in another colour?"]
    assert asked["source"] == {"endpoint": "shop", "account": BOT, "id": str(PABLO)}
    gateway.say(PABLO, WORDS, "a1", reply_to=f"crm-{asked['id']}")
    (answered,) = wait_for("the answer", lambda: telegram.of("sendMessage"))
    assert (answered["chat_id"], answered["text"]) == (PABLO, "Yes, in red")
    assert answered["reply_parameters"]["message_id"] == number
    wait_for("the answer to be settled", lambda: gateway.state("a1") == ["sent"])
    assert_no_secret(gateway, printed, json.dumps(crm.messages()))


def test_updates_that_wait_are_kept_when_the_way_changes(install, telegram, crm):
    """What came before the webhook was registered is pushed then."""
    telegram.write(PABLO, {"text": "Is anybody there?"})
    gateway = install(pushed=True)
    gateway.command("setup", "telegram", "--again", "--name", "shop", "--register")
    wait_for("the question", crm.messages)
    assert bodies(crm.messages()) == ["Is anybody there?"]


def test_a_webhook_that_is_left_over_pauses_a_polled_bot(install, telegram):
    """Polling cannot work beside it, and the log says what to do."""
    telegram.webhook = {"url": "https://old.example.com", "secret_token": "x"}
    gateway = install(pushed=False)
    wait_for("the pause", lambda: "is paused until a human resumes it" in gateway.log)
    assert "connectors setup telegram --again" in gateway.log
    code, printed = gateway.command("setup", "telegram", "--again", "--name", "shop", "--register")
    assert (code, telegram.webhook) == (0, {}), printed


@pytest.mark.parametrize("pushed", [True, False], ids=["pushed", "polled"])
def test_a_picture_both_ways(install, telegram, crm, pushed):
    """The CRM fetches the gateway's copy, and nobody but the gateway sees the address with the token."""
    gateway = install(pushed=pushed)
    gateway.command("setup", "telegram", "--again", "--name", "shop", "--register")
    telegram.files["pot"] = b"the bytes of the pot"
    sizes = [{"file_id": "pot", "file_unique_id": "p", "width": 90, "height": 90, "file_size": 20}]
    telegram.write(PABLO, {"photo": sizes, "caption": "This one"})
    (asked,) = wait_for("the picture", crm.messages)
    (media,) = asked["parts"]
    assert (media["mime"], media["caption"]) == ("image/jpeg", "This one")
    assert gateway.ask(media["url"]) == (200, b"the bytes of the pot")
    status, kept = gateway.ask("/api/v1/media", b"another pot", {"content-type": "image/png"})
    assert status == 201
    gateway.say(PABLO, [{"part": "media", "kind": "image", "id": json.loads(kept)["id"], "caption": "Or this?"}], "a1")
    (sent,) = wait_for("the other picture", lambda: telegram.of("sendPhoto"))
    assert (sent["chat_id"], sent["photo"], sent["caption"]) == (str(PABLO), b"another pot", "Or this?")
    assert_no_secret(gateway, json.dumps(crm.messages()))


@pytest.mark.parametrize("pushed", [True, False], ids=["pushed", "polled"])
def test_a_tap_is_noticed_at_once(install, telegram, crm, pushed):
    """The button stops blinking whoever looks at the CRM, and what was chosen arrives."""
    gateway = install(pushed=pushed)
    gateway.command("setup", "telegram", "--again", "--name", "shop", "--register")
    telegram.write(PABLO, {"text": "Hello"})
    wait_for("the greeting", crm.messages)
    options = [{"title": "Small", "payload": "s"}, {"title": "Medium", "payload": "m"}]
    gateway.say(PABLO, [{"part": "choices", "body": "Which size?", "options": options}], "a1")
    (offered,) = wait_for("the buttons", lambda: telegram.of("sendMessage"))
    chat = {"id": PABLO, "type": "private", "first_name": "Pablo"}
    message = {"message_id": 2, "chat": chat, "date": 1767225600, "reply_markup": offered["reply_markup"]}
    who = {"id": PABLO, "is_bot": False, "first_name": "Pablo"}
    telegram.happen("callback_query", {"id": "77", "from": who, "chat_instance": "1", "data": "m", "message": message})
    chosen = wait_for("the choice", lambda: [one for one in crm.messages() if one["parts"][0]["part"] == "choice"])
    assert chosen[0]["parts"] == [{"part": "choice", "title": "Medium", "payload": "m"}]
    assert telegram.of("answerCallbackQuery") == [{"callback_query_id": "77"}]


@pytest.mark.parametrize("pushed", [True, False], ids=["pushed", "polled"])
def test_kill_of_the_gateway_loses_and_doubles_nothing(install, telegram, crm, pushed):
    """Every message arrives once and in order; an answer goes out once, or is listed as unknown and not repeated."""
    gateway = install(pushed=pushed)
    gateway.command("setup", "telegram", "--again", "--name", "shop", "--register")
    for number in range(5):
        for person in (PABLO, SHEENA):
            telegram.write(person, {"text": f"{person} {number}"})
    wait_for("some messages", lambda: len(crm.messages()) >= 5)
    for number in range(10):
        gateway.say((PABLO, SHEENA)[number % 2], [{"part": "text", "body": f"answer {number}"}], f"a{number}")
    wait_for("some answers", lambda: len(telegram.of("sendMessage")) >= 3)
    gateway.kill()
    if not pushed:
        telegram.write(SHEENA, {"text": f"{SHEENA} 5"})
    gateway.start()
    if pushed:
        telegram.write(SHEENA, {"text": f"{SHEENA} 5"})
    telegram.write(PABLO, {"text": f"{PABLO} 5"})
    wait_for("every message", lambda: len(crm.messages()) == 12)
    settled = {"sent", "unknown"}
    wait_for(
        "every answer to be settled",
        lambda: all(settled.issuperset(gateway.state(f"a{number}") or ["open"]) for number in range(10)),
    )
    for person in (PABLO, SHEENA):
        mine = [words for words in bodies(crm.messages()) if words.startswith(str(person))]
        assert mine == [f"{person} {number}" for number in range(6)]
    sent = Counter(fields["text"] for fields in telegram.of("sendMessage"))
    unknown = [number for number in range(10) if gateway.state(f"a{number}") == ["unknown"]]
    assert set(sent.values()) == {1}
    assert all(sent[f"answer {number}"] for number in range(10) if number not in unknown)
