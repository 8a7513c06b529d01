"""The Telegram connector: one bot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs

from connectors_core import (
    Abilities,
    Http,
    Level,
    Limit,
    Malformed,
    Manifest,
    Measure,
    NotSupported,
    Pace,
    Policy,
    hookimpl,
    knowing,
)
from connectors_core.model import (
    Activity,
    ActivityKind,
    Card,
    Change,
    Choices,
    Contact,
    Content,
    Done,
    Event,
    Finding,
    Item,
    Location,
    Media,
    Message,
    Page,
    Reaction,
    Receipt,
    ReceiptKind,
    Request,
    Revision,
    Text,
    Trusted,
    parse_json,
)
from connectors_telegram import account, bot, inbound, outbound
from connectors_telegram.errors import Already, Migrated, NoText
from connectors_telegram.media import fetch
from connectors_telegram.outbound.files import refuse_words, way, with_name
from connectors_telegram.places import message_of
from connectors_telegram.settings import TelegramSettings, TelegramSettingsSchema

_ABILITIES = Abilities(
    parts={
        Text: Limit(split_at=outbound.LONGEST_TEXT, measure=Measure.UTF16),
        Media: Limit(max_bytes=outbound.LARGEST, captions=outbound.CAPTIONED, measure=Measure.UTF16),
        Location: Limit(),
        Card: Limit(level=Level.PARTIAL),
        Choices: Limit(level=Level.PARTIAL, kinds=outbound.KINDS, options=outbound.MOST_OPTIONS),
        Reaction: Limit(level=Level.PARTIAL),
        Revision: Limit(level=Level.PARTIAL),
        Activity: Limit(kinds=frozenset((ActivityKind.TYPING,))),
    },
    most_parts=1,
    receipts=frozenset((ReceiptKind.READ,)),
    poll_every=0.5,
)


@attrs.frozen(eq=False)
class Telegram:
    """A bot at the Bot API. Updates are pushed to it, or it is polled where there is no `webhook_secret`."""

    manifest: ClassVar[Manifest] = Manifest(
        name="telegram",
        title="Telegram",
        kind="channel",
        settings=TelegramSettingsSchema,
        account="bot_id",
        abilities=_ABILITIES,
        policy=Policy(source="Bot API 10.3: a bot answers who has written to it, without a window"),
        # https://core.telegram.org/bots/faq, 2026: 30 a second over all chats, one a second in a chat with short
        # bursts. The 20 a minute of a group cannot be told here: there the 429 of Telegram sets the pace.
        pace=Pace(rate=30.0, burst=30, pair_every=1.0, pair_burst=3),
        docs="connectors-telegram/docs/telegram.md",
        guide=account.GUIDE,
    )

    settings: TelegramSettings
    http: Http

    @property
    def abilities(self) -> Abilities:
        """A bot whose updates are pushed is not polled: Telegram refuses the one while the other is on."""
        pushed = bool(self.settings.webhook_secret)
        return attrs.evolve(_ABILITIES, poll_every=None) if pushed else _ABILITIES

    @hookimpl
    def authenticate(self, request: Request) -> Trusted:
        """Compare the secret (setWebhook, `secret_token`); answer a tap on a button in the answer to its webhook."""
        knowing(request, self.settings.webhook_secret, header="x-telegram-bot-api-secret-token")
        return _answered(request.body)

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read one update, or a page of them."""
        return inbound.receive(item)

    @hookimpl
    def poll(self, cursor: str) -> Page:
        """Fetch the updates after the last one."""
        return account.poll(self.http, self.settings, cursor)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:  # noqa: ARG002 - Telegram has no place for a key
        """Send one part. The Bot API has no idempotency: what breaks off stays unknown."""
        plan = outbound.plan(message, self.http.endpoint)
        asked = plan.place
        try:
            result = self._made(plan)
        except Migrated as moved:
            plan = plan.at(moved.chat)
            result = self._made(plan)
        except Already:
            return Done()
        return outbound.sent(result, plan, asked, self.http.endpoint, self.settings.bot_id)

    def _made(self, plan: outbound.Plan) -> object:
        if plan.file is None:
            call = bot.method(self.settings, plan.method, plan.fields, harmless=plan.harmless)
            try:
                return bot.ask(self.http, call, "send")
            except NoText:
                fields = {name: value for name, value in plan.fields.items() if name != "link_preview_options"}
                fields["caption"] = fields.pop("text")
                call = bot.method(self.settings, "editMessageCaption", fields, harmless=plan.harmless)
                return bot.ask(self.http, call, "send")
        content = self.http.open(plan.file, largest=outbound.LARGEST)
        found = way(plan.file, content)
        refuse_words(plan.file, found)
        content = with_name(plan.file, content)
        return bot.ask(self.http, bot.upload(self.settings, found.method, plan.fields, content, found.field), "send")

    @hookimpl
    def acknowledge(self, receipt: Receipt, key: str) -> Done:  # noqa: ARG002 - marking twice does no harm
        """Mark a message as read in a chat of a business account; a bot's own chats know no such thing."""
        if receipt.kind is not ReceiptKind.READ:
            raise NotSupported(f"Telegram is told that a message was read, not {receipt.kind}")
        names = [ref for ref in receipt.messages if ref.endpoint == self.http.endpoint and "@" in ref.id]
        if names:
            place, number = message_of(names[-1], self.http.endpoint)
            fields = {"business_connection_id": place.business, "chat_id": place.chat, "message_id": number}
            bot.ask(self.http, bot.method(self.settings, "readBusinessMessage", fields, harmless=True), "acknowledge")
        return Done()

    @hookimpl
    def fetch(self, media: Media) -> Content:
        """Fetch a file that a person sent."""
        return fetch(self.http, self.settings, media)

    @hookimpl
    def profile(self, contact: Contact) -> Contact:
        """Ask who a person is."""
        return account.profile(self.http, self.settings, contact)

    @hookimpl
    def plan(self, callback: str) -> Sequence[Change | Finding]:
        """Look where updates go."""
        return account.plan(self.http, self.settings, callback)

    @hookimpl
    def apply(self, change: Change, callback: str) -> Finding:  # noqa: ARG002 - there is one thing to change
        """Register the webhook, or end it."""
        return account.apply(self.http, self.settings, callback)

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Look at the bot and at how it gets its updates."""
        return account.check(self.http, self.settings)


def _answered(body: bytes) -> Trusted:
    """Return the answer to a webhook: Telegram calls the method in it (Bot API 10.3, Making requests when …)."""
    if b'"callback_query"' not in body:
        return Trusted()
    try:
        found = inbound.taps(parse_json(body))
    except Malformed:
        return Trusted()
    if not found:
        return Trusted()
    answer = {"method": "answerCallbackQuery", "callback_query_id": found[0]}
    return Trusted(bot.dumps(answer).decode(), "application/json")
