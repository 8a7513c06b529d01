"""What people do on the pages: log in elsewhere, name an address, type its code."""

from __future__ import annotations

import hashlib
from time import time

from starlette.responses import Response

from connectors_core.linking import oauth, secrets
from connectors_core.linking.addresses import code_of, identity_of
from connectors_core.linking.limits import (
    ADDRESS_DIGITS,
    CODE_MINUTES,
    KEPT,
    MOST_CODES,
    MOST_CODES_AN_HOUR,
    MOST_TRIES,
    SHOWN_FOR,
)
from connectors_core.store import linkings
from connectors_core.web.linking import showing
from connectors_core.web.linking.visit import Visit


def take(visit: Visit) -> Response:
    """Take a form of these pages."""
    row = visit.row
    if row is None or row.state != linkings.OPEN or row.expires_at <= time():
        return showing.show(visit)
    if not visit.is_from_here():
        text = "This form was sent from elsewhere, or it was open for too long."
        return visit.say("Open the page again", text, 403)
    crm = visit.gateway.endpoints.get(row.crm)
    if crm is None:
        return visit.gone()
    match visit.form.get("step"):
        case "login" if crm.login is not None:
            return _log_in(visit)
        case "address":
            return _ask(visit)
        case "code":
            return _check(visit)
    return visit.again()


def _log_in(visit: Visit) -> Response:
    """Send the person to the authorization server, with a state that is good once and in this browser."""
    login, state = visit.gateway.endpoints[visit.row.crm].login, secrets.random()
    assert login is not None
    values = {"browser": secrets.mark(visit.browser), "login": secrets.mark(state)}
    with visit.gateway.store.write() as db:
        row = linkings.change(db, visit.row.id, time(), values)
    if row is None:
        return visit.gone()
    verifier = secrets.verifier(visit.secret, row, state)
    return visit.to(oauth.authorize(login, oauth.redirect_uri(visit.gateway), state, verifier))


def _ask(visit: Visit) -> Response:
    """Note an address; whose it is, is found out when this answer is long gone."""
    address = identity_of(visit.form.get("address", ""))
    if address is None:
        return showing.start(visit, problem="Write a phone number with its country, or a mail address.", status=422)
    now = time()
    name = hashlib.sha256(f"{visit.secret.reveal()}\n{address}".encode()).hexdigest()
    noted = {
        "browser": secrets.mark(visit.browser),
        "scheme": str(address.scheme),
        "address": address.value,
        "language": visit.words.language,
    }
    with visit.gateway.store.write() as db:
        number = next(visit.gateway.store.ids(db, 1))
        good = linkings.wish(db, number, name, now, now - KEPT, MOST_CODES_AN_HOUR)
        row = linkings.ask(db, visit.row.id, now, MOST_CODES, noted) if good else None
        if row is not None:
            visit.gateway.store.announce(db)
    if row is None:
        return visit.say("Too many attempts", "Wait a while, then try again.", 429)
    return visit.again()


def _check(visit: Visit) -> Response:
    """Count a try, and then look whether the code is the one that was brought."""
    now = time()
    with visit.gateway.store.write() as db:
        row = linkings.spend_try(db, visit.row.id, secrets.mark(visit.browser), now, MOST_TRIES)
        if row is None:
            now_is = linkings.by_token(db, visit.row.token)
            if now_is is not None and now_is.state != linkings.OPEN:
                return visit.again()  # the same form, sent twice
            return visit.say("Too many attempts", "Wait a while, then try again.", 429)
        given, wanted = code_of(visit.form.get("code", ""), ADDRESS_DIGITS), secrets.address_code(visit.secret, row)
        brought = row.sent_at is not None and row.customer and row.sent_at + CODE_MINUTES * 60 > now
        # Compared in every case, so that the time says nothing about whether there was anybody to bring it to.
        if secrets.same(given, wanted) and brought:
            linkings.change(db, row.id, now, {"state": linkings.PROVEN, "expires_at": now + SHOWN_FOR})
            return visit.again()
    visit.row = row
    return showing.code_form(visit, problem="This code is not right, or too old.", status=422)
