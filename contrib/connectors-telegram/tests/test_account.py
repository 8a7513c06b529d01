"""Setting up a bot, and looking at it."""

from __future__ import annotations

import pytest
from gateway import SECRET

from connectors_core import ConnectorsError

CALLBACK = "https://hooks.example.com/hooks/shop"


def found(findings):
    """Return levels and texts."""
    return [(one.level, one.text) for one in findings]


def made_so(bot, callback=CALLBACK):
    """Apply what differs; return how it went."""
    return [bot.apply(change, callback).level for change in bot.plan(callback)]


def test_a_webhook_is_registered_with_its_secret_and_with_reactions(make_bot, telegram):
    """The first of two secrets; nothing that waits is dropped. Then nothing differs any more."""
    bot = make_bot("a-new-secret-of-the-tests", SECRET)
    assert made_so(bot) == ["ok"]
    (asked,) = telegram.of("setWebhook")
    assert (asked["url"], asked["secret_token"]) == (CALLBACK, "a-new-secret-of-the-tests")
    assert asked["drop_pending_updates"] is False
    assert {"message_reaction", "callback_query", "my_chat_member", "business_message"} < set(asked["allowed_updates"])
    assert bot.plan(CALLBACK) == []


@pytest.mark.parametrize("callback", [CALLBACK, ""])
def test_a_polled_bot_has_no_webhook(make_bot, telegram, callback):
    """What was there ends, and nothing that waits is dropped."""
    telegram.webhook = {"url": "https://old.example.com/secret-path"}
    (change,) = make_bot().plan(callback)
    assert (change.before, change.after) == ({"address": "https://old.example.com/…", "updates": []}, None)
    assert made_so(make_bot(), callback) == ["ok"]
    assert telegram.of("deleteWebhook") == [{}]
    assert make_bot().plan(callback) == []


def test_a_webhook_that_lacks_updates_is_registered_anew(bot, telegram):
    """Reactions come only to those who ask for them."""
    telegram.webhook = {"url": CALLBACK, "allowed_updates": ["message"]}
    (change,) = bot.plan(CALLBACK)
    assert (change.before["updates"], "message_reaction" in change.after["updates"]) == (["message"], True)


def test_a_webhook_needs_an_address(bot, telegram):
    """Without one the way out is told, and nothing is asked of Telegram."""
    ((level, text),) = found(bot.plan(""))
    assert (level, telegram.calls) == ("error", [])
    assert "gateway.public_url" in text
    assert "webhook_secret" in text


def test_a_webhook_that_is_refused_is_told(bot, telegram):
    """With the call that it was."""
    telegram.refuse("setWebhook", 400, "Bad Request: bad webhook: HTTPS url must be provided for webhook")
    with pytest.raises(ConnectorsError, match="could not register the webhook"):
        made_so(bot, "http://example.com")


def test_a_good_bot_is_good(bot):
    """Everything is found to be as it should be."""
    made_so(bot)
    assert {level for level, _ in found(bot.check())} == {"ok"}


def test_trouble_with_webhooks_is_told_without_repeating_telegram(bot, telegram, monkeypatch):
    """Updates that wait, and the last failure."""
    told = {
        "url": CALLBACK,
        "pending_update_count": 4711,
        "last_error_date": 1767225600,
        "last_error_message": "Wrong response from the webhook at 192.0.2.7: 502 Bad Gateway",
    }
    monkeypatch.setattr(telegram, "_getWebhookInfo", lambda _fields: (200, {"ok": True, "result": told}), raising=False)
    warnings = [text for level, text in found(bot.check()) if level == "warning"]
    assert len(warnings) == 2
    assert "4711 updates wait" in warnings[0]
    assert "192.0.2.7" not in " ".join(warnings)


def test_a_bot_that_sees_little_of_groups_says_so(bot, telegram, monkeypatch):
    """It is a choice, and no fault."""
    me = {"id": 1, "username": "shop_bot", "can_join_groups": True, "can_read_all_group_messages": False}
    monkeypatch.setattr(telegram, "_getMe", lambda _fields: (200, {"ok": True, "result": me}), raising=False)
    assert any("/setprivacy" in text for level, text in found(bot.check()) if level == "ok")


def test_a_dead_token_is_told_of(make_bot):
    """With what to do about it."""
    bot = make_bot(SECRET, token="123456789:AAdead-Placeholder_Token-00000000000")
    ((level, text),) = found(bot.check())
    assert (level, "@BotFather" in text) == ("error", True)
    assert "AAdead" not in text


@pytest.mark.parametrize("answer", [[], {}, "x", {"username": 7}, {"url": 7, "username": "b"}])
def test_strange_answers_are_no_defects(bot, telegram, monkeypatch, answer):
    """The check says that something is wrong, and goes on."""
    for method in ("_getMe", "_getWebhookInfo"):
        monkeypatch.setattr(telegram, method, lambda _fields: (200, {"ok": True, "result": answer}), raising=False)
    assert found(bot.check())
