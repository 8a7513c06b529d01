"""What the kit promises of a connector: each test names its promise, and a broken one says where to read about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

import attrs

_Test = TypeVar("_Test", bound=Callable[..., Any])


@attrs.frozen(kw_only=True)
class Promise:
    """`name` is what it is called, `sentence` what is promised, `page` where the documentation tells of it."""

    name: str
    sentence: str
    page: str


class Broken(AssertionError):
    """A connector did not keep a promise; the text says what was seen."""


def promise(name: str, page: str) -> Callable[[_Test], _Test]:
    """Mark a test as the one of a promise: the first sentence of its docstring is what is promised."""

    def mark(test: _Test) -> _Test:
        sentence = (test.__doc__ or "").split("\n\n")[0].strip().replace("\n", " ")
        test.promise = Promise(name=name, sentence=" ".join(sentence.split()), page=page)  # type: ignore[attr-defined]
        return test

    return mark


def promises_of(kind: type) -> Iterator[Promise]:
    """Yield the promises of a class of tests, in the order in which they are made."""
    for base in reversed(kind.__mro__):
        for test in vars(base).values():
            found = getattr(test, "promise", None)
            if isinstance(found, Promise):
                yield found


def broken(text: str) -> NoReturn:
    """Fail a test with what was seen."""
    # Not every terminal, and no pipe between processes, takes half a character.
    raise Broken(text.encode("utf-8", "backslashreplace").decode())


def expect(holds: object, text: str) -> None:
    """Fail a test with what was seen, unless it is as it should be."""
    if not holds:
        broken(text)
