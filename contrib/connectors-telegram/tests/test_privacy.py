"""The token stands in the path of every call: it must not stand anywhere else."""

from __future__ import annotations

import logging

import pytest
from double import TOKEN
from gateway import SECRET

from connectors_core import ConnectorsError
from connectors_core.model import Change, Contact, ContactRef, Media, MediaKind

PERSON = Contact(ref=ContactRef(endpoint="shop", account="1", id="5"))
FILE = Media(kind=MediaKind.IMAGE, id="pot")
CALLS = {
    "poll": lambda bot: bot.poll(""),
    "profile": lambda bot: bot.profile(PERSON),
    "fetch": lambda bot: b"".join(bot.fetch(FILE).chunks),
    "check": lambda bot: list(bot.check()),
    "plan": lambda bot: bot.plan("https://hooks.example.com/hooks/shop"),
    "apply": lambda bot: bot.apply(Change(path="webhook_secret", title="x"), "https://hooks.example.com/hooks/shop"),
}
ANSWERS = [
    (400, {"ok": False, "description": f"Bad Request: /bot{TOKEN}/x"}),
    (401, {"ok": False, "description": "Unauthorized"}),
    (404, {"ok": False, "description": TOKEN}),
    (409, {"ok": False, "description": f"Conflict: webhook {TOKEN}"}),
    (429, {"ok": False, "description": TOKEN, "parameters": {"retry_after": TOKEN}}),
    (500, {"ok": False, "description": TOKEN}),
    (302, {}),
    (200, {"ok": True, "result": TOKEN}),
    (200, {"ok": True, "result": {"file_path": "../../x", "url": TOKEN}}),
    (200, [TOKEN]),
]


def words_of(bot, name):
    """Make a call and return all that it said."""
    try:
        return repr(CALLS[name](bot))
    except ConnectorsError as error:
        return f"{error} {error!r} {error.args} {error.__cause__!r}"


@pytest.mark.parametrize("name", CALLS)
def test_no_failure_tells_the_token(bot, telegram, monkeypatch, caplog, name):
    """Nor the secret: not in an error, not in its parts, not in a finding, not in any log at any level."""
    caplog.set_level(logging.DEBUG)
    said = []
    for answer in ANSWERS:
        monkeypatch.setattr(telegram, "answer", lambda method, fields, answer=answer: answer)
        said.append(words_of(bot, name))
    monkeypatch.undo()
    telegram.server_close()
    said.append(words_of(bot, name))
    words = " ".join([*said, caplog.text])
    assert "shop could not" in words
    assert TOKEN not in words
    assert TOKEN.partition(":")[2] not in words
    assert SECRET not in words


def test_nothing_shows_a_secret_by_being_printed(bot):
    """Neither the connector nor its settings nor a call."""
    assert TOKEN not in repr(bot)
    assert TOKEN not in repr(bot.settings)
    assert SECRET not in repr(bot.settings)
