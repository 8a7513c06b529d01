"""What goes wrong at the other side: each failure means what it should mean, and says nothing private."""

from __future__ import annotations

import socket
from collections.abc import Mapping

import attrs

from connectors_core.errors import (
    ConnectorsError,
    NeedsAttention,
    RateLimited,
    Retry,
    Uncertain,
    Unreachable,
)
from connectors_core.model import Receipt
from connectors_core.testing.exchange import Answer, Received
from connectors_core.testing.exchange import answer as answer_of
from connectors_core.testing.kit import Kit, Outcome, personal
from connectors_core.testing.promises import broken, expect, promise
from connectors_core.testing.samples import Sample
from connectors_core.testing.subject import Subject

PAGE = "explain/delivery.md"

_PAGE = b"<!doctype html><html><body><h1>It works!</h1><form>Please log in</form></body></html>"
_HTML = {"content-type": "text/html; charset=utf-8"}
_LONG = 30.0
"""Seconds: longer than any time-out of the kit."""

_SCENARIOS: Mapping[str, Answer] = {
    "429 with a hint": Answer(status=429, headers={"retry-after": "7"}),
    "429 without a hint": Answer(status=429),
    "401": Answer(status=401),
    "500": Answer(status=500),
    "503 in HTML": Answer(status=503, headers=_HTML, body=_PAGE),
    "200 in HTML": Answer(headers=_HTML, body=_PAGE),
    "200 cut off": Answer(headers={"content-type": "application/json"}, body=b'{"id": "', cut="within"),
    "hung up": Answer(cut="before"),
}
"""What is tried when the promise is that nothing private shows."""


class Failing:
    """Each test tries one way out after another; a connector without a network has none that could fail."""

    @promise("rate-limit-hint", PAGE)
    def test_a_rate_limit_with_a_hint_is_honoured(self, kit: Kit) -> None:
        """A 429 that says when to come back is RateLimited, and its `after` is what was said."""
        for sample, outcome in _tried(kit, Answer(status=429, headers={"retry-after": "7"})):
            _must(sample, outcome, RateLimited, "a 429")
            assert isinstance(outcome.error, RateLimited)
            expect(
                outcome.error.after == 7.0, f"{sample}: 7 seconds were asked for, and `after` is {outcome.error.after}"
            )

    @promise("rate-limit", PAGE)
    def test_a_rate_limit_is_one(self, kit: Kit) -> None:
        """A 429 without a hint is RateLimited as well: it did not happen, and may later."""
        for sample, outcome in _tried(kit, Answer(status=429)):
            _must(sample, outcome, RateLimited, "a 429 without a hint")

    @promise("credentials", PAGE)
    def test_refused_credentials_need_a_human(self, kit: Kit) -> None:
        """A 401 is NeedsAttention: the endpoint pauses, and nothing more is tried with dead credentials."""
        for sample, outcome in _tried(kit, Answer(status=401)):
            _must(sample, outcome, NeedsAttention, "a 401")

    @promise("server-error", PAGE)
    def test_a_server_error_may_have_happened(self, kit: Kit) -> None:
        """A 5xx without a reason is Uncertain, as it may have happened; repeatable calls may say Retry."""
        for status in (500, 502, 503):
            for sample, outcome in _tried(kit, Answer(status=status)):
                _uncertain(kit, sample, outcome, f"a {status}")

    @promise("time-out", PAGE)
    def test_a_time_out_may_have_happened(self, kit: Kit) -> None:
        """A request that is taken and never answered is Uncertain."""
        for sample, outcome in _tried(kit, Answer(after=_LONG)):
            _uncertain(kit, sample, outcome, "no answer")

    @promise("cut-off", PAGE)
    def test_a_lost_connection_may_have_happened(self, kit: Kit) -> None:
        """A connection that ends before or within the answer is Uncertain."""
        for cut in ("before", "within"):
            for sample, outcome in _tried(kit, Answer(body=b'{"', cut=cut)):
                _uncertain(kit, sample, outcome, f"a connection that ended {cut} the answer")

    @promise("unreachable", PAGE)
    def test_a_closed_port_did_not_happen(self, kit: Kit) -> None:
        """A side that cannot be connected to is Unreachable: it did not happen, and is tried again."""
        for sample in kit.ways_out():
            kit.platform.begin()
            away = _elsewhere(kit, sample)
            _must(sample, away, Unreachable, "a closed port")
            expect(not kit.platform.calls, "a call was made although the settings name another address")

    @promise("html", PAGE)
    def test_a_page_is_no_answer(self, kit: Kit) -> None:
        """A page in HTML with status 200 is Uncertain, where the answers of the provider say something."""
        for sample, outcome in _tried(kit, Answer(headers=_HTML, body=_PAGE)):
            if _answers_matter(kit, sample):
                _uncertain(kit, sample, outcome, "a page in HTML")
            else:
                expect(not (outcome.done and outcome.done.refs), f"{sample}: it took names out of a page in HTML")

    @promise("unreadable", PAGE)
    def test_half_an_answer_is_none(self, kit: Kit) -> None:
        """An answer that is not whole is Uncertain, where the answers of the provider say something."""
        for body in (b"", b"{", b"[]", b"null", b'{"ok": tr', b"\xff\xfe"):
            answer = Answer(headers={"content-type": "application/json"}, body=body)
            for sample, outcome in _tried(kit, answer):
                if _answers_matter(kit, sample):
                    _uncertain(kit, sample, outcome, f"the answer {body!r}")
                else:
                    expect(outcome.error is None or _is_repeatable(kit, sample, outcome), f"{sample}: {outcome}")

    @promise("redirect", "explain/security.md")
    def test_redirects_are_not_followed(self, kit: Kit) -> None:
        """A redirect is an error and nothing follows it: a token goes to the hosts of the settings alone."""
        for status in (301, 302, 303, 307, 308):
            for sample in kit.ways_out():
                there = f"{kit.platform.url}/kit-elsewhere"
                outcome = kit.play(sample, last=Answer(status=status, headers={"location": there}))
                expect(outcome.error is not None, f"{sample}: a {status} was taken for done")
                followed = [call for call in kit.platform.calls if call.path == "/kit-elsewhere"]
                expect(not followed, f"{sample}: it followed a {status}")

    @promise("private", "explain/security.md")
    def test_nothing_private_shows(self, kit: Kit) -> None:
        """No error and no log shows a secret, the words of a message or the number of a person, whatever went wrong."""
        values = kit.plan.secrets()
        for sample in kit.ways_out():
            for what, last in _SCENARIOS.items():
                # The other side repeats what it was sent: some do.
                for echo in (last, attrs.evolve(last, body=_repeated(kit, sample))):
                    words = kit.play(sample, last=echo).words
                    leaked = [name for name, value in values.items() if value in words]
                    expect(not leaked, f"{sample}, {what}: the value of {', '.join(leaked)} shows in an error or a log")
                    expect(
                        not any(text in words for text in personal(sample.event)),
                        f"{sample}, {what}: words of the message or a number of the person show in an error or a log",
                    )

    @promise("one-call", PAGE)
    def test_nothing_is_repeated(self, kit: Kit) -> None:
        """A connector repeats no call by itself: core knows when that is right."""
        for what, last in _SCENARIOS.items():
            for sample in kit.ways_out():
                kit.play(sample, last=last)
                expect(
                    len(kit.platform.calls) <= len(sample.exchange),
                    f"{sample}, {what}: {len(kit.platform.calls)} calls instead of {len(sample.exchange)}",
                )


def _tried(kit: Kit, last: Answer) -> list[tuple[Sample, Outcome]]:
    """Try every way out with `last` as the answer to the last call of its sample."""
    return [(sample, kit.play(sample, last=last)) for sample in kit.ways_out()]


def _must(sample: Sample, outcome: Outcome, kind: type[ConnectorsError], what: str) -> None:
    expect(isinstance(outcome.error, kind), f"{sample}: {what} must be {kind.__name__}, but {outcome}")


def _is_repeatable(kit: Kit, sample: Sample, outcome: Outcome) -> bool:
    """Whether trying again does no harm: by the manifest, or because a receipt says the same twice."""
    harmless = kit.subject.abilities.idempotent or isinstance(sample.event, Receipt) or sample.hook == "link_account"
    return isinstance(outcome.error, Uncertain) or (harmless and isinstance(outcome.error, Retry))


def _uncertain(kit: Kit, sample: Sample, outcome: Outcome, what: str) -> None:
    if not _is_repeatable(kit, sample, outcome):
        broken(f"{sample}: {what} must be Uncertain, but {outcome}")


def _answers_matter(kit: Kit, sample: Sample) -> bool:
    """Whether an answer has to say something: not where a sample shows that one without a body is good, too."""
    alike = kit.plan.samples.good(sample.hook)
    empty = [one for one in alike if one.exchange and not answer_of(one.exchange[-1], "").body]
    return bool(sample.refs) and not empty


def _repeated(kit: Kit, sample: Sample) -> bytes:
    """Return the body of the last call of a sample, with the credentials that came with it."""
    kit.play(sample)
    if not kit.platform.calls:
        return b""
    call: Received = kit.platform.calls[-1]
    return call.target.encode() + b" " + " ".join(call.headers.values()).encode() + b" " + call.body


def _elsewhere(kit: Kit, sample: Sample) -> Outcome:
    """Send a sample to a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    away = Subject.build(kit.plan, f"http://127.0.0.1:{port}", sample)
    return kit.deliver(away, sample.event, sample.key)
