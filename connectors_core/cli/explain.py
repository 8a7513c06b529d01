"""`connectors explain`: what the platform's rules say of a message before it is written."""

from __future__ import annotations

import json

import click

from connectors_core.cli.common import printable
from connectors_core.cli.opening import known_endpoint, opened_gateway
from connectors_core.door import Responders
from connectors_core.errors import NoCounterpart
from connectors_core.gateway import Gateway
from connectors_core.model import ConversationRef, Part, Template, Verdict
from connectors_core.operating import explaining
from connectors_core.web.api_advice import verdict_json


@click.command("explain")
@click.argument("endpoint", metavar="ENDPOINT")
@click.argument("conversation", metavar="CONVERSATION")
@click.option("--account", help="The account that the conversation is of; the endpoint's own by default.")
@click.option("--template", metavar="NAME", help="Explain this template instead of words.")
@click.option("--language", default="en", show_default=True, help="Its language.")
@click.option("--value", "values", multiple=True, metavar="SLOT=TEXT", help="A value of it, such as body.1=7.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(  # noqa: PLR0913 - a command has its options
    ctx: click.Context,
    endpoint: str,
    conversation: str,
    *,
    account: str | None,
    template: str | None,
    language: str,
    values: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say whether a message may go out into CONVERSATION of ENDPOINT now, until when, and what may be done instead.

    Nothing is sent; who may answer the conversation is said too. CONVERSATION is what either end calls it, such as
    the number of a person at WhatsApp. The exit code is 0 when the message is allowed as it is, else 1.
    """
    part: Part | None = None
    if template is not None:
        part = Template(name=template, language=language, values=dict(map(_value, values)))
    with opened_gateway(ctx) as gateway:
        known_endpoint(gateway.settings, endpoint)
        at = account or gateway.settings.endpoints[endpoint].account or endpoint
        ref = ConversationRef(endpoint=endpoint, account=at, id=conversation)
        try:
            found = explaining.explain(gateway, ref, part)
        except NoCounterpart as error:
            raise click.BadParameter(error.text, param_hint="CONVERSATION") from None
        control = _responders(gateway, ref)
    if as_json:
        click.echo(json.dumps(verdict_json(found), indent=2))
    else:
        _print(found)
        _print_control(control)
    ctx.exit(0 if found.allowed else 1)


def _responders(gateway: Gateway, ref: ConversationRef) -> Responders | None:
    """Return who may answer a conversation, None for one that is still to be opened."""
    try:
        return explaining.responders(gateway, ref, "")
    except NoCounterpart:
        return None


def _print_control(control: Responders | None) -> None:
    if control is None:
        return
    until = f", until {control.until.isoformat(timespec='seconds')}; then {control.first}" if control.until else ""
    click.echo(f"  answers:  {control.owner}{until}")


def _value(given: str) -> tuple[str, str]:
    key, equals, value = given.partition("=")
    if not equals:
        raise click.BadParameter("must look like body.1=7", param_hint="--value")
    return key, value


def _print(found: Verdict) -> None:
    click.echo(printable(f"{found.decision}: {found.reason}"))
    if found.rule:
        click.echo(f"  rule:     {found.rule}")
    if found.deadline is not None:
        click.echo(f"  deadline: {found.deadline.isoformat(timespec='seconds')}")
    for way in found.alternatives:
        click.echo(printable(f"  instead:  {way}"))
    if found.source:
        click.echo(f"  source:   {found.source}")
