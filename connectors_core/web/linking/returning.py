"""Coming back from the authorization server."""

from __future__ import annotations

import logging
from time import time

from starlette.responses import Response

from connectors_core.errors import ConnectorsError, Malformed, NoCounterpart, Refused
from connectors_core.linking import oauth, secrets
from connectors_core.linking.limits import SHOWN_FOR
from connectors_core.linking.seeking import customer_columns, known
from connectors_core.store import linkings
from connectors_core.web.linking.visit import Visit

log = logging.getLogger(__name__)

LONGEST = 4096
"""Characters of a code. Some servers put a whole signed document there."""


def take(visit: Visit) -> Response:
    """Take a person back whose log-in went well, once, and in the browser that began it.

    What the server says went wrong is not repeated: the words in an address can be anybody's.
    """
    given = visit.request.query_params
    state, code = given.get("state", ""), given.get("code", "")
    with visit.gateway.store.write() as db:
        row = linkings.take_login(db, secrets.mark(state), secrets.mark(visit.browser), time())
    if row is None:
        return visit.gone()
    visit.row = row
    crm = visit.gateway.endpoints.get(row.crm)
    if crm is None or crm.login is None or not 0 < len(code) <= LONGEST or "error" in given:
        return _unfinished(visit)
    try:
        grant = oauth.redeem(visit.gateway, crm.name, crm.login, code, secrets.verifier(visit.secret, row, state))
        found = customer_columns(known(crm.customer(grant)))
    except NoCounterpart:
        text = "You are logged in there, but not as one of our customers."
        return visit.say("We did not find your account", text, 403)
    except (Refused, Malformed) as error:
        log.warning("%s", visit.gateway.redact(error.text))
        return _unfinished(visit)
    except ConnectorsError as error:
        log.warning("%s", visit.gateway.redact(error.text))
        return visit.say("This does not work now", "Wait a while, then try again.", 503)
    now = time()
    proven = {**found, "state": linkings.PROVEN, "expires_at": now + SHOWN_FOR, "language": visit.words.language}
    with visit.gateway.store.write() as db:
        row = linkings.change(db, row.id, now, proven)
    if row is None:
        return visit.gone()
    return visit.to(_page(visit))


def _page(visit: Visit) -> str:
    token = secrets.token(visit.secret, visit.row.seed)
    return f"{visit.gateway.settings.gateway.public_url.rstrip('/')}/link/{token}"


def _unfinished(visit: Visit) -> Response:
    text = "It was broken off or refused. Go back to your chat with us and try again."
    return visit.say("The log-in was not finished", text, 403)
