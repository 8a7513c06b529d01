"""What the tables say of a connector."""

from marshmallow import Schema

from connectors_core import Abilities, Limit, Manifest, Measure, Pace, Policy, Window
from connectors_core.describing import describe, markdown, rows
from connectors_core.model import Media, Origin, Text

MANIFEST = Manifest(
    name="plaza",
    title="Plaza",
    kind="channel",
    settings=Schema,
    abilities=Abilities(
        parts={Text: Limit(split_at=1000, measure=Measure.BYTES), Media: Limit(album=10, max_bytes=25 * 1024 * 1024)},
        poll_every=5.0,
    ),
    policy=Policy(
        windows=(
            Window(name="standard", hours=24.0, opens=("message",), beyond=("template",)),
            Window(
                name="human", hours=168.0, opens=("message",), origins=frozenset((Origin.AGENT,)), tag="HUMAN_AGENT"
            ),
            Window(name="private reply", hours=168.0, opens=("comment",), tag="aside", once=True),
        )
    ),
    pace=Pace(rate=80.0, burst=10, pair_every=6.0, pair_burst=45),
)


def test_the_words_say_every_limit():
    """In one line for each ability."""
    found = dict(rows(MANIFEST))
    assert found["text"] == "full; cut at 1000 bytes"
    assert found["media"] == "full; 10 pictures in a message; up to 25 MB"
    assert found["location"] == ""
    assert found["polled every"] == "5 s"
    assert found["pace"] == "80 a second, 10 at once; to one person every 6 s, 45 at once"


def test_the_windows_say_for_whom_they_are():
    """Each with what opens it."""
    assert dict(rows(MANIFEST))["window"].split("; ") == [
        "24 h after message, then template",
        "168 h after message, for agent alone, as HUMAN_AGENT",
        "one private reply within 168 h after comment",
    ]


def test_programs_get_the_same_as_values():
    """With what is not limited as null."""
    found = describe(MANIFEST)
    assert found["parts"]["media"]["album"] == 10
    assert found["polled_every"] == 5.0
    assert [(one["for"], one["once"]) for one in found["windows"]] == [([], False), (["agent"], False), ([], True)]


def test_what_is_not_carried_stands_in_no_table():
    """The page of a connector is short."""
    assert "| location |" not in markdown(MANIFEST)
    assert "| text | full; cut at 1000 bytes |" in markdown(MANIFEST)
