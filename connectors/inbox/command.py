"""`connectors inbox-user`: makes the first user of an inbox, and gives a forgotten password anew."""

from __future__ import annotations

import sys

import click

from connectors.inbox.settings import of_file
from connectors.inbox.store import InboxDatabase, passwords, users
from connectors_core import ConnectorsError


@click.command()
@click.argument("login")
@click.option("--name", default="", help="What colleagues and pages call them; LOGIN unless given.")
@click.option("--role", type=click.Choice(users.ROLES), help="Of a new user: agent, unless given.")
@click.option("--endpoint", default="", help="Which inbox, where the settings have several.")
@click.pass_context
def command(ctx: click.Context, login: str, name: str, role: str | None, endpoint: str) -> None:
    """Make a user of the inbox, or give LOGIN a new password.

    The password is asked for, or read from standard input where that is no terminal.
    """
    settings = of_file(ctx.obj, endpoint)
    password = _password()
    if problem := passwords.problem(password):
        raise ConnectorsError(problem)
    database = InboxDatabase(settings.database)
    try:
        with database.write() as db:
            known = users.by_login(db, login)
            kept = passwords.hashed(password)
            if known is None:
                users.add(db, login=login, name=name, password=kept, role=role or users.AGENT)
            else:
                changes = {"name": name or known.name, "role": role or known.role, "active": True}
                users.change(db, known.id, password=kept, **changes)
    finally:
        database.close()
    click.echo(f"{login} {'is a user of the inbox' if known is None else 'has a new password'}")


def _password() -> str:
    if sys.stdin.isatty():
        found: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return found
    return sys.stdin.readline().rstrip("\r\n")
