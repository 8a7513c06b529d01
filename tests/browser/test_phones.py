"""The phones of Messenger and Instagram in a real browser, without a gateway: what is done there reaches the chat."""

import attrs
import pytest
from browsing import DESKTOP, LOOKS, Scene, sideways, until, violations, write
from sandboxes import MATEO, PAGE_TOKEN, PETER, Running

from connectors.meta.sandbox.app import Sandbox
from connectors.meta.sandbox.settings import SandboxSettings

pytestmark = pytest.mark.timeout(300)

WHO = [pytest.param("peter", PETER, id="messenger"), pytest.param("mateo", MATEO, id="instagram")]
REPLIES = [{"content_type": "text", "title": title, "payload": title.upper()} for title in ("Red", "Green")]
CARDS = [
    {
        "title": title,
        "subtitle": "12 euros",
        "buttons": [{"type": "postback", "title": f"Order {title}", "payload": "O"}],
    }
    for title in ("Cactus", "Fern")
]
PROFILE = {
    "get_started": {"payload": "START"},
    "greeting": [{"locale": "default", "text": "Ask us about plants"}],
    "ice_breakers": [{"locale": "default", "call_to_actions": [{"question": "Where are you?", "payload": "WHERE"}]}],
    "persistent_menu": [
        {"locale": "default", "call_to_actions": [{"type": "postback", "title": "Talk to an agent", "payload": "CARE"}]}
    ],
}


@attrs.define
class Shop:
    """A sandbox, and pages that are open on it."""

    running: Running
    scene: Scene

    def phone(self, who, **options):
        """Open the phone of a person."""
        return self.scene.open(f"{self.running.url}/phones/{who}", **options)

    def last(self, who):
        """Return the newest message of a chat."""
        return self.running.chat(who)[-1]


@pytest.fixture
def shop(browser, tmp_path):
    """Run a sandbox for one test; no page may have complained when it ends."""
    sandbox = Sandbox(SandboxSettings(folder=tmp_path / "sandbox", page_token=PAGE_TOKEN))
    with sandbox.running() as url:
        scene = Scene(tmp_path, browser, None, url, "")
        found = Shop(Running(sandbox, url), scene)
        yield found
        scene.close()
        found.running.session.close()
        assert scene.faults == []


def carousel():
    """Return a message with two cards."""
    return {"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": CARDS}}}


@pytest.mark.parametrize(("who", "user"), WHO)
def test_a_chat_with_quick_replies_cards_and_a_reaction(shop, who, user):
    """What is tapped is said, and is not offered again."""
    phone = shop.phone(who)
    write(phone, "What do you have?")
    shop.running.said(carousel(), user)
    phone.click("#chat .panel button:has-text('Order Fern')")
    phone.wait_for_selector("#chat .bubble.mine:has-text('Order Fern')")
    mid = shop.running.said({"text": "Which colour?", "quick_replies": REPLIES}, user)
    phone.click("#chat .replies button:has-text('Green')")
    phone.wait_for_selector("#chat .bubble.mine:has-text('Green')")
    assert shop.last(who)["content"]["quick_reply"] == {"payload": "GREEN"}
    assert phone.query_selector("#chat .replies") is None
    bubble = "#chat .bubble.theirs:has-text('Which colour')"
    phone.click(f"{bubble} details.menu summary")
    phone.click(f"{bubble} [data-act=react] >> nth=1")
    phone.wait_for_selector(f"{bubble} .marks")
    assert shop.running.find(mid, who)["marks"] == {"customer": "❤️"}
    assert shop.running.find(mid, who)["status"] == "read"


@pytest.mark.parametrize(("who", "user"), WHO)
def test_pictures_go_both_ways(shop, picture, who, user):
    """Two at once from the phone, one from the business."""
    phone = shop.phone(who)
    phone.set_input_files("#file", [picture, picture])
    phone.fill("#text", "Like these")
    phone.click(".send")
    phone.wait_for_selector("#chat .bubble.mine .gallery.many img >> nth=1")
    url = f"{shop.running.url}/cdn/people/plant.png"
    shop.running.said({"attachment": {"type": "image", "payload": {"url": url}}}, user)
    phone.wait_for_selector("#chat .bubble.theirs img")


@pytest.mark.parametrize(("who", "user"), WHO)
def test_an_ad_brings_somebody_here(shop, who, user):
    """Its name stands over the first message, and the window is open for a week."""
    phone = shop.phone(who)
    phone.click("#o-ad")
    phone.wait_for_selector(".note:has-text('By the ad')")
    write(phone, "How much?")
    phone.wait_for_selector("#chat .bubble.mine .label:has-text('By the ad')")
    assert shop.last(who)["content"]["referral"]["source"] == "ADS"
    assert shop.running.say("Twelve euros", user)[0] == 200


@pytest.mark.parametrize(("who", "user"), WHO)
def test_a_comment_is_answered_privately(shop, who, user):
    """The answer arrives in the chat, over the words that it answers."""
    phone = shop.phone(who)
    phone.fill("#o-comment", "Price?")
    phone.click("#o-say")
    phone.wait_for_selector(".said >> text=Price?")
    (made,) = shop.running.control("GET", f"customers/{who}/comments")["data"]
    body = {"recipient": {"comment_id": made["id"]}, "message": {"text": "Twelve euros"}}
    assert shop.running.graph("POST", "me/messages", body, token=PAGE_TOKEN)[1]["recipient_id"] == user
    phone.wait_for_selector("#chat .bubble.theirs:has-text('Twelve euros') blockquote:has-text('Price?')")
    phone.wait_for_selector(".said >> text=answered privately")


def test_what_stands_beside_an_empty_chat_on_messenger(shop):
    """Greeting, ice breakers, a start button and the menu, which stays."""
    shop.running.graph("POST", "me/messenger_profile", PROFILE, token=PAGE_TOKEN)
    phone = shop.phone("peter")
    phone.wait_for_selector(".greeting:has-text('Ask us about plants')")
    phone.click("#beside button:has-text('Where are you?')")
    phone.wait_for_selector("#chat .bubble.mine:has-text('Where are you?')")
    phone.wait_for_selector(".greeting", state="detached")
    phone.click("#beside summary")
    phone.click("#beside button:has-text('Talk to an agent')")
    phone.wait_for_selector("#chat .bubble.mine:has-text('Talk to an agent')")
    assert shop.last("peter")["content"]["payload"] == "CARE"
    other = shop.phone("amara")
    other.click("#beside button:has-text('Get started')")
    other.wait_for_selector("#chat .bubble.mine:has-text('Get Started')")


def test_a_post_on_the_page_and_a_link(shop):
    """What is left of Messenger outside the chat."""
    phone = shop.phone("peter")
    phone.fill("#o-comment", "A lovely shop")
    phone.click("#o-post")
    phone.wait_for_selector(".said >> text=A lovely shop")
    phone.click("#o-link")
    phone.wait_for_selector(".note:has-text('summer_coupon')")
    phone.click("#o-share")
    phone.wait_for_selector("#chat .bubble.mine .card:has-text('Summer collection')")


def test_stories_and_an_unsent_message_on_instagram(shop, picture):
    """Answered, mentioned, and taken back."""
    phone = shop.phone("mateo")
    phone.fill("#o-story", "Love this!")
    phone.press("#o-story", "Enter")
    phone.wait_for_selector("#chat .bubble.mine:has-text('Love this!') blockquote")
    phone.set_input_files("#story-file", picture)
    phone.wait_for_selector("#chat .bubble.mine .label:has-text('Mentioned you in a story')")
    bubble = "#chat .bubble.mine:has-text('Love this!')"
    phone.click(f"{bubble} details.menu summary")
    phone.click(f"{bubble} [data-act=delete]")
    phone.wait_for_selector("#chat .gone")


def test_a_message_is_edited(shop):
    """It says so."""
    phone = shop.phone("mateo")
    write(phone, "one ticket")
    bubble = "#chat .bubble.mine:has-text('one ticket')"
    phone.click(f"{bubble} details.menu summary")
    phone.click(f"{bubble} [data-act=edit]")
    phone.fill("#text", "two tickets")
    phone.press("#text", "Enter")
    phone.wait_for_selector("#chat .bubble.mine:has-text('two tickets') .meta:has-text('edited')")
    assert len(shop.running.chat("mateo")) == 1


def test_the_native_inbox_takes_the_thread_and_gives_it_back(shop):
    """Meanwhile the phone says who answers."""
    phone = shop.phone("peter")
    write(phone, "Is anybody there?")
    phone.fill("#o-native", "Sam here")
    phone.press("#o-native", "Enter")
    phone.wait_for_selector("#chat .bubble.theirs:has-text('Sam here')")
    assert shop.running.say("And me")[1]["error"]["error_subcode"] == 2018300
    phone.click("#o-back")
    phone.wait_for_selector("#o-back", state="detached")
    assert shop.running.say("And me")[0] == 200


def test_the_business_app_takes_a_thread_of_whatsapp_without_a_mouse(shop):
    """What stands there is reached by Tab; a message of the number itself takes the thread back too."""
    phone = shop.phone("sheena")
    write(phone, "Is anybody there?")
    phone.focus("#o-native")
    phone.keyboard.type("Sam here")
    phone.keyboard.press("Enter")
    phone.wait_for_selector("#chat .bubble.theirs:has-text('Sam here')")
    phone.wait_for_selector("#o-back")
    phone.focus("#o-native")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Tab")
    until(phone, "document.activeElement.id === 'o-back'")
    phone.keyboard.press("Enter")
    phone.wait_for_selector("#o-back", state="detached")


def test_who_goes_by_keys_stays_where_they_are(shop):
    """Though what they stand on is drawn anew when something arrives."""
    phone = shop.phone("sheena")
    phone.focus("form[data-form=inbox] button")
    phone.evaluate("document.activeElement.dataset.old = 'yes'")
    shop.running.write("Is anybody there?")
    phone.wait_for_selector("#chat .bubble:has-text('Is anybody there?')")
    until(phone, "!document.querySelector('[data-old]')")
    until(phone, "document.activeElement.matches('form[data-form=inbox] button')")


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_a_phone_of_whatsapp_is_readable_and_fits_while_somebody_else_has_the_thread(shop, language, size):
    """The form of the business app, and the button that gives the thread back."""
    shop.running.write("Hello")
    shop.running.control("POST", "customers/sheena/inbox", {"text": "Sam here"})
    page = shop.phone("sheena", language=language, **size)
    if size != DESKTOP:
        page.click("#gear")
        page.wait_for_selector("#controls.shown")
    page.wait_for_selector("#o-back")
    assert violations(page) == []
    assert not sideways(page)
    form, state = (page.eval_on_selector(one, "one => one.offsetWidth") for one in (".thing:has(#o-native)", "#state"))
    assert form == state


@pytest.mark.parametrize(("language", "size"), LOOKS)
@pytest.mark.parametrize(("who", "user"), WHO)
def test_each_phone_is_readable_and_fits(shop, who, user, language, size):
    """No fault that axe can find, nothing cut off; also what is set and what is outside."""
    shop.running.graph("POST", "me/messenger_profile", PROFILE, token=PAGE_TOKEN)
    shop.running.chats("Hello", who)
    shop.running.control("POST", f"customers/{who}/comments", {"text": "Price?"})
    shop.running.said(carousel(), user)
    shop.running.said({"text": "Which colour?", "quick_replies": REPLIES}, user)
    page = shop.phone(who, language=language, **size)
    page.wait_for_selector("#chat .replies")
    assert violations(page) == []
    assert not sideways(page)
    if size != DESKTOP:
        page.click("#gear")
        page.wait_for_selector("#controls.shown")
        assert violations(page) == []
        assert not sideways(page)
