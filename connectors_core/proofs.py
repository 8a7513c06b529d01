"""The two proofs that most providers put into a request, compared as a secret must be."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from connectors_core.errors import Untrusted
from connectors_core.model import Request, Trusted
from connectors_core.redact import Secret


def signed(
    request: Request, secrets: Iterable[Secret], *, header: str, prefix: str = "", digest: str = "sha256"
) -> Trusted:
    """Trust a request whose `header` has the HMAC of its body by one of `secrets`, in hexadecimal after `prefix`.

    Raise Untrusted for every other, and for whatever is no POST.
    """
    made = (hmac.new(secret.reveal().encode(), request.body, digest).hexdigest() for secret in secrets)
    return _matching(request, header, (prefix + one for one in made))


def knowing(request: Request, secrets: Iterable[Secret], *, header: str, prefix: str = "") -> Trusted:
    """Trust a request whose `header` has one of `secrets` as it is, after `prefix`; raise Untrusted for every other."""
    return _matching(request, header, (prefix + secret.reveal() for secret in secrets))


def _matching(request: Request, header: str, wanted: Iterable[str]) -> Trusted:
    given = request.headers.get(header.lower(), "").encode("utf-8", "replace")
    # Every secret is tried, so that the time does not tell which one fits.
    good = [hmac.compare_digest(given, one.encode()) for one in wanted]
    if request.method != "POST" or not any(good):
        raise Untrusted
    return Trusted()
