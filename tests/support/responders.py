"""Talks with a responder: its settings as they stand in a file, its clock in the hands of the test."""

from datetime import UTC, datetime, timedelta

import attrs

from connectors.responder import deciding
from connectors.responder.connector import Responder
from connectors.responder.memory import Memory
from connectors.responder.settings import ResponderSettingsSchema
from connectors.responder.turn import Pass, Rate, Say, Tell, payload
from connectors_core import Endpoint, Http
from connectors_core.model import (
    Choice,
    ChoiceKind,
    Contact,
    ConversationRef,
    Handover,
    HandoverAction,
    Identity,
    Link,
    LinkStatus,
    Message,
    Origin,
    Text,
)

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""The 2nd of March 2026 was a Monday."""

ANN = ConversationRef(endpoint="shop", account="100", id="ann")


def settings(**table):
    """Return settings as the schema reads them."""
    return ResponderSettingsSchema().load(table)


def person(name="Sheena Nelson", language="", **identities):
    """Return what a channel tells of somebody."""
    found = tuple(Identity(scheme=scheme, value=value) for scheme, value in identities.items())
    return Contact(name=name, language=language, identities=found)


def message(text="", *, parts=(), source=ANN, at=MONDAY, name="m1", **values):
    """Return a message as core gives it to a responder."""
    found = (*([Text(body=text)] if text else []), *parts)
    base = {"endpoint": "shop", "account": "100", "origin": Origin.CONTACT, "source": source}
    return Message(**{**base, "id": name, "at": at, "parts": found, **values})


def moved(to="bot", *, resolved=False, at=MONDAY, name="h1", **values):
    """Return what core says when a conversation has moved."""
    base = {"endpoint": "shop", "account": "100", "action": HandoverAction.RELEASE, "source": ANN}
    return Handover(**{**base, "id": name, "at": at, "new_owner": to, "resolved": resolved, **values})


@attrs.define
class Answered:
    """What a turn of the bot came to."""

    answers: list

    def _only(self, kind):
        return [one for one in self.answers if isinstance(one, kind)]

    @property
    def text(self):
        """What was said, "" for nothing."""
        return "\n\n".join("\n\n".join(one.paragraphs) for one in self._only(Say))

    @property
    def titles(self):
        """What can be tapped."""
        return [tap.title for one in self._only(Say) for tap in one.taps]

    @property
    def login(self):
        """The title of the button that logs in."""
        return "".join(one.login for one in self._only(Say))

    @property
    def summary(self):
        """What goes to whoever takes over, None where nobody does."""
        return next((one.summary for one in self._only(Pass)), None)

    @property
    def told(self):
        """What was collected."""
        return [one.given for one in self._only(Tell)]

    @property
    def rates(self):
        """The answers to the survey."""
        return [(one.kind, one.score, one.text) for one in self._only(Rate)]


class Chat:
    """A person and a bot."""

    def __init__(self, *, now=MONDAY, profile=None, **table):
        self.settings = settings(**table)
        self.memory, self.now, self.profile = Memory(), now, profile

    def later(self, **passed):
        """Let time pass."""
        self.now += timedelta(**passed)
        return self

    def hear(self, given):
        """Let the bot hear a message."""
        self.memory, answers = deciding.heard(self.settings, self.memory, given, self.now)
        return Answered(answers)

    def say(self, text="", *parts, **values):
        """Let the person say something, half a minute after what was before."""
        self.later(seconds=30)
        return self.hear(message(text, parts=parts, at=self.now, profile=self.profile, **values))

    def tap(self, verb, about="", title="…"):
        """Let the person tap one of the bot's own options."""
        return self.press(payload(verb, about), title)

    def press(self, given, title="…"):
        """Let the person tap something with a payload."""
        return self.say("", Choice(title=title, payload=given, kind=ChoiceKind.QUICK_REPLY))

    def move(self, to="bot", **values):
        """Let the conversation move."""
        self.later(seconds=30)
        handover = moved(to, at=self.now, **values)
        self.memory, answers = deciding.moved(self.settings, self.memory, handover, "bot", self.now)
        return Answered(answers)


def linked(profile, **values):
    """Return what core says when more is known of a person."""
    base = {"endpoint": "shop", "account": "100", "id": "l1", "at": MONDAY, "status": LinkStatus.LINKED, "source": ANN}
    return Link(**{**base, "profile": profile, **values})


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now=MONDAY):
        self.now = now

    def __call__(self):
        return self.now


def connector(url, clock=None, name="bot", **table):
    """Return the connector with a database."""
    made = settings(database="sqlite:///unused.db", **table)
    return Responder(settings=attrs.evolve(made, database=url), http=Http(name), clock=clock or Clock())


def endpoint(made):
    """Return a connector as the gateway has it."""
    return Endpoint.build(made.http.endpoint, made)
