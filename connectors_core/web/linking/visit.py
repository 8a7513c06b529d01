"""One request to the pages: its language, its browser, and the answers that it may get."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import attrs
import jinja2
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, RedirectResponse, Response

from connectors_core.gateway import Gateway
from connectors_core.linking import secrets
from connectors_core.linking.limits import GOOD_FOR, KEPT
from connectors_core.linking.words import Words
from connectors_core.redact import Secret
from connectors_core.store import merges, people

HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # The address of these pages is a secret.
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}


def policy(*forms: str) -> str:
    """Return the content security policy; `forms`: other origins that a form may lead to."""
    targets = " ".join(("'self'", *forms))
    return f"default-src 'none'; style-src 'self'; form-action {targets}; base-uri 'none'; frame-ancestors 'none'"


def origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@attrs.define(eq=False)
class Visit:
    """A request, and the linking that its address names (`row`, None where there is none)."""

    gateway: Gateway
    request: HttpRequest
    templates: jinja2.Environment
    secret: Secret
    row: Any = None
    form: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def token(self) -> str:
        """What stands in the address."""
        return str(self.request.path_params.get("token", ""))

    @property
    def words(self) -> Words:
        """The language of the person, else that of the browser."""
        own = self.row.language if self.row is not None else ""
        return Words.choose(own, self.request.headers.get("accept-language", ""))

    @property
    def is_https(self) -> bool:
        """Whether people come here by https: what the settings say, whatever a header claims."""
        return self.gateway.settings.gateway.public_url.startswith("https://")

    @property
    def _cookie(self) -> str:
        # A name that only this very host can set, and only by https (RFC 6265bis, 4.1.3.2).
        return "__Host-linking" if self.is_https else "linking"

    @property
    def browser(self) -> str:
        """The random value by which this browser is known, "" before it has one."""
        found = self.request.cookies.get(self._cookie, "")
        return found if len(found) == 43 else ""

    @property
    def is_own(self) -> bool:
        """Whether this browser is the one that went on with the linking."""
        return self.row is not None and bool(self.browser) and self.row.browser == secrets.mark(self.browser)

    @property
    def channel(self) -> str:
        """What people call the channel of the chat."""
        endpoint = self.gateway.endpoints.get(self.row.channel)
        return endpoint.manifest.title if endpoint is not None else str(self.row.channel)

    @cached_property
    def person(self) -> str:
        """The name of whose chat it is, by what is known now: a platform may tell it after the button went out."""
        with self.gateway.store.read() as db:
            chat = people.conversations_by_id(db, [self.row.conversation_id]).get(self.row.conversation_id)
            known = merges.person(db, chat.contact_id) if chat is not None and chat.contact_id is not None else None
        return (known.name if known is not None else "") or str(self.row.name)

    def page(self, template: str, status: int = 200, *, forms: tuple[str, ...] = (), **values: Any) -> Response:
        """Return a page; a browser that has no name yet gets one."""
        browser = self.browser or secrets.random()
        proof = secrets.form(self.secret, self.row, browser) if self.row is not None else ""
        text = self.templates.get_template(template).render(
            _=self.words,
            proof=proof,
            row=self.row,
            channel=self.channel if self.row is not None else "",
            person=self.person if self.row is not None else "",
            **values,
        )
        answer = HTMLResponse(text, status, {**HEADERS, "content-security-policy": policy(*forms)})
        return self._known(answer, browser)

    def say(self, title: str, text: str, status: int) -> Response:
        """Return a page that only says something."""
        return self.page("said.html", status, title=title, text=text)

    def gone(self) -> Response:
        """Return the one answer to every address that leads nowhere, whatever the reason."""
        self.row = None
        text = "It was used, or it is too old. Ask for a new one in your chat with us."
        return self.say("This link is no longer good", text, 404)

    def to(self, url: str) -> Response:
        """Send the browser elsewhere."""
        return RedirectResponse(url, 303, HEADERS)

    def again(self) -> Response:
        """Send the browser to the page as it is now."""
        return self.to(f"{urlsplit(self.gateway.settings.gateway.public_url).path.rstrip('/')}/link/{self.token}")

    def is_from_here(self) -> bool:
        """Whether a form came from a page that this browser got for this linking."""
        wanted = secrets.form(self.secret, self.row, self.browser) if self.browser else ""
        return secrets.same(self.form.get("proof", ""), wanted)

    def _known(self, answer: Response, browser: str) -> Response:
        seconds = int(GOOD_FOR + KEPT)
        answer.set_cookie(
            self._cookie, browser, max_age=seconds, path="/", httponly=True, samesite="lax", secure=self.is_https
        )
        return answer
