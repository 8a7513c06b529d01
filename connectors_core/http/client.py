"""The client of one endpoint: every request that a connector makes goes through `Http`."""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs
import requests
import urllib3

from connectors_core.errors import (
    ConnectorsError,
    Malformed,
    NoCounterpart,
    NotAllowedNow,
    Rejected,
    Uncertain,
    Unreachable,
)
from connectors_core.http import outside, streams
from connectors_core.http.addresses import refuse_inside
from connectors_core.http.calls import LARGEST_FILE, READING, Call, Explain, Reply
from connectors_core.http.forms import Upload
from connectors_core.http.lines import Line, Lines
from connectors_core.http.meanings import BROKEN, explain_status, never_connected
from connectors_core.model import Content, Media
from connectors_core.redact import Redactor


class Http:
    """Makes the requests of one endpoint: time-outs always, no redirects, no repetition, nothing secret in an error.

    `hosts` are the only hosts that may be called: those of the manifest and of the addresses in the settings. Empty
    means none is known and each is allowed, as for a connector that is built by hand. `files` opens a file that the
    gateway keeps, by its id; `guard` returns the address to connect to for a URL that came from outside, or refuses it.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        hosts: frozenset[str] = frozenset(),
        timeout: tuple[float, float] = (5.0, 20.0),
        redact: Redactor | None = None,
        pool: int = 8,
        files: Callable[[str], Content] | None = None,
        guard: Callable[[str], str] = refuse_inside,
    ) -> None:
        """`timeout`: seconds to connect and to wait for bytes. `pool`: connections kept to each host and thread."""
        self.endpoint = endpoint
        self._hosts = hosts
        self._timeout = urllib3.Timeout(connect=timeout[0], read=timeout[1])
        self._redact = redact or Redactor()
        self._pool = pool
        self._files = files
        self._guard = guard
        self._local = threading.local()

    def call(self, call: Call, *, verb: str = "call", explain: Explain | None = None) -> Reply:
        """Make `call` and return the answer when it is 2xx; otherwise raise the error that says what happens next."""
        line = self._line(call.url, verb)
        where = self._where(line.host, verb)
        reply = self._read(call, self._exchange(call, line, where), where)
        if reply.ok:
            return reply
        raise self._refusal(call, reply, explain, verb, line.host)

    def stream(self, call: Call, *, verb: str = "fetch", explain: Explain | None = None) -> Content:
        """Make `call` and return the body of its answer in pieces, as they come.

        What is not 2xx raises as in `call`. While the pieces come they may raise: `Rejected` when there are more bytes
        than `call.largest`, `Unreachable` when they stop coming. The connection is closed in every case.
        """
        # A file is compressed already, and only as it is does its length say how much will come.
        call = attrs.evolve(call, headers={"accept-encoding": "identity", **call.headers})
        line = self._line(call.url, verb)
        where = self._where(line.host, verb)
        answer = self._exchange(call, line, where)
        if 200 <= answer.status < 300:
            return streams.content(answer, call.largest, where)
        raise self._refusal(call, self._read(call, answer, where), explain, verb, line.host)

    def open(self, media: Media, *, largest: int = LARGEST_FILE) -> Content:
        """Return the bytes of a file that goes out: kept by the gateway, or at an address from outside.

        Raise `Rejected` when there is no such file or it is larger than `largest` bytes, `NotAllowedNow` when its
        address leads inside a network, `Unreachable` when it does not answer; the last three also while pieces come.
        """
        if media.id and self._files is not None:
            try:
                return streams.bounded(self._files(media.id), largest, f"{self.endpoint} could not send a file")
            except NoCounterpart as error:
                if not media.url:
                    raise Rejected(f"{self.endpoint} could not send a file: {error.text}") from None
        if not media.url:
            raise Rejected(f"{self.endpoint} could not send a file: it is not kept here and has no address")
        return outside.fetch(media, self._guard, largest, self._timeout, self.endpoint)

    def _where(self, host: str, verb: str) -> str:
        """Return how an error about a call to `host` begins; raise NotAllowedNow for a host that nobody named."""
        if self._hosts and host not in self._hosts:
            raise NotAllowedNow(f"{self.endpoint} may not {verb} at {host}: its settings do not name this host")
        return f"{self.endpoint} could not {verb}: {host}"

    def _refusal(self, call: Call, reply: Reply, explain: Explain | None, verb: str, host: str) -> ConnectorsError:
        """Return the error for an answer that is not 2xx."""
        try:
            error = explain(reply) if explain else None
        except Malformed:
            error = None
        return self._named(error or explain_status(call, reply), verb, host)

    def _named(self, error: ConnectorsError, verb: str, host: str) -> ConnectorsError:
        """Put endpoint, verb and host before the connector's words, and take out what must not be read."""
        error.text = self._redact(f"{self.endpoint} could not {verb}: {host} said {error.text}")
        error.args = (error.text,)
        return error

    def _exchange(self, call: Call, line: Line, where: str) -> urllib3.BaseHTTPResponse:
        """Send a request and return its answer, of which only the head has been read."""
        headers = {"user-agent": "crm-connectors", "accept-encoding": "gzip", **call.headers}
        if isinstance(call.body, Upload):
            headers["content-length"] = str(len(call.body))
        try:
            return line.pool.urlopen(
                call.method,
                line.target,
                body=call.body or None,
                headers=headers,
                timeout=self._timeout,
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
            )
        except BROKEN as error:
            if reason := never_connected(error):
                raise Unreachable(f"{where} is not reachable ({reason})") from None
            raise self._lost(call, f"{where} closed the connection without an answer") from None
        except urllib3.exceptions.ConnectTimeoutError:
            raise Unreachable(f"{where} did not accept the connection in {self._timeout.connect_timeout:g} s") from None
        except urllib3.exceptions.ReadTimeoutError:
            raise self._lost(call, f"{where} did not answer in {self._timeout.read_timeout:g} s") from None
        except (urllib3.exceptions.HTTPError, UnicodeError, ValueError) as error:
            raise Rejected(f"{where}: the address or a header cannot be used ({type(error).__name__})") from None

    def _read(self, call: Call, answer: urllib3.BaseHTTPResponse, where: str) -> Reply:
        """Return the whole answer."""
        try:
            body = answer.read(call.largest + 1, decode_content=True) or b""
        except Exception:  # noqa: BLE001 - time-outs, resets and broken encodings are all half an answer
            raise self._lost(call, f"{where} broke off its answer") from None
        finally:
            # A connection whose answer was read to its end is back in the pool by now; any other is closed.
            answer.close()
        if len(body) > call.largest:
            text = f"{where} answered {answer.status} with more than {call.largest} bytes"
            raise Rejected(text) if call.method in READING else Uncertain(text)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(status=answer.status, headers=headers, body=body)

    def _lost(self, call: Call, text: str) -> ConnectorsError:
        """Return the error for an exchange that broke after the request may have arrived."""
        return Unreachable(text) if call.repeatable else Uncertain(text)

    def _line(self, url: str, verb: str) -> Line:
        """Return the connections of this thread for an address."""
        lines: Lines | None = getattr(self._local, "lines", None)
        if lines is None:
            lines = self._local.lines = Lines(self._pool)
        try:
            return lines.to(url)
        except (requests.exceptions.RequestException, UnicodeError, ValueError) as error:
            text = f"{self.endpoint} could not {verb}: the address cannot be used ({type(error).__name__})"
            raise Rejected(text) from None
