"""WhatsApp webhooks as events, sample by sample and then thrown about."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.meta.split import split
from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.inbound import receive
from connectors_core import Endpoint, Malformed
from connectors_core.inspection import describe
from connectors_core.model import (
    ChoiceKind,
    Event,
    Identity,
    Media,
    MediaKind,
    Message,
    Notice,
    OptIn,
    Origin,
    Receipt,
    Scheme,
    Unsupported,
    codec,
)

SAMPLES = {
    path.stem: json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "samples/receive").glob("*"))
}
INBOUND = {name: sample["body"] for name, sample in SAMPLES.items()}
EVENTS = {name: sample["events"] for name, sample in SAMPLES.items()}
NUMBER, WABA = "106540352242922", "102290129340398"


def items(body):
    """Cut a webhook as the program does, into what is for this number and its account."""
    for item in split(body):
        if known := [name for name in (item.account, *item.aliases) if name in (NUMBER, WABA)]:
            yield attrs.evolve(item, endpoint="kit", account=known[0])


def events(body):
    """Read a webhook as the program does, piece by piece."""
    return [event for item in items(body) for event in receive(item)]


def sample(name):
    """Read the only event of a sample."""
    (event,) = events(INBOUND[name])
    return event


def changed(name, **more):
    """Return the only event of a sample whose message was changed."""
    body = copy.deepcopy(INBOUND[name])
    body["entry"][0]["changes"][0]["value"]["messages"][0].update(more)
    (event,) = events(body)
    return event


@pytest.mark.parametrize("name", INBOUND)
def test_each_sample_is_read_as_its_events(name):
    """The events that a payload must give stand beside it."""
    assert [codec.to_dict(event) for event in events(INBOUND[name])] == EVENTS[name]


@pytest.mark.parametrize("name", INBOUND)
def test_each_sample_is_described_in_a_line(name):
    """For people who look at what a payload is read as; a line is JSON without the provider's own data."""
    for event in events(INBOUND[name]):
        assert json.loads(json.dumps(describe(event)))["account"] == event.account


def test_the_endpoint_takes_the_connector():
    """The manifest and the hooks tell the same story."""
    assert Endpoint.build("shop", WhatsApp(settings=None, http=None)).verbs == {
        *(
            "receive",
            "send",
            "hand_over",
            "acknowledge",
            "fetch",
            "templates",
            "check_template",
            "plan",
            "apply",
            "check",
        )
    }


def test_the_words_of_a_card_that_are_not_an_address_are_kept():
    """Its company, its places, its birthday and the parts of its name go on as they came."""
    first, second = sample("contact_cards").parts[0].contacts
    assert first.extra["org"] == {"company": "Lucky Shrub"}
    assert first.extra["name"]["last_name"] == "Morales"
    assert second.extra == {"name": {"first_name": "Sheena", "last_name": "Nelson"}}


def test_history_says_how_far_a_message_came():
    """What is old news can be told from what is new."""
    read, played, _ = events(INBOUND["history_chunk"])
    assert read.extra == {"history_context": {"status": "READ"}}
    assert read.echo is None
    assert played.echo is not None


def test_a_person_is_known_by_every_id():
    """The number names the person where it is told; user ids are aliases, and all are identities."""
    event = sample("text_with_user_id")
    assert event.contact.aliases == event.conversation.aliases
    assert event.profile.name == "Sheena Nelson"
    assert event.profile.username == "realsheenanelson"
    assert event.profile.identities == (
        Identity(scheme=Scheme.WA_ID, value="16505551234", verified=True),
        Identity(scheme=Scheme.PHONE, value="+16505551234"),
        Identity(scheme=Scheme.BSUID, value="US.13491208655302741918", verified=True),
        Identity(scheme=Scheme.BSUID, value="US.ENT.11815799212886844830", verified=True),
    )


def test_a_person_without_a_number_has_no_phone():
    """Somebody with a username may be known by user id alone."""
    schemes = [identity.scheme for identity in sample("text_without_number").profile.identities]
    assert schemes == [Scheme.BSUID, Scheme.BSUID]


def test_times_are_aware():
    """Seconds in a text become a moment."""
    assert sample("text").at == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)


def test_what_is_not_read_is_kept_whole():
    """A type of tomorrow reaches the CRM as unsupported, with all that came."""
    (part,) = sample("type_of_tomorrow").parts
    assert part == Unsupported(kind="hologram", raw={"id": "1"})


def test_the_rest_of_a_message_is_kept():
    """An advertisement, a forward and names that are new go to `extra`; what was read does not go there twice."""
    assert sample("text").extra == {}
    assert sample("text_in_reply").extra == {}
    assert sample("text_forwarded").extra == {"context": {"forwarded": True}}
    assert sample("text_from_an_ad").extra["referral"]["headline"] == "Chat with us"
    assert changed("text", novelty={"a": 1}).extra == {"novelty": {"a": 1}}


def test_what_a_person_wants_to_be_sent_is_no_message_of_theirs():
    """It tells consent, and opens no window."""
    stopped, wanted = sample("marketing_stopped"), sample("marketing_wanted_again")
    assert stopped.parts == (OptIn(topic="marketing_messages", granted=False),)
    assert wanted.parts == (OptIn(topic="marketing_messages", granted=True),)
    assert {stopped.origin, wanted.origin} == {Origin.SYSTEM}


def test_the_permission_to_call_is_an_answer():
    """With until when, and whether the person gave it."""
    (part,) = sample("call_allowed").parts
    assert (part.kind, part.payload) == (ChoiceKind.CALL_PERMISSION, "accept")
    assert part.answers == {"expiration_timestamp": 1790604800, "response_source": "user_action"}


@pytest.mark.parametrize("name", ["call_arrives", "call_ended", "call_rings", "contact_of_the_phone_app"])
def test_a_notice_about_a_person_names_them(name):
    """Whichever way the call went."""
    assert sample(name).contact.id in ("16505551234", "16505555678")


def test_a_picture_that_another_responder_sent_can_be_fetched_from_there():
    """It comes as its request was, with a link instead of an id."""
    body = copy.deepcopy(INBOUND["standby_echo"])
    (echo,) = body["entry"][0]["changes"][0]["value"]["standby"]["message_echoes"]
    del echo["text"]
    echo.update(type="image", image={"link": "https://example.com/plant.png", "caption": "This one"})
    (event,) = events(body)
    assert event.parts == (Media(kind=MediaKind.IMAGE, url="https://example.com/plant.png", caption="This one"),)


def test_a_price_is_passed_through():
    """What the platform says of the price is not interpreted."""
    pricing = sample("status_delivered_with_price").pricing
    assert attrs.asdict(pricing) == {"category": "service", "type": "regular", "model": "PMP", "billable": True}


def test_a_failure_says_why_and_what_to_do_but_no_number():
    """The details of Meta may have a phone number in them."""
    event = sample("status_failed")
    assert (event.failure.code, event.failure.title) == (131047, "Re-engagement message")
    assert event.failure.detail == "More than 24 hours have passed, (number)."
    assert event.extra["advice"] == "send a template, or wait for the person to write"


def test_each_member_of_a_group_has_receipts_of_their_own():
    """The same status of two members is two events, in the conversation of the group."""
    one = sample("status_of_a_group_member")
    body = copy.deepcopy(INBOUND["status_of_a_group_member"])
    status = body["entry"][0]["changes"][0]["value"]["statuses"][0]
    status.update(recipient_participant_id="12125557890", recipient_participant_user_id="US.77")
    (other,) = events(body)
    assert one.conversation == other.conversation
    assert one.once != other.once


def test_an_echo_with_its_ends_exchanged_is_still_about_the_person():
    """Meta's own sample of a deletion in the phone app names the business as recipient."""
    body = copy.deepcopy(INBOUND["echo_of_the_phone_app"])
    echo = body["entry"][0]["changes"][0]["value"]["message_echoes"][0]
    echo["from"], echo["to"] = echo["to"], echo["from"]
    (event,) = events(body)
    assert event.contact.id == "16505551234"


def test_one_bad_message_does_not_take_the_batch():
    """The other pieces of a batch are read."""
    body = copy.deepcopy(INBOUND["batch_of_two_numbers"])
    body["entry"][0]["changes"][0]["value"]["messages"][0]["timestamp"] = "noon"
    read, parked = [], 0
    for item in items(body):
        try:
            read += receive(item)
        except Malformed:
            parked += 1
    assert (len(read), parked) == (2, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": ""},
        {"id": "x" * 513},
        {"timestamp": None},
        {"timestamp": "1.5"},
        {"from": None},
        {"from": {}},
        {"text": None},
        {"text": {"body": 5}},
        {"type": []},
        {"context": []},
        {"context": {"id": {}}},
    ],
)
def test_a_broken_text_is_malformed(change):
    """What the platform does not document is parked and not guessed at."""
    body = copy.deepcopy(INBOUND["text"])
    value = body["entry"][0]["changes"][0]["value"]
    value["contacts"] = []
    value["messages"][0].update(change)
    with pytest.raises(Malformed):
        events(body)


@pytest.mark.parametrize(
    "raw",
    [None, [], {}, {"field": ""}, {"field": "messages"}, {"field": "messages", "value": []}, {"entry": {"id": 1}}],
)
def test_an_item_of_another_form_is_malformed(raw):
    """What `split` could not take apart is parked."""
    (item,) = split({"object": "whatsapp_business_account"})
    with pytest.raises(Malformed):
        receive(attrs.evolve(item, endpoint="kit", account="1", raw=raw))


def test_news_without_a_time_is_dated_to_the_epoch():
    """Some errors bring no time, and reading has no clock."""
    body = copy.deepcopy(INBOUND["error_of_the_number"])
    del body["entry"][0]["time"]
    (event,) = events(body)
    assert isinstance(event, Notice)
    assert event.at == datetime(1970, 1, 1, tzinfo=UTC)  # an Item that says nothing of its arrival


def test_a_status_without_a_recipient_is_still_a_receipt():
    """The message is named, and that is what counts."""
    body = copy.deepcopy(INBOUND["status_played"])
    status = body["entry"][0]["changes"][0]["value"]["statuses"][0]
    del status["recipient_id"], status["recipient_user_id"]
    (event,) = events(body)
    assert isinstance(event, Receipt)
    assert (event.contact, event.conversation) == (None, None)


def test_an_order_of_an_edit_in_an_edit_stops():
    """An edit is not unfolded without end."""
    inner = {"type": "edit", "edit": {"original_message_id": "x", "message": {}}}
    event = changed("text_edited", edit={"original_message_id": "wamid.IN1", "message": inner})
    assert isinstance(event, Message)
    assert len(event.parts) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(value, path=()):
    """Yield the path of everything in a JSON value."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


@st.composite
def mutants(draw):
    """Draw a sample with up to three things in it removed, replaced by anything, or wrapped in lists."""
    body = copy.deepcopy(draw(st.sampled_from(list(INBOUND.values()))))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([path for path in places(body) if path] or [("object",)]))
        holder = body
        for key in path[:-1]:
            holder = holder[key]
        match draw(st.sampled_from(("remove", "replace", "nest"))):
            case "remove" if isinstance(holder, dict):
                holder.pop(path[-1], None)
            case "nest":
                for _ in range(draw(st.sampled_from((1, 300)))):
                    holder[path[-1]] = [holder.get(path[-1])] if isinstance(holder, dict) else [holder[path[-1]]]
            case _:
                holder[path[-1]] = draw(JSON)
    return body


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutants())
def test_anything_gives_events_or_malformed(body):
    """No payload, however mangled, raises anything but Malformed, and no event is half one."""
    for item in split(body):
        try:
            found = receive(attrs.evolve(item, endpoint="shop"))
        except Malformed:
            continue
        assert all(isinstance(event, Event) and event.once for event in found)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_any_json_is_split_or_malformed(body):
    """The form of the whole is not trusted either."""
    try:
        items = list(split(body))
    except Malformed:
        assert not isinstance(body, dict)
    else:
        assert all(isinstance(item.account, str) and isinstance(item.type, str) for item in items)
