"""The customers of a soak: people with a phone each, who do at random what their channel lets them do."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Iterator
from typing import Any, ClassVar

from soak_demo import Demo

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
TOKEN = re.compile(r"(?<![\w-])[act][wmi]\d\d-\d+(?![\w-])")
"""What every message of a soak has in it, once: who wrote it (a customer, the agent, a customer who tapped), with whom,
on which channel, and its number."""
RESTS = (1.0, 4.0)
"""Seconds between two things that a customer does."""
PATIENCE = 15.0
"""Seconds in which somebody who commented waits for the private answer before writing."""
FACES = ("👍", "❤️", "😂", "😮", "😢", "🙏")
MOST_EDITS = 2


def tokens(text: str, kinds: str) -> list[str]:
    """Return the tokens of these kinds in a text, each once, in the order of their numbers."""
    found = {one for one in TOKEN.findall(text) if one[0] in kinds}
    return sorted(found, key=lambda one: (one[0], int(one.partition("-")[2])))


class Customer(threading.Thread):
    """Somebody with WhatsApp: writes, sends pictures, taps and likes what came, now and then.

    `said`: the tokens that the inbox has to have, in order; `unshown`: those of them that no chat shows, as they are
    clicks outside it; `edited`: what messages say by now; `unsent`: those that were taken back.
    """

    channel: ClassVar[str] = "whatsapp"
    does: ClassVar[dict[str, int]] = {"write": 55, "answer": 12, "picture": 15, "like": 12, "tap": 12}
    """How often each thing is done, against the others."""

    def __init__(self, demo: Demo, number: int, until: float, seed: int) -> None:
        """Make a new phone."""
        self.label = f"{self.channel[0]}{number:02d}"
        super().__init__(name=f"customer {self.label}", daemon=True)
        self._demo, self._until = demo, until
        self._random = random.Random(f"{seed} {self.label}")
        told = demo.ask("customers", self._new(number))
        self.id = str(told["id"])
        self.addresses = frozenset(filter(None, (told["user_id"], told["wa_id"])))
        self._home = f"customers/{self.id}"
        self._next = 0
        self.said: list[str] = []
        self.unshown: set[str] = set()
        self.edited: dict[str, str] = {}
        self.unsent: set[str] = set()
        self.liked: dict[str, str] = {}
        self._tapped: set[str] = set()

    def run(self) -> None:
        """Do things until it is time."""
        self._begin()
        while time.time() < self._until:
            self.look()
            (act,) = self._random.choices(list(self.does), list(self.does.values()))
            getattr(self, f"_{act}")()
            time.sleep(self._random.uniform(*RESTS))
        self.look()

    def look(self) -> None:
        """Read what has come."""
        self._demo.ask(f"{self._home}/read")

    def _new(self, number: int) -> dict[str, Any]:
        return {"name": self.name, "wa_id": f"4915{number:08d}"}

    def _begin(self) -> None:
        """Do what comes first of all."""

    def _token(self) -> str:
        self._next += 1
        return f"c{self.label}-{self._next}"

    def _say(self, path: str, content: Any, token: str, **options: Any) -> Any:
        told = self._demo.ask(f"{self._home}/{path}", content, **options)
        self.said.append(token)
        return told

    def _write(self, context: str = "") -> None:
        token = self._token()
        self._say("messages", self._text(f"{self.name} says {token}", context), token)

    def _answer(self) -> None:
        came = self._came()
        self._write(self._random.choice(came)["id"] if came else "")

    def _picture(self, count: int = 1) -> None:
        token = self._token()
        files = [("file", ("a.png", PICTURE, "image/png"))] * count
        self._say("files", None, token, files=files, data={"caption": f"{self.name} shows {token}"})

    def _like(self) -> None:
        """Put a sign on a message of the business that has none yet: which of two came last is nobody's to say."""
        free = [one for one in self._came() if one["id"] not in self.liked]
        if free:
            name, face = self._random.choice(free)["id"], self._random.choice(FACES)
            self._demo.ask(f"{self._home}/messages", self._reaction(name, face))
            self.liked[name] = face

    def _tap(self) -> None:
        """Tap a button of a message that was not tapped yet; what comes of it bears the token of the button."""
        for one in self._came():
            button = next(_buttons(one["content"]), None)
            if button is not None and one["id"] not in self._tapped:
                self._tapped.add(one["id"])
                token, choice = button
                self._say("choices", {"message": one["id"], "choice": choice}, token)
                return
        self._write()

    def _text(self, words: str, context: str) -> dict[str, Any]:
        return {"type": "text", "text": {"body": words}, **({"context": {"message_id": context}} if context else {})}

    def _reaction(self, name: str, face: str) -> dict[str, Any]:
        return {"type": "reaction", "reaction": {"message_id": name, "emoji": face}}

    def _came(self) -> list[dict[str, Any]]:
        here = [one for one in self._chat("business") if one["type"] != "reaction"]
        return [one for one in here if one["status"] in ("delivered", "read")][-10:]

    def _chat(self, side: str) -> list[dict[str, Any]]:
        chat = self._demo.ask(f"{self._home}/messages", method="GET")["data"]
        return [one for one in chat if one["from"] == side]


def _buttons(content: Any) -> Iterator[tuple[str, str]]:
    """Yield the buttons in a message: the token in the title, and what a tap on it is called."""
    if isinstance(content, list):
        for one in content:
            yield from _buttons(one)
    if isinstance(content, dict):
        found = tokens(str(content.get("title", "")), "t")
        if found:
            yield found[0], str(content.get("payload") or content.get("id"))
        for one in content.values():
            yield from _buttons(one)


class Chatter(Customer):
    """Somebody with Messenger or Instagram: also edits, comments, and comes by ads and links."""

    channel: ClassVar[str] = "messenger"
    public: ClassVar[tuple[str, ...]] = ("comment", "post")
    does: ClassVar[dict[str, int]] = {**Customer.does, "album": 5, "edit": 10, "comment": 8, "come": 6}

    def _new(self, number: int) -> dict[str, Any]:  # noqa: ARG002 - a number is WhatsApp's
        return {"name": self.name, "channel": self.channel}

    def _begin(self) -> None:
        """Come by an ad, or comment and wait for the private answer, or just write."""
        first = self._random.choice(("ad", "comment", "write"))
        if first == "comment":
            self._comment()
            end = min(self._until, time.time() + PATIENCE)
            while not self._came() and time.time() < end:
                time.sleep(0.5)
        if first == "ad":
            # With the first message, which is what brings it along.
            self._come("ad", on_the_way=True)
        self._write()

    def _come(self, way: str = "", *, on_the_way: bool = False) -> None:
        token = self._token()
        visit = {"way": way or self._random.choice(("ad", "link")), "ref": token}
        self._say("visits", visit, token)
        self.unshown |= set() if on_the_way else {token}

    def _comment(self) -> None:
        token = self._token()
        self._say(
            "comments", {"kind": self._random.choice(self.public), "text": f"{self.name} comments {token}"}, token
        )

    def _album(self) -> None:
        self._picture(2)

    def _edit(self) -> None:
        """Change the words of one of the last messages."""
        mine = [one for one in self._chat("customer")[-5:] if self._may_edit(one)]
        if not mine:
            self._write()
            return
        one = self._random.choice(mine)
        (token,) = tokens(one["content"]["text"], "c")
        words = f"{self.name} says {token}, better {int(one['content'].get('edits', 0)) + 1}"
        self._demo.ask(f"{self._home}/messages", {"edit": one["id"], "text": words})
        self.edited[token] = words

    def _may_edit(self, one: dict[str, Any]) -> bool:
        content = one["content"]
        plain = one["type"] == "message" and not content.keys() & {"attachments", "quick_reply", "story"}
        return plain and not one["deleted"] and int(content.get("edits", 0)) < MOST_EDITS

    def _text(self, words: str, context: str) -> dict[str, Any]:
        return {"text": words, **({"reply_to": context} if context else {})}

    def _reaction(self, name: str, face: str) -> dict[str, Any]:
        return {"reaction": face, "to": name}


class OnMessenger(Chatter):
    """Somebody with Messenger, who also changes comments."""

    does: ClassVar[dict[str, int]] = {**Chatter.does, "recomment": 4}

    def _recomment(self) -> None:
        found = self._demo.ask(f"{self._home}/comments", method="GET")["data"]
        free = [one for one in found if tokens(one["text"], "c")[0] not in self.edited]
        if free:
            one = self._random.choice(free)
            (token,) = tokens(one["text"], "c")
            words = f"{self.name} comments {token}, better"
            self._demo.ask(f"{self._home}/comments", {"comment": one["id"], "text": words}, "PATCH")
            self.edited[token] = words


class OnInstagram(Chatter):
    """Somebody with Instagram, who also takes messages back and answers stories."""

    channel: ClassVar[str] = "instagram"
    public: ClassVar[tuple[str, ...]] = ("comment", "live")
    does: ClassVar[dict[str, int]] = {**Chatter.does, "unsend": 5, "story": 8}

    def _story(self) -> None:
        token = self._token()
        self._say("stories", {"text": f"{self.name} likes your story {token}"}, token)

    def _unsend(self) -> None:
        """Take back one of the last messages."""
        mine = [one for one in self._chat("customer")[-5:] if one["type"] == "message" and not one["deleted"]]
        mine = [one for one in mine if tokens(json.dumps(one["content"].get("text", "")), "c")]
        if mine:
            one = self._random.choice(mine)
            self._demo.ask(f"{self._home}/deleted", {"message": one["id"]})
            self.unsent |= set(tokens(one["content"]["text"], "c"))


KINDS: dict[str, type[Customer]] = {"whatsapp": Customer, "messenger": OnMessenger, "instagram": OnInstagram}
"""Who is on which channel."""
