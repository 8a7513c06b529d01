"""The fault menu: what each fault does to webhooks, receipts and calls, in which order, and what is told of it."""

import pytest
import requests
from sandboxes import NUMBER, Running, wait_until

from connectors.meta.sandbox.faults.deciding import chance
from connectors.meta.sandbox.faults.menu import CODES, MENU


@pytest.fixture
def order(meta):
    """Return a function that orders a fault from the menu: the next time, unless it says something else."""

    def ask(fault, **more):
        wanted = more if {"rate", "next"} & more.keys() else {"next": 1, **more}
        return meta.control("POST", "faults", {"fault": fault, **wanted})

    return ask


def injected(meta):
    """Return the names of what was injected, in their order."""
    return [one["fault"] for one in meta.control("GET", "faults/injected/0")["data"]]


def words(callback):
    """Return the texts that reached the callback, in their order."""
    return [message["text"]["body"] for message in callback.messages()]


def quiet(meta):
    """Wait until no webhook waits."""
    wait_until(lambda: meta.control("GET", "account")["webhooks_waiting"] == 0)


# webhooks


def test_a_webhook_comes_twice(meta, callback, order):
    """The same bytes, a while later."""
    order("duplicate", seconds=0.1)
    meta.write("one")
    meta.write("two")
    wait_until(lambda: len(callback.messages()) == 3)
    assert sorted(words(callback)) == ["one", "one", "two"]
    assert len(set(callback.bodies)) == 2


def test_a_webhook_is_overtaken(meta, callback, order):
    """It comes once, behind what was written after it."""
    order("reorder", seconds=0.5)
    meta.write("one")
    meta.write("two")
    wait_until(lambda: len(callback.messages()) == 2)
    assert words(callback) == ["two", "one"]


def test_a_webhook_is_late_and_everything_behind_it(meta, callback, order):
    """The order stays; other people wait for nothing."""
    order("delay", seconds=0.5, customer="sheena")
    meta.write("one")
    meta.write("two")
    meta.write("three", who="pablo")
    wait_until(lambda: len(callback.messages()) == 3)
    assert words(callback) == ["three", "one", "two"]


def test_several_events_come_in_one_body(meta, callback, order):
    """Of one customer in their order, and of others who had something to tell at the same time."""
    order("batch", seconds=0.4, customer="sheena")
    order("delay", seconds=0.4, customer="pablo")
    meta.write("zero", who="pablo")
    for text in ("one", "two", "three"):
        meta.write(text)
    wait_until(lambda: len(callback.messages()) == 4)
    assert max(len(payload["entry"][0]["changes"]) for payload in callback.payloads) >= 3
    mine = [one["text"]["body"] for one in callback.messages() if one["from"] == "16505551234"]
    assert mine == ["one", "two", "three"]
    quiet(meta)
    assert all(entry["status"] == "delivered" for entry in meta.chat())


def test_the_connection_of_a_webhook_drops_before_it_is_read(meta, callback, order):
    """It is tried again, comes once, and nothing overtakes it."""
    order("webhook_drop_before")
    meta.write("one")
    meta.write("two")
    wait_until(lambda: len(callback.messages()) == 2)
    assert words(callback) == ["one", "two"]


def test_the_connection_of_a_webhook_drops_after_it_is_taken(meta, callback, order):
    """It comes once more, and nothing overtakes it."""
    order("webhook_drop_after")
    meta.write("one")
    meta.write("two")
    wait_until(lambda: len(callback.messages()) == 3)
    assert words(callback) == ["one", "one", "two"]
    assert meta.control("GET", "account")["problem"] == ""


# receipts


def test_receipts_come_before_the_answer(meta, callback, order):
    """All that there are so far."""
    meta.write()
    order("receipts_early")
    sent = meta.sent()
    assert callback.steps(sent) == ["sent", "delivered"]


def test_receipts_never_come(meta, callback, order):
    """Also not when the message is read; the next one has its own."""
    meta.write()
    order("receipts_never")
    lost, told = meta.sent(), meta.sent()
    meta.control("POST", "customers/sheena/read")
    wait_until(lambda: callback.steps(told) == ["sent", "delivered", "read"])
    assert callback.steps(lost) == []
    assert meta.find(lost)["status"] == "read"


# calls


@pytest.mark.parametrize(("fault", "there"), [("drop_before", 0), ("drop_after", 1)])
def test_the_connection_of_a_call_drops(meta, order, fault, there):
    """Without a byte of an answer: before it acted or after it did."""
    meta.write()
    order(fault)
    with pytest.raises(requests.ConnectionError):
        meta.send()
    assert len([entry for entry in meta.chat() if entry["from"] == "business"]) == there
    assert meta.send()[0] == 200


def answer_to(meta, **told):
    """Return what a message is answered with, whatever that is."""
    headers = {"authorization": f"Bearer {meta.sandbox.settings.access_token.reveal()}"}
    body = {"messaging_product": "whatsapp", "to": "+16505551234", "text": {"body": "x"}, **told}
    return requests.post(f"{meta.url}/v26.0/{NUMBER}/messages", json=body, headers=headers, timeout=20)


@pytest.mark.parametrize(
    ("options", "code", "header", "value"),
    [
        ({}, 130429, "retry-after", None),
        ({"code": 131056}, 131056, "retry-after", None),
        ({"hint": 7}, 130429, "retry-after", "7"),
        ({"code": 4, "hint": 90}, 4, "x-business-use-case-usage", '"estimated_time_to_regain_access": 2'),
    ],
)
def test_a_call_is_one_too_many(meta, order, options, code, header, value):
    """429 with a code of Meta's, and with a word on when to come back where that is wanted."""
    order("rate_limit", **options)
    found = answer_to(meta)
    assert (found.status_code, found.json()["error"]["code"]) == (429, code)
    assert value in found.headers[header] if value else header not in found.headers


def test_a_fault_there_is_a_status_without_words(meta, order):
    """Nothing was done."""
    order("server_error", status=503)
    found = answer_to(meta)
    assert (found.status_code, found.content) == (503, b"")
    assert meta.chat() == []


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_comes_instead_of_json(meta, order, status):
    """Whatever its status says, nothing was done."""
    order("html", status=status)
    found = answer_to(meta)
    assert (found.status_code, found.headers["content-type"].split(";")[0]) == (status, "text/html")
    assert meta.chat() == []


OF_WHATSAPP = {name: codes["whatsapp"] for name, codes in CODES.items() if "whatsapp" in codes}


@pytest.mark.parametrize("fault", sorted(OF_WHATSAPP.keys() - {"template_paused"}))
def test_a_call_is_refused_with_a_code(meta, order, fault):
    """Once, and then no more."""
    meta.write()
    order(fault)
    status, answer = meta.send()
    assert answer["error"]["code"] == OF_WHATSAPP[fault]
    assert status >= 400
    assert meta.send()[0] == 200


def test_a_template_is_paused(meta, order):
    """What is no template is not touched."""
    meta.write()
    order("template_paused")
    assert meta.send()[0] == 200
    content = {"name": "hello_world", "language": {"code": "en_US"}}
    assert meta.send("template", content)[1]["error"]["code"] == 132015
    assert meta.send("template", content)[0] == 200


def test_the_window_is_closed_for_one_message(meta, callback, order):
    """A status says so; with `refused_at_once` the answer does."""
    meta.write()
    order("window_closed")
    lost = meta.sent()
    wait_until(lambda: callback.steps(lost) == ["failed"])
    assert callback.statuses(lost)[0]["errors"][0]["code"] == 131047
    order("window_closed")
    order("refused_at_once")
    assert meta.send()[1]["error"]["code"] == 131047
    assert meta.send()[0] == 200


def test_a_download_fails_too(meta, order):
    """Looked up, and then the address gives a page."""
    name = meta.upload()[1]["id"]
    url = meta.graph("GET", name)[1]["url"]
    headers = {"authorization": f"Bearer {meta.sandbox.settings.access_token.reveal()}"}
    order("html", status=200, call="download")
    assert requests.get(url, headers=headers, timeout=20).headers["content-type"].startswith("text/html")
    order("drop_before", call="download")
    with pytest.raises(requests.ConnectionError):
        requests.get(url, headers=headers, timeout=20)
    assert requests.get(url, headers=headers, timeout=20).content == b"\x89PNG\r\n"


# what is ordered


def test_a_fault_strikes_only_whom_it_is_for(meta, order):
    """A customer by number, or a kind of call."""
    meta.write()
    meta.write(who="pablo")
    order("html", customer="+16505551234", call="send", next=100)
    assert answer_to(meta).status_code == 502
    assert answer_to(meta, to="+16505555678").status_code == 200
    assert meta.graph("GET", NUMBER)[0] == 200


def test_the_next_times_are_used_up(meta, order):
    """And the rule is gone then."""
    rule = order("html", next=2)
    assert [answer_to(meta).status_code for _ in range(3)] == [502, 502, 200]
    assert meta.control("GET", "faults")["rules"] == []
    assert [one["rule"] for one in meta.control("GET", "faults/injected/0")["data"]] == [rule["id"]] * 2


def test_of_several_endings_the_first_of_the_menu_wins(meta, order):
    """The other one keeps its turn."""
    order("drop_after")
    order("html")
    assert answer_to(meta).status_code == 502
    with pytest.raises(requests.ConnectionError):
        answer_to(meta)
    assert injected(meta) == ["html", "drop_after"]


def test_the_list_says_what_when_and_to_which(meta, callback, order):
    """By customer, by the id of the message and by its key."""
    order("delay", seconds=0.0)
    written = meta.write()
    order("drop_after")
    with pytest.raises(requests.ConnectionError):
        meta.send(biz_opaque_callback_data="the key")
    first, second = meta.control("GET", "faults/injected/0")["data"]
    assert (first["fault"], first["into"], first["customer"], first["message"]) == (
        "delay",
        "messages",
        "sheena",
        written,
    )
    assert (second["fault"], second["into"], second["customer"], second["key"]) == (
        "drop_after",
        "send",
        "sheena",
        "the key",
    )
    assert first["at"] <= second["at"]
    assert meta.control("GET", f"faults/injected/{first['id']}")["data"] == [second]
    assert meta.control("GET", "faults")["injected"] == {"delay": 1, "drop_after": 1}


def test_one_seed_makes_the_same_traffic_fail_in_the_same_way(open_sandbox, tmp_path):
    """For each customer, whatever else goes on; and another seed makes it fail otherwise."""

    def run(name, seed, people):
        sandbox = open_sandbox(folder=tmp_path / name, callback="")
        with sandbox.running() as url:
            meta = Running(sandbox, url)
            meta.control("PATCH", "faults", {"seed": seed})
            meta.control("POST", "faults", {"fault": "html", "rate": 0.3})
            for _ in range(15):
                for to in people:
                    answer_to(meta, to=to)
            found = meta.control("GET", "faults/injected/0")["data"]
            return {who: [one["turn"] for one in found if one["customer"] == who] for who in ("sheena", "pablo")}

    both = run("one", 7, ["+16505551234", "+16505555678"])
    turned = run("two", 7, ["+16505555678", "+1 650 555 1234"])
    assert both == turned
    assert both["sheena"] != both["pablo"]
    assert run("three", 8, ["+16505551234"])["sheena"] != both["sheena"]
    expected = [turn for turn in range(1, 16) if chance(7, "html", "16505551234", turn) < 0.3]
    assert both["sheena"] == expected


def test_what_is_ordered_survives_a_stop(open_sandbox):
    """Rules, seed, counters and list."""
    first = open_sandbox(callback="")
    with first.running() as url:
        meta = Running(first, url)
        meta.control("PATCH", "faults", {"seed": 3})
        meta.control("POST", "faults", {"fault": "html", "next": 2})
        answer_to(meta)
        before = meta.control("GET", "faults")
    second = open_sandbox(callback="")
    with second.running() as url:
        meta = Running(second, url)
        assert meta.control("GET", "faults") == before
        assert answer_to(meta).status_code == 502
        assert [one["turn"] for one in meta.control("GET", "faults/injected/0")["data"]] == [1, 2]


def test_everything_can_be_ended(meta, order):
    """One rule by its number, or all with the list; the seed stays."""
    meta.control("PATCH", "faults", {"seed": 5})
    rule = order("html", rate=1)
    meta.control("DELETE", f"faults/{rule['id']}")
    assert answer_to(meta).status_code == 200
    order("html", rate=1)
    answer_to(meta)
    meta.control("DELETE", "faults")
    state = meta.control("GET", "faults")
    assert (state["rules"], state["injected"], state["seed"]) == ([], {}, 5)
    assert [one["name"] for one in state["menu"]] == list(MENU)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"fault": "html"},
        {"fault": "html", "rate": 2},
        {"fault": "html", "rate": 0.5, "next": 1},
        {"fault": "html", "next": 0},
        {"fault": "html", "next": True},
        {"fault": "html", "next": 1, "seconds": 3},
        {"fault": "html", "next": 1, "status": 404},
        {"fault": "html", "next": 1, "call": "elsewhere"},
        {"fault": "duplicate", "next": 1, "call": "send"},
        {"fault": "delay", "next": 1, "seconds": "long"},
        {"fault": "delay", "next": 1, "seconds": 100_000},
        {"fault": "rate_limit", "next": 1, "code": 190},
        {"fault": "html", "next": 1, "customer": "nobody"},
        {"fault": "html", "next": 1, "account": "4711"},
    ],
)
def test_an_order_that_cannot_be_is_refused(meta, told):
    """In a sentence, and nothing holds then."""
    answer = meta.session.post(f"{meta.url}/sandbox/faults", json=told, timeout=20)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert meta.control("GET", "faults")["rules"] == []
