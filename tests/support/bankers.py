"""A chat, a bank whose customers log in, and browsers of several people."""

import re
from html import unescape

import attrs
import gateways
import peers
import requests

from connectors_core.model import (
    ChoiceKind,
    Choices,
    Contact,
    ContactRef,
    ConversationRef,
    Link,
    LinkStatus,
    Option,
)

PUBLIC = "https://gate.example.com"

ENDS = """
[gateway]
public_url = "https://gate.example.com"
secret = { env = "API_TOKEN" }

[apps.exchange]
type = "exchange"
stamp = { env = "STAMP" }

[endpoints.shop]
type = "KIND"
app = "exchange"
number = "100"

[endpoints.desk]
type = "bank"
token = { env = "TOKEN" }

[[routes]]
between = ["shop", "desk"]
"""
"""A channel of some kind, and a CRM that brings codes itself."""

LOG_IN = Option(title="Log in", kind=ChoiceKind.LOGIN)
LOG_OUT = Option(title="Log out", kind=ChoiceKind.LOGOUT)

PABLO = Contact(ref=ContactRef(endpoint="desk", account="desk", id="c-7"), name="Pablo Morales")
SHEENA = Contact(ref=ContactRef(endpoint="desk", account="desk", id="c-8"), name="Sheena Nelson")
NUMBER = "+15550100200"


def button(id_="b1", person="ann", *options):
    """Return a message with a log-in button for a person at the shop."""
    choices = Choices(body="Are you a customer?", options=options or (LOG_IN,))
    return gateways.reply(id_, person=person, parts=(choices,))


class Browser:
    """A browser that keeps cookies, takes the public address for the site's, and follows no redirect by itself."""

    def __init__(self, site, language="en"):
        self.site = site
        self.headers = {"accept-language": language}
        self.page = None
        self.url = ""

    def open(self, url, **headers):
        """Ask for a page."""
        self.url = url
        return self._ask("GET", headers)

    def field(self, name):
        """Return the value of a hidden field."""
        assert f'name="{name}"' in self.page.text, f"{self.page.status_code}: {self.page.text}"
        return unescape(re.search(rf'name="{name}" value="([^"]*)"', self.page.text)[1])

    def post(self, **fields):
        """Send a form of the page that is open; a redirect within the site is followed."""
        answer = self._ask("POST", {}, data={"proof": self.field("proof"), **fields})
        where = answer.headers.get("location", "")
        return self.open(f"{PUBLIC}{where}") if where.startswith("/") else answer

    def _ask(self, method, headers, **options):
        url = self.url.replace(PUBLIC, self.site.url)
        headers = {**self.headers, **headers}
        self.page = requests.request(method, url, headers=headers, allow_redirects=False, timeout=20, **options)
        if "set-cookie" in self.page.headers:
            # The site speaks http here, behind no proxy; a browser would send a secure cookie to https alone.
            self.headers["cookie"] = self.page.headers["set-cookie"].partition(";")[0]
        return self.page

    @property
    def code(self):
        """Return the code that the page shows."""
        return re.search(r'class="big"[^>]*>([^<]+)<', self.page.text)[1]


@attrs.define
class Bank:
    """The whole of it, with the moves that tests make."""

    house: object
    site: object

    def browser(self, **options):
        """Return another person's browser."""
        return Browser(self.site, **options)

    @property
    def shop(self):
        """The other side of the channel."""
        return peers.of("shop")

    @property
    def desk(self):
        """The other side of the CRM."""
        return peers.of("desk")

    def offer(self, id_="b1", person="ann", *options):
        """Let the desk offer a log-in to a person who has written; return the address in the button."""
        self.house.arrive(gateways.message(f"hello-{person}", person=person))
        self.house.work()
        self.house.tell(button(id_, person, *options))
        self.house.work()
        return self.address()

    def address(self):
        """Return the address in the last message at the shop."""
        for part in self.shop.told()[-1].parts:
            for option in getattr(part, "options", ()):
                if option.url:
                    return option.url
        (found,) = re.findall(r"https://\S+", self.shop.told()[-1].parts[0].body)
        return found

    def bring(self):
        """Do what happens behind the page; return the code that was brought last."""
        self.house.errands()
        return self.desk.told("send_code")[-1].value if self.desk.told("send_code") else ""

    def prove(self, url, browser=None, who=PABLO):
        """Log in by a number on the page; return the code that it shows at the end."""
        browser = browser or self.browser()
        self.desk.answers("customer", who)
        browser.open(url)
        browser.post(step="address", address=NUMBER)
        browser.post(step="code", code=self.bring())
        return browser.code

    def type(self, words, person="ann", id_=None):
        """Let a person type something in their chat."""
        self.house.arrive(gateways.message(id_ or f"typed-{person}-{words}", words, person))
        self.settle()

    def settle(self):
        """Let everything that is on its way arrive."""
        for _ in range(3):
            self.house.read("desk")
            self.house.work()

    def links(self, peer="desk"):
        """Return what the CRM heard of log-ins: status and its own name of the customer."""
        heard = [one for one in peers.of(peer).told("link_account") if one.reason == "login" and one.other is None]
        return [(one.status, one.contact.id) for one in heard]

    def said(self):
        """Return what this program said to the person last."""
        return self.shop.texts()[-1]

    def state(self):
        """Return the states of all linkings."""
        return [row.state for row in self.house.rows("linkings")]


def returned(code, person="ann", id_="linked-1"):
    """Return the platform's news that a person came back from its log-in with a code."""
    at = {"endpoint": "shop", "account": "100"}
    return Link(
        **at,
        id=id_,
        at=gateways.AT,
        status=LinkStatus.LINKED,
        code=code,
        conversation=ConversationRef(**at, id=person),
        contact=ContactRef(**at, id=person),
    )
