"""`connectors sandbox`: WhatsApp, Messenger and Instagram on this machine, without an account and without a network."""

from __future__ import annotations

import os
from pathlib import Path

import click

from connectors.meta.sandbox.app import DEFAULT_PORT, Sandbox
from connectors.meta.sandbox.settings import SandboxSettings, random_secret
from connectors_core import Secret
from connectors_core.supervising import stop_with_parent

FOLDER = Path("sandbox")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Listen here.")
@click.option("--callback", default="", metavar="URL", help="Deliver webhooks to this address of the gateway.")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=FOLDER, show_default=True, help="Keep all here."
)
@click.option("--require-proof", is_flag=True, help="Refuse calls that are not signed with the app secret.")
@click.option("--quiet", is_flag=True, help="Print no secrets and no settings.")
@click.option("--child", is_flag=True, hidden=True, help="End when standard input closes.")
def command(port: int, callback: str, data: Path, *, require_proof: bool, quiet: bool, child: bool) -> None:
    """Play WhatsApp, Messenger and Instagram on this machine: the Graph API, webhooks, customers' phones as pages.

    A second start on the same folder continues with its customers and chats. Secrets are random at each start, unless
    SANDBOX_APP_SECRET, SANDBOX_VERIFY_TOKEN, SANDBOX_ACCESS_TOKEN (of the number), SANDBOX_PAGE_TOKEN and
    SANDBOX_INSTAGRAM_TOKEN give them.
    """
    settings = SandboxSettings(
        folder=data,
        callback=callback,
        app_secret=_secret("SANDBOX_APP_SECRET"),
        verify_token=_secret("SANDBOX_VERIFY_TOKEN"),
        access_token=_secret("SANDBOX_ACCESS_TOKEN"),
        page_token=_secret("SANDBOX_PAGE_TOKEN"),
        instagram_token=_secret("SANDBOX_INSTAGRAM_TOKEN"),
        require_proof=require_proof,
    )
    sandbox = Sandbox(settings)
    if not quiet:
        click.echo(_settings(settings, port))
    if not child:
        click.echo(f"phones: http://127.0.0.1:{port}/", err=True)
    sandbox.serve(port, ready=stop_with_parent if child else None)


def _secret(name: str) -> Secret:
    """Return a secret from the environment; a command line is seen by everybody on the machine."""
    given = os.environ.get(name)
    return Secret(given, name) if given else random_secret()


def _settings(settings: SandboxSettings, port: int) -> str:
    """Return what the gateway needs to know: secrets for its environment, the rest for its settings file."""
    return f"""\
export META_APP_SECRET={settings.app_secret.reveal()}
export META_VERIFY_TOKEN={settings.verify_token.reveal()}
export WHATSAPP_TOKEN={settings.access_token.reveal()}
export PAGE_TOKEN={settings.page_token.reveal()}
export INSTAGRAM_TOKEN={settings.instagram_token.reveal()}

# connectors.toml
# [apps.meta]
# type = "meta"
# app_secret = {{ env = "META_APP_SECRET" }}
# verify_token = {{ env = "META_VERIFY_TOKEN" }}
# app_id = "{settings.app_id}"
# graph_url = "http://127.0.0.1:{port}"
#
# [endpoints.shop_whatsapp]
# type = "whatsapp"
# app = "meta"
# phone_number_id = "{settings.phone_number_id}"
# business_account_id = "{settings.business_account_id}"
# access_token = {{ env = "WHATSAPP_TOKEN" }}
# graph_url = "http://127.0.0.1:{port}"
#
# [endpoints.shop_messenger]
# type = "messenger"
# app = "meta"
# page_id = "{settings.page_id}"
# access_token = {{ env = "PAGE_TOKEN" }}
# graph_url = "http://127.0.0.1:{port}"
#
# [endpoints.shop_instagram]          # Facebook Login: the page's token, and its id
# type = "instagram"
# app = "meta"
# account_id = "{settings.instagram_account_id}"
# page_id = "{settings.page_id}"
# access_token = {{ env = "PAGE_TOKEN" }}
# graph_url = "http://127.0.0.1:{port}"
#
# [endpoints.shop_instagram_login]    # or Instagram Login: the account's token, and no page
# type = "instagram"
# app = "meta"
# account_id = "{settings.instagram_account_id}"
# access_token = {{ env = "INSTAGRAM_TOKEN" }}
# graph_url = "http://127.0.0.1:{port}"
"""
