"""Messenger's own log-in, played by the sandbox, with the inbox as the CRM and WhatsApp as the way of the code."""

import threading
from http.server import ThreadingHTTPServer
from time import monotonic, sleep

import pytest
import requests
from bankers import LOG_IN, Browser
from gateways import AT, ENVIRON, reply
from sandboxes import NUMBER, PAGE, PETER, SHEENA, Callback, Running, handler_of

from connectors.meta.app import Meta
from connectors.meta.sandbox.app import Sandbox
from connectors.meta.sandbox.settings import SandboxSettings
from connectors.meta.settings import MetaSettings
from connectors_core import App, Http, Secret
from connectors_core.model import Choices, ContactRef, ConversationRef, Link, LinkStatus

SETTINGS = """
[gateway]
public_url = "https://gate.example.com"
secret = {{ env = "API_TOKEN" }}

[apps.meta]
type = "meta"
app_secret = {{ env = "STAMP" }}
verify_token = {{ env = "TOKEN" }}

[endpoints.whatsapp]
type = "whatsapp"
app = "meta"
phone_number_id = "{number}"
access_token = {{ env = "TOKEN" }}
graph_url = "{graph}"

[endpoints.page]
type = "messenger"
app = "meta"
page_id = "{page}"
access_token = {{ env = "API_TOKEN" }}
graph_url = "{graph}"
{more}
[endpoints.inbox]
type = "inbox"
database = "sqlite:///{folder}/inbox.db"

[[routes]]
between = ["whatsapp", "inbox"]

[[routes]]
between = ["page", "inbox"]
"""


class Stage:
    """A sandbox, a gateway that hears its webhooks, and its pages."""

    def __init__(self, meta, callback, house, site):
        self.meta, self.callback, self.house, self.site = meta, callback, house, site
        self.taken = 0

    def until(self, condition):
        """Let everything travel until a condition holds; return what it gave."""
        end = monotonic() + 30
        while not (found := condition()):
            assert monotonic() < end, [(row.target, row.state, row.reason) for row in self.house.rows("deliveries")]
            bodies = self.callback.bodies[self.taken :]
            self.taken += len(bodies)
            for body in bodies:
                self.house.journal("meta", body)
            self.house.read("meta", "inbox", "page", "whatsapp")
            self.house.errands()
            self.house.work()
            sleep(0.01)
        return found

    def offer(self):
        """Let both customers write, and the inbox offer a log-in on Messenger; return the message as it is there."""
        self.meta.chats()
        self.meta.write()
        self.until(lambda: len(self.house.rows("conversations")) == 2)
        chat = ConversationRef(endpoint="page", account=PAGE, id=PETER)
        choices = Choices(body="Are you a customer?", options=(LOG_IN,))
        inbox = {"endpoint": "inbox", "account": "inbox"}
        self.house.tell(reply("b1", parts=(choices,), conversation=chat, **inbox), source="inbox")
        return self.until(lambda: len(self.meta.chat("peter")) > 1 and self.meta.chat("peter")[-1])

    def prove(self, browser):
        """Log in on the open page, by the number of the WhatsApp customer."""
        browser.post(step="address", address=SHEENA)
        text = self.until(lambda: len(self.meta.chat()) > 1 and self.meta.chat()[-1])["content"]["body"]
        return browser.post(step="code", code=text[:6])

    def states(self, table):
        """Return the states of rows."""
        return [row.state for row in self.house.rows(table)]


@pytest.fixture
def stage(open_house, serve, tmp_path, monkeypatch):
    """Return a function that starts it all; `more`: further settings of the page."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    stamp, token = Secret(ENVIRON["STAMP"]), Secret(ENVIRON["TOKEN"])
    callback = Callback(App.build("meta", Meta(MetaSettings(app_secret=(stamp,), verify_token=token), Http("meta"))))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(callback))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    own = {
        "app_secret": stamp,
        "verify_token": token,
        "access_token": token,
        "page_token": Secret(ENVIRON["API_TOKEN"]),
    }
    hooks = f"http://127.0.0.1:{server.server_port}/hooks/meta"
    sandbox = Sandbox(SandboxSettings(folder=tmp_path / "sandbox", callback=hooks, **own))
    with sandbox.running() as url:

        def start(more=""):
            text = SETTINGS.format(number=NUMBER, page=PAGE, graph=url, folder=tmp_path, more=more)
            house = open_house(text)
            return Stage(Running(sandbox, url), callback, house, serve(house))

        yield start
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_whole_way_and_back(stage):
    """Button, Meta's token, code on WhatsApp, way back, news; and Messenger's log-out undoes it."""
    all_ = stage()
    mid = all_.offer()["id"]
    url = all_.meta.control("POST", "customers/peter/login", {"message": mid, "choice": "0"})["url"]
    browser = Browser(all_.site)
    assert browser.open(url).status_code == 200, browser.page.text
    page = all_.prove(browser)
    back = page.text.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    assert back.startswith(all_.meta.url)
    assert requests.get(back, allow_redirects=False, timeout=20).status_code == 303
    all_.until(lambda: all_.states("linkings") == ["linked"] and all_.states("merges") == ["merged"])
    said = all_.until(lambda: len(all_.meta.chat("peter")) > 2 and all_.meta.chat("peter")[-1])
    assert said["content"]["text"] == "Your account is linked to this chat."
    all_.meta.control("DELETE", "customers/peter/login")
    all_.until(lambda: all_.states("linkings") == [] and all_.states("merges") == ["undone"])


def test_metas_token_is_good_for_the_tapper_alone(stage):
    """Tapped by one person, opened with another linking's address: refused."""
    all_ = stage()
    mid = all_.offer()["id"]
    url = all_.meta.control("POST", "customers/peter/login", {"message": mid, "choice": "0"})["url"]
    browser = Browser(all_.site)
    elsewhere = url.replace("redirect_uri=http", "redirect_uri=https")
    assert browser.open(elsewhere).status_code == 403
    used = all_.meta.graph("GET", f"me?fields=recipient&{url.rpartition('&')[2]}", token=Secret(ENVIRON["API_TOKEN"]))
    assert used[0] == 200
    assert browser.open(url).status_code == 403


def test_where_meta_offers_no_log_in_the_code_is_typed(stage):
    """In Europe and Japan: the button is a link, and Messenger is not asked."""
    all_ = stage("account_linking = false\n")
    bubble = all_.offer()
    (button,) = bubble["content"]["attachments"][0]["payload"]["buttons"]
    assert button["type"] == "web_url"
    browser = Browser(all_.site)
    browser.open(button["url"])
    all_.prove(browser)
    all_.meta.chats(browser.code)
    all_.until(lambda: all_.states("linkings") == ["linked"] and all_.states("merges") == ["merged"])


def test_what_is_undone_here_is_undone_at_meta(stage):
    """And Meta's own news of it changes nothing more."""
    all_ = stage("account_linking = false\n")
    (button,) = all_.offer()["content"]["attachments"][0]["payload"]["buttons"]
    browser = Browser(all_.site)
    browser.open(button["url"])
    all_.prove(browser)
    all_.meta.chats(browser.code)
    all_.until(lambda: all_.states("linkings") == ["linked"])
    (row,) = all_.house.rows("linkings")
    own = {"endpoint": "inbox", "account": "inbox"}
    ref = {"conversation": ConversationRef(endpoint="page", account=PAGE, id=PETER)}
    contact = ContactRef(**own, id=row.customer)
    undone = Link(**own, id="u1", at=AT, status=LinkStatus.UNLINKED, reason="login", contact=contact, **ref)
    all_.house.tell(undone, source="inbox")
    all_.until(lambda: all_.callback.items("account_linking"))
    all_.until(lambda: all_.states("linkings") == [] and all_.states("merges") == ["undone"])
