"""Webhooks: signed, in order for each customer, repeated until they are taken, and still there after a stop."""

from sandboxes import NUMBER, SHEENA, VERIFY, Running, wait_until

from connectors.meta.sandbox.signing import encode


def test_the_body_is_written_as_meta_writes_it():
    """Escapes in lower case, slashes escaped, no spaces."""
    assert encode({"a": "äöå/€", "b": [1]}) == '{"a":"\\u00e4\\u00f6\\u00e5\\/\\u20ac","b":[1]}'
    assert encode("🌱") == '"\\ud83c\\udf31"'


def test_the_gateways_own_app_believes_every_webhook(meta, callback):
    """Also where letters are escaped."""
    meta.write("äöå 🌱 https://example.com/a مرحبا")
    wait_until(callback.messages)
    assert callback.messages()[0]["text"]["body"] == "äöå 🌱 https://example.com/a مرحبا"
    assert b"https:\\/\\/example.com" in callback.bodies[0]
    assert callback.refused == 0


def test_what_is_not_taken_is_repeated_in_order(meta, callback):
    """Nothing overtakes, and nothing comes twice."""
    callback.status = 503
    texts = [f"message {number}" for number in range(20)]
    for text in texts:
        meta.write(text)
    wait_until(lambda: meta.control("GET", "account")["problem"])
    assert meta.control("GET", "account")["webhooks_waiting"] == 20
    callback.status = 200
    wait_until(lambda: len(callback.messages()) == 20)
    assert [message["text"]["body"] for message in callback.messages()] == texts
    wait_until(lambda: meta.control("GET", "account")["problem"] == "")


def test_one_customer_waits_for_no_other(meta, callback):
    """Each has a lane."""
    people = [meta.control("POST", "customers", {"name": f"Customer {n}", "wa_id": f"1650555{n:04}"}) for n in range(5)]
    for number in range(10):
        for person in people:
            meta.write(str(number), who=person["id"])
    wait_until(lambda: meta.control("GET", "account")["webhooks_waiting"] == 0)
    assert len(callback.messages()) == 50
    for person in people:
        mine = [one["text"]["body"] for one in callback.messages() if one["from"] == person["wa_id"]]
        assert mine == [str(number) for number in range(10)]


def test_what_waits_survives_a_stop(open_sandbox, callback):
    """A second start delivers it, with the chats and customers of the first."""
    callback.status = 503
    first = open_sandbox()
    with first.running() as url:
        running = Running(first, url)
        written = running.write("before the stop")
        name = running.upload()[1]["id"]
        running.control("POST", "customers", {"name": "Another"})
    assert callback.messages() == []
    callback.status = 200
    second = open_sandbox()
    with second.running() as url:
        running = Running(second, url)
        wait_until(lambda: [message["id"] for message in callback.messages()] == [written])
        assert [entry["id"] for entry in running.chat()] == [written]
        assert running.graph("GET", name)[0] == 200
        people = running.control("GET", "customers")["data"]
        assert [one["name"] for one in people].count("Another") == 1


def test_a_message_that_was_being_prepared_is_sent_after_a_stop(open_sandbox, callback):
    """What was accepted is not forgotten."""
    first = open_sandbox()
    first.later = lambda _work: None
    with first.running() as url:
        running = Running(first, url)
        running.write()
        name = running.upload(b"\x89PNG")[1]["id"]
        sent = running.sent("image", {"id": name})
        assert running.find(sent)["status"] == "accepted"
    second = open_sandbox()
    with second.running():
        wait_until(lambda: callback.steps(sent) == ["sent", "delivered"])


def test_a_callback_must_answer_its_verification_first(open_sandbox, callback):
    """A wrong word stops everything until it is right."""
    wrong = open_sandbox(verify_token=type(VERIFY)("another word"))
    with wrong.running() as url:
        running = Running(wrong, url)
        running.write()
        problem = wait_until(lambda: running.control("GET", "account")["problem"])
        assert "verify the callback" in problem
    assert callback.bodies == []
    right = open_sandbox()
    with right.running():
        wait_until(callback.messages)


def test_without_a_callback_nothing_is_sent(open_sandbox, callback):
    """And nothing waits for a day when somebody listens."""
    silent = open_sandbox(callback="")
    with silent.running() as url:
        running = Running(silent, url)
        running.write()
        wait_until(lambda: running.control("GET", "account")["webhooks_waiting"] == 0)
        body = {"messaging_product": "whatsapp", "to": SHEENA, "type": "text", "text": {"body": "x"}}
        assert running.graph("POST", f"{NUMBER}/messages", body)[0] == 200
    assert callback.bodies == []
