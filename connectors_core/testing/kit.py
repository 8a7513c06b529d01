"""What every test of the kit has in hand: the plan, the platform, a subject, and a gateway when it asks for one."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from connectors_core.errors import ConnectorsError, defect
from connectors_core.model import Done, Message, Outgoing, Text
from connectors_core.testing.exchange import Answer, difference
from connectors_core.testing.house import House
from connectors_core.testing.platform import Platform
from connectors_core.testing.promises import broken, expect
from connectors_core.testing.samples import WAYS_OUT, Sample
from connectors_core.testing.subject import KIT, Plan, Subject


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of a call: `done` or `error`, and all words that came with it."""

    done: Done | None
    error: Exception | None
    words: str = attrs.field(repr=False, default="")

    def __str__(self) -> str:
        if self.error is None:
            return "it was taken for done"
        text = self.error.text if isinstance(self.error, ConnectorsError) else defect(self.error)
        return f"it raised {type(self.error).__name__}: {text}"


@attrs.define(kw_only=True)
class Kit:
    """One connector under test, with what its class says of it."""

    plan: Plan
    platform: Platform
    folder: Path
    template: Callable[[], Path]
    _houses: list[House] = attrs.field(factory=list)
    _built: dict[str, Subject] = attrs.field(factory=dict)

    @property
    def subject(self) -> Subject:
        """The subject."""
        return self.build(None)

    def build(self, sample: Sample | None) -> Subject:
        """Return a subject that can open the files of `sample`, built once for a test."""
        if str(sample) not in self._built:
            self._built[str(sample)] = Subject.build(
                self.plan, self.platform.url, sample, **(sample.settings if sample else {})
            )
        return self._built[str(sample)]

    def sample(self, *hooks: str, hint: str = "") -> Sample:
        """Return the first good sample of these hooks; fail when there is none."""
        found = self.plan.samples.good(*hooks)
        if not found:
            broken(f"there is no sample in samples/{'|'.join(hooks)}/ that could be tried{hint}")
        return found[0]

    def message(self) -> Sample:
        """Return the plainest sample of a message that goes out: a text alone, where there is one."""
        found = [one for one in self.plan.samples.good("send") if isinstance(one.event, Message)]
        if not found:
            broken("there is no sample in samples/send/ of a message that goes out")
        return min(found, key=lambda one: (not _is_plain(one.event), len(one.exchange), one.name))

    def ways_out(self) -> list[Sample]:
        """Return a sample for each way out that goes over the network."""
        firsts = [next((one for one in self.plan.samples.good(hook) if one.exchange), None) for hook in WAYS_OUT]
        if firsts[0] is not None:
            firsts[0] = self.message()
        return [one for one in firsts if one is not None]

    def headers(self, body: bytes, secret: str = "") -> dict[str, str]:
        """Return the headers of a webhook as the provider signs it, with another secret if one is given."""
        signing = self.plan.signing
        if signing is None:
            return {}
        return dict(signing.make(secret or self.secret(), body))

    def secret(self) -> str:
        """Return the secret that the provider signs with."""
        signing = self.plan.signing
        table = self.plan.app_settings if self.plan.manifest.app else self.plan.settings
        reference = table.get(signing.secret) if signing is not None else None
        while isinstance(reference, list) and reference:
            reference = reference[0]
        if not isinstance(reference, Mapping) or "env" not in reference:
            broken("the class names no setting with the secret that signs webhooks; give it `signing`")
        return self.plan.secrets()[reference["env"]]

    # calls

    def play(self, sample: Sample, *, last: Answer | None = None, subject: Subject | None = None) -> Outcome:
        """Let the subject send a sample; `last` replaces the last answer that it gets."""
        self.platform.follow(sample.exchange, last=last)
        return self.deliver(subject or self.build(sample), sample.event, sample.key)

    def deliver(self, subject: Subject, event: Outgoing, key: str) -> Outcome:
        """Make one call of a way out, and keep everything that was said."""
        with _listening() as heard:
            try:
                done, error = subject.endpoint.deliver(event, key), None
            except Exception as raised:  # noqa: BLE001 - the test looks at it
                done, error = None, raised
        words = f"{heard.getvalue()}\n{error}\n{error!r}\n{done!r}"
        return Outcome(done=done, error=error, words=words)

    def check_calls(self, sample: Sample, calls: Sequence[Any] | None = None) -> None:
        """Fail where the calls that arrived are not those of the sample."""
        found = self.platform.calls if calls is None else calls
        for number, (step, call) in enumerate(zip(sample.exchange, found, strict=False)):
            if text := difference(step, call, self.platform.url):
                broken(f"{sample}, call {number + 1}: {text}")
        expect(
            len(found) == len(sample.exchange),
            f"{sample}: {len(found)} calls were made instead of {len(sample.exchange)}",
        )

    # the whole gateway

    def house(self, *others: str) -> House:
        """Return a gateway with an empty store; `others`: further endpoints of the type, without an app."""
        table = self.plan.document(self.platform.url)["endpoints"][KIT]
        folder = self.folder / f"house-{len(self._houses)}"
        folder.mkdir()
        found = House(self.plan, self.platform.url, folder, self.template(), {name: dict(table) for name in others})
        self._houses.append(found)
        return found

    def close(self) -> None:
        """End what runs."""
        for house in self._houses:
            house.close()


def _is_plain(event: Outgoing) -> bool:
    return isinstance(event, Message) and event.to is None and [type(part) for part in event.parts] == [Text]


class _listening:  # noqa: N801 - used as a context manager, like a function
    """Everything that is logged meanwhile, at every level."""

    def __enter__(self) -> io.StringIO:
        self._heard = io.StringIO()
        self._handler = logging.StreamHandler(self._heard)
        self._root = logging.getLogger()
        self._level = self._root.level
        self._root.addHandler(self._handler)
        self._root.setLevel(logging.DEBUG)
        return self._heard

    def __exit__(self, *_: object) -> None:
        self._root.setLevel(self._level)
        self._root.removeHandler(self._handler)


def personal(event: Outgoing) -> Iterator[str]:
    """Yield what of an event no log and no error may repeat: its words and the numbers of people."""
    if isinstance(event, Message):
        yield from (part.body for part in event.parts if isinstance(part, Text) and len(part.body) > 3)
    whom = [event.contact, event.conversation]
    for ref in whom:
        digits = "".join(char for char in ref.id if char.isdigit()) if ref is not None else ""
        if len(digits) >= 8:
            yield digits
