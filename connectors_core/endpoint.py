"""The typed door to one configured connector: the only place where hooks are called."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs
import pluggy

from connectors_core import hookspecs
from connectors_core.errors import ConnectorsError, Malformed, NotSupported, Problem, SettingsError, Untrusted
from connectors_core.manifest import Abilities, AppManifest, Manifest
from connectors_core.model import (
    Activity,
    Attempt,
    Challenge,
    Contact,
    Content,
    Done,
    Event,
    Finding,
    Handover,
    Item,
    Link,
    Media,
    Message,
    Outgoing,
    Page,
    Part,
    Receipt,
    Reconciled,
    Request,
    TemplateInfo,
    Trusted,
)

VERBS = {Message: "send", Link: "link_account", Handover: "hand_over", Receipt: "acknowledge"}
"""The way out that takes each noun."""

APP_HOOKS = frozenset({"authenticate", "split", "set_up", "check"})
_SPECS = {name: spec for name, spec in vars(hookspecs).items() if hasattr(spec, "connectors_spec")}


@attrs.frozen(eq=False)
class Endpoint:
    """One configured connector behind typed methods. Build it with `Endpoint.build`."""

    name: str
    manifest: Manifest
    abilities: Abilities
    verbs: frozenset[str]
    _manager: pluggy.PluginManager
    _connector: Any

    @classmethod
    def build(cls, name: str, connector: Any, observers: Sequence[Any] = ()) -> Endpoint:
        """Join a connector and its observers; raise SettingsError for every mistake that can be seen now."""
        manager, verbs = _manager(name, connector, observers)
        manifest: Manifest = connector.manifest
        abilities: Abilities = getattr(connector, "abilities", manifest.abilities)
        problems = [Problem(f"endpoints.{name}", text) for text in _contradictions(abilities, verbs)]
        if problems:
            raise SettingsError(problems)
        return cls(name, manifest, abilities, verbs, manager, connector)

    def authenticate(self, request: Request) -> Trusted | Challenge:
        """Ask the connector itself, past all observers; whatever is not a clear yes is `Untrusted`."""
        return _authenticate(self._connector, self.verbs, request)

    def receive(self, item: Item) -> list[Event]:
        """Read one Item; whatever goes wrong in there is `Malformed`."""
        return _checked_events(self._manager.hook.receive(item=item), self.name)

    def deliver(self, event: Outgoing, key: str) -> Done:
        """Call the way out that takes `event`; raise `NotSupported` before any request where there is none."""
        verb = VERBS[type(event)]
        if verb not in self.verbs:
            raise NotSupported(f"{self.name} has no {verb}; the connector {self.manifest.name} does not do this")
        argument = {"send": "message", "link_account": "link", "hand_over": "handover", "acknowledge": "receipt"}[verb]
        done = getattr(self._manager.hook, verb)(**{argument: event, "key": key})
        if not isinstance(done, Done):
            raise TypeError(f"{verb} of {self.manifest.name} returned {type(done).__name__} instead of Done")
        return done

    def poll(self, cursor: str) -> Page:
        """Fetch the next page."""
        page: Page = self._manager.hook.poll(cursor=cursor)
        return page

    def reconcile(self, attempt: Attempt) -> Reconciled:
        """Ask what became of an attempt."""
        reconciled: Reconciled = self._manager.hook.reconcile(attempt=attempt)
        return reconciled

    def fetch(self, media: Media) -> Content:
        """Fetch a file."""
        content: Content = self._manager.hook.fetch(media=media)
        return content

    def profile(self, contact: Contact) -> Contact:
        """Ask for a person's profile."""
        found: Contact = self._manager.hook.profile(contact=contact)
        return found

    def templates(self) -> Sequence[TemplateInfo]:
        """List the account's templates."""
        return list(self._manager.hook.templates() or ())

    def check(self) -> Iterable[Finding]:
        """Yield what the connector and its observers find, live."""
        for findings in self._manager.hook.check():
            yield from findings

    def set_up(self) -> Iterable[Finding]:
        """Prepare the account and yield what was done."""
        for findings in self._manager.hook.set_up():
            yield from findings

    def carries(self, part: Part) -> bool:
        """Whether the manifest says that this part arrives as what it is."""
        limit = self.abilities.parts.get(type(part))
        if isinstance(part, Activity) and limit is None:
            return False
        return limit is not None and limit.level in ("full", "partial") and _kind_fits(part, limit.kinds)


def _kind_fits(part: Part, kinds: frozenset[str]) -> bool:
    return not kinds or str(getattr(part, "kind", "")) in kinds


@attrs.frozen(eq=False)
class App:
    """One configured app: what signs webhooks and owns a callback URL."""

    name: str
    manifest: AppManifest
    verbs: frozenset[str]
    _manager: pluggy.PluginManager
    _app: Any

    @classmethod
    def build(cls, name: str, app: Any) -> App:
        """Check an app; raise SettingsError for every mistake that can be seen now."""
        manager, verbs = _manager(name, app, (), place="apps")
        problems = [
            Problem(f"apps.{name}", f"an app needs {hook}") for hook in ("authenticate", "split") if hook not in verbs
        ]
        problems += [Problem(f"apps.{name}", f"an app has no {hook}") for hook in sorted(verbs - APP_HOOKS)]
        if problems:
            raise SettingsError(problems)
        return cls(name, app.manifest, verbs, manager, app)

    def authenticate(self, request: Request) -> Trusted | Challenge:
        """Ask the app; whatever is not a clear yes is `Untrusted`."""
        return _authenticate(self._app, self.verbs, request)

    def split(self, request: Request) -> list[Item]:
        """Cut a request into Items; whatever goes wrong in there is `Malformed`."""
        items = self._manager.hook.split(request=request)
        if items is None or not all(isinstance(item, Item) for item in items):
            raise Malformed(f"split of {self.name} gave something else than Items")
        return list(items)


def _authenticate(plugin: Any, verbs: frozenset[str], request: Request) -> Trusted | Challenge:
    if "authenticate" not in verbs:
        raise Untrusted
    try:
        # Straight at the plugin, not through the manager: observers have no say in trust.
        answer = plugin.authenticate(request)
    except ConnectorsError:
        raise
    except Exception:
        raise Untrusted from None
    if not isinstance(answer, Trusted | Challenge):
        raise Untrusted
    return answer


def _checked_events(events: object, name: str) -> list[Event]:
    if not isinstance(events, Sequence) or not all(isinstance(event, Event) for event in events):
        raise Malformed(f"receive of {name} gave something else than events")
    return list(events)


def _manager(
    name: str, plugin: Any, observers: Sequence[Any], place: str = "endpoints"
) -> tuple[pluggy.PluginManager, frozenset[str]]:
    """Make a manager of one plugin and its observers, and say which hooks the plugin has."""
    path = f"{place}.{name}"
    problems = [Problem(path, text) for text in _faults(plugin)]
    if problems:
        raise SettingsError(problems)
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin, name=name)
        for number, observer in enumerate(observers):
            manager.register(observer, name=f"{name}.observer.{number}")
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        raise SettingsError([Problem(path, str(error).replace("\n", " "))]) from error
    callers = manager.get_hookcallers(plugin) or []
    return manager, frozenset(caller.name for caller in callers)


def _faults(plugin: Any) -> Iterable[str]:
    """Say what pluggy would accept and then fail at, or quietly do wrong."""
    kind = type(plugin)
    if not attrs.has(kind) or kind.__eq__ is not object.__eq__:
        yield f"{kind.__name__} must be an @attrs.frozen(eq=False) class: equal instances cannot both be registered"
    for hook, method in _marked(kind):
        options = method.connectors_impl
        if options.get("specname") or options.get("tryfirst") or options.get("trylast"):
            yield f"{kind.__name__}.{hook}: specname, tryfirst and trylast are not used here"
        if hook not in _SPECS:
            continue
        for parameter in list(inspect.signature(method).parameters.values())[1:]:
            if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or parameter.default is not parameter.empty:
                yield f"{kind.__name__}.{hook}: {parameter.name} must be plain and positional, without a default"


def _marked(kind: type) -> Iterable[tuple[str, Callable[..., Any]]]:
    for name in dir(kind):
        method = inspect.getattr_static(kind, name)
        if callable(method) and hasattr(method, "connectors_impl"):
            yield name, method


def _contradictions(abilities: Abilities, verbs: frozenset[str]) -> Iterable[str]:
    """Say where the manifest and the hooks tell two stories."""
    pairs = (
        ("parts", bool(abilities.parts), "send"),
        ("receipts", bool(abilities.receipts), "acknowledge"),
        ("makes_contacts", abilities.makes_contacts, "link_account"),
        ("thread_control", abilities.thread_control, "hand_over"),
    )
    for ability, declared, hook in pairs:
        if declared and hook not in verbs:
            yield f"the manifest declares {ability}, but there is no hook {hook}"
        if hook in verbs and not declared:
            yield f"there is a hook {hook}, but the manifest does not declare {ability}"
    if "receive" in verbs and not verbs & {"authenticate", "poll"}:
        yield "there is a hook receive without authenticate"
