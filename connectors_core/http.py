"""The one door to the network: every request that a connector makes goes through `Http`."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import Any
from urllib.parse import urlsplit

import attrs
import requests
import urllib3
from requests.adapters import HTTPAdapter

from connectors_core.errors import (
    ConnectorsError,
    Malformed,
    NeedsAttention,
    NotAllowedNow,
    RateLimited,
    Rejected,
    Uncertain,
    Unreachable,
)
from connectors_core.redact import Redactor

LARGEST_REPLY = 8 * 1024 * 1024
"""Bytes. A larger answer is refused, unless the call expects a file: no API answer that we read is so large."""

LONGEST_WAIT = 24 * 3600.0
"""Seconds. Nobody who asks to wait longer than a day means it."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods whose repetition changes nothing more (RFC 9110, 9.2.2)."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing at all (RFC 9110, 9.2.1)."""


@attrs.frozen(kw_only=True)
class Call:
    """A request to make. `body` is sent as it is; `Call.json` makes one with its content type.

    `largest`: bytes that the answer may have; a call that fetches a file says more than the default.
    """

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = attrs.field(default=b"", repr=False)
    largest: int = LARGEST_REPLY

    @classmethod
    def json(cls, method: str, url: str, content: object, headers: Mapping[str, str] | None = None) -> Call:
        """Return a call with `content` as its JSON body."""
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        return cls(method=method, url=url, headers={"content-type": "application/json", **(headers or {})}, body=body)


@attrs.frozen(kw_only=True)
class Reply:
    """An answer that arrived whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = attrs.field(repr=False)

    @property
    def ok(self) -> bool:
        """Whether the status says that it worked."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the parsed body; raise Malformed when it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            kind = self.headers.get("content-type", "no content type").split(";")[0]
            raise Malformed(f"the answer is not JSON but {kind}") from None

    @property
    def retry_after(self) -> float | None:
        """Seconds that the other side asks to wait, a day at most; None when it does not say."""
        value = self.headers.get("retry-after", "").strip()
        try:
            wait = float(value) if value.isdigit() else parsedate_to_datetime(value).timestamp() - time()
        except (ValueError, TypeError, OverflowError):
            return None
        return min(max(0.0, wait), LONGEST_WAIT)


MOST_ADDRESSES = 256
"""Addresses that are remembered; an endpoint has few, unless they carry ids."""

Explain = Callable[[Reply], ConnectorsError | None]
"""A connector's own reading of an answer that is not 2xx; None leaves it to `explain_status`."""


@attrs.frozen
class _Address:
    url: str
    host: str
    proxies: dict[str, str]


class Http:
    """Makes the requests of one endpoint: time-outs always, no redirects, no repetition, nothing secret in an error.

    `hosts` are the only hosts that may be called: those of the manifest and of the addresses in the settings. Empty
    means none is known and each is allowed, as for a connector that is built by hand.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        hosts: frozenset[str] = frozenset(),
        timeout: tuple[float, float] = (5.0, 20.0),
        redact: Redactor | None = None,
        pool: int = 8,
    ) -> None:
        """`timeout`: seconds to connect and to wait for bytes. `pool`: connections kept to each host and thread."""
        self.endpoint = endpoint
        self._hosts = hosts
        self._timeout = timeout
        self._redact = redact or Redactor()
        self._pool = pool
        # As requests does: a company's own certificates come by this variable.
        self._verify: bool | str = os.environ.get("REQUESTS_CA_BUNDLE") or True
        self._local = threading.local()
        self._addresses: dict[str, _Address] = {}

    def call(self, call: Call, *, verb: str = "call", explain: Explain | None = None) -> Reply:
        """Make `call` and return the answer when it is 2xx; otherwise raise the error that says what happens next."""
        address, prepared = self._prepare(call, verb)
        host = address.host
        if self._hosts and host not in self._hosts:
            raise NotAllowedNow(f"{self.endpoint} may not {verb} at {host}: its settings do not name this host")
        reply = self._exchange(call, prepared, address, f"{self.endpoint} could not {verb}: {host}")
        if reply.ok:
            return reply
        try:
            error = explain(reply) if explain else None
        except Malformed:
            error = None
        raise self._named(error or explain_status(call, reply), verb, host)

    def _named(self, error: ConnectorsError, verb: str, host: str) -> ConnectorsError:
        """Put endpoint, verb and host before the connector's words, and take out what must not be read."""
        error.text = self._redact(f"{self.endpoint} could not {verb}: {host} said {error.text}")
        error.args = (error.text,)
        return error

    def _exchange(self, call: Call, prepared: requests.PreparedRequest, address: _Address, where: str) -> Reply:
        try:
            answer = self._adapter().send(
                prepared, stream=True, timeout=self._timeout, verify=self._verify, proxies=address.proxies
            )
        except requests.exceptions.ConnectTimeout:
            raise Unreachable(f"{where} did not accept the connection in {self._timeout[0]:g} s") from None
        except requests.exceptions.ReadTimeout:
            raise self._lost(call, f"{where} did not answer in {self._timeout[1]:g} s") from None
        except requests.exceptions.ConnectionError as error:
            if reason := _never_connected(error):
                raise Unreachable(f"{where} is not reachable ({reason})") from None
            raise self._lost(call, f"{where} closed the connection without an answer") from None
        except (requests.exceptions.RequestException, UnicodeError, ValueError) as error:
            raise Rejected(f"{where}: the address or a header cannot be used ({type(error).__name__})") from None
        try:
            body = answer.raw.read(call.largest + 1, decode_content=True) or b""
        except Exception:  # noqa: BLE001 - time-outs, resets and broken encodings are all half an answer
            raise self._lost(call, f"{where} broke off its answer") from None
        finally:
            # A connection whose answer was read to its end is back in the pool by now; any other is closed.
            answer.close()
        if len(body) > call.largest:
            text = f"{where} answered {answer.status_code} with more than {call.largest} bytes"
            raise Rejected(text) if call.method in READING else Uncertain(text)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(status=answer.status_code, headers=headers, body=body)

    def _lost(self, call: Call, text: str) -> ConnectorsError:
        """Return the error for an exchange that broke after the request may have arrived."""
        return Unreachable(text) if call.method in SAFE else Uncertain(text)

    def _adapter(self) -> HTTPAdapter:
        """Return the connections of this thread: they are not safe to share between threads.

        A whole `requests.Session` would add what no API call needs: cookies that go from one call to the next,
        credentials of a ~/.netrc, redirects that are read although they are not followed.
        """
        adapter: HTTPAdapter | None = getattr(self._local, "adapter", None)
        if adapter is None:
            adapter = HTTPAdapter(pool_connections=self._pool, pool_maxsize=self._pool, max_retries=0)
            self._local.adapter = adapter
        return adapter

    def _prepare(self, call: Call, verb: str) -> tuple[_Address, requests.PreparedRequest]:
        prepared = requests.PreparedRequest()
        try:
            prepared.prepare_method(call.method)
            address = self._address(call.url)
            prepared.url = address.url
            prepared.prepare_headers({"user-agent": "crm-connectors", "accept-encoding": "gzip", **call.headers})
            prepared.prepare_body(call.body or None, None)
        except (requests.exceptions.RequestException, UnicodeError, ValueError) as error:
            text = f"{self.endpoint} could not {verb}: the address or a header cannot be used ({type(error).__name__})"
            raise Rejected(text) from None
        return address, prepared

    def _address(self, url: str) -> _Address:
        """Return an address as requests writes it, its host and its proxies: worked out once for each address."""
        found = self._addresses.get(url)
        if found is None:
            prepared = requests.PreparedRequest()
            prepared.prepare_url(url, None)
            # The host of the prepared address: two readers of one odd address may see two hosts in it.
            host = urlsplit(prepared.url or "").hostname or ""
            found = _Address(prepared.url or "", host, dict(requests.utils.get_environ_proxies(url)))
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            self._addresses[url] = found
        return found


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
        if call.method in SAFE:
            return Unreachable(f"{said}: a fault there", code=reply.status, after=reply.retry_after)
        return Uncertain(f"{said}: a fault there; whether it took effect is not known", code=reply.status)
    if reply.status in (408, 425):
        return Unreachable(f"{said}: it wants to be asked again", code=reply.status, after=reply.retry_after)
    return Rejected(f"{said}: it refuses this", code=reply.status)


def _excerpt(reply: Reply) -> str:
    """Return the kind of an answer, never its words: a provider may repeat the request in them."""
    kind = reply.headers.get("content-type", "").split(";")[0]
    return f" ({kind})" if kind and kind != "application/json" else ""


def _never_connected(error: requests.exceptions.ConnectionError) -> str:
    """Return why the connection was never made, so that the request cannot have arrived; "" when it was made."""
    cause = getattr(error.args[0], "reason", error.args[0]) if error.args else error
    if isinstance(cause, urllib3.exceptions.SSLError):
        # TLS can also break after the request has gone out: only a refused certificate is known to come before it.
        refused = any(isinstance(argument, ssl.SSLCertVerificationError) for argument in cause.args)
        return "its certificate is not accepted" if refused else ""
    return next((text for kind, text in _BEFORE.items() if isinstance(cause, kind)), "")


_BEFORE = {
    urllib3.exceptions.NameResolutionError: "its name is unknown",
    urllib3.exceptions.NewConnectionError: "connection refused",
    urllib3.exceptions.ConnectTimeoutError: "no connection in time",
    urllib3.exceptions.ProxyError: "the proxy does not answer",
}


def refuse_inside(url: str) -> str:
    """Return the address to connect to for a URL that came from outside; raise NotAllowedNow for inner networks.

    Private, loopback, link-local, metadata, multicast and reserved ranges are refused, and what hides an IPv4 address
    in an IPv6 one. Connect to the returned address, not to the name: a second look-up could answer differently.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        raise NotAllowedNow("the address cannot be read") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or "\\" in url:
        raise NotAllowedNow("only http and https addresses without credentials are fetched")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable(f"the name {host} is unknown") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not _is_outside(ipaddress.ip_address(address.split("%")[0])):
            raise NotAllowedNow(f"{host} is an address inside a network; such addresses are not fetched")
    return addresses[0]


def _is_outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the public network, and not a translation of some other."""
    if isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address in _NAT64
    ):
        return False
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
