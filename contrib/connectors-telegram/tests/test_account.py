"""Setting up a bot, and looking at it."""

from __future__ import annotations

import pytest
from gateway import SECRET

CALLBACK = "https://hooks.example.com/hooks/shop"


def found(findings):
    """Return levels and texts."""
    return [(one.level, one.text) for one in findings]


def test_a_webhook_is_registered_with_its_secret_and_with_reactions(make_bot, telegram):
    """The first of two secrets; nothing that waits is dropped."""
    bot = make_bot("a-new-secret-of-the-tests", SECRET)
    assert [level for level, _ in found(bot.set_up(CALLBACK))] == ["ok"]
    (asked,) = telegram.of("setWebhook")
    assert (asked["url"], asked["secret_token"]) == (CALLBACK, "a-new-secret-of-the-tests")
    assert asked["drop_pending_updates"] is False
    assert {"message_reaction", "callback_query", "my_chat_member", "business_message"} < set(asked["allowed_updates"])


@pytest.mark.parametrize("callback", [CALLBACK, ""])
def test_a_polled_bot_has_no_webhook(make_bot, telegram, callback):
    """Whatever was there ends, and nothing that waits is dropped."""
    assert [level for level, _ in found(make_bot().set_up(callback))] == ["ok"]
    assert telegram.of("deleteWebhook") == [{}]
    assert telegram.of("setWebhook") == []


def test_a_webhook_needs_an_address(bot, telegram):
    """Without one the way out is told, and nothing is asked of Telegram."""
    ((level, text),) = found(bot.set_up(""))
    assert (level, telegram.calls) == ("error", [])
    assert "gateway.public_url" in text
    assert "webhook_secret" in text


def test_a_refused_set_up_is_told(bot, telegram):
    """As a finding, not as a defect."""
    telegram.refuse("setWebhook", 400, "Bad Request: bad webhook: HTTPS url must be provided for webhook")
    assert [level for level, _ in found(bot.set_up("http://example.com"))] == ["error"]


def test_a_good_bot_is_good(bot):
    """Everything is found to be as it should be."""
    list(bot.set_up(CALLBACK))
    assert {level for level, _ in found(bot.check())} == {"ok"}


def test_a_bot_without_its_webhook_is_told_of(bot):
    """Nothing would ever come."""
    assert ("error", "no webhook is registered: run `connectors setup telegram --again`") in found(bot.check())


def test_a_polled_bot_with_a_webhook_is_told_of(make_bot, telegram):
    """Nothing would ever come either."""
    telegram.webhook = {"url": "https://old.example.com"}
    assert "a webhook keeps the updates" in dict(found(make_bot().check()))["error"]


def test_trouble_with_webhooks_is_told_without_repeating_telegram(bot, telegram, monkeypatch):
    """Updates that wait, the last failure, and kinds of updates that do not come."""
    told = {
        "url": CALLBACK,
        "pending_update_count": 4711,
        "last_error_date": 1767225600,
        "last_error_message": "Wrong response from the webhook at 192.0.2.7: 502 Bad Gateway",
        "allowed_updates": ["message"],
    }
    monkeypatch.setattr(telegram, "_getWebhookInfo", lambda _fields: (200, {"ok": True, "result": told}), raising=False)
    warnings = [text for level, text in found(bot.check()) if level == "warning"]
    assert len(warnings) == 3
    assert "4711 updates wait" in warnings[0]
    assert "message_reaction" in warnings[2]
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
