"""What comes in: every sample is read as its events, and what nobody knows is neither lost nor fatal."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from connectors_core.errors import ConnectorsError, Malformed, defect
from connectors_core.model import Event, Message, Notice, Scheme, Unsupported, codec
from connectors_core.testing.kit import Kit
from connectors_core.testing.promises import broken, expect, promise
from connectors_core.testing.samples import Sample, dumps

PAGE = "hooks/receive.md#receive-item"

_CUTS = 24
"""Places where a body is cut off."""

_STRANGE: tuple[Any, ...] = (None, True, -1, 1.5, "hologram", "", [], {}, [[]], "9" * 600, "\ud800")
"""What a value of tomorrow may be."""

_MOST_PLACES = 120
"""Values of one body that are replaced, evenly over it."""


class Reading:
    """A connector that reads nothing has no `receive`; then there is nothing that could be misread."""

    @promise("read", PAGE)
    def test_samples_are_read_as_their_events(self, kit: Kit, received: Sample | None) -> None:
        """A body is read as exactly the events that its sample lists, in their order."""
        if received is None:
            expect(not kit.subject.receives, "it has `receive`, and samples/receive/ is empty")
            return
        found = [codec.to_dict(event) for event in kit.subject.read(received.body)]
        wanted = [codec.to_dict(event) for event in received.events]
        for number, pair in enumerate(zip(found, wanted, strict=False)):
            if pair[0] != pair[1]:
                broken(f"{received}, event {number + 1}: {_first_difference(*pair)}")
        expect(len(found) == len(wanted), f"{received}: {len(found)} events were read instead of {len(wanted)}")

    @promise("pure", PAGE)
    def test_reading_is_pure(self, kit: Kit, received: Sample | None) -> None:
        """Reading needs neither settings nor network, and the same bytes are the same events every time."""
        if received is None:
            return
        first, second = kit.subject.read(received.body), kit.subject.read(received.body)
        expect(first == second, f"{received}: read twice, it gave different events")
        names = [event.once for event in first]
        expect(len(set(names)) == len(names), f"{received}: two events of it would be taken for one: {names}")

    @promise("stored", PAGE)
    def test_events_survive_the_store(self, kit: Kit, received: Sample | None) -> None:
        """Every event that is read can be written down and read again as the same."""
        for event in kit.subject.read(received.body) if received is not None else ():
            try:
                again = codec.loads(codec.dumps(event))
            except (ConnectorsError, TypeError, ValueError) as error:
                broken(f"{received}: an event cannot be written down: {error}")
            expect(again == event, f"{received}: an event changed by being written down")

    @promise("two-instances", "explain/event.md")
    def test_instances_are_not_mixed(self, kit: Kit, received: Sample | None) -> None:
        """Two endpoints of one type share nothing: every name in an event belongs to the endpoint that read it."""
        for event in kit.subject.read(received.body, "other") if received is not None else ():
            strange = sorted({ref for ref in _endpoints(codec.to_dict(event)) if ref != "other"})
            expect(not strange, f"{received}: read at the endpoint other, an event names {', '.join(strange)}")

    @promise("truncated", PAGE)
    def test_truncated_bodies_are_parked(self, kit: Kit, received: Sample | None) -> None:
        """A body that breaks off anywhere is either read or parked as malformed; nothing else is raised."""
        body = received.body if received is not None else b""
        for place in sorted({len(body) * n // _CUTS for n in range(_CUTS)}) if body else ():
            _try(kit, body[:place], f"{received}, cut off after {place} bytes")

    @promise("unknown-values", PAGE)
    def test_unknown_values_do_not_break_it(self, kit: Kit, received: Sample | None) -> None:
        """A value of a kind that nobody expected parks its Item or becomes an event; nothing else is raised."""
        document = _document(received)
        places = list(_places(document))
        for place in places[:: max(1, len(places) // _MOST_PLACES)]:
            for strange in _STRANGE:
                _try(kit, dumps(_replaced(document, place, strange)), f"{received}, with {strange!r} at {_path(place)}")

    @promise("unknown-fields", PAGE)
    def test_unknown_fields_change_nothing(self, kit: Kit, received: Sample | None) -> None:
        """A field that nobody knows changes nothing of what is read; it may be kept in `extra`."""
        document = _document(received)
        if received is None or document is None:
            return
        found = kit.subject.read_or_park(dumps(_with_novelties(document)))
        expect(found is not None, f"{received}: with fields that nobody knows it was parked")
        plain = [_bare(event) for event in kit.subject.read(received.body)]
        for one, wanted in zip((_bare(event) for event in found or ()), plain, strict=False):
            expect(one == wanted, f"{received}: with unknown fields, {_first_difference(one, wanted)}")
        expect(len(found or ()) == len(plain), f"{received}: with unknown fields it gave another number of events")

    @promise("unknown-kinds", PAGE)
    def test_unknown_kinds_are_kept(self, kit: Kit) -> None:
        """A sample shows what a person sent, or the platform told, of a kind that the connector does not know: kept."""
        if not kit.subject.receives:
            return
        for sample in kit.plan.samples.of("receive"):
            if any(_is_unknown(event) for event in kit.subject.read(sample.body)):
                return
        broken("no sample in samples/receive/ is read as an Unsupported part or a Notice")

    @promise("fan-out", PAGE)
    def test_batches_are_read_whole(self, kit: Kit) -> None:
        """Of a body with several entries every one is read, wherever the provider's bodies are lists of entries."""
        bodies = [(sample, _document(sample)) for sample in kit.plan.samples.of("receive")]
        for first, one in bodies:
            for second, other in bodies:
                whole = _joined(one, other)
                if whole is None or first is second:
                    continue
                wanted = [*kit.subject.read(first.body), *kit.subject.read(second.body)]
                found = kit.subject.read_or_park(dumps(whole))
                expect(found is not None, f"{first} and {second} in one body were parked")
                expect(
                    sorted(event.once for event in found or ()) == sorted(event.once for event in wanted),
                    f"{first} and {second} in one body gave {len(found or ())} events instead of {len(wanted)}",
                )
                break

    @promise("without-phone", "explain/event.md")
    def test_a_person_may_have_no_phone(self, kit: Kit) -> None:
        """A person whose phone number is not told is known by another id, and what they write is read."""
        samples = kit.plan.samples.of("receive")
        people = [(sample, event) for sample in samples for event in sample.events if isinstance(event, Message)]
        with_phone = [sample for sample, event in people if _phones(event)]
        without = [sample for sample, event in people if event.contact is not None and not _phones(event)]
        expect(not with_phone or without, "every sample of a message tells a phone number; add one of a person without")
        for sample, event in people:
            expect(event.contact is not None or event.echo is not None or not _phones(event), f"{sample} names nobody")


def _try(kit: Kit, body: bytes, what: str) -> None:
    """Read a body; whatever is raised besides Malformed breaks the promise."""
    try:
        events = kit.subject.read(body)
        for event in events:
            codec.dumps(event)
    except Malformed:
        return
    except Exception as error:  # noqa: BLE001 - that is what is promised not to be
        broken(f"{what}: it raised {defect(error)}")


def _document(sample: Sample | None) -> Any:
    """Return the parsed body of a sample, None when it is not JSON."""
    if sample is None:
        return None
    try:
        return json.loads(sample.body)
    except ValueError:
        return None


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where every value in a document is."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _places(inner, (*path, key))


def _path(place: tuple[Any, ...]) -> str:
    return ".".join(map(str, place))


def _replaced(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    target = changed
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = value
    return changed


def _with_novelties(value: Any) -> Any:
    """Return a document with a field more in every object that has fields of its own names."""
    if isinstance(value, dict):
        return {**{key: _with_novelties(inner) for key, inner in value.items()}, "kit_novelty": {"of": "tomorrow"}}
    return [_with_novelties(inner) for inner in value] if isinstance(value, list) else value


def _bare(event: Event) -> dict[str, Any]:
    """Return an event without the places where the provider's own data are kept."""
    found: dict[str, Any] = _without(codec.to_dict(event), ("extra", "raw", "components", "answers"))
    # An event without an id is known by its bytes, and those are other bytes now.
    return {key: value for key, value in found.items() if key != "repeat" and (key != "id" or event.repeat == "")}


def _without(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner, names) for key, inner in value.items() if key not in names}
    return [_without(inner, names) for inner in value] if isinstance(value, list) else value


def _first_difference(found: Any, wanted: Any, where: str = "") -> str:
    """Say where two documents differ first."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in [*wanted, *(key for key in found if key not in wanted)]:
            if found.get(key) != wanted.get(key):
                return _first_difference(found.get(key), wanted.get(key), f"{where}.{key}".lstrip("."))
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for number, pair in enumerate(zip(found, wanted, strict=True)):
            if pair[0] != pair[1]:
                return _first_difference(*pair, f"{where}[{number}]")
    return f"{where} is {found!r} instead of {wanted!r}"[:600]


def _endpoints(value: Any) -> Iterator[str]:
    """Yield every endpoint that a document names."""
    if isinstance(value, dict):
        if isinstance(value.get("endpoint"), str) and "account" in value:
            yield value["endpoint"]
        for key, inner in value.items():
            if key not in ("extra", "raw"):
                yield from _endpoints(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _endpoints(inner)


def _is_unknown(event: Event) -> bool:
    return isinstance(event, Notice) or (
        isinstance(event, Message) and any(isinstance(part, Unsupported) for part in event.parts)
    )


def _joined(one: Any, other: Any) -> Any:
    """Return two bodies in one: two lists, or two objects whose only list has the same name; else None."""
    if isinstance(one, list) and isinstance(other, list):
        return one + other
    if not isinstance(one, dict) or not isinstance(other, dict) or set(one) != set(other):
        return None
    lists = [key for key in one if isinstance(one[key], list) and isinstance(other[key], list)]
    if len(lists) != 1 or any(one[key] != other[key] for key in one if key != lists[0]):
        return None
    return {**one, lists[0]: one[lists[0]] + other[lists[0]]}


def _phones(event: Message) -> list[str]:
    identities = event.profile.identities if event.profile is not None else ()
    return [one.value for one in identities if one.scheme in (Scheme.PHONE, Scheme.WA_ID)]
