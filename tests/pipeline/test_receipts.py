"""Receipts only move forward, wait for their send, and reach the side that wrote when it wants to hear of them."""

from datetime import UTC, datetime, timedelta

import peers
import pytest
from gateways import AT, echo, item, message, receipt, reply, together, webhook
from hypothesis import given
from hypothesis import strategies as st

from connectors_core.errors import Rejected, Uncertain
from connectors_core.model import Done, MessageRef, ReceiptKind
from connectors_core.model.receipts import RANK, forward, of_message

KINDS = st.sampled_from(list(ReceiptKind))


@pytest.fixture
def sent(house):
    """Return a house in which the desk's reply r1 was sent to the shop as shop.1."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    house.work()
    assert house.states() == ["sent", "sent"]
    return house


def sends(*refs):
    """Return answers to `send` that give messages these names."""
    return [Done(refs=[MessageRef(endpoint="shop", account="100", id=ref)]) for ref in refs]


def acknowledged():
    """Return the kinds that the desk was told, in their order."""
    return [one.kind for one in peers.of("desk").told("acknowledge")]


@given(st.lists(KINDS))
def test_a_status_never_goes_back(kinds):
    """Whatever order they come in, no receipt lowers a status, but for the failure that takes it over."""
    status = None
    for kind in kinds:
        after = forward(status, kind)
        if after is not status and after is not ReceiptKind.FAILED and status is not ReceiptKind.FAILED:
            assert RANK[after] > RANK[status]
        status = after


@given(st.permutations([ReceiptKind.SENT, ReceiptKind.DELIVERED, ReceiptKind.READ, ReceiptKind.PLAYED]))
def test_any_order_ends_at_the_highest(kinds):
    """The same receipts in any order mean the same."""
    status = None
    for kind in kinds:
        status = forward(status, kind)
    assert status is ReceiptKind.PLAYED


@given(st.lists(KINDS | st.none(), min_size=1))
def test_a_message_is_as_far_as_its_slowest_piece(kinds):
    """Failed when one failed, else the lowest."""
    whole = of_message(kinds)
    assert whole is ReceiptKind.FAILED if ReceiptKind.FAILED in kinds else RANK[whole] == min(map(RANK.get, kinds))


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "sent"], "delivered"),
        (["failed", "sent"], "failed"),
        (["failed", "delivered"], "delivered"),
        (["delivered", "failed"], "delivered"),
        (["sent", "failed", "read"], "read"),
    ],
)
def test_a_stored_status_only_moves_forward(sent, kinds, status):
    """A late `sent` does not undo `read`; `failed` is undone only by proof that it was wrong."""
    sent.arrive(*(receipt(kind, "shop.1") for kind in kinds))
    assert sent.status("r1") == status


def test_receipts_of_one_webhook_move_forward_too(sent):
    """Several receipts of one message in one batch count in their order."""
    sent.journal("exchange", webhook(item(*(receipt(kind, "shop.1") for kind in ("read", "sent", "delivered")))))
    sent.read("exchange")
    assert sent.status("r1") == "read"


def test_a_receipt_that_came_before_its_send_was_stored_waits_for_it(house):
    """The provider is faster than our own commit: the receipt joins when the send is settled."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    peers.of("shop").answers("send", *sends("early"))
    house.arrive(receipt("delivered", "early"))
    assert house.rows("receipts")[0].waiting_until is not None
    house.work()
    assert house.status("r1") == "delivered"
    assert house.rows("receipts")[0].waiting_until is None


def test_an_early_failure_waits_for_its_send_too(house):
    """A failure that overtook the answer to its send is neither lost nor in the way."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    peers.of("shop").answers("send", *sends("early"))
    house.arrive(receipt("failed", "early"))
    house.work()
    assert house.status("r1") == "failed"
    assert acknowledged() == ["failed"]


def test_a_receipt_that_was_stored_at_the_same_moment_as_its_send_is_found(house):
    """Neither transaction saw the other: the next look finds the pair."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    house.arrive(receipt("delivered", "shop.9"))
    house.work()
    delivery = house.rows("deliveries", target="shop")[0]
    house.sql(
        "INSERT INTO message_refs (endpoint, account, external_id, event_id, delivery_id) "
        "VALUES ('shop', '100', 'shop.9', :event, :delivery)",
        event=delivery.event_id,
        delivery=delivery.id,
    )
    house.sweep()
    assert house.status("r1") == "delivered"


def test_a_receipt_of_a_message_that_was_never_ours_stops_waiting(house):
    """Another program of the same business sends too; its receipts are kept and do not wait for ever."""
    house.arrive(receipt("delivered", "theirs"))
    house.later(700)
    house.sweep()
    assert [(row.delivery_id, row.waiting_until) for row in house.rows("receipts")] == [(None, None)]


def test_a_receipt_with_our_key_settles_an_uncertain_send(house):
    """Who gives our key back has the message: nothing is asked, nothing is sent again, and its id is known."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    peers.of("shop").answers("send", Uncertain("no answer"))
    house.work()
    assert house.states(target="shop") == ["uncertain"]
    (key,) = peers.of("shop").keys()
    house.arrive(receipt("delivered", "found", key=key))
    house.work()
    assert house.states(target="shop") == ["sent"]
    assert house.status("r1") == "delivered"
    house.arrive(receipt("read", "found"))
    assert house.status("r1") == "read"
    assert len(peers.of("shop").texts()) == 1


def test_a_receipt_that_names_only_our_key_settles_it_as_well(house):
    """A provider that gives the key back may leave its own id out."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))
    peers.of("shop").answers("send", Uncertain("no answer"))
    house.work()
    house.arrive(receipt("sent", key=peers.of("shop").keys()[0]))
    assert house.states(target="shop") == ["sent"]
    assert house.status("r1") == "sent"


def test_a_receipt_that_comes_while_the_call_runs_decides_what_a_time_out_cannot(house):
    """The status webhook overtakes the answer, and then the answer never comes: the message was sent."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))

    def slow(_message, key):
        house.arrive(receipt("delivered", "overtaker", key=key))
        return Uncertain("no answer in time")

    peers.of("shop").answers("send", slow)
    house.work()
    assert house.states(target="shop") == ["sent"]
    assert house.status("r1") == "delivered"


def test_an_echo_that_comes_while_the_call_runs_decides_it_too(house):
    """The copy with our key is proof."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))

    def slow(_message, key):
        house.arrive(echo("copy", key=key))
        return Uncertain("no answer in time")

    peers.of("shop").answers("send", slow)
    house.work()
    assert house.states(target="shop") == ["sent"]
    assert len(peers.of("desk").told()) == 1


def test_a_key_of_another_installation_is_nobody_here(sent):
    """Two installations behind one account do not settle each other's messages."""
    before = sent.states()
    for key in ("otherone-1/1", "rubbish", "", "otherone-1/1~3"):
        sent.arrive(receipt("read", f"x{key}", key=key))
    assert sent.states() == before
    assert sent.status("r1") is None


def test_a_watermark_is_about_everything_that_was_sent_before_it(house):
    """Messenger says "read up to": every earlier message of this conversation, and of no other."""
    house.arrive(message("m1"), message("m2", person="bob"))
    house.tell(reply("r1"), reply("r2"), reply("r3", person="bob"))
    house.work()
    house.arrive(receipt("read", watermark=datetime.now(UTC), conversation=message("x").conversation))
    assert [house.status(one) for one in ("r1", "r2", "r3")] == ["read", "read", None]


def test_a_watermark_says_nothing_of_later_messages(sent):
    """What was sent after that moment is not read."""
    past = datetime.now(UTC) - timedelta(hours=1)
    sent.arrive(receipt("read", watermark=past, conversation=message("x").conversation))
    assert sent.status("r1") is None


def test_a_watermark_that_comes_while_the_call_runs_waits_for_its_answer(house):
    """The person has read it before we were told that it was sent; no later receipt says so again."""
    house.arrive(message("m1"))
    house.tell(reply("r1"))

    def slow(_message, key):
        house.arrive(echo("quick", key=key))
        house.arrive(receipt("read", watermark=datetime.now(UTC), conversation=message("x").conversation))
        return Done(refs=[MessageRef(endpoint="shop", account="100", id="quick")])

    peers.of("shop").answers("send", slow)
    house.work()
    house.sweep()
    assert house.status("r1") == "read"


def test_a_watermark_waits_for_the_proof_of_a_send_whose_answer_was_lost(house):
    """The echo says that it happened, and then it was read, too; without one nothing is said of it."""
    house.arrive(message("m1"))
    house.tell(reply("r1"), reply("r2", person="ann"))
    peers.of("shop").answers("send", Uncertain("no answer"))
    house.work()
    (key,) = peers.of("shop").keys()
    house.arrive(receipt("read", watermark=datetime.now(UTC), conversation=message("x").conversation))
    house.sweep()
    assert house.status("r1") is None
    house.arrive(echo("copy", key=key))
    house.sweep()
    assert house.status("r1") == "read"
    house.work()
    house.sweep()
    assert house.status("r2") is None


def test_a_watermark_of_a_conversation_that_nobody_knows_changes_nothing(sent):
    """It is stored, and makes no conversation."""
    stranger = message("x", person="stranger").conversation
    sent.arrive(receipt("read", watermark=datetime.now(UTC), conversation=stranger))
    assert sent.status("r1") is None
    assert len(sent.rows("conversations")) == 1


def test_a_message_in_pieces_is_as_far_as_its_slowest_piece(house):
    """Delivered when every piece is; the writer hears it once."""
    house.arrive(message("m1"))
    house.tell(reply("r1", "one two three four five six seven eight nine ten"))
    house.work()
    pieces = [row.external_id for row in house.rows("message_refs", endpoint="shop")]
    assert len(pieces) == 3
    for number, piece in enumerate(pieces, 1):
        house.arrive(receipt("delivered", piece))
        assert house.status("r1") == ("delivered" if number == 3 else None)
    house.work()
    assert acknowledged() == ["delivered"]


def test_a_failed_piece_fails_its_message_and_is_named(house):
    """The CRM learns which piece it was and why; later pieces are still sent, and proof undoes nothing of it."""
    house.arrive(message("m1"))
    house.tell(reply("r1", "one two three four five six seven eight nine ten"))
    peers.of("shop").answers("send", Done(), Rejected("too rude", code=77))
    house.work()
    assert house.states(target="shop") == ["sent", "refused", "sent"]
    assert house.status("r1") == "failed"
    (told,) = peers.of("desk").told("acknowledge")
    assert (told.kind, told.messages[0].id, told.failure.code) == ("failed", "r1", "77")
    assert told.key.endswith("/2")
    assert "too rude" in told.failure.title


def test_the_writer_hears_what_it_wants_to_hear_and_no_more(sent):
    """The desk takes delivered, read and failed: `sent` is kept to ourselves."""
    sent.arrive(*(receipt(kind, "shop.1") for kind in ("sent", "delivered", "read")))
    sent.work()
    assert acknowledged() == ["delivered", "read"]
    told = peers.of("desk").told("acknowledge")
    assert {one.messages for one in told} == {(MessageRef(endpoint="desk", account="desk", id="r1"),)}


def test_nothing_is_acknowledged_twice(sent):
    """A receipt that comes again, in whatever form, tells nothing new."""
    again = receipt("delivered", "shop.1", id="other", repeat="other")
    sent.arrive(receipt("delivered", "shop.1"), receipt("delivered", "shop.1"), again, receipt("sent", "shop.1"))
    sent.work()
    assert acknowledged() == ["delivered"]


def test_a_channel_that_takes_no_receipts_is_told_nothing(sent):
    """The person's own message reached the desk: the shop's channel has no way to say so."""
    ref = sent.rows("message_refs", endpoint="desk")[0].external_id
    sent.tell(receipt("read", ref, endpoint="desk", account="desk"))
    assert sent.status("m1") == "read"
    assert sent.rows("deliveries", verb="acknowledge") == []


def test_receipts_and_settlements_that_race_lose_nothing(house):
    """Receipts of a message that is being settled at this moment find it or wait for it."""
    house.arrive(message("m1"))
    house.tell(*(reply(f"r{number}") for number in range(8)))
    worker = house.worker
    for number in range(8):
        house.journal("exchange", webhook(item(receipt("delivered", f"shop.{number + 1}"))))
    results = together(lambda: house.work(worker), lambda: house.read("exchange"))
    assert not any(isinstance(one, Exception) for one in results), results
    house.sweep()
    assert {house.status(f"r{number}") for number in range(8)} == {"delivered"}


def test_a_receipt_keeps_the_time_at_which_the_platform_says_it_happened(sent):
    """Platform time is stored for people; it decides nothing."""
    sent.arrive(receipt("delivered", "shop.1", at=AT - timedelta(days=400)))
    assert sent.rows("receipts")[0].at == (AT - timedelta(days=400)).timestamp()
    assert sent.status("r1") == "delivered"
