"""Three channels in a real browser: a phone of each in one page, the same inbox in another, a gateway between them."""

import sqlite3
from contextlib import closing

import pytest
import requests
from browsing import answer, open_thread, seen, until, write

pytestmark = pytest.mark.timeout(300)

PHONES = [
    pytest.param(who, id=channel)
    for channel, who in (("whatsapp", "sheena"), ("messenger", "peter"), ("instagram", "mateo"))
]
META = PHONES[1:]


@pytest.fixture
def newcomer(scene):
    """Make somebody of a channel who has never been here, and return the phone."""

    def make(channel, name, **more):
        made = {"channel": channel, "name": name, **more}
        return scene.phone(requests.post(f"{scene.phones}sandbox/customers", json=made, timeout=30).json()["id"])

    return make


def a_day_passes(scene):
    """Let whoever wrote last have done so a day and an hour ago."""
    with closing(sqlite3.connect(scene.folder / "there" / "gateway.db", timeout=20)) as db, db:
        last = db.execute("SELECT max(last_in_at) FROM conversations").fetchone()
        db.execute("UPDATE conversations SET last_in_at = last_in_at - 90000 WHERE last_in_at = ?", last)


@pytest.mark.parametrize("who", PHONES)
def test_a_chat_goes_there_and_back(scene, who):
    """The phone shows the answer, the inbox that it was read, and who wrote."""
    phone, desk = scene.phone(who), scene.desk()
    write(phone, f"Good morning from {who}")
    open_thread(desk, f"Good morning from {who}")
    answer(desk, f"And to you, {who}")
    phone.wait_for_selector(f"#chat .bubble.theirs:has-text('And to you, {who}')")
    desk.wait_for_selector(f"#log .message.out:has-text('And to you, {who}') .tick.read")
    desk.wait_for_selector(f"#who h1:has-text('{phone.inner_text('.controls h2')}')")


@pytest.mark.parametrize("who", PHONES)
def test_a_quick_reply_is_tapped(scene, who):
    """It comes back as what was chosen, and the sheet in which it was written is shut and empty."""
    phone, desk = scene.phone(who), scene.desk()
    write(phone, f"Which colours, asks {who}?")
    open_thread(desk, f"Which colours, asks {who}?")
    desk.click("summary[aria-label='Quick choices']")
    desk.fill("[name=choice] >> nth=0", "Navy")
    desk.fill("[name=choice] >> nth=1", "Sky")
    answer(desk, f"Please choose, {who}")
    phone.click(f"#chat .bubble.theirs:has-text('Please choose, {who}') button:has-text('Sky')")
    desk.wait_for_selector("#log .message.in .chosen:has-text('Sky')")
    assert desk.query_selector("details.choices[open]") is None
    assert desk.input_value("[name=choice] >> nth=0") == ""


@pytest.mark.parametrize("who", META)
def test_a_picture_goes_both_ways(scene, picture, who):
    """From the inbox with words, which stand below it as a message of their own."""
    phone, desk = scene.phone(who), scene.desk()
    write(phone, f"Here is mine, from {who}")
    open_thread(desk, f"Here is mine, from {who}")
    phone.set_input_files("#file", picture)
    phone.click("#composer .send")
    until(desk, "document.querySelector('#log .message.in img')?.naturalWidth === 120")
    desk.set_input_files("#file", picture)
    answer(desk, f"And mine, {who}")
    until(phone, "document.querySelector('#chat .bubble.theirs img')?.naturalWidth === 120")
    phone.wait_for_selector(f"#chat .bubble.theirs:has-text('And mine, {who}')")
    until(desk, seen("#log", "And mine"))


@pytest.mark.parametrize("who", META)
def test_a_card_is_seen_and_its_button_tapped(scene, picture, who):
    """Heading, words, picture and buttons on one card."""
    phone, desk = scene.phone(who), scene.desk()
    write(phone, f"What is new, asks {who}?")
    open_thread(desk, f"What is new, asks {who}?")
    desk.set_input_files("#file", picture)
    desk.click("summary[aria-label=Card]")
    desk.fill("[name=heading]", f"A cactus for {who}")
    desk.fill("[name=button] >> nth=0", "Order it")
    desk.fill("[name=button] >> nth=1", "Look at it")
    desk.fill("[name=address] >> nth=1", "https://example.com/cactus")
    answer(desk, "Twelve euros")
    panel = f"#chat .panel:has-text('A cactus for {who}')"
    phone.wait_for_selector(f"{panel} >> text=Twelve euros")
    until(phone, "document.querySelector('#chat .panel img')?.naturalWidth === 120")
    assert phone.get_attribute(f"{panel} a:has-text('Look at it')", "href") == "https://example.com/cactus"
    phone.click(f"{panel} button:has-text('Order it')")
    desk.wait_for_selector("#log .message.in .chosen:has-text('Order it')")


def test_an_answer_to_a_story_says_so(scene):
    """With a link to the story."""
    phone, desk = scene.phone("mateo"), scene.desk()
    phone.fill("#o-story", "Love this greenhouse!")
    phone.press("#o-story", "Enter")
    open_thread(desk, "Love this greenhouse!")
    told = desk.wait_for_selector("#log .message.in:has-text('Love this greenhouse!') .piece")
    assert "Answered your story" in told.inner_text()
    assert "/stories/" in told.query_selector("a").get_attribute("href")


@pytest.mark.parametrize(("channel", "name"), [("messenger", "Rosa Lima"), ("instagram", "Ken Ito")])
def test_a_comment_is_answered_in_private_and_once(scene, newcomer, channel, name):
    """The person sees it below their own words; a second one is refused with the reason, and reaches nobody."""
    phone, desk = newcomer(channel, name), scene.desk()
    phone.fill("#o-comment", f"What does it cost, {channel}?")
    phone.click("#o-say")
    open_thread(desk, f"What does it cost, {channel}?")
    assert "One private reply to the comment" in desk.inner_text("#verdict")
    desk.click("#log >> text=Answer in private")
    desk.wait_for_selector(".answering")
    answer(desk, "Twelve euros")
    phone.wait_for_selector("#chat .bubble.theirs:has-text('Twelve euros') blockquote:has-text('What does it cost')")
    phone.wait_for_selector(".said >> text=answered privately")
    desk.wait_for_selector("#log .message.out:has-text('Twelve euros') .tick.read")
    desk.wait_for_selector("#verdict >> text=the one private reply has been sent")
    assert desk.is_disabled("[name=mode][value=reply]")


def test_an_ad_that_was_clicked_is_named(scene, newcomer):
    """Above the first message, and the window is open for a week."""
    phone, desk = newcomer("messenger", "Ada Brown"), scene.desk()
    phone.click("#o-ad")
    phone.wait_for_selector(".note:has-text('By the ad')")
    write(phone, "How much is shipping?")
    open_thread(desk, "How much is shipping?")
    told = desk.inner_text("#log .message.in:has-text('How much is shipping?')")
    assert "Came from ad" in told
    assert "Free shipping this week" in told
    assert "still 6 d" in desk.inner_text("#verdict")


def test_an_unsent_message_disappears(scene):
    """From the thread and from the list."""
    phone, desk = scene.phone("mateo"), scene.desk()
    write(phone, "I should not say this")
    open_thread(desk, "I should not say this")
    bubble = "#chat .bubble.mine:has-text('I should not say this')"
    # Until it has been read its bubble is still drawn anew.
    phone.wait_for_selector(f"{bubble} .tick.read")
    phone.click(f"{bubble} details.menu summary")
    phone.click(f"{bubble} [data-act=delete]")
    desk.wait_for_selector("#log .message.in .gone")
    until(desk, "!document.body.innerText.includes('I should not say this')")


@pytest.mark.parametrize(("channel", "name"), [("messenger", "Omar Said"), ("instagram", "Lena Voss")])
def test_after_a_day_a_human_may_still_write(scene, newcomer, channel, name):
    """The inbox says that bots may not, and the answer arrives."""
    phone, desk = newcomer(channel, name), scene.desk()
    write(phone, f"Yesterday on {channel}")
    open_thread(desk, f"Yesterday on {channel}")
    desk.wait_for_selector("#verdict >> text=You can write freely")
    phone.click("[data-window=closed]")
    phone.wait_for_selector(".window.closed:has-text('a human agent may still write')")
    a_day_passes(scene)
    desk.reload()
    assert "Humans can write until" in desk.inner_text("#verdict")
    answer(desk, f"Late, but here, {channel}")
    phone.wait_for_selector(f"#chat .bubble.theirs:has-text('Late, but here, {channel}')")
