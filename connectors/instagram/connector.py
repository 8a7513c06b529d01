"""The Instagram connector: one professional account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs

from connectors.instagram import account, inbound, outbound
from connectors.instagram.account import Account
from connectors.instagram.settings import InstagramSettings, InstagramSettingsSchema
from connectors.meta.graph import graph
from connectors.meta.messaging import control, people
from connectors.meta.messaging.line import Line
from connectors.meta.messaging.outbound.content import MOST_QUICK_REPLIES
from connectors.meta.messaging.outbound.dialect import AFTER_AN_AD, BY_A_HUMAN, BY_COMMENT, STANDARD, allowed
from connectors_core import Abilities, Http, Level, Limit, Manifest, Measure, NotSupported, Pace, Policy, hookimpl
from connectors_core.model import (
    Activity,
    ActivityKind,
    Carousel,
    Change,
    Choices,
    Contact,
    Content,
    Done,
    Event,
    Finding,
    Handover,
    Item,
    Media,
    Message,
    Post,
    Products,
    Reaction,
    Receipt,
    ReceiptKind,
    Text,
)

_PROFILE = ("name", "username", "profile_pic", "follower_count", "is_user_follow_business", "is_business_follow_user")
"""What may be read of a person who wrote (IG/features/user-profile, 2026)."""

_SIGNS = frozenset((ActivityKind.TYPING, ActivityKind.SEEN))

_ABILITIES = Abilities(
    parts={
        Text: Limit(split_at=outbound.LONGEST_TEXT, measure=Measure.BYTES),
        Media: Limit(level=Level.PARTIAL, max_bytes=outbound.LARGEST, captions={}, album=outbound.MOST_PICTURES),
        Choices: Limit(
            level=Level.PARTIAL,
            kinds=outbound.DIALECT.asks | outbound.DIALECT.buttons,
            options=MOST_QUICK_REPLIES,
        ),
        Carousel: Limit(level=Level.PARTIAL, body=False),
        Products: Limit(level=Level.PARTIAL, body=False),
        Post: Limit(level=Level.PARTIAL, kinds=frozenset(("post",))),
        Reaction: Limit(level=Level.PARTIAL),
        Activity: Limit(kinds=frozenset(ActivityKind)),
    },
    most_parts=1,
    receipts=frozenset((ReceiptKind.READ,)),
    reports=frozenset((ReceiptKind.READ,)),
    thread_control=control.CONTROLS,
    echoes=True,
)


@attrs.frozen(eq=False)
class Instagram:
    """An Instagram professional account; its webhooks come through a `meta` app."""

    manifest: ClassVar[Manifest] = Manifest(
        name="instagram",
        title="Instagram",
        kind="channel",
        settings=InstagramSettingsSchema,
        app="meta",
        account="account_id",
        abilities=_ABILITIES,
        policy=Policy(windows=(STANDARD, AFTER_AN_AD, BY_A_HUMAN, BY_COMMENT), source="MP/policy, 2026-09-28"),
        # MP/overview/rate-limiting, 2026-03-23: 300 a second and account.
        pace=Pace(rate=300.0, burst=40),
        # The end of a token of Instagram Login is looked up where the apps are.
        hosts=("graph.facebook.com",),
        docs="connectors/instagram",
        guide=account.GUIDE,
    )

    settings: InstagramSettings
    http: Http

    @property
    def abilities(self) -> Abilities:
        """What this account can do: only a Page blocks people (IG/features/moderate-conversations, 2026-07-02)."""
        if self.settings.page_id:
            return _ABILITIES
        return attrs.evolve(_ABILITIES, parts={**_ABILITIES.parts, Activity: Limit(kinds=_SIGNS)})

    @property
    def policy(self) -> Policy:
        """The windows of this account, by what the app may do."""
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
            node=self.settings.node,
            account=self.settings.account_id,
            dialect=outbound.DIALECT,
        )

    @hookimpl
    def receive(self, item: Item) -> Sequence[Event]:
        """Read one piece of an entry."""
        return inbound.receive(item)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Send one part, or several pictures; files are brought first."""
        blocks = {part.kind for part in message.parts if isinstance(part, Activity)} - _SIGNS
        if blocks and not self.settings.page_id:
            raise NotSupported("people are blocked by the Page that the account is linked to, and page_id is not set")
        return self._line.send(message, key, outbound.content)

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:  # noqa: ARG002 - the platform takes no key here
        """Pass, take, request, release or extend the control of a thread."""
        return self._line.hand_over(handover)

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
        """Ask for the name, the user name and the picture of a person who wrote."""
        return people.profile(self.http, graph(self.settings), contact, _PROFILE, outbound.USERNAMES)

    @hookimpl
    def plan(self) -> Sequence[Change | Finding]:
        """Compare the account with the settings."""
        return list(Account(self.http, self.settings).plan())

    @hookimpl
    def apply(self, change: Change) -> Finding:
        """Bring to the account what the settings say."""
        return Account(self.http, self.settings).apply(change)

    @hookimpl
    def check(self) -> Sequence[Finding]:
        """Look at the account and its token."""
        return list(Account(self.http, self.settings).check())
