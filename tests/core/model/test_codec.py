"""Events as JSON and back: nothing is lost on the way, and nothing strange comes in."""

import json
import string
from datetime import UTC, datetime, timedelta
from typing import get_args, get_type_hints

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors_core import Malformed
from connectors_core.model import (
    ContactRef,
    ConversationRef,
    Event,
    Identity,
    Message,
    MessageRef,
    Notice,
    Origin,
    Part,
    Text,
    codec,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.dictionaries(st.text(max_size=5), JSON, max_size=2)

st.register_type_strategy(object, JSON)
st.register_type_strategy(str, st.text(string.printable + "é😀", min_size=1, max_size=12))
st.register_type_strategy(float, st.floats(-1e9, 1e9))
st.register_type_strategy(datetime, st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive by contract
st.register_type_strategy(timedelta, st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds)))


def values(kind, **more):
    """Return a strategy for an attrs class by its annotations, past its converters."""
    hints = get_type_hints(kind)
    given = {field.name: st.from_type(hints[field.name]) for field in attrs.fields(kind)}
    return st.builds(kind, **{**given, **more})


for noun in (ContactRef, ConversationRef, MessageRef, Identity):
    st.register_type_strategy(noun, values(noun))


def test_every_part_has_a_name_of_its_own():
    """The union and the names in JSON are the same list."""
    assert set(codec.PART_NAMES) == set(get_args(Part))
    assert len(set(codec.PART_NAMES.values())) == len(get_args(Part))
    assert codec.PART_NAMES[Text] == "text"


@pytest.mark.parametrize("kind", get_args(Part), ids=lambda kind: kind.__name__)
def test_every_part_comes_back_as_it_went(kind):
    """Whatever stands in it."""

    @settings(max_examples=25)
    @given(st.from_type(kind))
    def check(part):
        message = Message(
            endpoint="shop", account="1", id="m", at=datetime.now(UTC), parts=(part,), origin=Origin.CONTACT
        )
        assert codec.loads(codec.dumps(message)) == message

    check()


@pytest.mark.parametrize("kind", codec.NOUNS.values(), ids=codec.NOUNS)
def test_every_noun_comes_back_as_it_went(kind):
    """With all its references, fields and the provider's own data."""

    @settings(max_examples=40)
    @given(values(kind, fields=OBJECTS, extra=OBJECTS))
    def check(event):
        text = codec.dumps(event)
        assert text.isascii()
        assert codec.loads(text) == event
        assert codec.loads(text).once == event.once

    check()


def test_a_time_in_another_zone_is_the_same_moment():
    """The store keeps UTC."""
    document = {"event": "notice", "endpoint": "a", "account": "b", "id": "c", "topic": "quality"}
    event = codec.from_dict({**document, "at": "2026-03-01T12:00:00+02:00"})
    assert event == Notice(endpoint="a", account="b", id="c", topic="quality", at=datetime(2026, 3, 1, 10, tzinfo=UTC))
    assert codec.to_dict(event)["at"] == "2026-03-01T10:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        "{}",
        '{"event": "message"}',
        '{"event": "nothing"}',
        '{"event": []}',
        '{"event": "notice", "endpoint": "a", "account": "b", "id": "c", "topic": "t", "at": "2026-03-01T12:00:00"}',
        '{"event": "notice", "endpoint": "a", "account": "b", "id": "", "topic": "t", "at": "2026-03-01T12:00:00Z"}',
        '{"event": "notice", "endpoint": "a", "account": "b", "id": "c", "topic": "t", "at": "yesterday"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_event_is_malformed(text):
    """Never another exception, whatever comes."""
    with pytest.raises(Malformed):
        codec.loads(text)


def test_an_unknown_key_is_malformed():
    """A misspelt key of an API call is told, not dropped."""
    event = Notice(endpoint="a", account="b", id="c", topic="t", at=datetime.now(UTC))
    document = json.loads(codec.dumps(event))
    with pytest.raises(Malformed):
        codec.from_dict({**document, "txet": "hello"})


def test_reading_leaves_the_document_as_it_was():
    """The caller may need it again."""
    document = codec.to_dict(Notice(endpoint="a", account="b", id="c", topic="t", at=datetime.now(UTC)))
    before = dict(document)
    assert isinstance(codec.from_dict(document), Event)
    assert document == before
