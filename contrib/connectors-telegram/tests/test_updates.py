"""How updates come: pushed with a secret, or polled page by page."""

from __future__ import annotations

import json

import pytest
from gateway import SECRET

from connectors_core import Endpoint, NeedsAttention, RateLimited, Retry, Unreachable, Untrusted
from connectors_core.model import Request, Trusted

HEADER = "x-telegram-bot-api-secret-token"
OTHER = "another-secret-of-the-tests"


def request(body=b"{}", secret=SECRET, method="POST"):
    """Return a webhook."""
    return Request(method=method, path="/hooks/shop", headers={HEADER: secret}, body=body)


def test_an_update_that_needs_no_answer_gets_none(bot):
    """The body of the answer stays empty."""
    assert bot.authenticate(request()) == Trusted()


def test_a_tap_is_answered_in_the_answer_to_its_webhook(bot):
    """Telegram calls the method that stands there, which costs no call of our own."""
    answer = bot.authenticate(request(b'{"update_id": 1, "callback_query": {"id": "77", "data": "m"}}'))
    assert json.loads(answer.body) == {"method": "answerCallbackQuery", "callback_query_id": "77"}
    assert answer.content_type == "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b'{"callback_query"',
        b'["callback_query"]',
        b'{"callback_query": 7}',
        b'{"callback_query": {"id": 7}}',
        b'{"message": {"text": "\\"callback_query\\""}}',
    ],
)
def test_a_tap_that_cannot_be_read_is_let_in_all_the_same(bot, body):
    """What is wrong with it is told when it is read."""
    assert bot.authenticate(request(body)) == Trusted()


def test_two_secrets_are_good_while_one_replaces_the_other(make_bot):
    """Telegram sends the old one until the new one is registered."""
    bot = make_bot(OTHER, SECRET)
    assert bot.authenticate(request()) == bot.authenticate(request(secret=OTHER)) == Trusted()


def test_a_polled_bot_trusts_nobody(make_bot):
    """It has no secret that anybody could know, and an empty header is none."""
    for secret in ("", SECRET):
        with pytest.raises(Untrusted):
            make_bot().authenticate(request(secret=secret))


def test_a_get_is_nobody(bot):
    """Telegram only posts."""
    with pytest.raises(Untrusted):
        bot.authenticate(request(method="GET"))


def test_a_bot_is_either_pushed_to_or_polled(make_bot, bot):
    """The settings decide, and core asks the instance."""
    assert Endpoint.build("shop", bot).abilities.poll_every is None
    assert Endpoint.build("shop", make_bot()).abilities.poll_every == 0.5


def test_a_full_page_says_that_more_is_waiting(make_bot, telegram):
    """The next one follows it, and asking for it is what confirms the first."""
    for number in range(130):
        telegram.write(5, {"text": str(number)})
    bot = make_bot()
    first = bot.poll("")
    second = bot.poll(first.cursor)
    assert (first.more, second.more) == (True, False)
    texts = [one["message"]["text"] for page in (first, second) for one in json.loads(page.body)["result"]]
    assert texts == [str(number) for number in range(130)]
    assert bot.poll(second.cursor).body == b""


def test_a_page_that_was_not_stored_comes_again(make_bot, telegram):
    """As long as nobody asks with the next offset, Telegram keeps it."""
    telegram.write(5, {"text": "Hello"})
    bot = make_bot()
    assert bot.poll("").body == bot.poll("").body != b""


def test_a_webhook_that_is_left_over_needs_a_human(make_bot, telegram):
    """Nothing comes by polling until it is ended."""
    telegram.webhook = {"url": "https://old.example.com"}
    with pytest.raises(NeedsAttention, match="setup telegram --again"):
        make_bot().poll("")


def test_another_program_that_polls_is_no_reason_to_pause(make_bot, telegram):
    """After a change of the program that polls, the older of two requests ends like this."""
    words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    telegram.refuse("getUpdates", 409, words)
    with pytest.raises(Retry) as caught:
        make_bot().poll("")
    assert type(caught.value) is Retry


def test_a_poll_that_is_too_fast_waits(make_bot, telegram):
    """As long as Telegram says."""
    telegram.refuse("getUpdates", 429, "Too Many Requests: retry after 3", retry_after=3)
    with pytest.raises(RateLimited) as caught:
        make_bot().poll("")
    assert caught.value.after == 3.0


def test_a_fault_of_the_bot_api_is_tried_again(make_bot, telegram):
    """A poll changes nothing, so nothing about it is uncertain."""
    telegram.refuse("getUpdates", 502, "Bad Gateway")
    with pytest.raises(Unreachable):
        make_bot().poll("")
