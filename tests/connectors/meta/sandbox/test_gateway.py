"""A whole gateway against the sandbox: from the phone to the CRM and back, and nothing lost when it is killed."""

from processes import wait_for


def test_a_message_reaches_the_crm_and_the_answer_the_phone(scene):
    """And the CRM hears that it was sent, delivered and read; the gateway's calls are signed."""
    meta, crm, start, reply = scene
    start()
    written = meta.write("Does it come in another color?")
    wait_for("the message at the CRM", crm.messages)
    assert [(call.message, call.text) for call in crm.messages()] == [(written, "Does it come in another color?")]
    reply("Yes, in blue.")
    wait_for("the answer on the phone", lambda: len(meta.chat()) == 2)
    assert meta.chat()[1]["content"]["body"] == "Yes, in blue."
    meta.control("POST", "customers/sheena/read")
    wait_for("the CRM to hear of it", lambda: "read" in {call.status for call in crm.calls})


def test_nothing_is_lost_or_doubled_when_the_gateway_is_killed(scene):
    """What was written meanwhile waits in the sandbox, in order."""
    meta, crm, start, _ = scene
    program = start()
    first = [meta.write(f"before {number}") for number in range(5)]
    program.kill_group()
    second = [meta.write(f"meanwhile {number}") for number in range(5)]
    start()
    third = [meta.write(f"after {number}") for number in range(5)]
    wait_for("everything at the CRM", lambda: len({call.message for call in crm.messages()}) == 15)
    order = list(dict.fromkeys(call.message for call in crm.messages()))
    assert order == [*first, *second, *third]


def test_outside_the_window_the_crm_hears_why(scene):
    """The status `failed` of the sandbox becomes a receipt with Meta's code, or core refuses it before."""
    meta, crm, start, reply = scene
    start()
    meta.write()
    wait_for("the message at the CRM", crm.messages)
    meta.control("PATCH", "customers/sheena", {"window": "closed"})
    reply("Too late")
    wait_for("the CRM to hear of it", lambda: "failed" in {call.status for call in crm.calls})
    assert meta.chat()[-1]["failure"]["code"] == 131047
