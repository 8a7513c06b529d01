"""Where events go: from home to every route that fits, from elsewhere back home, and first words to an opener."""

import peers
import pytest
from gateways import TWO_ENDS, message, reply

from connectors_core.model import ConversationRef, Done, Feedback, Identity, Message, MessageRef, Reaction, Story, Text

SECOND_CRM = """
[endpoints.books]
type = "desk"
token = { env = "TOKEN" }

[[routes]]
between = ["shop", "books"]
"""

SECOND_CHANNEL = """
[endpoints.branch]
type = "phone"
app = "exchange"
number = "200"

[[routes]]
between = ["branch", "desk"]
"""


def first_words(**changes):
    """Return what an agent writes to somebody who has not written."""
    values = reply("f1", "good morning")
    fields = {name: getattr(values, name) for name in ("endpoint", "account", "id", "at", "origin", "parts")}
    return Message(**{**fields, "to": Identity(scheme="phone", value="447700900123"), **changes})


def test_a_message_goes_to_every_route_of_its_home(open_house):
    """Two CRMs on one channel are both told."""
    house = open_house(TWO_ENDS + SECOND_CRM)
    house.arrive(message("m1"))
    house.work()
    assert peers.of("desk").texts() == peers.of("books").texts() == ["hello"]


def test_a_route_with_a_condition_takes_what_fits_it(open_house):
    """`when` is equality on a path of the event's document."""
    house = open_house(TWO_ENDS + SECOND_CRM + 'when = { "event.standby" = true }\n')
    house.arrive(message("m1"), message("m2", standby=True))
    house.work()
    assert [one.id for one in peers.of("desk").told()] == ["m1", "m2"]
    assert [one.id for one in peers.of("books").told()] == ["m2"]


def test_a_reply_goes_home_and_is_copied_to_the_other_crm(open_house):
    """It is marked there, as nobody asked that CRM; no other channel sends it."""
    house = open_house(TWO_ENDS + SECOND_CRM + SECOND_CHANNEL)
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    house.work()
    assert peers.of("shop").texts() == ["hi"]
    assert (peers.of("books").texts(), peers.of("branch").texts()) == (["hello", "hi"], [])
    assert peers.of("books").told()[1].standby is True


def test_a_reply_into_an_unknown_conversation_is_parked(house):
    """Nothing is sent to somebody who was only guessed."""
    house.tell(reply("r1", person="stranger"))
    assert house.rows("deliveries") == []
    (parked,) = house.rows("parked")
    assert "not known" in parked.text
    assert "stranger" not in parked.text


def test_an_agent_may_write_first(house):
    """With one channel that opens conversations, a person is enough; the answer joins that conversation."""
    house.tell(first_words())
    house.work()
    (told,) = peers.of("shop").told()
    assert told.conversation == ConversationRef(endpoint="shop", account="100", id="447700900123")
    house.arrive(message("m1", person="447700900123"))
    assert len(house.rows("conversations")) == 1
    house.tell(reply("r2", person="447700900123"))
    house.work()
    assert peers.of("shop").texts() == ["good morning", "hi"]


def test_with_two_openers_the_channel_must_be_named(open_house):
    """The list says which there are."""
    house = open_house(TWO_ENDS + SECOND_CHANNEL)
    house.tell(first_words())
    (parked,) = house.rows("parked")
    assert "shop, branch" in parked.text
    assert house.rows("events") == []


def test_with_no_opener_nothing_is_sent(open_house):
    """A channel that cannot write first is not asked to."""
    house = open_house(TWO_ENDS.replace('"phone"', '"telex"'))
    house.tell(first_words())
    assert "none" in house.rows("parked")[0].text
    assert house.rows("deliveries") == []


def test_a_reply_names_its_source_and_translates_what_it_answers(house):
    """`reply_to` is the message as the target calls it, and `source` the conversation where it was written."""
    house.arrive(message("m1"))
    house.work()
    (at_desk,) = [row.external_id for row in house.rows("message_refs", endpoint="desk")]
    house.tell(reply("r1", reply_to=MessageRef(endpoint="desk", account="desk", id=at_desk)))
    house.work()
    (told,) = peers.of("shop").told()
    assert told.reply_to == MessageRef(endpoint="shop", account="100", id="m1")
    assert told.source == ConversationRef(endpoint="shop", account="100", id="ann")


@pytest.mark.parametrize(("person", "answered"), [("ann", "m1"), ("bob", None)])
def test_who_has_no_names_for_messages_answers_by_the_name_that_came(house, person, answered):
    """A receiver that says nothing of what it stored knows a message by its id, in that conversation alone."""
    peers.of("desk").always("send", Done())
    house.arrive(message("m1"), message("m2", person=person))
    house.work()
    there = ConversationRef(endpoint="shop", account="100", id=person)
    house.tell(reply("r1", reply_to=MessageRef(endpoint="desk", account="desk", id="m1"), conversation=there))
    house.work()
    (told,) = peers.of("shop").told()
    assert (told.reply_to and told.reply_to.id) == answered


@pytest.mark.parametrize("id_", ["r1", "größer-als-ASCII", "r" * 500])
def test_an_answer_to_our_own_message_names_it_as_its_writer_does(house, id_):
    """The person answers what the agent wrote: the desk sees its own id, of whatever form."""
    house.arrive(message("m1"))
    house.tell(reply(id_))
    house.work()
    house.arrive(message("m2", reply_to=MessageRef(endpoint="shop", account="100", id="shop.1")))
    house.work()
    assert peers.of("desk").told()[-1].reply_to == MessageRef(endpoint="desk", account="desk", id=id_)


@pytest.mark.parametrize("id_", ["m1", "größer-als-ASCII", "m" * 500])
def test_a_reaction_points_at_the_message_as_its_target_calls_it(house, id_):
    """The person's message has a name of its own at the desk."""
    house.arrive(message(id_))
    house.work()
    (at_desk,) = [row.external_id for row in house.rows("message_refs", endpoint="desk")]
    here = MessageRef(endpoint="shop", account="100", id=id_)
    house.arrive(message("x1", parts=[Reaction(message=here, emoji="👍")]))
    house.tell(reply("r1", reply_to=MessageRef(endpoint="desk", account="desk", id=at_desk)))
    house.work()
    assert peers.of("desk").told()[-1].parts[0].message.id == at_desk
    assert peers.of("shop").told()[-1].reply_to == here


def test_feedback_on_one_message_points_at_it_as_its_target_calls_it(house):
    """A thumb for an answer of a bot is about what the desk called it."""
    house.arrive(message("m1"))
    house.work()
    (at_desk,) = [row.external_id for row in house.rows("message_refs", endpoint="desk")]
    here = MessageRef(endpoint="shop", account="100", id="m1")
    house.arrive(message("x1", parts=[Feedback(kind="response", message=here), Feedback(kind="csat", score=5.0)]))
    house.work()
    first, second = peers.of("desk").told()[-1].parts
    assert (first.message.id, second.message) == (at_desk, None)


def test_a_message_that_is_unknown_there_becomes_none(house):
    """An answer to a message from before our time is sent without its quotation."""
    house.arrive(message("m1", reply_to=MessageRef(endpoint="shop", account="100", id="before")))
    house.work()
    assert peers.of("desk").told()[0].reply_to is None


def test_what_the_target_cannot_show_becomes_words_or_a_refusal(open_house):
    """`on_unsupported` decides: degrade is the default, refuse tells the writer."""
    story = reply("r1", parts=[Story(kind="mention")])
    house = open_house()
    house.arrive(message("m1"))
    house.tell(story)
    house.work()
    assert peers.of("shop").texts() == ["[story mention]"]
    refusing = open_house(TWO_ENDS.replace("[[routes]]\n", '[[routes]]\non_unsupported = "refuse"\n'))
    refusing.tell(reply("r2", parts=[Story(kind="mention")]))
    assert refusing.states(target="shop")[-1] == "refused"
    assert refusing.status("r2") == "failed"
    refusing.work()
    assert peers.of("desk").told("acknowledge")[-1].failure.code == "not_supported"


def test_a_mapping_rule_writes_its_field_on_the_way_out(open_house):
    """Rules see the event with what the store knows of its person."""
    rule = '[[routes.map.desk]]\nto = "note"\nfrom = "contact.name"\n'
    house = open_house(TWO_ENDS.replace("[api_tokens", rule + "\n[api_tokens"))
    house.arrive(message("m1"))
    house.work()
    assert peers.of("desk").told()[0].fields == {"note": "ann"}


def test_a_route_that_was_taken_away_refuses_what_still_waits(open_house):
    """What was stored for a route that is gone is not sent past the settings."""
    house = open_house(TWO_ENDS + SECOND_CRM)
    house.arrive(message("m1"))
    later = open_house(TWO_ENDS + SECOND_CRM.split("[[routes]]", maxsplit=1)[0])
    later.work()
    assert later.states(target="books") == ["refused"]
    assert peers.of("books").calls == []
    assert peers.of("desk").texts() == ["hello"]


def test_a_message_longer_than_once_is_whole_where_there_is_no_limit(house):
    """The desk takes any length in one call."""
    house.arrive(message("m1", parts=[Text(body="word " * 1000)]))
    house.work()
    assert peers.of("desk").texts() == ["word " * 1000]
