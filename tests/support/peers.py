"""The other sides that the test connectors talk to: they do as they are told, and remember every call."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from typing import Any

import attrs

from connectors_core.model import Done, MessageRef, Outcome, Page, Reconciled


@attrs.frozen
class Call:
    """What a peer was asked: the hook, the noun and the key."""

    verb: str
    noun: Any
    key: str

    @property
    def text(self) -> str:
        """The words of a message."""
        return " ".join(getattr(part, "body", "") for part in self.noun.parts)


class Peer:
    """One other side. What is queued for a hook is its next answer: an error, a value, or a function of the call."""

    def __init__(self, name: str) -> None:
        """Begin friendly: every call works."""
        self.name = name
        self.calls: list[Call] = []
        self._next: dict[str, deque[Any]] = defaultdict(deque)
        self._always: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._count = 0

    def answers(self, verb: str, *answers: Any) -> None:
        """Queue the next answers to a hook."""
        self._next[verb].extend(answers)

    def always(self, verb: str, answer: Any) -> None:
        """Give this answer whenever none is queued; None for the friendly one."""
        self._always[verb] = answer

    def take(self, verb: str, noun: Any, key: str, account: str) -> Any:
        """Answer one call."""
        with self._lock:
            self._count += 1
            number = self._count
            self.calls.append(Call(verb, noun, key))
            answer = self._next[verb].popleft() if self._next[verb] else self._always.get(verb)
        if callable(answer):
            answer = answer(noun, key)
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer
        if verb == "reconcile":
            return Reconciled(outcome=Outcome.UNKNOWN)
        if verb == "poll":
            return Page(body=b"", cursor=noun)
        refs = (MessageRef(endpoint=self.name, account=account, id=f"{self.name}.{number}"),) if verb == "send" else ()
        return Done(refs=refs)

    def told(self, verb: str = "send") -> list[Any]:
        """Return the nouns of all calls of a hook, in their order."""
        return [call.noun for call in self.calls if call.verb == verb]

    def texts(self) -> list[str]:
        """Return the words of all messages that were sent here, in their order."""
        return [call.text for call in self.calls if call.verb == "send"]

    def keys(self, verb: str = "send") -> list[str]:
        """Return the keys of all calls of a hook, in their order."""
        return [call.key for call in self.calls if call.verb == verb]


_PEERS: dict[str, Peer] = {}


def of(name: str) -> Peer:
    """Return the peer of an endpoint."""
    return _PEERS.setdefault(name, Peer(name))


def forget() -> None:
    """Begin anew, for the next test."""
    _PEERS.clear()
