"""The Messenger connector: one Facebook Page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import attrs

from connectors.messenger import account, inbound, linking, outbound
from connectors.messenger.account import Account
from connectors.messenger.personas import Personas
from connectors.messenger.settings import MessengerSettings, MessengerSettingsSchema
from connectors.meta import checking
from connectors.meta.graph import graph
from connectors.meta.messaging import control, people
from connectors.meta.messaging.line import Line
from connectors.meta.messaging.outbound.content import MOST_QUICK_REPLIES
from connectors.meta.messaging.outbound.dialect import AFTER_AN_AD, BY_A_HUMAN, BY_COMMENT, STANDARD, allowed
from connectors_core import Abilities, Http, Level, Limit, Manifest, Pace, Policy, hookimpl
from connectors_core.model import (
    Activity,
    ActivityKind,
    Carousel,
    Change,
    ChoiceKind,
    Choices,
    Contact,
    Content,
    ConversationRef,
    Coupon,
    Done,
    Event,
    Finding,
    Handover,
    Item,
    Link,
    Media,
    Message,
    OrderReceipt,
    Products,
    Reaction,
    Receipt,
    ReceiptKind,
    Survey,
    Template,
    TemplateInfo,
    Text,
)

_ABILITIES = Abilities(
    parts={
        Text: Limit(split_at=outbound.LONGEST_TEXT),
        Media: Limit(max_bytes=outbound.LARGEST, captions={}, album=outbound.MOST_PICTURES),
        Choices: Limit(
            level=Level.PARTIAL,
            kinds=outbound.DIALECT.asks | outbound.DIALECT.buttons,
            options=MOST_QUICK_REPLIES,
        ),
        Carousel: Limit(level=Level.PARTIAL, body=False),
        Products: Limit(level=Level.PARTIAL, body=False),
        OrderReceipt: Limit(),
        Coupon: Limit(),
        Survey: Limit(),
        Template: Limit(),
        Reaction: Limit(),
        Activity: Limit(kinds=frozenset(ActivityKind)),
    },
    most_parts=1,
    receipts=frozenset((ReceiptKind.READ,)),
    reports=frozenset((ReceiptKind.DELIVERED, ReceiptKind.READ)),
    thread_control=control.CONTROLS,
    account_links=True,
    echoes=True,
)
_LOGINS = frozenset((ChoiceKind.LOGIN, ChoiceKind.LOGOUT))

_STANDARD = attrs.evolve(STANDARD, beyond=("template",))


@attrs.frozen(eq=False)
class Messenger:
    """A Facebook Page on Messenger; its webhooks come through a `meta` app."""

    manifest: ClassVar[Manifest] = Manifest(
        name="messenger",
        title="Messenger",
        kind="channel",
        settings=MessengerSettingsSchema,
        app="meta",
        account="page_id",
        abilities=_ABILITIES,
        policy=Policy(
            windows=(_STANDARD, attrs.evolve(AFTER_AN_AD, beyond=("template",)), BY_A_HUMAN, BY_COMMENT),
            source="MP/policy, 2026-09-28",
        ),
        # MP/overview/rate-limiting, 2026-03-23: 300 a second and Page. Above 40 its inbox may lag.
        pace=Pace(rate=300.0, burst=40),
        docs="connectors/messenger",
        guide=account.GUIDE,
    )

    settings: MessengerSettings
    http: Http
    _personas: Personas = attrs.field(factory=Personas, init=False)

    @property
    def abilities(self) -> Abilities:
        """What this Page can do: no survey without a privacy policy, nor Meta's log-in where the settings say so."""
        parts = dict(_ABILITIES.parts)
        if not self.settings.account_linking:
            own = parts[Choices]
            parts[Choices] = attrs.evolve(own, kinds=own.kinds - _LOGINS)
        if not self.settings.privacy_url:
            del parts[Survey]
        return attrs.evolve(_ABILITIES, parts=parts)

    @property
    def policy(self) -> Policy:
        """The windows of this Page, by what the app may do."""
        return allowed(self.manifest.policy, human_agent=self.settings.human_agent)

    @property
    def owners(self) -> dict[str, str]:
        """Who is meant by the ids of apps; without `app_id` that we have a thread is told by what comes."""
        return control.owners(self.settings.app_id, outbound.DIALECT.inbox)

    @property
    def _line(self) -> Line:
        return Line(
            http=self.http,
            graph=graph(self.settings),
            node=self.settings.page_id,
            account=self.settings.page_id,
            dialect=outbound.DIALECT,
        )

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read one piece of an entry."""
        return inbound.receive(item)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Send one part, or several pictures; files are brought first, and the persona of who writes."""
        make = partial(outbound.content, privacy_url=self.settings.privacy_url)
        return self._line.send(message, key, make, lambda: self._persona(message.author))

    def _persona(self, author: Contact | None) -> dict[str, str]:
        """Return what shows the person who writes, where the settings want that."""
        if not self.settings.personas or author is None:
            return {}
        author = attrs.evolve(author, picture=author.picture or self.settings.persona_picture)
        name = self._personas.of(author, self.http, graph(self.settings), self.settings.page_id)
        return {"persona_id": name} if name else {}

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:  # noqa: ARG002 - the platform takes no key here
        """Pass, take, request, release or extend the control of a thread."""
        return self._line.hand_over(handover)

    @hookimpl
    def link_account(self, link: Link, key: str) -> Done:  # noqa: ARG002 - doing so again changes nothing
        """Hear what became of an account link, and undo it at Meta as well."""
        linking.hear(self.http, graph(self.settings), link)
        return Done()

    @hookimpl
    def login_chat(self, token: str, back: str) -> ConversationRef:
        """Ask Meta who tapped a log-in button."""
        linking.refuse_elsewhere(self.http.endpoint, back, self.settings.graph_url)
        person = linking.person_of(self.http, graph(self.settings), token)
        return ConversationRef(endpoint=self.http.endpoint, account=self.settings.page_id, id=person)

    @hookimpl
    def acknowledge(self, receipt: Receipt, key: str) -> Done:  # noqa: ARG002 - marking twice does no harm
        """Show the person that what they wrote has been read."""
        return self._line.acknowledge(receipt)

    @hookimpl
    def fetch(self, media: Media) -> Content:
        """Fetch a file that a person sent."""
        return self._line.fetch(media)

    @hookimpl
    def profile(self, contact: Contact) -> Contact:
        """Ask for the name and the picture of a person."""
        fields = ("first_name", "last_name", "profile_pic")
        return people.profile(self.http, graph(self.settings), contact, fields)

    @hookimpl
    def templates(self) -> Sequence[TemplateInfo]:
        """List the utility templates of the Page."""
        return Account(self.http, self.settings).library.every()

    @hookimpl
    def check_template(self, template: Template, info: TemplateInfo) -> Sequence[str]:
        """Compare a message with the template that it uses."""
        return list(checking.problems(template, info))

    @hookimpl
    def plan(self) -> Sequence[Change | Finding]:
        """Compare the Page with the settings."""
        return list(Account(self.http, self.settings).plan())

    @hookimpl
    def apply(self, change: Change) -> Finding:
        """Bring to the Page what the settings say."""
        return Account(self.http, self.settings).apply(change)

    @hookimpl
    def check(self) -> Sequence[Finding]:
        """Look at the Page and its token."""
        return list(Account(self.http, self.settings).check())
