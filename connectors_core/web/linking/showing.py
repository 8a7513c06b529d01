"""What a linking looks like now, in this browser."""

from __future__ import annotations

from time import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.responses import Response

from connectors_core.endpoint import Endpoint
from connectors_core.errors import ConnectorsError, Refused
from connectors_core.linking import offering, secrets
from connectors_core.linking.limits import CODE_MINUTES, SHOWN_FOR
from connectors_core.model import ConversationRef
from connectors_core.store import linkings, people
from connectors_core.web.linking.visit import Visit, origin


def show(visit: Visit) -> Response:
    """Show where a linking stands; a person who comes from the platform's own button is told so there first."""
    row = visit.row
    if row is None or row.state == linkings.DEAD or (row.state != linkings.LINKED and row.expires_at <= time()):
        return visit.gone()
    if row.state == linkings.LINKED:
        visit.row = None
        return visit.say("Your account is linked", "You can close this page.", 200)
    given = visit.request.query_params.get("account_linking_token", "")
    if given and row.state == linkings.OPEN and (refusal := _from_platform(visit, given)) is not None:
        return refusal
    if visit.row.state == linkings.PROVEN:
        return _proven(visit)
    if visit.row.codes and visit.is_own and "other" not in visit.request.query_params:
        return code_form(visit)
    return start(visit)


def start(visit: Visit, *, problem: str = "", status: int = 200) -> Response:
    """Show the ways to log in."""
    crm = visit.gateway.endpoints[visit.row.crm]
    forms = (origin(crm.login.authorize_url),) if crm.login is not None else ()
    # A side that people can log in at has no need of codes, unless it brings them itself.
    by_address = crm.login is None or "send_code" in crm.verbs
    return visit.page(
        "start.html", status, forms=forms, by_login=crm.login is not None, by_address=by_address, problem=problem
    )


def code_form(visit: Visit, *, problem: str = "", status: int = 200) -> Response:
    """Show the field for the code that was brought; the same words whether there was anybody to bring it to."""
    return visit.page("code.html", status, minutes=CODE_MINUTES, problem=problem)


def _proven(visit: Visit) -> Response:
    row = visit.row
    if not visit.is_own:
        visit.row = None
        text = "Finish it in the browser where you logged in, or ask for a new button in your chat with us."
        return visit.say("You went on elsewhere", text, 409)
    if row.platform:
        code = secrets.platform_code(visit.secret, row)
        return visit.page("confirm.html", yes=_with(row.back, code), no=row.back)
    code = secrets.chat_code(visit.secret, row)
    return visit.page("shown.html", code=f"{code[:4]} {code[4:]}", minutes=int(SHOWN_FOR / 60))


def _with(back: str, code: str) -> str:
    """Return the platform's address with the code that says that the log-in went well."""
    return f"{back}{'&' if urlsplit(back).query else '?'}{urlencode({'authorization_code': code})}"


def _from_platform(visit: Visit, given: str) -> Response | None:
    """Have the platform say in whose chat its button was tapped; return the refusal of any other chat."""
    row, back = visit.row, visit.request.query_params.get("redirect_uri", "")
    channel = visit.gateway.endpoints.get(row.channel)
    if channel is None or not offering.is_native(channel):
        return None
    if row.platform == secrets.mark(given) and row.back == back:
        return None  # opened again: the platform says it once
    try:
        chat = channel.login_chat(given, back)
    except Refused:
        return _foreign(visit)
    except ConnectorsError:
        return visit.say("This does not work now", "Wait a while, then try again.", 503)
    with visit.gateway.store.write() as db:
        if not _is_that_of(visit, db, channel, chat):
            return _foreign(visit)
        found = linkings.change(db, row.id, time(), {"platform": secrets.mark(given), "back": back})
    if found is None:
        return visit.gone()
    visit.row = found
    return None


def _is_that_of(visit: Visit, db: Any, channel: Endpoint, chat: ConversationRef) -> bool:
    keys = [(people.CONVERSATION, channel.name, chat.account, name) for name in (chat.id, *chat.aliases)]
    return visit.row.conversation_id in people.find_links(db, keys).values()


def _foreign(visit: Visit) -> Response:
    visit.row = None
    text = "It was made for another chat. Ask for one in your own chat with us."
    return visit.say("This button is not for your chat", text, 403)
