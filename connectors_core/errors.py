"""The errors of the framework, each named for what happens next.

ConnectorsError
├─ SettingsError        start is refused; carries every problem at once
├─ Untrusted            answered 403, says nothing more
├─ Malformed            trusted but unreadable: parked, visible, replayable
├─ Refused              never works as asked: stop
│  ├─ NotSupported      the other end cannot express it; nothing was sent
│  ├─ NotAllowedNow     the platform's rules forbid it at this moment
│  │  └─ NotInControl   somebody else may answer this conversation now
│  ├─ NoCounterpart     nobody at the other end, and none could be made
│  └─ Rejected          the provider said no
├─ Retry                known not to have happened; carries `after`
│  ├─ RateLimited       slow down: `scope` says what has to wait
│  └─ Unreachable       the request never arrived
├─ Uncertain            may have happened: never repeated blindly
└─ NeedsAttention       credentials: the endpoint pauses, a human is told

Text rule: endpoint, verb, what the other side said, what to do. Never a token, a signature, a message
body or a phone number. The docstring of a class is its text when none is given.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import PurePath

import attrs


class ConnectorsError(Exception):
    """The connector framework met a problem."""

    def __init__(self, text: str = "", *, code: int | str | None = None) -> None:
        """Keep `text` for people and `code`, the provider's own number for the case, for machines."""
        self.text = text or (type(self).__doc__ or type(self).__name__).splitlines()[0]
        self.code = code
        super().__init__(self.text)


@attrs.frozen
class Problem:
    """One thing that is wrong in the settings: where (a dotted path), what, and what to do."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


class SettingsError(ConnectorsError):
    """The settings cannot be used."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep every problem; the text lists them a line each."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Untrusted(ConnectorsError):
    """The request does not prove who sent it."""


class Malformed(ConnectorsError):
    """The payload is trusted but cannot be read."""


class Refused(ConnectorsError):
    """This will never work as asked."""


class NotSupported(Refused):
    """The other end cannot express this; nothing was sent."""


class NotAllowedNow(Refused):
    """The rules of the platform do not allow this now; nothing was sent."""


class NotInControl(NotAllowedNow):
    """Somebody else may answer this conversation now; nothing was sent."""


class NoCounterpart(Refused):
    """There is nobody at the other end to whom this could go, and nobody could be made."""


class Rejected(Refused):
    """The other side refused it."""


class Retry(ConnectorsError):
    """It did not happen, and may work later."""

    def __init__(self, text: str = "", *, code: int | str | None = None, after: float | None = None) -> None:
        """`after`: seconds that the other side asked us to wait, None when it did not say."""
        super().__init__(text, code=code)
        self.after = after


class RateLimited(Retry):
    """The other side asks us to slow down."""

    def __init__(
        self,
        text: str = "",
        *,
        code: int | str | None = None,
        after: float | None = None,
        scope: str = "account",
        growth: float = 1.0,
    ) -> None:
        """`scope`: what has to wait: "account" or "pair" (this account and this recipient).

        `growth`: how many times longer `after` is with each further attempt, where the platform asks for that.
        """
        super().__init__(text, code=code, after=after)
        self.scope = scope
        self.growth = growth


class Unreachable(Retry):
    """The other side could not be reached; the request did not arrive."""


class Uncertain(ConnectorsError):
    """It may have happened: it is not repeated before that is known."""


class NeedsAttention(ConnectorsError):
    """The credentials were refused: the endpoint pauses until a human has mended it."""


def defect(error: BaseException) -> str:
    """Name an error that nobody expected by its class and its line; its words may repeat what is nobody's business."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__}{f' in {PurePath(frames[-1].filename).name}:{frames[-1].lineno}' if frames else ''}"
