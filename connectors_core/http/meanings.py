"""What an answer, or none, means for what happens next."""

from __future__ import annotations

import ssl

import urllib3

from connectors_core.errors import ConnectorsError, NeedsAttention, RateLimited, Rejected, Uncertain, Unreachable
from connectors_core.http.calls import Call, Reply


def explain_status(call: Call, reply: Reply) -> ConnectorsError:
    """Return what an answer means when the connector does not know better."""
    said = f"{reply.status}{_excerpt(reply)}"
    if reply.status == 429:
        return RateLimited(f"{said}: too many requests", code=429, after=reply.retry_after)
    if reply.status in (401, 403):
        return NeedsAttention(
            f"{said}: the credentials are refused; renew them and resume the endpoint", code=reply.status
        )
    if 300 <= reply.status < 400:
        return Rejected(
            f"{said}: it redirects, and credentials do not follow; put the final address", code=reply.status
        )
    if reply.status == 503 and reply.retry_after is not None:
        return Unreachable(f"{said}: not available now", code=503, after=reply.retry_after)
    if reply.status >= 500:
        if call.repeatable:
            return Unreachable(f"{said}: a fault there", code=reply.status, after=reply.retry_after)
        return Uncertain(f"{said}: a fault there; whether it took effect is not known", code=reply.status)
    if reply.status in (408, 425):
        return Unreachable(f"{said}: it wants to be asked again", code=reply.status, after=reply.retry_after)
    return Rejected(f"{said}: it refuses this", code=reply.status)


def _excerpt(reply: Reply) -> str:
    """Return the kind of an answer, never its words: a provider may repeat the request in them."""
    kind = reply.headers.get("content-type", "").split(";")[0]
    return f" ({kind})" if kind and kind != "application/json" else ""


BROKEN = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.SSLError,
)
"""What urllib3 raises for a connection that could not be made, or broke."""


def never_connected(error: urllib3.exceptions.HTTPError) -> str:
    """Return why the connection was never made, so that the request cannot have arrived; "" when it was made."""
    if isinstance(error, urllib3.exceptions.SSLError):
        # TLS can also break after the request has gone out: only a refused certificate is known to come before it.
        refused = any(isinstance(argument, ssl.SSLCertVerificationError) for argument in error.args)
        return "its certificate is not accepted" if refused else ""
    return next((text for kind, text in _BEFORE.items() if isinstance(error, kind)), "")


_BEFORE = {
    urllib3.exceptions.NameResolutionError: "its name is unknown",
    urllib3.exceptions.NewConnectionError: "connection refused",
    urllib3.exceptions.ProxyError: "the proxy does not answer",
}
