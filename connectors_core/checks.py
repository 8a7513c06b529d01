"""What a plugin's class must look like: the mistakes that pluggy accepts and then fails at, or quietly does wrong."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from connectors_core import hookspecs
from connectors_core.login import Login
from connectors_core.manifest import Abilities, AppManifest, Manifest

SPECS: dict[str, tuple[str, ...]] = {
    name: tuple(inspect.signature(spec).parameters)
    for name, spec in vars(hookspecs).items()
    if hasattr(spec, f"{hookspecs.PROJECT}_spec")
}
"""Every hook with the names of its arguments."""

WAYS_OUT = ("send", "link_account", "hand_over", "acknowledge")
"""The hooks that observers may wrap."""

_MARK = f"{hookspecs.PROJECT}_impl"


def faults(plugin: Any, manifest: type[Manifest | AppManifest]) -> Iterable[str]:
    """Say in a sentence each what is wrong with the class of a connector or an app."""
    kind = type(plugin)
    if not attrs.has(kind) or kind.__eq__ is not object.__eq__:
        yield f"{kind.__name__} must be an @attrs.frozen(eq=False) class: two equal instances cannot both be registered"
    if not isinstance(getattr(plugin, "manifest", None), manifest):
        yield f"{kind.__name__} needs a class attribute manifest, of the class {manifest.__name__}"
    for hook, method in marked(kind):
        if any(_options(method).values()):
            yield f"{kind.__name__}.{hook}: @hookimpl takes no options here, but it has {_given(method)}"
        yield from _signature_faults(kind, hook, method)


def observer_faults(observer: Any) -> Iterable[str]:
    """Say what is wrong with the class of an observer."""
    kind = type(observer)
    methods = dict(marked(kind))
    if not methods:
        yield f"{kind.__name__} observes nothing: it has no method marked with @hookimpl(wrapper=True)"
    for hook, method in methods.items():
        if hook in SPECS and hook not in WAYS_OUT:
            yield f"{kind.__name__}.{hook}: observers wrap {', '.join(WAYS_OUT)} and nothing else"
        options = _options(method)
        if not options.pop("wrapper") or any(options.values()) or not inspect.isgeneratorfunction(method):
            yield f"{kind.__name__}.{hook} must be a generator marked with @hookimpl(wrapper=True) and no other option"
        yield from _signature_faults(kind, hook, method)


def marked(kind: type) -> Iterable[tuple[str, Callable[..., Any]]]:
    """Yield the methods of a class that are marked with `hookimpl`, without running any property."""
    for name in dir(kind):
        method = inspect.getattr_static(kind, name)
        if callable(method) and hasattr(method, _MARK):
            yield name, method


def contradictions(
    manifest: Manifest, abilities: Abilities, verbs: frozenset[str], login: Login | None = None
) -> Iterable[str]:
    """Say where the manifest and the hooks tell two stories."""
    pairs = (
        ("parts", bool(abilities.parts), "send"),
        ("receipts", bool(abilities.receipts), "acknowledge"),
        ("makes_contacts or account_links", abilities.makes_contacts or abilities.account_links, "link_account"),
        ("thread_control", bool(abilities.thread_control), "hand_over"),
        # An instance that is pushed to has the hook as well.
        ("poll_every", manifest.abilities.poll_every is not None, "poll"),
    )
    for ability, declared, hook in pairs:
        if declared and hook not in verbs:
            yield f"the manifest declares {ability}, but there is no hook {hook}"
        if hook in verbs and not declared:
            yield f"there is a hook {hook}, but the manifest does not declare {ability}"
    if abilities.merges and "link_account" not in verbs:
        yield "the manifest declares merges, but there is no hook link_account"
    if "receive" in verbs and not manifest.app and not verbs & {"authenticate", "poll"}:
        yield "there is a hook receive without authenticate, and no app that could authenticate for it"
    if "split" in verbs and (manifest.app or "receive" not in verbs):
        yield "there is a hook split, which cuts what an endpoint without an app receives"
    yield from lonely(verbs)
    if "customer" not in verbs and ("send_code" in verbs or login is not None):
        yield "there is a log-in or a hook send_code without customer, which says whose it is"
    if "poll" in verbs and "receive" not in verbs:
        yield "there is a hook poll without receive, which would read its pages"


def lonely(verbs: frozenset[str]) -> Iterable[str]:
    """Say which of two hooks that make no sense alone is alone."""
    if len(verbs & {"plan", "apply"}) == 1:
        yield "the hooks plan and apply belong together, and one of them is missing"


def _signature_faults(kind: type, hook: str, method: Callable[..., Any]) -> Iterable[str]:
    if hook not in SPECS:
        close = difflib.get_close_matches(hook, SPECS, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        yield f"{kind.__name__}.{hook}: there is no hook of this name{hint}"
        return
    taken = list(inspect.signature(method).parameters.values())[1:]
    for parameter in taken:
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or parameter.default is not parameter.empty:
            yield f"{kind.__name__}.{hook}: {parameter.name} must be plain and positional, without a default"
        elif parameter.name not in SPECS[hook]:
            known = ", ".join(SPECS[hook]) or "none"
            yield f"{kind.__name__}.{hook}: {hook} has no argument {parameter.name}; it has {known}"
    if hook == "authenticate" and not taken:
        yield f"{kind.__name__}.authenticate must take the request: who does not look at it can trust nobody"


def _options(method: Callable[..., Any]) -> dict[str, Any]:
    return dict(getattr(method, _MARK))


def _given(method: Callable[..., Any]) -> str:
    return ", ".join(name for name, value in _options(method).items() if value)
