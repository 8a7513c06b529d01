"""The HTTP API: every answer that its description promises, and none that it does not."""

import json
import socket
import threading

import peers
import pytest
import requests
from gateways import AT, TWO_ENDS, message, together
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors_core.model import codec
from connectors_core.store import Store

ANN = {"endpoint": "shop", "account": "100", "id": "ann"}


@pytest.fixture
def known(site):
    """Return a site at which Ann has written."""
    site.house.arrive(message("m1"))
    site.house.work()
    return site


def test_a_message_is_taken_read_and_sent(known):
    """202, and the same id at every later question."""
    answer = known.post("messages", {"conversation": ANN, "text": "hi"})
    assert answer.status_code == 202
    id_ = answer.json()["id"]
    assert known.get(f"/api/v1/messages/{id_}").json() == {
        "id": id_,
        "status": None,
        "deliveries": [],
        "queued": True,
    }
    known.house.read("desk")
    known.house.work()
    assert peers.of("shop").texts() == ["hi"]
    found = known.get(f"/api/v1/messages/{id_}").json()
    assert (found["id"], found["queued"]) == (id_, False)
    (delivery,) = found["deliveries"]
    assert (delivery["to"], delivery["state"], delivery["attempts"]) == ("shop", "sent", 1)
    assert delivery["settled_at"].endswith("+00:00")


@pytest.mark.parametrize("id_", ["mine-1", "größer", "a/b?c d", "x" * 512, "50%"])
def test_an_id_of_the_caller_is_its_key_and_its_name(known, id_):
    """The same id twice is the same message; it can be asked for, whatever its form."""
    body = {"conversation": ANN, "text": "hi", "id": id_}
    first, second = known.post("messages", body), known.post("messages", body)
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json() == {"id": id_, "repeated": False}
    assert second.json() == {"id": id_, "repeated": True}
    known.house.read("desk")
    known.house.work()
    assert peers.of("shop").texts() == ["hi"]
    found = known.get(f"/api/v1/messages/{requests.utils.quote(id_, safe='')}")
    assert (found.status_code, found.json()["queued"]) == (200, False)


def test_an_id_that_was_used_for_another_message_is_refused(known):
    """The caller has mixed something up, and is told so, whatever key comes with it."""
    known.post("messages", {"conversation": ANN, "text": "hi", "id": "mine"})
    assert known.post("messages", {"conversation": ANN, "text": "ho", "id": "mine"}).status_code == 422
    assert known.post("messages", {"conversation": ANN, "text": "ho", "id": "mine"}, key="k").status_code == 422


def test_the_same_idempotency_key_is_the_same_request(known):
    """Same key, same body: the first answer again. Same key, other body: a mistake."""
    body = {"conversation": ANN, "text": "hi"}
    first, second = known.post("messages", body, key="k1"), known.post("messages", body, key="k1")
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json()["id"] == second.json()["id"]
    assert known.post("messages", {"conversation": ANN, "text": "ho"}, key="k1").status_code == 422
    assert known.post("messages", body, key="k2").json()["id"] != first.json()["id"]


def test_the_same_key_many_times_at_once_is_one_message(known):
    """Whoever comes first writes it; all are told the same id."""
    body = {"conversation": ANN, "text": "hi"}
    answers = together(*[lambda: known.post("messages", body, key="k") for _ in range(8)])
    assert sorted(one.status_code for one in answers) == [200] * 7 + [202]
    assert len({one.json()["id"] for one in answers}) == 1
    assert len(known.house.rows("journal", kind="api")) == 1


WRONG = ["", "wrong", "token-of-the-api2", "token-of-the-apĩ".encode().decode("latin-1")]


def test_a_wrong_token_is_401(known):
    """Nothing is read, nothing is stored."""
    for token in WRONG:
        answer = known.post("messages", {"conversation": ANN, "text": "hi"}, token=token)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert known.get("/api/v1/messages/x", token=token).status_code == 401


def test_a_token_of_another_scheme_is_401(site):
    """Only a bearer token is one."""
    headers = {"authorization": "Basic token-of-the-api"}
    assert requests.post(f"{site.url}/api/v1/messages", json={}, headers=headers, timeout=10).status_code == 401


NO_OBJECTS = [b"", b"{", b"[]", b"7", b"\xff", b'{"a": NaN}', b'{"a": 1e999}', b"[" * 5000]


def test_what_is_no_json_object_is_400(site):
    """And says so as a problem."""
    for body in NO_OBJECTS:
        answer = site.post("messages", body)
        assert answer.status_code == 400
        assert answer.json()["status"] == 400


DEPTHS = [70, 300, 900, 5000, 100_000]


def test_json_that_is_nested_too_deeply_is_400(known):
    """No message has such a depth, and no later step must break on it."""
    for depth in DEPTHS:
        nested = b'{"a":' * depth + b"1" + b"}" * depth
        body = b'{"conversation": ' + json.dumps(ANN).encode() + b', "text": "hi", "extra": ' + nested + b"}"
        assert known.post("messages", body).status_code in {400, 413}
        assert known.house.rows("journal", kind="api") == []


def test_a_body_that_is_too_large_is_413(site):
    """A message of 100,000 characters is not."""
    assert site.post("messages", b"x" * (512 * 1024 + 1)).status_code == 413


def test_a_body_that_trickles_is_408(open_house, serve):
    """As at the other door."""
    site = serve(open_house("[gateway]\nbody_timeout = 0.2\n" + TWO_ENDS))
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(
            b"POST /api/v1/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer token-of-the-api\r\n"
            b"content-length: 100\r\n\r\n{"
        )
        assert b" 408 " in connection.recv(1000)


BAD = [
    ("messages", {}, "conversation"),
    ("messages", {"conversation": ANN, "to": {"scheme": "phone", "value": "1"}, "text": "x"}, "conversation"),
    ("messages", {"conversation": ANN, "text": "x", "parts": [{"part": "text", "body": "x"}]}, "text"),
    ("messages", {"conversation": ANN}, "text"),
    ("messages", {"conversation": ANN, "text": ""}, "text"),
    ("messages", {"conversation": ANN, "text": "x", "origin": "contact"}, "origin"),
    ("messages", {"conversation": ANN, "text": "x", "colour": "red"}, "colour"),
    ("messages", {"conversation": ANN, "text": "x", "at": "2026-01-01T00:00:00"}, "at"),
    ("messages", {"conversation": ANN, "text": "x", "at": "0001-01-01T00:00:00+14:00"}, "at"),
    ("messages", {"conversation": ANN, "parts": [{"part": "poem"}]}, "parts"),
    ("messages", {"conversation": {**ANN, "id": ""}, "text": "x"}, "conversation"),
    ("receipts", {"kind": "seen", "messages": ["a"]}, "kind"),
    ("receipts", {"kind": "read", "messages": []}, "messages"),
    ("links", {"status": "wanted", "contact": "7", "conversation": ANN}, "status"),
    ("links", {"status": "linked", "contact": "7"}, "conversation"),
    ("links", {"status": "linked", "contact": "7", "other": "8", "conversation": ANN}, "conversation"),
    ("links", {"status": "proposed", "contact": "7", "other": "8"}, "status"),
    ("handovers", {"action": "pass"}, "conversation"),
    ("handovers", {"action": "steal", "conversation": ANN}, "action"),
]


def test_a_body_that_is_not_as_it_should_be_is_422_and_says_where(known):
    """Every problem is named by its field."""
    for noun, body, where in BAD:
        answer = known.post(noun, body)
        assert answer.status_code == 422
        assert where in answer.json()["errors"]


def test_a_key_of_strange_characters_is_named_in_the_answer(known):
    """Half a character in the caller's own field name does not break the answer."""
    answer = known.post("messages", b'{"\\ud800": 1, "conversation": {}, "text": "x"}')
    assert answer.status_code == 422


@pytest.mark.parametrize("id_", ["\\u0000", "\\ud800", "a\\u0000b\\udfff"])
def test_an_id_of_strange_characters_is_taken_in_a_form_that_every_store_keeps(known, id_):
    """The answer says how it is called."""
    raw = b'{"conversation": %s, "text": "hi", "id": "%s"}' % (json.dumps(ANN).encode(), id_.encode())
    answer = known.post("messages", raw)
    assert answer.status_code == 202
    assert known.post("messages", raw).status_code == 200
    known.house.read("desk")
    known.house.work()
    assert peers.of("shop").texts() == ["hi"]


NO_KEYS = ["x" * 256, "a\tb"]


def test_a_key_that_is_none_is_400(known):
    """1 to 255 printable characters."""
    for key in NO_KEYS:
        assert known.post("messages", {"conversation": ANN, "text": "hi"}, key=key).status_code == 400


NOWHERE = [
    ({"conversation": {**ANN, "id": "stranger"}, "text": "x"}, "no such conversation"),
    ({"conversation": {**ANN, "endpoint": "nowhere"}, "text": "x"}, "no route"),
    ({"to": {"endpoint": "nowhere", "scheme": "phone", "value": "1"}, "text": "x"}, "no route"),
]


def test_what_could_go_nowhere_is_409(known):
    """Said at once, with the reason, instead of parking it later."""
    for body, why in NOWHERE:
        answer = known.post("messages", body)
        assert answer.status_code == 409
        assert why in answer.json()["title"]


def test_a_channel_that_cannot_write_first_says_so(open_house, serve):
    """409, before anything is stored."""
    site = serve(open_house(TWO_ENDS.replace('"phone"', '"telex"')))
    body = {"to": {"endpoint": "shop", "scheme": "phone", "value": "447700900123"}, "text": "hello"}
    answer = site.post("messages", body)
    assert (answer.status_code, answer.json()["title"]) == (409, "shop cannot write first")


def test_an_agent_writes_first_by_naming_a_person(site):
    """With or without the channel's name, where there is only one."""
    for number, endpoint in enumerate([{"endpoint": "shop"}, {}]):
        person = {**endpoint, "scheme": "phone", "value": f"44770090012{number}"}
        assert site.post("messages", {"to": person, "text": "hello"}).status_code == 202
    site.house.read("desk")
    site.house.work()
    assert sorted(one.conversation.id for one in peers.of("shop").told()) == ["447700900120", "447700900121"]


def test_parts_of_every_kind_are_taken(known):
    """A picture, with the words around it, as an answer to a message."""
    parts = [{"part": "text", "body": "look"}, {"part": "media", "kind": "image", "url": "https://example.com/a.png"}]
    body = {"conversation": ANN, "parts": parts, "origin": "bot", "reply_to": "desk.1", "at": AT.isoformat()}
    assert known.post("messages", body).status_code == 202
    known.house.read("desk")
    known.house.work()
    known.house.later(31)
    known.house.work()
    (told,) = peers.of("shop").told()
    assert (told.origin, told.at, told.reply_to.id) == ("bot", AT, "m1")
    assert [codec.PART_NAMES[type(part)] for part in told.parts] == ["text", "media"]


def test_receipts_links_and_handovers_are_told_the_same_way(known):
    """Each is journaled as if a provider had pushed it."""
    (at_desk,) = [row.external_id for row in known.house.rows("message_refs", endpoint="desk")]
    assert known.post("receipts", {"kind": "read", "messages": [at_desk]}).status_code == 202
    link = {"status": "linked", "contact": "customer-7", "name": "Sheena Nelson", "conversation": ANN}
    assert known.post("links", link).status_code == 202
    assert known.post("handovers", {"action": "release", "conversation": ANN}).status_code == 202
    known.house.read("desk")
    assert known.house.status("m1") == "read"
    assert [row.external_id for row in known.house.rows("links", endpoint="desk", noun="contact")] == ["customer-7"]
    told = [(row.endpoint, row.noun) for row in known.house.rows("events")]
    assert told == [
        ("shop", "message"),
        ("desk", "receipt"),
        ("desk", "link"),
        ("desk", "handover"),
        ("shop", "handover"),
    ]
    assert known.house.rows("parked") == []


def test_a_message_that_nobody_told_is_404(known):
    """Somebody else's message too; strange names are only unknown ones."""
    for id_ in ("unknown", "m1", "%00", "%ff", "x" * 600):
        assert known.get(f"/api/v1/messages/{id_}").status_code == 404


def test_a_store_that_is_not_there_is_503_everywhere(open_house, serve):
    """The answer names what to do."""
    absent = Store("postgresql://connectors@127.0.0.1:9/none")
    site = serve(open_house(store=absent))
    answers = [
        site.post("messages", {"to": {"scheme": "phone", "value": "1"}, "text": "x"}),
        site.get("/api/v1/messages/x"),
        site.get("/ready"),
        site.hook(b"{}"),
    ]
    assert [(one.status_code, one.headers["retry-after"]) for one in answers] == [(503, "5")] * 4
    absent.close()


def test_a_defect_of_ours_is_500_and_says_nothing(known, monkeypatch):
    """Only what the store says is 503."""
    monkeypatch.setattr("connectors_core.web.api.api_keys.take", lambda *_: 1 / 0)
    answer = known.post("messages", {"conversation": ANN, "text": "hi"})
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["id", "at", "conversation", "to", "text", "parts", "origin", "reply_to", "extra", "kind", "messages", "status"]
)
VALUES = JSON | st.sampled_from(
    [ANN, [{"part": "text", "body": "\x00"}], "read", "linked", "pass", ["a"], AT.isoformat()]
)
BODIES = st.dictionaries(NAMES, VALUES, max_size=5)
VALID = st.fixed_dictionaries(
    {"conversation": st.just(ANN), "text": st.text(min_size=1)},
    optional={"id": st.text(min_size=1), "at": st.datetimes().map(lambda at: f"{at.isoformat()}+14:00"), "extra": JSON},
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(noun=st.sampled_from(["messages", "receipts", "links", "handovers"]), body=BODIES | VALID)
@example(noun="messages", body={"conversation": ANN, "text": "\x00\ud800"})
@example(noun="links", body={"status": "linked", "contact": "\x00", "name": "\ud800", "conversation": ANN})
@example(noun="handovers", body={"action": "pass", "conversation": {**ANN, "id": "\ud800\x00"}})
def test_no_body_is_answered_500_or_lost(known, noun, body):
    """Whatever is sent is either taken, and then read, or refused with a reason."""
    answer = known.post(noun, json.dumps(body).encode())
    assert answer.status_code in {200, 202, 400, 409, 422}, answer.text
    if answer.status_code == 202:
        known.house.read("desk")
        with known.house.store.read() as db:
            (bad,) = db.exec_driver_sql("SELECT count(*) FROM journal WHERE problem <> ''").one()
        assert bad == 0
        assert known.house.rows("parked") == []


def test_requests_at_the_same_time_are_all_stored(known):
    """Eight callers, eight messages."""
    done = []

    def call(number):
        done.append(known.post("messages", {"conversation": ANN, "text": f"hi {number}"}).status_code)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert done == [202] * 8
    assert len(known.house.rows("journal", kind="api")) == 8
