"""The connections of one thread: requests chooses them, by proxy and certificates, and urllib3 carries the calls.

A call through a whole `requests.Session` costs four times as much, for cookies that go from one call to the next,
credentials of a ~/.netrc and redirects that are read although they are not followed: nothing that an API call wants.
"""

from __future__ import annotations

import logging
import os
from typing import Any
from urllib.parse import urlsplit

import attrs
import requests
import urllib3
from requests.adapters import HTTPAdapter

# It writes the path of every call into its debug log, and some platforms have the token in the path.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

MOST_ADDRESSES = 256
"""Addresses that are remembered; an endpoint has few, unless they carry ids."""


@attrs.frozen
class Line:
    """Where the calls to one address go: its host, its connections, and what is asked for there."""

    host: str
    pool: urllib3.HTTPConnectionPool
    target: str


def certificates() -> str:
    """Return the file or folder of the certificates to trust: a company's own come by a variable, as for requests."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or requests.utils.DEFAULT_CA_BUNDLE_PATH


class Lines(HTTPAdapter):
    """The connections of one thread, which are not safe to share between threads."""

    def __init__(self, connections: int) -> None:
        """Keep so many `connections` to each host."""
        super().__init__(pool_connections=connections, pool_maxsize=connections, max_retries=0)
        self._certificates = certificates()
        self._known: dict[str, Line] = {}

    def to(self, url: str) -> Line:
        """Return the line to an address, worked out once; raise what requests raises for one that is none."""
        line = self._known.get(url)
        if line is None:
            line = self._work_out(url)
            if len(self._known) >= MOST_ADDRESSES:
                self._known.clear()
            self._known[url] = line
        return line

    def _work_out(self, url: str) -> Line:
        prepared = requests.Request("GET", url).prepare()
        written = prepared.url or ""
        proxies = dict(requests.utils.get_environ_proxies(url))
        pool: Any = self.get_connection_with_tls_context(prepared, self._certificates, proxies)
        self.cert_verify(pool, written, self._certificates, None)  # type: ignore[no-untyped-call]
        # The host of the address as it was written: two readers of one odd address may see two hosts in it.
        return Line(urlsplit(written).hostname or "", pool, self.request_url(prepared, proxies))
