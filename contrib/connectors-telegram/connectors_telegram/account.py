"""The bot behind a token: how it gets its updates, what it may see, who people are (Bot API 10.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from connectors_core import ConnectorsError, Http, Malformed, NoCounterpart
from connectors_core.model import Contact, Finding, Page, wire
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


def set_up(http: Http, settings: TelegramSettings, callback: str) -> Iterator[Finding]:
    """Register the webhook, or end it where the bot is polled; updates that wait are kept in either case."""
    if settings.webhook_secret and not callback:
        yield Finding(
            level="error",
            text="there is no address for webhooks: set gateway.public_url, or remove webhook_secret to have it polled",
            path="webhook_secret",
        )
        return
    if not settings.webhook_secret:
        yield from _done(http, settings, "deleteWebhook", {}, "the bot has no webhook, and is polled")
        return
    fields = {
        "url": callback,
        "secret_token": settings.webhook_secret[0].reveal(),
        "allowed_updates": ALLOWED,
        "drop_pending_updates": False,
    }
    yield from _done(http, settings, "setWebhook", fields, "updates are pushed to this gateway")


def check(http: Http, settings: TelegramSettings) -> Iterator[Finding]:
    """Look at the token, at what the bot may see, and at how it gets its updates."""
    try:
        me = bot.told(http, bot.method(settings, "getMe", {}, harmless=True), "check")
        hook = bot.told(http, bot.method(settings, "getWebhookInfo", {}, harmless=True), "check")
        yield from _rights(me)
        yield from _hook(settings, hook)
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


def _done(http: Http, settings: TelegramSettings, method: str, fields: Json, good: str) -> Iterable[Finding]:
    try:
        bot.ask(http, bot.method(settings, method, fields, harmless=True), "set up")
    except ConnectorsError as error:
        return [Finding(level="error", text=error.text, path="token")]
    return [Finding(level="ok", text=good)]


def _rights(me: Json) -> Iterator[Finding]:
    yield Finding(level="ok", text=f"the bot @{wire.text(me, 'username')} is reached", path="token")
    if me.get("can_join_groups") is True and me.get("can_read_all_group_messages") is not True:
        text = "in groups the bot sees only what is addressed to it; /setprivacy at @BotFather changes that"
        yield Finding(level="ok", text=text)


def _hook(settings: TelegramSettings, hook: Json) -> Iterator[Finding]:
    again = "run `connectors setup telegram --again`"
    pushed, wanted = bool(wire.text(hook, "url")), bool(settings.webhook_secret)
    if wanted and not pushed:
        yield Finding(level="error", text=f"no webhook is registered: {again}", path="webhook_secret")
    elif pushed and not wanted:
        text = f"a webhook keeps the updates from being polled: {again}, or set webhook_secret"
        yield Finding(level="error", text=text, path="webhook_secret")
    else:
        yield Finding(level="ok", text="updates are pushed to a webhook" if pushed else "updates are polled")
    waiting = wire.whole(hook, "pending_update_count") or 0
    if waiting > _MANY:
        yield Finding(level="warning", text=f"{waiting} updates wait: look whether the gateway runs and is reached")
    if wire.text(hook, "last_error_message"):
        # The sentence itself may name an address; what it says is seen by calling the address.
        text = "Telegram could not deliver its last webhook: look whether the public address answers from outside"
        yield Finding(level="warning", text=text)
    listed = hook.get("allowed_updates")
    missing = [name for name in ALLOWED if not isinstance(listed, list) or name not in listed]
    if pushed and wanted and missing:
        yield Finding(level="warning", text=f"some updates do not come ({', '.join(missing)}): {again}")
