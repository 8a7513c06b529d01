"""`connectors setup`: a real account, step by step, from the platform's own pages to webhooks that come."""

from __future__ import annotations

import shlex
from secrets import token_urlsafe
from typing import Any

import attrs
import click

from connectors_core import discovery
from connectors_core.cli import changes, findings
from connectors_core.cli.asking import Form, Given, agreed, fill
from connectors_core.cli.common import printable
from connectors_core.endpoint import App, Endpoint
from connectors_core.manifest import AppManifest, Manifest
from connectors_core.settings import Settings
from connectors_core.settings.schemas import NAME, GatewaySchema
from connectors_core.settings.writing import Draft

GATEWAY = ("public_url",)
"""What every account needs of the gateway, and what a person has to say; its secret can be any."""


@click.command("setup")
@click.argument("type_", metavar="TYPE")
@click.option("--name", help="What the endpoint, or the app, is to be called; the name of its type by default.")
@click.option("--app", help="The app of the endpoint: one that is there, or the name of the new one.")
@click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help="An answer: number=1, app.KEY, gateway.KEY.")
@click.option("--env", "variables", multiple=True, metavar="KEY=NAME", help="The variable that has a secret.")
@click.option("--again", is_flag=True, help="Ask for nothing: register and check what the settings have of TYPE.")
@click.option("--register/--no-register", default=None, help="Have webhooks sent to the gateway, or not, unasked.")
@click.option("--live/--no-live", default=True, help="Ask the platform whether all of it is good, or not.")
@click.pass_context
def command(  # noqa: PLR0913 - a command has its options
    ctx: click.Context,
    type_: str,
    *,
    name: str | None,
    app: str | None,
    values: tuple[str, ...],
    variables: tuple[str, ...],
    again: bool,
    register: bool | None,
    live: bool,
) -> None:
    """Connect an account of TYPE: say what to do at the platform, ask for its keys, write the settings, register it.

    New tables are put behind what stands in the settings; a secret that is typed goes into a file of its own beside
    them. Nothing is written before all answers are there. With --set and --env, or with answers on standard input, it
    runs in a script.
    """
    draft = Draft.open(ctx.obj)
    plan = Plan.make(type_, draft, name, app, again=again)
    added = plan.there if again else plan.fill(Given.read(values, variables))
    settings = draft.settings()
    built = {(type(one), one.name): one for one in findings.build(settings)}
    mine = [built[one] for one in added]
    if not again:
        draft.save()
        click.echo(f"\nwritten: {', '.join(map(str, [draft.main, *draft.secrets]))}", err=True)
    fine = True
    if live:
        fine = _register(settings, mine, shlex.join(["connectors", *plan.words]), wanted=register)
        fine &= findings.show(findings.check(settings, mine))
        if not fine:
            click.echo("\nThe settings are kept. Mend what is wrong, then: connectors check --live", err=True)
    _say_next(settings, plan)
    ctx.exit(0 if fine else 1)


_Place = tuple[type[App] | type[Endpoint], str]


@attrs.define
class Plan:
    """What is to be added to the settings: an endpoint, an app, or both. `there`: what the settings have already."""

    draft: Draft
    type: str
    endpoint: str = ""
    app: str = ""
    there: list[_Place] = attrs.field(factory=list)
    _manifests: list[tuple[str, str, Manifest | AppManifest]] = attrs.field(factory=list)

    @classmethod
    def make(cls, type_: str, draft: Draft, name: str | None, app: str | None, *, again: bool) -> Plan:
        """Find the type, and names that are free; raise SettingsError or BadParameter with the way out."""
        connector = type_ in discovery.installed(discovery.CONNECTORS)
        known = [*discovery.installed(discovery.CONNECTORS), *discovery.installed(discovery.APPS)]
        if type_ not in known:
            raise click.BadParameter(f'nothing called "{type_}" is installed.{discovery.nearest(type_, known)}')
        if draft.path.exists():
            # What is wrong in the settings that are there is shown before anybody answers questions.
            draft.settings()
        plan = cls(draft, type_)
        if again:
            plan._find(name, connector=connector)
        elif connector:
            plan._plan_endpoint(discovery.find(type_).manifest, name or type_, app)
        else:
            plan._add("apps", name or type_, discovery.find(type_, discovery.APPS).manifest)
            plan.app = name or type_
        return plan

    @property
    def words(self) -> list[str]:
        """The command that does the last steps again."""
        name = self.endpoint or self.app
        return ["setup", self.type, "--again", *(["--name", name] if name != self.type else [])]

    def _tables(self, section: str) -> dict[str, Any]:
        found: dict[str, Any] = self.draft.document().get(section, {})
        return found

    def _find(self, name: str | None, *, connector: bool) -> None:
        section = "endpoints" if connector else "apps"
        found = [key for key, table in self._tables(section).items() if table["type"] == self.type]
        if name is not None:
            found = [key for key in found if key == name]
        if not found:
            text = f"the settings have nothing of the type {self.type}{f' called {name}' if name else ''}"
            raise click.BadParameter(text, param_hint="TYPE")
        self.endpoint, self.app = (found[0], "") if connector else ("", found[0])
        apps = dict.fromkeys(self._tables("endpoints")[key].get("app", "") for key in found) if connector else found
        self.there = [(App, one) for one in apps if one] + [(Endpoint, one) for one in found if connector]

    def _plan_endpoint(self, manifest: Manifest, name: str, app: str | None) -> None:
        if app is not None and not manifest.app:
            raise click.BadParameter(f"{self.type} takes no app", param_hint="--app")
        if manifest.app:
            self.app = self._choose_app(manifest.app, app)
            if self.app not in self._tables("apps"):
                self._add("apps", self.app, discovery.find(manifest.app, discovery.APPS).manifest)
        self._add("endpoints", name, manifest)
        self.endpoint = name

    def _choose_app(self, kind: str, app: str | None) -> str:
        fitting = [key for key, table in self._tables("apps").items() if table["type"] == kind]
        if app is not None:
            if app in self._tables("apps") and app not in fitting:
                raise click.BadParameter(f"{app} is not of the type {kind}", param_hint="--app")
            return app
        if len(fitting) > 1:
            raise click.BadParameter(f"choose one of {', '.join(fitting)}", param_hint="--app")
        if fitting:
            return fitting[0]
        return kind

    def _add(self, section: str, name: str, manifest: Manifest | AppManifest) -> None:
        option = "--app" if section == "apps" and isinstance(manifest, AppManifest) and self.app else "--name"
        if not NAME.fullmatch(name):
            raise click.BadParameter('a name has letters, digits, "_" and "-", 63 at most', param_hint=option)
        planned = [one for _, one, _ in self._manifests]
        if name in (*self._tables("apps"), *self._tables("endpoints"), *planned):
            text = f'there is a "{name}" already; choose another name with {option}, or see --again'
            raise click.BadParameter(text, param_hint=option)
        self._manifests.append((section, name, manifest))

    def fill(self, given: Given) -> list[_Place]:
        """Show the guides, ask for every key, and put the tables into the draft; return what was added."""
        gateway = self._tables("gateway")
        forms = [
            Form.of(f"{section}.{name}", "app." if section == "apps" and self.endpoint else "", manifest.settings)
            for section, name, manifest in self._manifests
        ]
        general = Form.of("gateway", "gateway.", GatewaySchema, (*GATEWAY, "secret"))
        wanted = tuple(one for one in general.questions if one.key not in gateway)
        general = attrs.evolve(general, questions=wanted)
        given.refuse_unknown([*forms, general])
        for _, _, manifest in self._manifests:
            _guide(manifest)
        asked = [one for one in wanted if one.key != "secret" or "gateway.secret" in given.variables]
        found = fill(attrs.evolve(general, questions=tuple(asked)), given, self.draft)
        if "secret" not in gateway and "secret" not in found:
            found["secret"] = self.draft.keep("gateway_secret", token_urlsafe(32))
        if found:
            self.draft.put_gateway(found)
        for form, (section, name, manifest) in zip(forms, self._manifests, strict=True):
            joined = {"app": self.app} if section == "endpoints" and self.app else {}
            self.draft.add(section, name, {"type": manifest.name, **joined, **fill(form, given, self.draft)})
        added: list[_Place] = [(App if section == "apps" else Endpoint, name) for section, name, _ in self._manifests]
        # The app that was there already is registered and checked with its new endpoint.
        shared: list[_Place] = [(App, self.app)] if self.app and (App, self.app) not in added else []
        return shared + added


def _guide(manifest: Manifest | AppManifest) -> None:
    if not manifest.guide:
        return
    click.echo(f"\n{manifest.title}: what to do there first", err=True)
    for number, step in enumerate(manifest.guide, 1):
        click.echo(printable(f"  {number}. {step}"), err=True)


def _register(settings: Settings, mine: list[App | Endpoint], again: str, *, wanted: bool | None) -> bool:
    """Have the platform do what the settings declare, where somebody wants it; return whether nothing failed."""
    if wanted is False:
        return True
    plan = changes.Plan.make(settings, mine)
    polled = [one for one in mine if isinstance(one, Endpoint) and one.abilities.poll_every is not None]
    if not settings.gateway.public_url and any("plan" in one.verbs and one not in polled for one in mine):
        click.echo("No webhook is registered: put gateway.public_url into the settings, then: " + again, err=True)
    if not plan.changes:
        return findings.show(plan.findings)
    click.echo("\nWhat differs at the platform:")
    plan.show()
    text = "\nChange it? Where webhooks are registered, the platform calls at once: `connectors run` must be running"
    if wanted is None and not agreed(text):
        click.echo(f"Nothing was registered. Later: {again}", err=True)
        return True
    return plan.apply() and not plan.failed


def _say_next(settings: Settings, plan: Plan) -> None:
    name = plan.endpoint
    if name and not any(name in route.between for route in settings.routes):
        other = next((one for one in settings.endpoints if one != name), "NAME_OF_THE_OTHER_END")
        text = f'\nNext, join it with another endpoint in the settings:\n\n[[routes]]\nbetween = ["{name}", "{other}"]'
        click.echo(text, err=True)
    click.echo("\nThen start, or start again: connectors run", err=True)
