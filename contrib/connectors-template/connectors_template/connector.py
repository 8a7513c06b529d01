"""The Template connector: what it can do, and which module does it."""

from typing import Any

import attrs
from connectors_core import Abilities, Http, Limit, Manifest, hookimpl, model, signed

from connectors_template import inbound, outbound
from connectors_template.settings import SETTINGS

MANIFEST = Manifest(
    name="template",
    title="Template",
    kind="channel",
    settings=SETTINGS,
    abilities=Abilities(
        parts={model.Text: Limit(split_at=outbound.LONGEST_TEXT)},
        most_parts=1,
        reports=inbound.RECEIPTS.values(),
    ),
)


@attrs.frozen(eq=False)
class Template:
    """One account of Template."""

    manifest = MANIFEST
    settings: dict[str, Any]
    http: Http

    @hookimpl
    def authenticate(self, request: model.Request) -> model.Trusted:
        """Prove who sent a webhook."""
        return signed(request, self.settings["secret"], header="x-signature")

    @hookimpl
    def receive(self, item: model.Item) -> list[model.Event]:
        """Read every entry of a webhook."""
        return inbound.receive(item)

    @hookimpl
    def send(self, message: model.Message, key: str) -> model.Done:
        """Send one message, and say what it is called there."""
        reply = self.http.call(outbound.send(self.settings, message, key), verb="send", explain=outbound.explain)
        return reply.done(self.http.endpoint, message="id")

    @hookimpl
    def check(self) -> list[model.Finding]:
        """Ask whether the token is good."""
        self.http.call(outbound.check(self.settings), verb="check")
        return [model.Finding(level="ok", text="the token is good")]
