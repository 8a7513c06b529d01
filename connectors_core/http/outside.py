"""Files at addresses that came from outside: no inner network, no second look-up of the name, no credentials."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

import attrs
import requests
import urllib3

from connectors_core.errors import Rejected, Unreachable
from connectors_core.http import streams
from connectors_core.http.lines import certificates
from connectors_core.model import Content, Media

MOST_REDIRECTS = 3
"""Redirects that are followed, each to an address that is looked at like the first."""

_MOVED = frozenset({301, 302, 303, 307, 308})


def fetch(
    media: Media,
    guard: Callable[[str], str],
    largest: int,
    timeout: urllib3.Timeout,
    endpoint: str,
) -> Content:
    """Return the file at `media.url`, whose address passes `guard`; see `Http.open` for the errors."""
    url = media.url
    for _ in range(MOST_REDIRECTS + 1):
        address = guard(url)
        host = urlsplit(url).hostname or ""
        where = f"{endpoint} could not fetch a file: {host}"
        answer = _get(url, address, timeout, where)
        if answer.status == 200:
            found = streams.content(answer, largest, where)
            return attrs.evolve(found, mime=media.mime or found.mime, name=media.name or found.name)
        target = answer.headers.get("location", "")
        answer.close()
        if answer.status not in _MOVED or not target:
            raise _refused(answer.status, where)
        url = urljoin(url, target)
    raise Rejected(f"{endpoint} could not fetch a file: its address redirects more than {MOST_REDIRECTS} times")


def _refused(status: int, where: str) -> Rejected | Unreachable:
    if status >= 500 or status in (408, 425, 429):
        return Unreachable(f"{where} answered {status}", code=status)
    return Rejected(f"{where} answered {status}; the link may have expired", code=status)


def _get(url: str, address: str, timeout: urllib3.Timeout, where: str) -> urllib3.BaseHTTPResponse:
    parts = urlsplit(url)
    try:
        pool, target = _way(url, parts, address)
        return pool.urlopen(
            "GET",
            target,
            headers={"host": parts.netloc, "user-agent": "crm-connectors", "accept-encoding": "identity"},
            timeout=timeout,
            retries=False,
            redirect=False,
            assert_same_host=False,
            preload_content=False,
        )
    except (urllib3.exceptions.HTTPError, UnicodeError, ValueError) as error:
        raise Unreachable(f"{where} does not answer ({type(error).__name__})") from None


def _way(url: str, parts: SplitResult, address: str) -> tuple[urllib3.HTTPConnectionPool, str]:
    """Return connections to `address`, which prove by their certificate to be the host of the URL, and what to ask."""
    target = urllib3.util.parse_url(url).request_uri or "/"
    keys: dict[str, object] = {}
    if parts.scheme == "https":
        trusted = certificates()
        given = "ca_cert_dir" if Path(trusted).is_dir() else "ca_certs"
        keys = {"server_hostname": parts.hostname, "assert_hostname": parts.hostname, given: trusted}
    proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    if proxy is None:
        return urllib3.PoolManager().connection_from_host(address, parts.port, parts.scheme, keys), target
    if parts.scheme == "http":
        # A proxy of plain http is told the whole address; the name in it is the one that was looked up.
        shown = f"[{address}]" if ":" in address else address
        target = f"http://{shown}:{parts.port or 80}{target}"
    return urllib3.proxy_from_url(proxy).connection_from_host(address, parts.port, parts.scheme, keys), target
