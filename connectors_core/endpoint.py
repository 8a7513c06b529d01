"""The typed door to one configured connector: the only place where hooks are called."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import attrs
import pluggy

from connectors_core import hookspecs
from connectors_core.checks import contradictions, faults, lonely, observer_faults
from connectors_core.door import Asgi, Door
from connectors_core.errors import (
    ConnectorsError,
    Malformed,
    NeedsAttention,
    NotSupported,
    Problem,
    Refused,
    Retry,
    SettingsError,
    Uncertain,
    Untrusted,
    defect,
)
from connectors_core.login import Login
from connectors_core.manifest import Abilities, AppManifest, Manifest, Policy
from connectors_core.model import (
    Attempt,
    Challenge,
    Change,
    Code,
    Contact,
    Content,
    ConversationRef,
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
    Proof,
    Receipt,
    Reconciled,
    Request,
    Template,
    TemplateInfo,
    Trusted,
)
from connectors_core.observers import Guard

VERBS = {Message: "send", Link: "link_account", Handover: "hand_over", Receipt: "acknowledge"}
"""The way out that takes each noun."""

APP_HOOKS = frozenset({"authenticate", "split", "plan", "apply", "check"})

_ARGUMENTS = {"send": "message", "link_account": "link", "hand_over": "handover", "acknowledge": "receipt"}
_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


@attrs.frozen(eq=False)
class Endpoint:
    """One configured connector behind typed methods. Build it with `Endpoint.build`.

    Whatever a hook does, its caller sees an answer of the promised class or one of the errors of
    `connectors_core.errors`; a defect of the connector is told by class and line.
    """

    name: str
    manifest: Manifest
    abilities: Abilities
    policy: Policy
    owners: Mapping[str, str]
    login: Login | None
    verbs: frozenset[str]
    _manager: pluggy.PluginManager
    _connector: Any

    @classmethod
    def build(cls, name: str, connector: Any, observers: Sequence[Any] = ()) -> Endpoint:
        """Join a connector and its observers; raise SettingsError for every mistake that can be seen now."""
        texts = [*faults(connector, Manifest), *(text for observer in observers for text in observer_faults(observer))]
        _refuse(f"endpoints.{name}", texts)
        manager, verbs = _manager(name, connector, observers)
        manifest: Manifest = connector.manifest
        abilities: Abilities = getattr(connector, "abilities", manifest.abilities)
        login: Login | None = getattr(connector, "login", None)
        _refuse(f"endpoints.{name}", contradictions(manifest, abilities, verbs, login))
        policy: Policy = getattr(connector, "policy", manifest.policy)
        owners: Mapping[str, str] = getattr(connector, "owners", manifest.owners)
        return cls(name, manifest, abilities, policy, owners, login, verbs, manager, connector)

    def authenticate(self, request: Request) -> Trusted | Challenge:
        """Ask the connector itself, past all observers; whatever is not a clear yes is `Untrusted`."""
        return _authenticate(self.name, self._connector, self.verbs, request)

    def split(self, request: Request) -> list[Item]:
        """Cut a request, or a page, of this endpoint into Items; whatever goes wrong in there is `Malformed`."""
        return _read(self.name, self.verbs, "split", Item, lambda: self._manager.hook.split(request=request))

    def items(self, whole: Item) -> list[Item]:
        """Return the pieces of a webhook, or of a page, of an endpoint without an app: itself where it is not cut."""
        if "split" not in self.verbs:
            return [whole]
        request = Request(method="POST", path=f"/hooks/{self.name}", body=whole.raw)
        return [attrs.evolve(whole, raw=item.raw) for item in self.split(request)]

    def receive(self, item: Item) -> list[Event]:
        """Read one Item; whatever goes wrong in there is `Malformed`."""
        return _read(self.name, self.verbs, "receive", Event, lambda: self._manager.hook.receive(item=item))

    def deliver(self, event: Outgoing, key: str) -> Done:
        """Call the way out that takes `event`; raise `NotSupported` before any request where there is none.

        What is no answer and no error that says what happened is `Uncertain`.
        """
        verb = VERBS[type(event)]
        _require(self.name, self.verbs, verb)
        if isinstance(event, Link) and event.other is not None and not self.abilities.merges:
            raise NotSupported(f"{self.name} does not hear which of its people are one")
        try:
            done = getattr(self._manager.hook, verb)(**{_ARGUMENTS[verb]: event, "key": key})
        except (Refused, Retry, Uncertain, NeedsAttention) as error:
            if not error.text.startswith((f"{self.name} ", f"{self.name}:")):
                # What is refused by a function that knows no endpoint.
                error.text = f"{self.name} could not {verb}: {error.text}"
                error.args = (error.text,)
            raise
        except Exception as error:  # noqa: BLE001 - a defect of the connector; the request may have been made
            what = error.text if isinstance(error, ConnectorsError) else defect(error)
            raise Uncertain(f"{self.name} broke off at {verb} ({what}); whether it took effect is not known") from None
        if not isinstance(done, Done):
            raise Uncertain(f"{self.name}: {verb} returned {type(done).__name__} instead of Done")
        return done

    def poll(self, cursor: str) -> Page:
        """Fetch the next page."""
        answer: Page = self._ask("poll", Page, cursor=cursor)
        return answer

    def reconcile(self, attempt: Attempt) -> Reconciled:
        """Ask what became of an attempt."""
        answer: Reconciled = self._ask("reconcile", Reconciled, attempt=attempt)
        return answer

    def fetch(self, media: Media) -> Content:
        """Fetch a file."""
        answer: Content = self._ask("fetch", Content, media=media)
        return answer

    def profile(self, contact: Contact) -> Contact:
        """Ask for a person's profile."""
        answer: Contact = self._ask("profile", Contact, contact=contact)
        return answer

    def customer(self, proof: Proof) -> Contact:
        """Ask whose address it is, or who gave a grant."""
        answer: Contact = self._ask("customer", Contact, proof=proof)
        return answer

    def send_code(self, code: Code) -> None:
        """Bring a code to a customer."""
        self._ask("send_code", Done, code=code)

    def login_chat(self, token: str, back: str) -> ConversationRef:
        """Ask in whose chat a log-in button was tapped."""
        answer: ConversationRef = self._ask("login_chat", ConversationRef, token=token, back=back)
        return answer

    def templates(self) -> list[TemplateInfo]:
        """List the account's templates."""
        return list(self._ask("templates", list | tuple))

    def check(self, targets: Sequence[str] = ()) -> Iterable[Finding]:
        """Yield what the connector finds, live; `targets`: the fields that mapping rules write here."""
        for findings in self._manager.hook.check(targets=targets):
            yield from findings

    def plan(self, callback: str) -> list[Change | Finding]:
        """Compare what the settings declare with what the platform has."""
        return _planned(self.name, self._ask("plan", list | tuple, callback=callback, types=()))

    def apply(self, change: Change, callback: str) -> Finding:
        """Make one difference disappear."""
        answer: Finding = self._ask("apply", Finding, change=change, callback=callback)
        return answer

    def check_template(self, template: Template, info: TemplateInfo) -> list[str]:
        """Say what keeps a template from being sent, as far as the connector can tell without asking."""
        if "check_template" not in self.verbs:
            return []
        return list(self._ask("check_template", list | tuple, template=template, info=info))

    def pages(self, door: Door) -> Asgi | None:
        """Return the pages of the endpoint; None when it has none."""
        if "pages" not in self.verbs:
            return None
        found: Asgi = self._ask("pages", Callable, door=door)
        return found

    def _ask(self, verb: str, kind: Any, **arguments: Any) -> Any:
        return _cared(self.name, self.verbs, verb, kind, partial(getattr(self._manager.hook, verb), **arguments))


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
        _refuse(f"apps.{name}", faults(app, AppManifest))
        manager, verbs = _manager(name, app, ())
        missing = [f"an app needs {hook}" for hook in ("authenticate", "split") if hook not in verbs]
        _refuse(f"apps.{name}", missing + [f"an app has no {hook}" for hook in sorted(verbs - APP_HOOKS)])
        _refuse(f"apps.{name}", lonely(verbs))
        return cls(name, app.manifest, verbs, manager, app)

    def authenticate(self, request: Request) -> Trusted | Challenge:
        """Ask the app; whatever is not a clear yes is `Untrusted`."""
        return _authenticate(self.name, self._app, self.verbs, request)

    def split(self, request: Request) -> list[Item]:
        """Cut a request into Items; whatever goes wrong in there is `Malformed`."""
        return _read(self.name, self.verbs, "split", Item, lambda: self._manager.hook.split(request=request))

    def check(self) -> Iterable[Finding]:
        """Yield what the app finds, live."""
        for findings in self._manager.hook.check(targets=()):
            yield from findings

    def plan(self, callback: str, types: Sequence[str]) -> list[Change | Finding]:
        """Compare what the settings declare with what the platform has, for endpoints of these connector `types`."""
        ask = partial(self._manager.hook.plan, callback=callback, types=types)
        return _planned(self.name, _cared(self.name, self.verbs, "plan", list | tuple, ask))

    def apply(self, change: Change, callback: str) -> Finding:
        """Make one difference disappear."""
        ask = partial(self._manager.hook.apply, change=change, callback=callback)
        answer: Finding = _cared(self.name, self.verbs, "apply", Finding, ask)
        return answer


def _authenticate(name: str, plugin: Any, verbs: frozenset[str], request: Request) -> Trusted | Challenge:
    if "authenticate" not in verbs:
        raise Untrusted
    try:
        # Straight at the plugin, not through the manager: observers have no say in trust.
        answer = plugin.authenticate(request)
    except Untrusted:
        raise
    except Exception as error:  # noqa: BLE001 - a fault in there is no yes
        _log.warning("%s: authenticate broke off (%s); the request is not trusted", name, defect(error))
        raise Untrusted from None
    if not isinstance(answer, Trusted | Challenge):
        raise Untrusted
    return answer


def _read(name: str, verbs: frozenset[str], verb: str, kind: type[_Answer], call: Callable[[], Any]) -> list[_Answer]:
    """Call a hook of the way in and return its list of `kind`, or raise `Malformed`."""
    if verb not in verbs:
        raise Malformed(f"{name} has no {verb}")
    try:
        found = call()
    except Malformed:
        raise
    except Exception as error:  # noqa: BLE001 - a defect of the connector parks this Item alone
        raise Malformed(f"{name} broke off at {verb} ({defect(error)})") from None
    if not isinstance(found, Sequence) or not all(isinstance(one, kind) for one in found):
        raise Malformed(f"{verb} of {name} gave something else than a list of {kind.__name__}s")
    return list(found)


def _require(name: str, verbs: frozenset[str], verb: str) -> None:
    if verb not in verbs:
        raise NotSupported(f"{name} has no {verb}; its connector does not do this")


def _cared(name: str, verbs: frozenset[str], verb: str, kind: Any, call: Callable[[], Any]) -> Any:
    """Call a hook of the care family; what is no answer is `Malformed`."""
    _require(name, verbs, verb)
    try:
        answer = call()
    except ConnectorsError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect of the connector
        raise Malformed(f"{name} broke off at {verb} ({defect(error)})") from None
    if not isinstance(answer, kind):
        wanted = getattr(kind, "__name__", kind)
        raise Malformed(f"{name}: {verb} returned {type(answer).__name__} instead of {wanted}")
    return answer


def _planned(name: str, found: Sequence[Any]) -> list[Change | Finding]:
    """Return a plan whose Changes can be told apart; raise Malformed for any other."""
    if not all(isinstance(one, Change | Finding) for one in found):
        raise Malformed(f"{name}: plan gave something else than a list of Changes and Findings")
    paths = [one.path for one in found if isinstance(one, Change)]
    if twice := sorted({path for path in paths if paths.count(path) > 1}):
        raise Malformed(f"{name}: plan gave two Changes of {', '.join(twice)}")
    return list(found)


def _manager(name: str, plugin: Any, observers: Sequence[Any]) -> tuple[pluggy.PluginManager, frozenset[str]]:
    """Make a manager of one plugin and its observers, and say which hooks the plugin has."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, name=name)
    for number, observer in enumerate(observers):
        manager.register(Guard(name, observer), name=f"{name}.observer.{number}")
    manager.check_pending()
    callers = manager.get_hookcallers(plugin) or []
    return manager, frozenset(caller.name for caller in callers)


def _refuse(path: str, texts: Iterable[str]) -> None:
    problems = [Problem(path, text) for text in texts]
    if problems:
        raise SettingsError(problems)
