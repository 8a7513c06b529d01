"""Webhooks of Messenger and Instagram as events, sample by sample and then thrown about."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.instagram.inbound import receive as read_instagram
from connectors.messenger.inbound import receive as read_messenger
from connectors.meta.split import split
from connectors_core import Malformed
from connectors_core.inspection import describe
from connectors_core.model import (
    ChoiceKind,
    Item,
    MediaKind,
    Message,
    Notice,
    Origin,
    RevisionAction,
    Scheme,
    Text,
    codec,
)

READERS = {"messenger": read_messenger, "instagram": read_instagram}
ACCOUNTS = {"messenger": "106000000000012", "instagram": "17841400000000012"}
FOLDER = Path(__file__).parents[2]
SAMPLES = {
    (kind, path.stem): json.loads(path.read_text())
    for kind in READERS
    for path in sorted((FOLDER / kind / "samples/receive").glob("*.json"))
}


def events(kind, body):
    """Read a webhook as the program does, piece by piece."""
    found = []
    for item in split(body):
        known = [name for name in (item.account, *item.aliases) if name == ACCOUNTS[kind]]
        if known:
            found += READERS[kind](attrs.evolve(item, endpoint="kit", account=known[0]))
    return found


def sample(kind, name):
    """Read the only event of a sample."""
    (event,) = events(kind, SAMPLES[kind, name]["body"])
    return event


def element(kind, name, **more):
    """Return the events of a sample whose only element was changed."""
    body = copy.deepcopy(SAMPLES[kind, name]["body"])
    body["entry"][0]["messaging"][0].update(more)
    return events(kind, body)


@pytest.mark.parametrize(("kind", "name"), SAMPLES)
def test_each_sample_is_read_as_its_events(kind, name):
    """The events that a payload must give stand beside it."""
    found = events(kind, SAMPLES[kind, name]["body"])
    assert [codec.to_dict(event) for event in found] == SAMPLES[kind, name]["events"]


@pytest.mark.parametrize(("kind", "name"), SAMPLES)
def test_each_sample_is_described_in_a_line(kind, name):
    """For people who look at what a payload is read as."""
    for event in events(kind, SAMPLES[kind, name]["body"]):
        assert json.loads(json.dumps(describe(event)))["account"] == ACCOUNTS[kind]


@pytest.mark.parametrize("kind", READERS)
def test_no_two_samples_are_taken_for_one(kind):
    """An edit, a reaction and a message that was taken back bear the name of another, and are events of their own."""
    names = [
        (name, event.once) for (of, name), one in SAMPLES.items() if of == kind for event in events(of, one["body"])
    ]
    assert len({once for _, once in names}) == len(names)


@pytest.mark.parametrize(("kind", "scheme"), [("messenger", Scheme.PSID), ("instagram", Scheme.IGSID)])
def test_a_person_is_known_in_the_scope_of_the_account(kind, scheme):
    """The same digits at another account are somebody else."""
    (identity,) = sample(kind, "text").profile.identities
    assert (identity.scheme, identity.scope, identity.verified) == (scheme, ACCOUNTS[kind], True)


def test_a_user_name_is_no_proof():
    """It can be given up and taken by another person."""
    identity = sample("instagram", "comment").profile.identities[1]
    assert (identity.scheme, identity.value, identity.verified) == (Scheme.USERNAME, "pablo.morales", False)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1790000000000, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("1790000000000", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        (1790000000, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("1790000000", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("2026-09-21T14:13:20+0000", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        (None, datetime(2026, 9, 21, 14, 13, 20, 400000, tzinfo=UTC)),
    ],
)
def test_times_are_read_as_they_are_written(value, moment):
    """Milliseconds, seconds, text; and without any, that of the webhook."""
    (event,) = element("messenger", "text", timestamp=value)
    assert event.at == moment


@pytest.mark.parametrize("value", ["noon", "2026-09-21T14:13:20", 1.5, [], True, 10**30, "9" * 5000])
def test_a_time_that_is_none_is_malformed(value):
    """A guess would put a message into the wrong order."""
    with pytest.raises(Malformed):
        element("messenger", "text", timestamp=value)


def test_a_sticker_is_one_and_says_its_number():
    """However many copies of it came; outwards the number makes it a sticker again."""
    for name in ("sticker", "sticker_with_its_copy", "sticker_of_before"):
        event = sample("messenger", name)
        assert [part.kind for part in event.parts] == [MediaKind.STICKER]
        assert event.extra["sticker_id"] in ("369239263222822", "842488328414943")


def test_pictures_beside_a_sticker_are_kept():
    """Only its own copy is left out."""
    body = copy.deepcopy(SAMPLES["messenger", "sticker_with_its_copy"]["body"])
    given_ = body["entry"][0]["messaging"][0]["message"]["attachments"]
    given_.append({"type": "image", "payload": {"url": "https://example.com/another.png"}})
    (event,) = events("messenger", body)
    assert [part.kind for part in event.parts] == [MediaKind.STICKER, MediaKind.IMAGE]


def test_an_address_that_was_tapped_is_told_from_an_answer():
    """A quick reply that gives the person's own number or address has it as its payload."""
    kinds = [sample("messenger", name).parts[0].kind for name in ("number_of_the_person", "mail_of_the_person")]
    assert kinds == [ChoiceKind.PHONE, ChoiceKind.EMAIL]
    assert sample("messenger", "quick_reply").parts[0].kind is ChoiceKind.QUICK_REPLY


@pytest.mark.parametrize(("kind", "name"), [("messenger", "echo_of_the_inbox"), ("instagram", "standby_echo")])
def test_an_echo_is_about_the_person_and_not_by_them(kind, name):
    """Its conversation is that of the person it went to."""
    event = sample(kind, name)
    assert event.conversation == sample(kind, "text").conversation
    assert (event.origin, event.echo is not None) == (Origin.NATIVE_APP, True)


def test_a_reaction_of_the_business_is_not_the_persons():
    """Somebody reacted in the inbox of the platform: no window opens by it."""
    body = copy.deepcopy(SAMPLES["messenger", "reaction"]["body"])
    one = body["entry"][0]["messaging"][0]
    one["sender"], one["recipient"] = one["recipient"], one["sender"]
    (event,) = events("messenger", body)
    assert (event.origin, event.contact) == (Origin.NATIVE_APP, sample("messenger", "text").contact)


def test_consent_is_no_message_of_the_person():
    """It opens no window; an opt-in on a page of the web does."""
    names = ("notifications_wanted", "notifications_stopped", "optin_of_a_plugin")
    found = [sample("messenger", name) for name in names]
    assert [event.origin for event in found] == [Origin.SYSTEM, Origin.SYSTEM, Origin.CONTACT]
    assert [event.parts[0].granted for event in found] == [True, False, True]


def test_an_edit_without_its_number_is_not_its_message():
    """Otherwise it would be dropped as a repetition of what it changes."""
    edit = {"mid": "m_IN1", "text": "now"}
    body = copy.deepcopy(SAMPLES["messenger", "text_edited"]["body"])
    body["entry"][0]["messaging"][0]["message_edit"] = edit
    (event,) = events("messenger", body)
    assert event.parts[0].action is RevisionAction.EDIT
    assert event.parts[1] == Text(body="now")
    assert event.once != sample("messenger", "text").once


def test_an_element_may_say_two_things():
    """Neither is lost."""
    found = element("messenger", "referral_of_a_link", message={"mid": "m_IN77", "text": "hello"})
    assert sorted(event.once.partition(":")[0] for event in found) == ["message", "referral"]


def test_a_form_beside_an_arrival_is_a_part_of_it():
    """It says where the arrival came from, and is no event of its own."""
    (event,) = element("messenger", "lead_form", form={"id": "77"})
    assert event.extra["form"] == {"id": "77"}


def test_an_element_that_says_nothing_gives_nothing():
    """It was answered, and that is all that is to be done."""
    assert element("messenger", "text", message=None) == []
    assert events("messenger", {"object": "page", "entry": [{"id": ACCOUNTS["messenger"], "time": 1}]}) == []


@pytest.mark.parametrize(
    "name", ["event_of_tomorrow", "field_of_tomorrow", "entry_of_tomorrow", "template_of_tomorrow"]
)
def test_what_is_not_known_is_told(name):
    """As news, with everything that came."""
    event = sample("messenger", name)
    assert isinstance(event, Notice)
    assert event.extra


def test_a_comment_answers_only_where_somebody_wrote_it():
    """A change of a comment is a revision of it, not a second one."""
    first, second = sample("messenger", "comment"), sample("messenger", "comment_edited")
    assert first.id == second.id == second.parts[0].message.id
    assert first.once != second.once


def test_a_post_of_a_visitor_bears_the_name_of_the_page():
    """By that a private reply knows a post from a comment."""
    assert sample("messenger", "visitor_post").id.startswith(f"{ACCOUNTS['messenger']}_")


@pytest.mark.parametrize(
    "change",
    [
        {"sender": None},
        {"sender": {}},
        {"sender": {"id": ""}},
        {"sender": {"id": "x" * 513}},
        {"sender": {"id": []}},
        {"message": []},
        {"message": {}},
        {"message": {"mid": ""}},
        {"message": {"mid": "m_1", "attachments": {}}},
        {"message": {"mid": "m_1", "attachments": [{"type": "image", "payload": []}]}},
        {"message": {"mid": "m_1", "text": []}},
        {"message": {"mid": "m_1", "reply_to": []}},
        {"message": {"mid": "m_1", "is_deleted": "yes"}},
        {"reaction": {"emoji": "x"}},
        {"message_edit": {"mid": "m_1", "num_edit": "x"}},
        {"delivery": {}},
        {"delivery": {"mids": [1]}},
        {"read": {"watermark": "x"}},
        {"pass_thread_control": []},
        {"account_linking": {"status": "perhaps"}},
        {"optin": []},
        {"messaging_feedback": {}},
        {"order": {"products": [{"id": "1", "quantity": "many"}]}},
        {"sender": None, "optin": {"ref": "x"}},
        {"sender": None, "pass_thread_control": {}},
    ],
)
def test_a_broken_element_is_malformed(change):
    """What the platform does not document is parked and not guessed at."""
    with pytest.raises(Malformed):
        element("messenger", "text", **change)


@pytest.mark.parametrize(
    "raw", [None, [], {}, {"entry": 1}, {"object": "page"}, {"id": "1", "messaging": 1}, {"id": "1", "changes": [{}]}]
)
def test_an_item_of_another_form_is_malformed(raw):
    """What `split` could not take apart is parked."""
    with pytest.raises(Malformed):
        read_messenger(Item(type="messenger", account="1", endpoint="kit", raw=raw))


def test_one_bad_element_does_not_take_the_batch():
    """The other pieces are read."""
    body = copy.deepcopy(SAMPLES["instagram", "batch_of_two"]["body"])
    body["entry"][0]["messaging"][0]["timestamp"] = "noon"
    read, parked = [], 0
    for item in split(body):
        try:
            read += read_instagram(attrs.evolve(item, endpoint="kit"))
        except Malformed:
            parked += 1
    assert (len(read), parked) == (2, 1)


WRONG = (None, True, -1, 1.5, "hologram", "", [], {}, [[]], "9" * 600, "\ud800", [{}], {"a": {}})


def places(value, path=()):
    """Yield the path of everything in a JSON value."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def replaced(body, path, value):
    """Return a body with another value at a place."""
    changed = copy.deepcopy(body)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


def read_or_parked(kind, body):
    """Read a body piece by piece; whatever is no Malformed comes out, and an event that cannot be written down."""
    for item in split(body):
        try:
            found = READERS[kind](attrs.evolve(item, endpoint="shop", account=item.account or "1"))
        except Malformed:
            continue
        for event in found:
            assert codec.loads(codec.dumps(event)) == event


@pytest.mark.parametrize(("kind", "name"), SAMPLES)
def test_a_wrong_value_anywhere_parks_at_most_its_piece(kind, name):
    """Every value of every sample is replaced by everything that it may not be."""
    body = {"object": SAMPLES[kind, name]["body"]["object"], "entry": SAMPLES[kind, name]["body"]["entry"]}
    for path in places(body["entry"]):
        for value in WRONG:
            read_or_parked(kind, {**body, "entry": replaced(body["entry"], path, value)})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_anything_gives_events_or_malformed(data):
    """Up to three things of a sample are replaced by anything, or wrapped in lists without end."""
    kind, name = data.draw(st.sampled_from(list(SAMPLES)))
    body = SAMPLES[kind, name]["body"]
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([path for path in places(body) if path != ("object",)]))
        value = data.draw(JSON)
        for _ in range(data.draw(st.sampled_from((0, 0, 300)))):
            value = [value]
        body = replaced(body, path, value)
    read_or_parked(kind, body)


def test_a_whole_webhook_of_both_products_is_told_apart():
    """One address serves a page and an account of Instagram; each piece names its own."""
    page = SAMPLES["messenger", "text"]["body"]
    other = SAMPLES["instagram", "text"]["body"]
    found = [(item.type, item.account) for body in (page, other) for item in split(body)]
    assert found == [("messenger", ACCOUNTS["messenger"]), ("instagram", ACCOUNTS["instagram"])]


def test_a_message_without_a_window_is_marked():
    """Everything of a standby copy is marked as one, receipts too."""
    body = copy.deepcopy(SAMPLES["messenger", "read_up_to"]["body"])
    body["entry"][0]["standby"] = body["entry"][0].pop("messaging")
    (event,) = events("messenger", body)
    assert event.standby
    assert all(event.standby for event in events("messenger", SAMPLES["messenger", "standby_echo"]["body"]))
    assert isinstance(sample("messenger", "standby_echo"), Message)
