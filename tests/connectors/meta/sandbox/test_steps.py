"""What becomes of a message that was accepted: its statuses in their order, and the window."""

from time import time

import pytest
from sandboxes import NUMBER, wait_until

from connectors.meta.sandbox.store import customers
from connectors_core.model import Receipt, ReceiptKind


def test_a_phone_that_is_online_has_it_at_once(meta, callback):
    """Sent, then delivered, with what it costs and the tracker that came with it."""
    meta.write()
    sent = meta.sent(biz_opaque_callback_data="the key")
    wait_until(lambda: len(callback.statuses(sent)) == 2)
    first, second = callback.statuses(sent)
    person = meta.control("GET", "customers/sheena")
    assert first == {
        "id": sent,
        "status": "sent",
        "timestamp": first["timestamp"],
        "recipient_id": "16505551234",
        "recipient_user_id": person["user_id"],
        "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"},
        "biz_opaque_callback_data": "the key",
    }
    assert second == {**first, "status": "delivered", "timestamp": second["timestamp"]}
    assert callback.values()[-1]["contacts"] == [
        {"profile": {"name": "Sheena Nelson"}, "wa_id": "16505551234", "user_id": person["user_id"]}
    ]


def test_the_gateway_reads_the_statuses(meta, callback):
    """As receipts with the key, the price and the right kind."""
    meta.write()
    sent = meta.sent(biz_opaque_callback_data="the key")
    meta.control("POST", "customers/sheena/read")
    wait_until(lambda: len(callback.statuses(sent)) == 3)
    receipts = [event for event in callback.events() if isinstance(event, Receipt)]
    assert [one.kind for one in receipts] == [ReceiptKind.SENT, ReceiptKind.DELIVERED, ReceiptKind.READ]
    assert {one.key for one in receipts} == {"the key"}
    assert receipts[0].pricing.category == "service"
    assert receipts[0].conversation.id == "16505551234"


def test_a_phone_that_is_offline_gets_it_later(meta, callback):
    """And shows nothing before."""
    meta.write()
    meta.control("PATCH", "customers/sheena", {"online": False})
    sent = meta.sent()
    wait_until(lambda: callback.steps(sent) == ["sent"])
    assert meta.control("POST", "customers/sheena/read") == {"read": 0}
    meta.control("PATCH", "customers/sheena", {"online": True})
    wait_until(lambda: callback.steps(sent) == ["sent", "delivered"])


def test_without_read_receipts_the_business_is_not_told(meta, callback):
    """The phone knows by itself what was read."""
    meta.write()
    meta.control("PATCH", "customers/sheena", {"receipts": False})
    sent = meta.sent()
    assert meta.control("POST", "customers/sheena/read") == {"read": 1}
    meta.write("another")
    wait_until(lambda: len(callback.messages()) == 2)
    assert callback.steps(sent) == ["sent", "delivered"]


def test_a_customer_who_answers_has_read(meta, callback):
    """The status comes before the answer."""
    meta.write()
    sent = meta.sent()
    answer = meta.write("thanks")
    wait_until(lambda: len(callback.messages()) == 2)
    order = [found for value in callback.values() for found in (*value.get("statuses", []), *value.get("messages", []))]
    assert [found.get("status", "message") for found in order] == ["message", "sent", "delivered", "read", "message"]
    assert order[-1]["id"] == answer
    assert order[-2]["id"] == sent


def test_outside_the_window_it_fails_with_131047(meta, callback):
    """Accepted, and failed by a status: without contacts, and without a user id for who was named by the number."""
    sent = meta.sent()
    wait_until(lambda: callback.steps(sent) == ["failed"])
    status = callback.statuses(sent)[0]
    assert status["errors"][0]["code"] == 131047
    assert set(status) == {"id", "status", "timestamp", "recipient_id", "errors"}
    assert "contacts" not in callback.values()[0]
    failure = callback.events()[0].failure
    assert failure.code == 131047
    assert meta.find(sent)["status"] == "failed"


def test_the_window_opens_with_a_message_and_lasts_24_hours(meta, callback):
    """And can be closed by hand."""
    meta.write()
    closes = meta.control("GET", "customers/sheena")["window_closes_at"]
    assert 24 * 3600 - 60 < closes - time() <= 24 * 3600
    first = meta.sent()
    meta.control("PATCH", "customers/sheena", {"window": "closed"})
    second = meta.sent()
    wait_until(lambda: callback.steps(second) == ["failed"])
    assert "failed" not in callback.steps(first)
    meta.control("PATCH", "customers/sheena", {"window": "open"})
    third = meta.sent()
    wait_until(lambda: callback.steps(third) == ["sent", "delivered"])


def test_a_window_of_yesterday_is_closed(meta, callback):
    """To the second."""
    meta.write()
    with meta.sandbox.change() as change:
        customers.change(change.db, "sheena", opened_at=time() - 24 * 3600 - 1)
    sent = meta.sent()
    wait_until(lambda: callback.steps(sent) == ["failed"])


def test_what_nobody_has_is_undeliverable(meta, callback):
    """131026, for a number and for a user id."""
    sent = meta.sent(to="+16505550000")
    wait_until(lambda: callback.steps(sent) == ["failed"])
    status = callback.statuses(sent)[0]
    assert (status["errors"][0]["code"], status["recipient_id"]) == (131026, "16505550000")


@pytest.mark.parametrize(("to", "code"), [("+16505551234", 131047), ("+16505550000", 131026)])
def test_what_is_told_later_can_be_told_at_once(meta, to, code):
    """For gateways that want to see the error in the answer; nothing is kept then."""
    meta.control("POST", "faults", {"fault": "refused_at_once", "rate": 1})
    status, answer = meta.send(to=to)
    assert (status, answer["error"]["code"]) == (400, code)
    assert meta.chat() == []


def test_a_reaction_stands_on_its_message(meta, callback):
    """And goes when it is empty; one to a message that is not there fails with 131009."""
    mine = meta.write()
    meta.sent("reaction", {"message_id": mine, "emoji": "👍"})
    assert meta.find(mine)["marks"] == {"business": "👍"}
    meta.sent("reaction", {"message_id": mine, "emoji": ""})
    assert meta.find(mine)["marks"] == {}
    lost = meta.sent("reaction", {"message_id": "wamid.none", "emoji": "👍"})
    wait_until(lambda: callback.steps(lost) == ["failed"])
    assert callback.statuses(lost)[0]["errors"][0]["code"] == 131009


def test_a_message_to_a_user_id_names_the_user_id(meta, callback):
    """Of a person who shows no number, no number is told."""
    meta.write(who="barbara")
    person = meta.control("GET", "customers/barbara")["user_id"]
    body = {"messaging_product": "whatsapp", "recipient": person, "type": "text", "text": {"body": "x"}}
    sent = meta.graph("POST", f"{NUMBER}/messages", body)[1]["messages"][0]["id"]
    wait_until(lambda: callback.steps(sent) == ["sent", "delivered"])
    status = callback.statuses(sent)[0]
    assert "recipient_id" not in status
    assert status["recipient_user_id"] == person
