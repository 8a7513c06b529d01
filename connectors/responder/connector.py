"""The responder: a bot that needs no code, only settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar, get_args

import attrs

from connectors.responder import deciding, hours, speaking
from connectors.responder.memory import Memory, dumps, loads
from connectors.responder.settings import ResponderSettingsSchema
from connectors.responder.store import Place, ResponderDatabase, Stored, is_unavailable, remembering
from connectors.responder.turn import Answer
from connectors.responder.values import ResponderSettings
from connectors_core import Abilities, Http, Limit, Manifest, NotSupported, Unreachable, hookimpl
from connectors_core.model import Done, Finding, Handover, HandoverAction, Link, LinkStatus, Message, Part, codec

_Decide = Callable[..., tuple[Memory, list[Answer]]]
"""What is to be remembered and answered, of `memory` and `now`."""


def _now() -> datetime:
    return datetime.now(UTC)


@attrs.frozen(eq=False)
class Responder:
    """Greets, answers what is asked often, and brings a person when it cannot help."""

    manifest: ClassVar[Manifest] = Manifest(
        name="responder",
        title="Responder",
        kind="bot",
        settings=ResponderSettingsSchema,
        abilities=Abilities(
            parts={part: Limit() for part in get_args(Part)},
            thread_control=frozenset(HandoverAction),
            account_links=True,
            idempotent=True,
            name_wait=3.0,
        ),
        docs="connectors/responder",
    )

    settings: ResponderSettings
    http: Http
    clock: Callable[[], datetime] = _now
    database: ResponderDatabase = attrs.field(init=False)

    @database.default
    def _database(self) -> ResponderDatabase:
        return ResponderDatabase(self.settings.database)

    @hookimpl
    def send(self, message: Message, key: str) -> Done:
        """Hear a message, and answer it where that is due."""
        return self._answer(message, key, partial(deciding.heard, self.settings, message=message))

    @hookimpl
    def hand_over(self, handover: Handover, key: str) -> Done:
        """Hear who answers from now on; at the end say goodbye."""
        own = self.http.endpoint
        return self._answer(handover, key, partial(deciding.moved, self.settings, handover=handover, own=own))

    @hookimpl
    def link_account(self, link: Link, key: str) -> Done:
        """Hear what else is known of a person, so that they are not asked for it."""
        if link.status is LinkStatus.WANTED:
            raise NotSupported("the bot makes no contacts: it answers whoever writes")
        if link.source is None:
            return Done()
        return self._answer(link, key, partial(deciding.told, self.settings, link=link))

    @hookimpl
    def check(self) -> Iterable[Finding]:
        """Look whether the database can be used, and say whether people are answering now."""
        try:
            with self.database.read():
                pass
        except Exception as error:
            if not is_unavailable(error):
                raise
            yield Finding(level="error", text="the database cannot be used", path="database")
        else:
            yield Finding(level="ok", text="the database is in order")
        if self.settings.hours is not None and hours.state(self.settings.hours, self.clock()).period == hours.NEVER:
            yield Finding(level="warning", text="it never opens: every day of the next year is a holiday", path="hours")

    def _answer(self, event: Message | Handover | Link, key: str, decide: _Decide) -> Done:
        """Decide once for each key, by what is remembered of the conversation; a repeated call has the same answer."""
        if event.source is None:
            raise NotSupported("the bot answers in a conversation, and this names none")
        source, now = event.source, self.clock()

        def decided(document: str) -> Stored:
            memory, answers = decide(memory=loads(document), now=now)
            events = speaking.events(answers, self.http.endpoint, source, key, now, self.settings.human)
            return Stored(dumps(memory), json.dumps([codec.to_dict(one) for one in events]))

        place = Place(
            bot=self.http.endpoint,
            channel=source.endpoint,
            account=source.account,
            names=tuple(dict.fromkeys((source.id, *source.aliases))),
        )
        oldest = (now - self.settings.forget_after).timestamp()
        try:
            found = remembering(self.database, place, key, now.timestamp(), oldest, decided)
        except Exception as error:
            if not is_unavailable(error):
                raise
            raise Unreachable(f"{self.http.endpoint} cannot use its database now") from None
        return Done(events=[codec.from_dict(one) for one in json.loads(found)])
