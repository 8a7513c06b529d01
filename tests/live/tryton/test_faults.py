"""Tryton goes away and comes back, its proxy answers in HTML, keys are revoked: nothing is lost or doubled."""

import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import attrs
import pytest
import requests
from processes import wait_for

from connectors.tryton.connector import Tryton as Connector
from connectors_core import ConnectorsError, Endpoint, Http, NeedsAttention, Secret


def said(shop, who):
    """Return what somebody wrote on a phone, in order."""
    return [entry["content"]["body"] for entry in shop.phones.chat(who) if entry["from"] == "customer"]


def heard(shop, who):
    """Return what reached a phone, in order."""
    return [entry["content"]["body"] for entry in shop.received(who)]


def of_customer(tryton, reference):
    """Return the opportunities of a conversation."""
    return [row for row in tryton.opportunities() if row["reference"] == reference]


def public(tryton, reference, login):
    """Return what a user has said in the only opportunity of a conversation, in order."""
    rows = of_customer(tryton, reference)
    assert len(rows) < 2, rows
    return [words for row in rows for who, words in tryton.words(row["id"]) if who == login]


def away(call, *arguments):
    """Make a call of a person: whether it came back; one that did not is looked at before it is made again."""
    try:
        call(*arguments)
    except (requests.RequestException, AssertionError):
        return False
    return True


class Talk(threading.Thread):
    """An agent who answers in one opportunity, as a person does: who sees no answer looks, and writes again."""

    def __init__(self, tryton, reference, count):
        """Nobody has written yet."""
        super().__init__(daemon=True)
        self._tryton, self._reference = tryton, reference
        self.words = [f"answer {number} to {reference}" for number in range(count)]

    def run(self):
        """Say everything, in order."""
        wait_for("the opportunity", lambda: self._look() is not None)
        number = self._look()["id"]
        for words in self.words:
            wait_for("an agent's word", lambda text=words: self._written(number, text))

    def _look(self):
        try:
            return next(iter(of_customer(self._tryton, self._reference)), None)
        except (ConnectorsError, requests.RequestException):
            return None

    def _written(self, number, words):
        try:
            if words in [text for _, text in self._tryton.words(number)]:
                return True
        except (ConnectorsError, requests.RequestException):
            return False
        away(self._tryton.agent().say, number, words)
        return False


@pytest.mark.timeout(300)
def test_tryton_is_killed_in_the_middle_of_a_stream(shop, tryton):
    """Kill -9 three times while three customers and an agent write: both sides agree, message by message."""
    numbers = {shop.customer(f"customer {number}", f"4915100000{number}"): f"4915100000{number}" for number in range(3)}
    talks = [Talk(tryton, f"shop:{number}", 8) for number in numbers.values()]
    tryton.agent()
    for talk in talks:
        talk.start()
    for turn, who in itertools.product(range(20), numbers):
        shop.phones.write(f"message {turn}", who=who)
        if who == next(iter(numbers)) and turn in (3, 9, 15):
            tryton.kill()
        if who == next(iter(numbers)) and turn in (6, 12, 18):
            tryton.start()
    for talk in talks:
        talk.join(120)
    for who, number in numbers.items():
        reference = f"shop:{number}"
        wait_for("all messages", lambda name=reference: len(public(tryton, name, "gateway")) >= 20, 120)
        wait_for("all answers", lambda one=who: len(heard(shop, one)) >= 8, 120)
    for (who, number), talk in zip(numbers.items(), talks, strict=True):
        assert public(tryton, f"shop:{number}", "gateway") == said(shop, who)
        assert heard(shop, who) == talk.words == public(tryton, f"shop:{number}", "agent")


@pytest.mark.timeout(300)
def test_the_gateway_is_killed_in_the_middle_of_a_stream(shop, tryton):
    """Kill -9 of the gateway: what was under way is looked up by its key, and not posted twice."""
    who = shop.customer("customer", "49151000009")
    for turn in range(30):
        shop.phones.write(f"message {turn}", who=who)
        if turn in (10, 20):
            shop.program.kill_group()
            shop.start()
    wait_for("all messages", lambda: len(public(tryton, "shop:49151000009", "gateway")) >= 30, 120)
    assert public(tryton, "shop:49151000009", "gateway") == said(shop, who)


def test_two_hundred_messages_of_one_customer_keep_their_order(shop, tryton):
    """However many come at once."""
    who = shop.customer("customer", "49151000009")
    for turn in range(200):
        shop.phones.write(f"message {turn}", who=who)
    wait_for("all messages", lambda: len(public(tryton, "shop:49151000009", "gateway")) >= 200, 100)
    assert public(tryton, "shop:49151000009", "gateway") == said(shop, who)


def test_first_messages_of_several_customers_at_once(shop, tryton):
    """Each gets one party and one opportunity, with their own words alone."""
    numbers = [f"4915200000{number}" for number in range(8)]
    people = [shop.customer(f"customer {number}", number) for number in numbers]
    threads = [
        threading.Thread(target=lambda one=who: [shop.phones.write(f"{one} {turn}", who=one) for turn in range(4)])
        for who in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for who, number in zip(people, numbers, strict=True):
        wait_for("the words", lambda one=number: len(public(tryton, f"shop:{one}", "gateway")) >= 4, 100)
        assert public(tryton, f"shop:{number}", "gateway") == said(shop, who)
    assert len({row["party"]["id"] for row in tryton.opportunities()}) == len(people)


def test_a_revoked_key_pauses_the_endpoint_and_a_new_one_goes_on(shop, tryton):
    """Nothing is tried with a dead key; after `resume` everything arrives in order."""
    shop.phones.write("one")
    tryton.opened("one")
    agent = tryton.agent("admin")
    (own,) = agent.call("res.user.application.search", [["key", "=", shop.key]], 0, None, None)
    agent.call("res.user.application.cancel", [own])
    shop.phones.write("two")
    wait_for("the pause", lambda: "paused until a human resumes it" in shop.program.log)
    shop.phones.write("three")
    assert shop.program.stop() == 0
    shop.key = tryton.told["spare"]
    shop.start()
    shop.command("resume", "sales")
    opportunity = tryton.opened("three")
    assert [words for _, words in tryton.words(opportunity["id"])] == ["one", "two", "three"]


class Proxy:
    """A proxy before Tryton, under a path of its own, that can answer in HTML by itself."""

    def __init__(self, tryton):
        """Listen."""
        self.status = 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def handle_request(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if proxy.status:
                    return self.answer(proxy.status, b"<html><body>Maintenance</body></html>", "text/html")
                url = f"{tryton.url}{self.path.removeprefix('/behind/a/path')}"
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                found = requests.request(self.command, url, data=body, headers=headers, timeout=30)
                return self.answer(found.status_code, found.content, found.headers["content-type"])

            def answer(self, status, body, kind):
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        Handler.do_GET = Handler.do_POST = Handler.do_PUT = Handler.handle_request
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/behind/a/path"

    def close(self):
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def proxy(tryton):
    """Run a proxy before Tryton."""
    running = Proxy(tryton)
    yield running
    running.close()


@pytest.mark.parametrize("status", [502, 503, 200])
def test_pages_of_a_proxy_are_no_answers(open_shop, tryton, proxy, status):
    """While the proxy shows its own page nothing counts as done, and afterwards everything arrives once."""
    shop = open_shop(url=proxy.url)
    shop.phones.write("one")
    opportunity = tryton.opened("one")
    proxy.status = status
    shop.phones.write("two")
    shop.phones.write("three")
    wait_for("a failure", lambda: "polling sales failed" in shop.program.log)
    proxy.status = 0
    wait_for("the words", lambda: len(tryton.words(opportunity["id"])) == 3, 100)
    assert [words for _, words in tryton.words(opportunity["id"])] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": Secret("no key of this Tryton")}, "application key is not valid"),
        ({"database": "elsewhere"}, "no such database"),
        ({"company": 77}, "no company 77: 1 is Lucky Shrub"),
    ],
)
def test_the_check_says_what_is_wrong(tryton, changes, said):
    """In the settings, with what to do."""
    settings = attrs.evolve(tryton.rest("key").settings, **changes)
    found = list(Endpoint.build("test", Connector(settings, Http("test"))).check())
    assert any(one.level == "error" and said in one.text for one in found), found


def test_a_user_without_the_rights_is_told_which(tryton):
    """The endpoint pauses instead of losing what it may not write, and the check names the group."""
    agent = tryton.agent("admin")
    (group,) = agent.call("res.group.search", [["name", "=", "Messaging gateway"]], 0, None, None)
    agent.call("res.group.delete", [group])
    rest = tryton.rest("key")
    endpoint = Endpoint.build("test", Connector(rest.settings, rest.http))
    assert any("Chat Channel" in one.text for one in endpoint.check() if one.level == "error")
    with pytest.raises(NeedsAttention, match="You are not allowed to access"):
        endpoint.poll("")
