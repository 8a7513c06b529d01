"""The door for webhooks: who is let in, what it may cost, and 200 only for what is stored."""

import asyncio
import socket
import threading
import time

import gateways
import pytest
import requests
from gateways import TWO_ENDS, item, message, unusable, wait_until, webhook
from sqlalchemy import event

from connectors_core.model import Trusted
from connectors_core.store import StoreUnavailable, journal
from connectors_core.store.journal import Arrival
from connectors_core.web import group_commit, server

BODY = webhook(item(message("m1")))


def gateway_table(**values):
    """Return settings of the gateway before those of two ends."""
    return "[gateway]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()) + TWO_ENDS


def talk(site, *pieces, pause=0.0):
    """Send raw bytes piece by piece on a connection of its own; return what came back until it was closed."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except OSError:
                break
            time.sleep(pause)
        answer = b""
        try:
            while found := connection.recv(65536):
                answer += found
        except OSError:
            pass
        return answer


def head(path="/hooks/exchange", **headers):
    """Return the head of a request that ends the connection."""
    lines = [f"POST {path} HTTP/1.1", "host: localhost", "connection: close", "x-stamp: stamp-of-the-exchange"]
    return "\r\n".join([*lines, *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()), "\r\n"])


def test_a_webhook_is_answered_200_when_it_is_stored(site):
    """The raw bytes are in the journal before the answer is given."""
    answer = site.hook(BODY)
    assert (answer.status_code, answer.content) == (200, b"")
    (row,) = site.house.rows("journal")
    assert (row.source, row.kind, row.body, row.state) == ("exchange", journal.WEBHOOK, BODY, journal.NEW)


def test_an_endpoint_without_an_app_has_a_door_of_its_own(site):
    """It signs its own webhooks; an endpoint that shares an app's door has none."""
    assert site.hook(b"[]", name="desk", stamp="token-of-the-desk").status_code == 200
    assert site.house.rows("journal")[0].source == "desk"
    assert site.hook(BODY, name="shop").status_code == 404


def test_a_provider_reads_the_answer_that_the_connector_has_for_it(site, monkeypatch):
    """With status 200 and its own content type, once the webhook is stored; 503 says nothing of it."""
    answer = Trusted('{"thanks": true}', "application/json")
    desk = site.house.gateway.endpoints["desk"]
    monkeypatch.setattr(type(desk._connector), "authenticate", lambda _self, _request: answer)
    told = site.hook(b"[]", name="desk")
    assert (told.status_code, told.json(), told.headers["content-type"]) == (200, {"thanks": True}, "application/json")
    assert len(site.house.rows("journal")) == 1
    with unusable(site.house.gateway.store):
        refused = site.hook(b"[]", name="desk")
    assert (refused.status_code, "thanks" in refused.text) == (503, False)


def test_a_provider_that_verifies_the_address_gets_its_challenge_back(site):
    """As plain text that no browser takes for a page."""
    asked = {"stamp": "stamp-of-the-exchange", "challenge": "<b>1158201444</b>"}
    answer = requests.get(f"{site.url}/hooks/exchange", params=asked, timeout=10)
    assert (answer.status_code, answer.text) == (200, "<b>1158201444</b>")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert site.house.rows("journal") == []


FORGED = ["", "wrong", "stamp-of-the-exchangE", "\xff\xfe"]


def test_a_forged_webhook_is_refused_without_a_word(site):
    """403, an empty body, nothing stored."""
    for stamp in FORGED:
        answer = site.hook(BODY, stamp=stamp.encode("latin-1") if stamp else None)
        assert (answer.status_code, answer.content) == (403, b"")
        assert site.house.rows("journal") == []


def test_a_forged_challenge_is_refused(site):
    """Whoever does not know the secret is not told that this is the place."""
    asked = {"stamp": "wrong", "challenge": "1"}
    answer = requests.get(f"{site.url}/hooks/exchange", params=asked, timeout=10)
    assert (answer.status_code, answer.content) == (403, b"")


def test_a_trusted_get_that_asks_nothing_is_refused(site):
    """Only POST brings events."""
    answer = requests.get(f"{site.url}/hooks/exchange", headers={"x-stamp": "stamp-of-the-exchange"}, timeout=10)
    assert answer.status_code == 403


def test_the_first_refusal_of_a_door_is_logged_and_a_flood_is_not(site, caplog):
    """A wrong secret must be found in the log; an attack must not fill the disk."""
    for _ in range(5):
        site.hook(BODY, stamp="wrong-stamp")
    assert caplog.text.count("was refused") == 1
    assert "wrong-stamp" not in caplog.text


def test_there_is_nothing_at_other_addresses(site):
    """An unknown name is 404, known to everybody and nobody."""
    assert site.hook(BODY, name="nobody").status_code == 404
    assert requests.post(f"{site.url}/", timeout=10).status_code == 404


def test_a_body_may_be_so_large_and_no_larger(open_house, serve):
    """Refused before it is held, whether its length is declared or comes in chunks."""
    site = serve(open_house(gateway_table(largest_body=2048)))
    assert site.hook(b"x" * 2048).status_code == 200
    assert site.hook(b"x" * 2049).status_code == 413
    assert site.hook(iter([b"x" * 1500, b"x" * 1500])).status_code == 413
    assert [len(row.body) for row in site.house.rows("journal")] == [2048]


def test_a_length_that_is_a_lie_stores_nothing(open_house, serve):
    """The declared length is refused at once, without waiting for the bytes."""
    site = serve(open_house(gateway_table(largest_body=2048)))
    assert b" 413 " in talk(site, head(content_length=10**9).encode())
    assert site.house.rows("journal") == []


def test_a_body_that_trickles_is_given_up(open_house, serve):
    """A slow sender does not hold the door for ever."""
    site = serve(open_house(gateway_table(body_timeout=0.2)))
    assert b" 408 " in talk(site, head(content_length=100).encode() + b"x")
    assert site.house.rows("journal") == []


def test_a_sender_that_goes_away_leaves_nothing(site):
    """Half a body is no webhook."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(head(content_length=100).encode() + b"half")
    assert site.hook(BODY).status_code == 200
    assert len(site.house.rows("journal")) == 1


def test_a_header_that_is_too_long_is_refused(site):
    """Its bytes are counted while they come, whether it ends or not."""
    lines = [f"x-{number}: {'y' * 1000}\r\n".encode() for number in range(40)]
    assert b" 431 " in talk(site, b"GET /health HTTP/1.1\r\nhost: localhost\r\n", *lines)


def test_a_header_that_comes_too_slowly_is_given_up(site, monkeypatch):
    """Neither silence nor a byte now and then keeps a connection."""
    monkeypatch.setattr(server, "HEADER_SECONDS", 0.2)
    assert b" 408 " in talk(site, b"POST /hooks/exchange HTTP/1.1\r\nhost: lo")
    assert b" 408 " in talk(site, b"")
    assert b" 408 " in talk(site, b"POST", b" /ho", b"oks", b"/e", pause=0.1)


def test_a_connection_serves_one_request_after_another(site, monkeypatch):
    """The clock of the headers stops with them, and begins anew with the next request."""
    monkeypatch.setattr(server, "HEADER_SECONDS", 0.4)
    with requests.Session() as session:
        for _ in range(3):
            assert session.get(f"{site.url}/health", timeout=10).status_code == 200
            time.sleep(0.2)


def test_a_flood_is_answered_503_with_a_time_to_wait(open_house, serve):
    """The quota of one app is its own: the other door stays open."""
    site = serve(open_house(gateway_table(quota=3.0)))
    answers = [site.hook(BODY) for _ in range(8)]
    refused = [one for one in answers if one.status_code == 503]
    assert refused
    assert {one.headers["retry-after"] for one in refused} == {"1"}
    assert len(site.house.rows("journal")) == 8 - len(refused)
    assert site.hook(b"[]", name="desk", stamp="token-of-the-desk").status_code == 200


def test_a_flood_of_forgeries_costs_the_provider_nothing(open_house, serve):
    """Only trusted webhooks count against the quota."""
    site = serve(open_house(gateway_table(quota=3.0)))
    for _ in range(20):
        site.hook(BODY, stamp="wrong")
    assert site.hook(BODY).status_code == 200


def test_a_store_that_is_away_is_503_and_then_200_again(site):
    """Platforms send again for days: a refusal loses nothing, a false 200 would."""
    with unusable(site.house.store):
        answer = site.hook(BODY)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert site.get("/ready").status_code == 503
        assert site.get("/health").status_code == 200
        assert site.post("messages", words()).status_code == 503
    wait_until(lambda: site.hook(BODY).status_code == 200)
    wait_until(lambda: site.get("/ready").status_code == 200)
    assert len(rows_of(site)) == 1


def rows_of(site):
    """Return the journal, past connections of before."""
    return site.house.rows("journal")


def words():
    """Return the body of a message to somebody who has not written."""
    return {"to": {"endpoint": "shop", "scheme": "phone", "value": "447700900123"}, "text": "hello"}


def test_a_full_disk_is_503_and_then_200_again(house, serve):
    """SQLite says so when a page is asked for; PostgreSQL's case is that of a store that is away."""
    site = serve(house)
    if not house.store.is_sqlite:
        with unusable(house.store):
            assert site.hook(b"x" * 2_000_000).status_code == 503
        return
    with house.store.write() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
    limits = [pages]

    def limit(connection, *_rest):
        connection.execute(f"PRAGMA max_page_count = {limits[0]}")

    event.listen(house.store.engine, "checkout", limit)
    assert site.hook(b"x" * 2_000_000).status_code == 503
    limits[0] = 1_000_000
    assert site.hook(b"x" * 2_000_000).status_code == 200
    event.remove(house.store.engine, "checkout", limit)
    assert [len(row.body) for row in house.rows("journal")] == [2_000_000]


def test_concurrent_webhooks_share_commits(house, serve, monkeypatch):
    """What arrives while a commit runs goes into the next one together, in the order of arrival."""
    sizes, gate = [], threading.Event()
    real = journal.append

    def append(db, arrivals, program):
        sizes.append(len(arrivals))
        if len(sizes) == 1:
            gate.wait(10)
        real(db, arrivals, program)

    monkeypatch.setattr(journal, "append", append)
    site = serve(house)
    bodies = [webhook(item(message(f"m{number}"))) for number in range(12)]
    threads = [threading.Thread(target=site.hook, args=(body,)) for body in bodies]
    threads[0].start()
    wait_until(lambda: sizes)
    commits = site.app.routes[0].endpoint.__self__._journal
    for thread in threads[1:]:
        thread.start()
    wait_until(lambda: len(commits._queue) == 11)
    gate.set()
    for thread in threads:
        thread.join(20)
    assert sizes == [1, 11]
    assert sorted(row.body for row in house.rows("journal")) == sorted(bodies)


def test_a_commit_that_fails_fails_its_own_batch_alone(house, serve, monkeypatch, caplog):
    """The next webhooks are stored; a defect is logged, and answered like an absent store."""
    real, failed = journal.append, []

    def append(db, arrivals, program):
        if not failed:
            failed.append(1)
            raise ZeroDivisionError
        real(db, arrivals, program)

    monkeypatch.setattr(journal, "append", append)
    site = serve(house)
    assert [site.hook(BODY).status_code for _ in range(2)] == [503, 200]
    assert len(house.rows("journal")) == 1
    assert "journaling failed" in caplog.text


def test_waiting_for_the_store_has_a_bound(house, serve, monkeypatch):
    """More than so many requests do not wait: they are refused at once."""
    monkeypatch.setattr(group_commit, "LONGEST_QUEUE", 0)
    assert serve(house).hook(BODY).status_code == 503


def test_a_stop_stores_what_was_taken(house):
    """What is queued when the program ends is committed before it does."""
    commits = group_commit.GroupCommit(house.store)

    async def fill():
        waiting = [asyncio.ensure_future(commits.append(Arrival(source="x", body=b"1"))) for _ in range(20)]
        await asyncio.sleep(0)
        await asyncio.get_running_loop().run_in_executor(None, commits.close)
        await asyncio.gather(*waiting)
        with pytest.raises(StoreUnavailable):
            await commits.append(Arrival(source="x", body=b"2"))

    asyncio.run(fill())
    assert len(house.rows("journal")) == 20


def test_a_request_that_was_given_up_harms_nobody(house):
    """What waits with it is stored; its sender sends again."""

    async def give_up():
        commits = group_commit.GroupCommit(house.store)
        with house.store.write():
            one = asyncio.ensure_future(commits.append(Arrival(source="x", body=b"1")))
            await asyncio.sleep(0)
            one.cancel()
        other = commits.append(Arrival(source="x", body=b"2"))
        await other
        await asyncio.get_running_loop().run_in_executor(None, commits.close)

    if house.store.is_sqlite:
        asyncio.run(give_up())
        assert [row.body for row in house.rows("journal")][-1] == b"2"


def test_ready_counts_the_workers(site):
    """Readiness says that the store can be written, and how many programs work on it."""
    assert site.get("/ready").json() == {"status": "ready", "workers": 0}
    site.house.new_worker()
    wait_until(lambda: site.get("/ready").json()["workers"] == 1)


def test_readiness_shows_a_defect_as_one(site, monkeypatch):
    """Only an absent store is 503; everything else is our own fault."""
    monkeypatch.setattr("connectors_core.web.health.operations.all_workers", lambda _db: 1 / 0)
    assert site.get("/ready").status_code == 500


def test_what_came_in_at_the_door_is_read(site):
    """From the socket to the event."""
    site.hook(BODY)
    site.house.read("exchange")
    assert [row.external_id for row in site.house.rows("events")] == ["m1"]
    assert gateways.texts(site.house.rows("events")) == ["hello"]
