"""The bot behind a token: how it gets its updates, what it may see, who people are (Bot API 10.3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from connectors_core import ConnectorsError, Http, Malformed, NoCounterpart
from connectors_core.model import Change, Contact, Finding, Page, wire
from connectors_core.model.wire import Json
from connectors_telegram import bot
from connectors_telegram.errors import named
from connectors_telegram.inbound import ALLOWED, taps
from connectors_telegram.inbound.people import SCHEME, Person
from connectors_telegram.settings import TelegramSettings

GUIDE = (
    "In Telegram write /newbot to @BotFather and answer its questions: it gives you the token of the bot.",
    "In groups a bot sees what is addressed to it; /setprivacy at @BotFather lets it see everything.",
    "To answer for your own account, allow the Business Mode at @BotFather and connect the bot in your settings.",
    "With webhook_secret updates are pushed to the public https address of the gateway, on port 443, 80, 88 or 8443.",
    "Without webhook_secret the bot is polled, and the gateway needs no address.",
)
"""Bot features, and Bot API 10.3, setWebhook."""

PAGE = 100
"""Updates in one page, at most (getUpdates)."""

PATIENCE = 5
"""Seconds that a poll waits for an update: far below any time-out of a call."""

_WEBHOOK = "webhook_secret"
_MANY = 1000
"""Updates that wait: more than a quiet minute brings."""


def poll(http: Http, settings: TelegramSettings, cursor: str) -> Page:
    """Fetch the next page. Asking with an offset is what confirms everything before it (getUpdates).

    The next offset follows the last update, also where that is lower than before: after a week of silence Telegram
    starts counting somewhere else. Taps on buttons are answered at once, as Telegram waits for it.
    """
    fields: Json = {"timeout": PATIENCE, "limit": PAGE, "allowed_updates": ALLOWED}
    if cursor:
        fields["offset"] = int(cursor)
    page = {"result": bot.ask(http, bot.method(settings, "getUpdates", fields, harmless=True), "poll")}
    with named(http.endpoint, "poll"):
        updates = wire.items(page, "result")
        if not updates:
            return Page(body=b"", cursor=cursor)
        following = wire.needed_whole(updates[-1], "update_id") + 1
    for tap in taps(page):
        # That a button goes on blinking is no reason to hold up what people wrote.
        with suppress(ConnectorsError):
            fields = {"callback_query_id": tap}
            bot.ask(http, bot.method(settings, "answerCallbackQuery", fields, harmless=True), "poll")
    return Page(body=bot.dumps(page), cursor=str(following), more=len(updates) == PAGE)


def plan(http: Http, settings: TelegramSettings, callback: str) -> list[Change | Finding]:
    """Compare where the updates of the bot go with the settings: to this gateway, or nowhere where it is polled."""
    pushed = bool(settings.webhook_secret)
    if pushed and not callback:
        text = "there is no address for webhooks: set gateway.public_url, or remove webhook_secret to have it polled"
        return [Finding(level="error", text=text, path=_WEBHOOK)]
    hook = bot.told(http, bot.method(settings, "getWebhookInfo", {}, harmless=True), "compare")
    url = wire.text(hook, "url")
    listed = hook.get("allowed_updates")
    updates = sorted(map(str, listed)) if isinstance(listed, list) else []
    if url == (callback if pushed else "") and (not pushed or not set(ALLOWED) - set(updates)):
        return []
    before = {"address": url if url == callback else _place(url), "updates": updates} if url else None
    after = {"address": callback, "updates": sorted(ALLOWED)} if pushed else None
    return [Change(path=_WEBHOOK, title="the webhook of the bot", before=before, after=after, level="error")]


def apply(http: Http, settings: TelegramSettings, callback: str) -> Finding:
    """Register the webhook, or end it where the bot is polled; updates that wait are kept in either case."""
    if not settings.webhook_secret:
        bot.ask(http, bot.method(settings, "deleteWebhook", {}, harmless=True), "end the webhook")
        return Finding(level="ok", text="the bot has no webhook, and is polled", path=_WEBHOOK)
    fields = {
        "url": callback,
        "secret_token": settings.webhook_secret[0].reveal(),
        "allowed_updates": ALLOWED,
        "drop_pending_updates": False,
    }
    bot.ask(http, bot.method(settings, "setWebhook", fields, harmless=True), "register the webhook")
    return Finding(level="ok", text="updates are pushed to this gateway", path=_WEBHOOK)


def _place(url: str) -> str:
    """Return an address of somebody else without its path, in which many have a secret."""
    found = urlsplit(url)
    return f"{found.scheme}://{found.hostname}/…"


def check(http: Http, settings: TelegramSettings) -> Iterator[Finding]:
    """Look at the token, at what the bot may see, and at what waits for it."""
    try:
        me = bot.told(http, bot.method(settings, "getMe", {}, harmless=True), "check")
        hook = bot.told(http, bot.method(settings, "getWebhookInfo", {}, harmless=True), "check")
        yield from _rights(me)
        yield from _hook(hook)
    except Malformed as error:
        yield Finding(level="error", text=f"the Bot API answered something else than it documents: {error.text}")
    except ConnectorsError as error:
        yield Finding(level="error", text=error.text, path="token")


def profile(http: Http, settings: TelegramSettings, contact: Contact) -> Contact:
    """Ask for a person's name and username (getChat). A picture has no address that may be given to others."""
    known = [one.value for one in contact.identities if one.scheme == SCHEME]
    name = contact.ref.id if contact.ref is not None else next(iter(known), "")
    if not name.removeprefix("-").isdecimal():
        raise NoCounterpart(f"{http.endpoint} could not look up a person: Telegram knows people by a number")
    found = bot.told(http, bot.method(settings, "getChat", {"chat_id": int(name)}, harmless=True), "look up a person")
    with named(http.endpoint, "look up a person"):
        person = Person.of(found)
        extra: dict[str, object] = {"bio": bio} if (bio := wire.text(found, "bio")) else {}
        if photo := wire.text(wire.obj(found, "photo"), "big_file_id"):
            extra["photo"] = photo
    return Contact(
        ref=contact.ref,
        name=person.name,
        username=person.username,
        language=contact.language,
        identities=contact.identities,
        extra=extra,
    )


def _rights(me: Json) -> Iterator[Finding]:
    yield Finding(level="ok", text=f"the bot @{wire.text(me, 'username')} is reached", path="token")
    if me.get("can_join_groups") is True and me.get("can_read_all_group_messages") is not True:
        text = "in groups the bot sees only what is addressed to it; /setprivacy at @BotFather changes that"
        yield Finding(level="ok", text=text)


def _hook(hook: Json) -> Iterator[Finding]:
    yield Finding(
        level="ok", text="updates are pushed to a webhook" if wire.text(hook, "url") else "updates are polled"
    )
    waiting = wire.whole(hook, "pending_update_count") or 0
    if waiting > _MANY:
        yield Finding(level="warning", text=f"{waiting} updates wait: look whether the gateway runs and is reached")
    if wire.text(hook, "last_error_message"):
        # The sentence itself may name an address; what it says is seen by calling the address.
        text = "Telegram could not deliver its last webhook: look whether the public address answers from outside"
        yield Finding(level="warning", text=text)
