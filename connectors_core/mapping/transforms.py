"""Pure functions that a mapping rule may name in `using`, each from one value to one value."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import Any

from connectors_core import discovery
from connectors_core.errors import Problem, SettingsError

Transform = Callable[[Any], Any]


def phone_e164(value: str) -> str:
    """Return a phone number as `+` and digits; a number without its country code fails."""
    found = digits(value).removeprefix("00")
    # E.164 (ITU-T, 2010-11): at most 15 digits, and no country code begins with 0.
    if not 7 <= len(found) <= 15 or found.startswith("0"):
        raise ValueError("not a phone number with its country code")
    return f"+{found}"


def digits(value: str) -> str:
    """Return the digits of a text, without anything else."""
    return "".join(char for char in _text(value) if char.isascii() and char.isdigit())


def lower(value: str) -> str:
    """Return a text in lower case."""
    return _text(value).lower()


def upper(value: str) -> str:
    """Return a text in upper case."""
    return _text(value).upper()


def strip(value: str) -> str:
    """Return a text without white space around it, and with single spaces in it."""
    return " ".join(_text(value).split())


def first_name(value: str) -> str:
    """Return everything before the last word of a name; the whole of a name of one word."""
    words = _text(value).split()
    return " ".join(words[:-1] or words)


def last_name(value: str) -> str | None:
    """Return the last word of a name; None, so that the default is used, for a name of one word."""
    words = _text(value).split()
    return words[-1] if len(words) > 1 else None


def iso_date(value: str) -> str:
    """Return the date, such as `2026-05-01`, of a time in ISO 8601."""
    return datetime.fromisoformat(_text(value)).date().isoformat()


def join(value: list[Any]) -> str:
    """Return the values of a list as one text, with commas between them."""
    if not isinstance(value, list | tuple):
        raise TypeError("not a list")
    return ", ".join(text(each) for each in value)


def text(value: Any) -> str:
    """Return a number, a truth value or a text as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise TypeError("neither text nor number")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


BUILT_IN: dict[str, Transform] = {
    function.__name__: function
    for function in (phone_e164, digits, lower, upper, strip, first_name, last_name, iso_date, join, text)
}


def known() -> tuple[str, ...]:
    """Return the names that `using` takes: the built-in ones and those of installed packages."""
    return tuple(sorted({*BUILT_IN, *discovery.installed(discovery.TRANSFORMS)}))


def find(name: str) -> Transform:
    """Return the function that `using` names, also as `package.module:function`; raise SettingsError otherwise."""
    if ":" in name:
        found = _imported(name)
    elif name in BUILT_IN:
        found = BUILT_IN[name]
    elif name in discovery.installed(discovery.TRANSFORMS):
        found = discovery.find(name, discovery.TRANSFORMS)
    else:
        text = f'no transform is called "{name}".{discovery.nearest(name, known())}'
        raise SettingsError([Problem("", text)])
    if not callable(found):
        raise SettingsError([Problem("", f'"{name}" is no function')])
    function: Transform = found
    return function


def _imported(name: str) -> Any:
    module, _, attribute = name.partition(":")
    try:
        return reduce(getattr, attribute.split("."), importlib.import_module(module))
    except (Exception, SystemExit) as error:
        # The words of an import error name modules and attributes; those of others could be anything.
        said = f": {error}" if isinstance(error, ImportError | AttributeError) else ""
        text = f'"{name}" cannot be imported ({type(error).__name__}{said}); install its package beside this one'
        raise SettingsError([Problem("", text)]) from error
