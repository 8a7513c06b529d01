"""Both ends of a log-in: a CRM whose customers prove who they are, and channels that carry its button in their ways."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
import peers
from marshmallow import fields
from playground import CrmSchema, Desk, Phone

from connectors_core import Limit, Login, Manifest, NoCounterpart, Secret, hookimpl
from connectors_core.model import (
    ChoiceKind,
    Choices,
    Code,
    Contact,
    ConversationRef,
    Done,
    Link,
    Proof,
    Text,
)


class BankSchema(CrmSchema):
    """A CRM whose customers may log in at `server`."""

    server = fields.String(load_default="")
    public = fields.Boolean(load_default=False)


@attrs.frozen(eq=False)
class Branch(Desk):
    """Knows its customers by their addresses; brings no code by itself."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Desk.manifest,
        name="branch",
        title="Branch",
        settings=BankSchema,
        abilities=attrs.evolve(Desk.manifest.abilities, parts={**Desk.manifest.abilities.parts, Choices: Limit()}),
    )

    @property
    def login(self) -> Login | None:
        """Where customers log in, if the settings say so."""
        server = self.settings["server"]
        secret = None if self.settings["public"] else Secret("secret-of-the-client")
        if not server:
            return None
        return Login(
            authorize_url=f"{server}/authorize?tenant=7",
            token_url=f"{server}/token",
            client_id="gate&way",
            client_secret=secret,
            scope="openid profile",
        )

    @hookimpl
    def customer(self, proof: Proof) -> Contact:
        """Ask the peer; by itself it knows nobody."""
        found: Any = peers.of(self.http.endpoint).take("customer", proof, "", "")
        if found == Done():
            raise NoCounterpart("nobody has this address")
        return found  # type: ignore[no-any-return]


@attrs.frozen(eq=False)
class Bank(Branch):
    """Brings codes itself."""

    manifest: ClassVar[Manifest] = attrs.evolve(Branch.manifest, name="bank", title="Bank")

    @hookimpl
    def send_code(self, code: Code) -> Done:
        """Tell the peer."""
        done: Done = peers.of(self.http.endpoint).take("send_code", code, "", "")
        return done


@attrs.frozen(eq=False)
class Kiosk(Phone):
    """A channel without a log-in of its own: a link as a button, or answers."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Phone.manifest,
        name="kiosk",
        title="Kiosk",
        abilities=attrs.evolve(
            Phone.manifest.abilities,
            parts={Text: Limit(), Choices: Limit(kinds=frozenset((ChoiceKind.LINK, ChoiceKind.REPLY)))},
        ),
    )


@attrs.frozen(eq=False)
class Ticker(Phone):
    """A channel of words alone."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Phone.manifest,
        name="ticker",
        title="Ticker",
        abilities=attrs.evolve(Phone.manifest.abilities, parts={Text: Limit()}),
    )


@attrs.frozen(eq=False)
class Portal(Phone):
    """A channel with a log-in of its own."""

    manifest: ClassVar[Manifest] = attrs.evolve(
        Phone.manifest,
        name="portal",
        title="Portal",
        abilities=attrs.evolve(
            Phone.manifest.abilities,
            parts={Text: Limit(), Choices: Limit(kinds=frozenset((ChoiceKind.LOGIN, ChoiceKind.LOGOUT)))},
            account_links=True,
        ),
    )

    @hookimpl
    def link_account(self, link: Link, key: str) -> Done:
        """Tell the peer."""
        done: Done = peers.of(self.http.endpoint).take("link_account", link, key, self.settings["number"])
        return done

    @hookimpl
    def login_chat(self, token: str, back: str) -> ConversationRef:
        """Ask the peer."""
        found: Any = peers.of(self.http.endpoint).take("login_chat", token, back, "")
        return found  # type: ignore[no-any-return]
