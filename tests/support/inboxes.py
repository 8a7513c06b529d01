"""An inbox for a test: its connector, its pages on a real server, a browser that behaves, and a door that is a list."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from unittest.mock import patch
from uuid import uuid4

import gateways
import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from connectors.inbox.connector import Inbox
from connectors.inbox.settings import InboxSettings
from connectors.inbox.store import passwords, users
from connectors_core import Endpoint, Figures, Http, NoCounterpart, Responders
from connectors_core.model import (
    Contact,
    ContactRef,
    Content,
    ConversationRef,
    Decision,
    Identity,
    Media,
    Message,
    Origin,
    Text,
    Verdict,
)
from connectors_core.web.server import server

PASSWORD = "a long enough password"
AT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


class ListDoor:
    """A door into a gateway that takes everything and sends nothing."""

    def __init__(self, endpoint="inbox", *, loopback=True, public_url=""):
        self.endpoint, self.loopback, self.public_url = endpoint, loopback, public_url
        self.events = {}
        self.problem = None
        self.files = {}
        self.infos = []
        self.served = {}
        self.control = Responders(owner=endpoint, first=endpoint)
        self.answer = Verdict(decision=Decision.ALLOW, deadline=datetime.now(UTC) + timedelta(hours=20))

    def submit(self, event):
        """Take an event; the same id is the same event."""
        if self.problem:
            raise self.problem
        self.events.setdefault((type(event), event.id), event)

    def verdict(self, conversation, part=None):
        """Give the verdict that the test wants."""
        return self.answer

    def responders(self, conversation):
        """Give who may answer, as the test wants."""
        return self.control

    def figures(self, days, by, zone):
        """Give the figures that the test wants."""
        self.asked = (days, by, str(zone))
        return self.served.get(by, [Figures(name="")])

    def channels(self):
        """Give the one channel that can write first."""
        return [("shop", "100")]

    def templates(self, conversation):
        """Give the templates that the test wants."""
        return self.infos

    def keep(self, content, kind):
        """Keep a file in memory."""
        name = uuid4().hex
        body = b"".join(content.chunks)
        self.files[name] = (body, content.mime, content.name)
        return Media(kind=kind, id=name, mime=content.mime, name=content.name, size=len(body))

    def open(self, media_id):
        """Give it back."""
        if media_id not in self.files:
            raise NoCounterpart("there is no such file")
        return Content.of(*self.files[media_id])

    def told(self, kind=Message):
        """Return the events of a kind, in their order."""
        return [event for (its, _), event in self.events.items() if its is kind]


def connector(url, **settings):
    """Return the connector on a database."""
    return Inbox(InboxSettings(database=url, **settings), Http("inbox"))


def endpoint(inbox):
    """Return the connector as the gateway has it."""
    return Endpoint.build("inbox", inbox)


def message(id_="m1", words="Do you deliver on Saturdays?", person="16505551234", name="Sheena Nelson", **changes):
    """Return a message as the worker gives it to the inbox: its conversation is unknown here, the source is named."""
    phone = Identity(scheme="phone", value=f"+{person}", verified=True) if person.isdecimal() else None
    place = {"endpoint": "shop", "account": "100"}
    values = {
        **place,
        "id": id_,
        "at": AT,
        "origin": Origin.CONTACT,
        "parts": (Text(body=words),),
        "source": ConversationRef(**place, id=person),
        "contact": ContactRef(**place, id=person),
        "profile": Contact(name=name, identities=(phone,) if phone else ()),
    }
    return Message(**{**values, **changes})


class Agent:
    """A browser: it keeps cookies, says where a form comes from, and follows where it is sent."""

    def __init__(self, url, base="/inbox"):
        self.url, self.base = url, base
        self.http = requests.Session()

    def get(self, path="/", **options):
        """Ask for a page."""
        return self.http.get(f"{self.url}{self.base}{path}", timeout=20, **options)

    def post(self, path, data=None, *, headers=None, **options):
        """Send a form."""
        own = {"sec-fetch-site": "same-origin"} if headers is None else headers
        return self.http.post(f"{self.url}{self.base}{path}", data=data, headers=own, timeout=20, **options)

    def log_in(self, login="ann", password=PASSWORD, **options):
        """Fill in the form."""
        return self.post("/login", {"login": login, "password": password}, **options)


def visible(page):
    """Return the words of a page, as a reader has them."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def add_user(inbox, login="ann", role="admin", name="Ann"):
    """Make a user, and return their number."""
    with inbox.database.write() as db:
        return users.add(db, login=login, name=name, password=kept_password(), role=role)


@cache
def kept_password():
    """Return what is kept of the password, made with so few rounds that a log-in costs the tests nothing."""
    with patch.multiple(passwords, _COST=4, _PARALLEL=1):
        return passwords.hashed(PASSWORD)


@contextmanager
def serving(inbox, door):
    """Serve the pages of an inbox on loopback; give the address."""
    app = Starlette(routes=[Mount(f"/{door.endpoint}", inbox.pages(door))])
    web = server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=web.run)
    thread.start()
    gateways.wait_until(lambda: web.started)
    try:
        yield f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}"
    finally:
        web.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
