"""Who answers, in a real browser: a bot, an agent who is asked for, the native inbox where somebody writes there."""

import contextlib
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
import requests
from browsing import LOOKS, answer, sideways, violations, write
from playwright.sync_api import Error as PlaywrightError
from processes import wait_for

from connectors.demo.folder import SECRETS

pytestmark = pytest.mark.timeout(300)

OPTIONS = ("--assistant",)
CHANNELS = ("whatsapp", "messenger", "instagram")
NAMES = {
    "whatsapp": iter(
        [
            "Wangari Njeri",
            "Walter Weiss",
            "Willa Stone",
            "Wim Peters",
            "Wanda Kowal",
            "Wei Zhang",
            "Wilma Roth",
            "Waldo Cruz",
            "Wyn Ellis",
            "Waris Khan",
        ]
    ),
    "messenger": iter(
        [
            "Mona Haddad",
            "Miro Novak",
            "Maya Rivera",
            "Moses Okoro",
            "Marta Rossi",
            "Milan Horvat",
            "Minh Tran",
            "Mila Berg",
        ]
    ),
    "instagram": iter(
        ["Ines Costa", "Igor Petrov", "Ida Larsen", "Ivan Marin", "Iris Blum", "Idris Bello", "Inga Holm"]
    ),
}
HOURS = "from nine to six"
DELIVERY = "We deliver within three days"
BOT = "automated assistant"
PASSING = "I am passing you on"

every_phone = pytest.mark.parametrize("channel", CHANNELS)


class Talk:
    """A phone of somebody new, and what happens in their conversation."""

    def __init__(self, scene, channel, **more):
        """Make the person."""
        self.scene, self.channel, self.name = scene, channel, next(NAMES[channel])
        made = {"channel": channel, "name": self.name, **more}
        self.id = requests.post(f"{scene.phones}sandbox/customers", json=made, timeout=30).json()["id"]
        self.phone = scene.phone(self.id)

    def hears(self, words):
        """Return when the newest words of the business are these."""
        self.phone.wait_for_selector(f"#chat .bubble.theirs:has-text('{words}')")

    def asks(self, words, answered):
        """Write, and return when the bot has answered."""
        write(self.phone, words)
        self.hears(answered)

    def taps(self, title, below):
        """Tap what is offered below these words: WhatsApp has a list where there are many."""
        bubble = f"#chat .bubble.theirs:has-text('{below}')"
        self.phone.wait_for_selector(bubble)
        if self.channel == "whatsapp":
            self.phone.click(f"{bubble} [data-act=rows]")
        self.phone.click(f"{bubble} [data-act=choose]:has-text('{title}')")

    def is_brought_in(self):
        """Ask for a human, give no details, and open the conversation in the inbox; return that page."""
        self.asks("Hello", BOT)
        write(self.phone, "I want to talk to a human")
        self.phone.wait_for_selector("#chat .bubble.theirs:has-text('Skip')")
        self.asks("a human, please", PASSING)
        desk = self.scene.desk()
        desk.click(f"#lines a.line:has-text('{self.name}')")
        desk.wait_for_selector("#log .move:has-text('The inbox answers now')")
        desk.wait_for_load_state()
        return desk

    def look(self):
        """Open the conversation in the inbox, whatever its state is; return that page."""
        desk = self.scene.desk()
        desk.goto(f"{self.scene.inbox}?state=any")
        desk.click(f"#lines a.line:has-text('{self.name}')")
        desk.wait_for_selector("#log")
        desk.wait_for_load_state()
        return desk

    def gets_no_answer(self, desk, words, unsaid):
        """Write, and see that everybody had the words, and that the bot said nothing to them."""
        before = self.phone.inner_text("#chat").count(unsaid)
        write(self.phone, words)
        desk.wait_for_selector(f"#log .message.in:has-text('{words}')")
        at_rest(self.scene)
        assert self.phone.inner_text("#chat").count(unsaid) == before


def rows(scene, statement, *values):
    """Ask or change the store of the gateway."""
    with closing(sqlite3.connect(scene.folder / "there" / "gateway.db", timeout=20)) as db, db:
        return db.execute(statement, values).fetchall()


def at_rest(scene):
    """Return when everything that came in has been delivered to everybody, and what they said to it."""
    left = "SELECT count(*) FROM deliveries WHERE settled_at IS NULL"
    wait_for("the gateway to come to rest", lambda: rows(scene, left) == [(0,)])


@every_phone
def test_the_assistant_greets_and_answers(scene, channel):
    """It says that it is a bot; a tap and words get what the settings say; the inbox waits, with nothing unread."""
    talk = Talk(scene, channel)
    talk.asks("Good morning", BOT)
    talk.hears(f"Hello {talk.name}!")
    talk.taps("Opening hours", BOT)
    talk.hears(HOURS)
    talk.asks("And do you deliver?", DELIVERY)
    desk = scene.desk()
    assert desk.query_selector(f"#lines a.line:has-text('{talk.name}')") is None
    desk.goto(f"{scene.inbox}?state=pending")
    line = f"#lines a.line:has-text('{talk.name}')"
    assert "unread" not in desk.get_attribute(line, "class").split()
    desk.click(line)
    desk.wait_for_selector(f"#log .message.out.bot:has-text('{DELIVERY}')")


@every_phone
def test_an_agent_is_brought_in_and_ends_the_turn_of_the_bot(scene, channel):
    """By a tap, without giving details: the agent reads what it is about, and from then on the bot is silent."""
    talk = Talk(scene, channel)
    talk.asks("Good morning", BOT)
    talk.taps("Talk to a human", BOT)
    last = "#chat .bubble.theirs >> nth=-1"

    def handed_over():
        asked = talk.phone.locator(last)
        if PASSING in asked.inner_text():
            return True
        said = talk.phone.locator("#chat .bubble.mine").count()
        with contextlib.suppress(PlaywrightError):  # meanwhile another bubble may be the last
            asked.locator("[data-act=choose]:enabled:has-text('Skip')").click(timeout=1_000)
            talk.phone.wait_for_selector(f"#chat .bubble.mine >> nth={said}")
        return False

    wait_for("the bot to hand over", handed_over)
    desk = scene.desk()
    desk.click(f"#lines a.line.unread:has-text('{talk.name}')")
    told = desk.wait_for_selector("#log .move:has-text('The inbox answers now')").inner_text()
    assert "asked for a human" in told
    assert "Good morning" in told
    desk.wait_for_load_state()
    answer(desk, f"This is Sam, {talk.name}")
    talk.hears(f"This is Sam, {talk.name}")
    talk.gets_no_answer(desk, "Do you deliver?", DELIVERY)


def test_an_agent_who_just_answers_has_the_conversation(scene):
    """Nobody has to press anything first; given back by the menu, the bot answers again, and says what it is."""
    talk = Talk(scene, "messenger")
    talk.asks("Good morning", BOT)
    desk = talk.look()
    assert "assistant" in desk.inner_text("#control summary")
    answer(desk, "I happen to be here")
    talk.hears("I happen to be here")
    desk.wait_for_selector("#control summary:has-text('The inbox')")
    talk.gets_no_answer(desk, "Do you deliver?", DELIVERY)
    desk.click("#control summary")
    desk.click("#control button:has-text('Give it to assistant')")
    desk.wait_for_selector("#log .move:has-text('assistant answers now')")
    desk.wait_for_selector("#control summary:has-text('assistant')")
    talk.asks("Do you deliver?", DELIVERY)
    assert talk.phone.inner_text("#chat").count(BOT) == 2


@every_phone
def test_idle_time_gives_it_back(scene, channel):
    """The bot answers again, and says that it is one; the inbox shows since when."""
    talk = Talk(scene, channel)
    desk = talk.is_brought_in()
    answer(desk, "One moment")
    talk.hears("One moment")
    at_rest(scene)
    rows(scene, "UPDATE conversations SET owned_until = owned_until - 1800 WHERE owner = 'inbox'")
    desk.wait_for_selector("#log .move:has-text('assistant answers now')")
    talk.asks("Do you deliver?", DELIVERY)
    talk.phone.wait_for_selector(f"#chat .bubble.theirs:has-text('{DELIVERY}'):has-text('{BOT}')")


@every_phone
def test_the_native_inbox_takes_over_and_gives_back(scene, channel):
    """Meanwhile the bot is silent, and the agents see what the colleague there writes."""
    talk = Talk(scene, channel)
    talk.asks("Good morning", BOT)
    desk = talk.look()
    talk.phone.fill("#o-native", "Sam from the shop")
    talk.phone.press("#o-native", "Enter")
    talk.hears("Sam from the shop")
    desk.wait_for_selector("#log .move:has-text('The app of the channel answers now')")
    desk.wait_for_selector("#log .message.out:has-text('Sam from the shop')")
    talk.phone.wait_for_selector(".note:has-text('Answered by: Native inbox')")
    talk.gets_no_answer(desk, "Do you deliver?", DELIVERY)
    talk.phone.click("#o-back")
    desk.wait_for_selector("#log .move:has-text('assistant answers now')")
    talk.asks("So, do you deliver?", DELIVERY)


@every_phone
def test_the_end_is_a_goodbye_and_a_question(scene, channel):
    """What is tapped stands in the conversation, among the figures, and in the report."""
    talk = Talk(scene, channel)
    desk = talk.is_brought_in()
    answer(desk, "It is on its way")
    talk.hears("It is on its way")
    desk.click("#settle")
    desk.wait_for_selector("#settle:has-text('Open again')")
    talk.hears("Goodbye!")
    talk.taps("★★★★ Satisfied", "Goodbye!")
    talk.hears("Would you like to tell us why?")
    desk.wait_for_selector("#log .message.in .piece:has-text('CSAT') b:has-text('4')")
    at_rest(scene)
    desk.goto(f"{scene.inbox}figures")
    (found,) = desk.query_selector_all(f"tr:has(th:has-text('{channel} → inbox'))")
    assert re.search(r"Satisfied 100%", found.inner_text())
    assert re.search(rf"{channel} → inbox .+ csat 100% of 1", reported(scene))


@pytest.fixture(scope="module")
def talked_about(stage):
    """Let one conversation have gone through all hands, and return the name of the person."""
    talk = Talk(stage, "messenger")
    desk = talk.is_brought_in()
    answer(desk, "It is on its way")
    talk.hears("It is on its way")
    talk.phone.fill("#o-native", "Sam from the shop")
    talk.phone.press("#o-native", "Enter")
    desk.wait_for_selector("#log .move:has-text('The app of the channel answers now')")
    return talk.name


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_who_answers_and_the_figures_are_readable_and_fit(scene, talked_about, language, size):
    """No fault that axe can find, nothing cut off: the changes in the thread, the menu in its head, the charts."""
    desk = scene.desk(language=language, **size)
    desk.goto(f"{scene.inbox}?state=any")
    desk.click(f"#lines a.line:has-text('{talked_about}')")
    desk.wait_for_selector("#log .move >> nth=1")
    assert violations(desk) == []
    desk.click("#control summary")
    assert violations(desk) == []
    assert not sideways(desk)
    name, actions = (desk.locator(one).bounding_box() for one in ("#who h1", "#actions"))
    assert name["width"] >= 100
    assert actions["x"] >= 0
    desk.goto(f"{scene.inbox}figures")
    desk.wait_for_selector(".chart")
    assert violations(desk) == []
    assert not sideways(desk)


def reported(scene):
    """Return what `connectors report` prints."""
    folder = scene.folder / "there"
    command = [sys.executable, "-m", "connectors_core.cli", "--settings", str(folder / "connectors.toml"), "report"]
    environ = {**os.environ, **dict.fromkeys(SECRETS, "not needed for this")}
    return subprocess.run(command, check=True, env=environ, cwd=folder, capture_output=True, text=True).stdout


NUMBERS = {"messenger": "16505550171", "instagram": "16505550172", "whatsapp": "16505550173"}
LINKED = "Your account is linked to this chat."


def page_of_the_button(talk):
    """Ask for the account, and tap the button: return the page that opens in the same browser."""
    talk.asks("Good morning", BOT)
    # Meta tells a name when it is asked for it, which takes its time.
    wait_for("the name", lambda: rows(talk.scene, "SELECT 1 FROM contacts WHERE name = ?", talk.name))
    talk.asks("About my account", "Connect your account")
    with talk.phone.context.expect_page() as opened:
        talk.phone.click("#chat .bubble.theirs:has-text('Connect your account') a.act")
    return opened.value


def proves(page, customer, number):
    """Say whose account it is, and type the digits that came to that very number."""
    page.fill("#address", f"+{number}")
    page.click("button[value=address]")
    page.wait_for_selector("#code")
    came = customer.phone.wait_for_selector("#chat .bubble.theirs >> text=/[0-9]{6}/").inner_text()
    page.fill("#code", re.search(r"\d{6}", came).group())
    page.click("button[value=code]")


def begun(scene, channel):
    """Let somebody of `channel` prove that they are a customer who writes on WhatsApp; return what is open then."""
    customer = Talk(scene, "whatsapp", wa_id=NUMBERS[channel])
    customer.asks("Good morning", BOT)
    talk = Talk(scene, channel)
    page = page_of_the_button(talk)
    desk = talk.look()
    proves(page, customer, NUMBERS[channel])
    return customer, talk, page, desk


def is_one_person(desk, talk, customer):
    """Return when the inbox shows both as one person, with the conversations of both."""
    desk.wait_for_selector(f"#ties:has-text('{customer.name}'):has-text('One person')")
    desk.wait_for_selector(f"#identities:has-text('+{NUMBERS[talk.channel]}')")
    desk.wait_for_selector("#others a:has-text('whatsapp')")


def are_two_people(desk, talk):
    """Return when the inbox shows nothing of the customer any more."""
    desk.wait_for_selector("#ties", state="hidden")
    desk.wait_for_selector(f"#identities:not(:has-text('+{NUMBERS[talk.channel]}'))")
    desk.wait_for_selector("#others", state="hidden")


def test_an_account_is_linked_by_the_login_of_messenger_until_the_person_logs_out(scene):
    """No digits are typed in the chat: Meta tells who tapped the button, and brings them back."""
    customer, talk, page, desk = begun(scene, "messenger")
    page.wait_for_selector(f"text=The account of {customer.name} is linked to the chat of {talk.name}")
    page.click("text=Yes, link")
    page.wait_for_url(f"**/phones/{talk.id}")
    page.close()
    talk.hears(LINKED)
    is_one_person(desk, talk, customer)
    assert requests.delete(f"{scene.phones}sandbox/customers/{talk.id}/login", timeout=30).ok
    are_two_people(desk, talk)


@pytest.mark.parametrize("channel", ["whatsapp", "instagram"])
def test_an_account_is_linked_by_digits_until_an_agent_parts_them(scene, channel):
    """The page shows eight, and they count in the chat that asked alone; the bot does not answer them."""
    customer, talk, page, desk = begun(scene, channel)
    digits = page.inner_text(".big")
    page.close()
    at_rest(scene)
    before = talk.phone.locator("#chat .bubble.theirs").count()
    write(talk.phone, digits)
    talk.hears(LINKED)
    is_one_person(desk, talk, customer)
    assert talk.phone.locator("#chat .bubble.theirs").count() == before + 1
    desk.click("#ties button:has-text('Undo')")
    are_two_people(desk, talk)
