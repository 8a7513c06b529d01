"""What Tryton's refusals mean for what happens next (trytond 8.2, protocols/rest.py, wrappers.py and wsgi.py)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from connectors_core import ConnectorsError, NeedsAttention, Rejected, Reply, Retry, Unreachable

ONE_CHANNEL = "Only one channel per resource is allowed."
ONE_CODE = "The code on party must be unique."

_FORBIDDEN = "You are not allowed to"
_READ_ONLY = "You are not allowed to modify the field"
"""Said of a field that is read-only in the state that a record is in, whoever asks."""
_MISSING = re.compile(r"<p>&#39;([\w.]+)&#39;</p>")
_QUOTED = re.compile(r'(\b(?:field|of|access|records of) )?"[^"]*"')
_ROLLED_BACK = ("database is locked", "deadlock detected", "could not serialize", "could not obtain lock")
"""What SQLite and PostgreSQL say of a transaction that took no effect; trytond answers 503 after five attempts."""


class Conflict(Retry):
    """Somebody else made the same thing at the same moment; nothing was made twice."""


def explainer(asked: Collection[str]) -> Callable[[Reply], ConnectorsError | None]:
    """Return the reading of an answer to a request that named `asked`: the model and its fields."""

    def explain(reply: Reply) -> ConnectorsError | None:
        match reply.status:
            case 400:
                return _refusal(reply)
            case 401:
                mend = "make a new application key of the same user, validate it, and resume the endpoint"
                return NeedsAttention(f"401: the application key is not valid; {mend}", code=401)
            case 403:
                mend = "see the groups that the documentation names, and resume the endpoint"
                return NeedsAttention(f"403: the user of the key may not do this; {mend}", code=403)
            case 404:
                mend = "look at url and database, and resume the endpoint"
                return NeedsAttention(f"404: there is no such database or address; {mend}", code=404)
            case 413:
                mend = "lower largest_attachment, or raise max_size in the section request of trytond.conf"
                return Rejected(f"413: the request is larger than it takes; {mend}", code=413)
            case 500:
                return _missing(reply, asked)
            case 503:
                return _locked(reply)
        return None

    return explain


def _refusal(reply: Reply) -> ConnectorsError:
    """Return the meaning of a refusal in Tryton's words; whatever in them may be a customer's is left out."""
    message = str(reply.object().get("message", ""))
    if message in (ONE_CHANNEL, ONE_CODE):
        return Conflict(f"400: {message}", code=400)
    said = _QUOTED.sub(lambda match: match[0] if match[1] else '"…"', message).replace("\n", " ")[:300]
    if message.startswith(_FORBIDDEN) and not message.startswith(_READ_ONLY):
        return NeedsAttention(f"400: {said} Give the user of the key this right and resume the endpoint", code=400)
    return Rejected(f"400: {said}", code=400)


def _missing(reply: Reply, asked: Collection[str]) -> ConnectorsError | None:
    """Return the meaning of a KeyError that names what was asked for: there is no such model or field."""
    match = _MISSING.search(reply.body[:4000].decode("utf-8", "replace"))
    if match is None or match[1] not in asked:
        return None
    mend = "activate its module, or correct the mapping rule that names it, and resume the endpoint"
    return NeedsAttention(f"500: it knows no {match[1]}; {mend}", code=500)


def _locked(reply: Reply) -> ConnectorsError | None:
    words = reply.body[:4000].decode("utf-8", "replace")
    if reason := next((one for one in _ROLLED_BACK if one in words), ""):
        return Unreachable(f"503: {reason}; it took no effect", code=503, after=reply.retry_after)
    return None
