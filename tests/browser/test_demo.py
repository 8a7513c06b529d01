"""The first ten minutes: a phone and an inbox in a real browser, and a gateway between them."""

import psutil
import pytest
import requests
from browsing import answer, open_thread, until, write
from processes import wait_for

pytestmark = pytest.mark.timeout(300)


def test_a_message_reaches_the_inbox_and_the_answer_comes_back_read(scene):
    """The phone shows the answer, and the inbox blue ticks."""
    phone, desk = scene.phone(), scene.desk()
    write(phone, "Does it come in blue?")
    open_thread(desk, "Does it come in blue?")
    assert "You can write freely until" in desk.inner_text("#verdict")
    answer(desk, "Yes, in three blues.")
    phone.wait_for_selector("#chat >> text=Yes, in three blues.")
    desk.wait_for_selector("#log .message.out:has-text('three blues') .tick.read")


def test_the_phone_sees_that_the_agent_has_read(scene):
    """Opening the conversation in the inbox turns the customer's ticks blue."""
    phone, desk = scene.phone(), scene.desk()
    write(phone, "Are you there?")
    open_thread(desk, "Are you there?")
    phone.wait_for_selector("#chat .bubble.mine:has-text('Are you there?') .tick.read")


def test_a_picture_goes_both_ways(scene, picture):
    """From the phone into the thread, and from the inbox onto the phone, with the words under it."""
    phone, desk = scene.phone(), scene.desk()
    write(phone, "Here it is")
    open_thread(desk, "Here it is")
    phone.set_input_files("#file", picture)
    phone.click(".send")
    desk.wait_for_selector("#log .message.in img")
    until(desk, "document.querySelector('#log .message.in img').naturalWidth === 120")
    desk.set_input_files("#file", picture)
    answer(desk, "Like this one?")
    phone.wait_for_selector("#chat .bubble.theirs:has-text('Like this one?') img")
    until(phone, "document.querySelector('#chat .bubble.theirs img').naturalWidth === 120")


def test_a_reaction_shows_in_the_inbox(scene):
    """Under the message that it is about."""
    phone, desk = scene.phone(), scene.desk()
    write(phone, "One moment")
    open_thread(desk, "One moment")
    answer(desk, "We have it in stock")
    # Until it has been read its bubble is still drawn anew.
    desk.wait_for_selector("#log .message.out:has-text('in stock') .tick.read")
    bubble = "#chat .bubble.theirs:has-text('in stock')"
    phone.click(f"{bubble} details.menu summary")
    phone.click(f"{bubble} [data-act=react] >> nth=0")
    desk.wait_for_selector("#log .message.out:has-text('in stock') .reactions")


def test_choices_are_tapped_on_the_phone(scene):
    """The inbox offers them, and shows which one was chosen."""
    phone, desk = scene.phone(), scene.desk()
    write(phone, "Which colours?")
    open_thread(desk, "Which colours?")
    desk.click(".choices summary")
    desk.fill("[name=choice] >> nth=0", "Navy")
    desk.fill("[name=choice] >> nth=1", "Sky")
    answer(desk, "Please choose")
    phone.click("#chat .bubble.theirs:has-text('Please choose') button:has-text('Sky')")
    desk.wait_for_selector("#log .message.in:has-text('Sky')")


@pytest.mark.parametrize(("who", "words"), [("peter", "By Messenger"), ("mateo", "By Instagram")])
def test_messenger_and_instagram_reach_the_same_inbox(scene, who, words):
    """And the answers come back."""
    phone, desk = scene.phone(who), scene.desk()
    write(phone, words)
    open_thread(desk, words)
    answer(desk, f"Welcome, {who}")
    phone.wait_for_selector(f"#chat .bubble.theirs:has-text('Welcome, {who}')")
    desk.wait_for_selector(f"#log .message.out:has-text('Welcome, {who}') .tick.read")
    # The echo of it is no second message.
    assert len(desk.query_selector_all(f"#log .message.out:has-text('Welcome, {who}')")) == 1


def test_outside_the_window_the_platform_says_no_and_the_inbox_says_why(scene):
    """The answer fails with Meta's reason, and the customer gets nothing."""
    phone, desk = scene.phone("pablo"), scene.desk()
    write(phone, "Good evening")
    open_thread(desk, "Good evening")
    phone.click("[data-window=closed]")
    phone.wait_for_selector("[data-window=open]")
    answer(desk, "Too late")
    desk.wait_for_selector("#log .message.out.failed:has-text('Too late')")
    assert "131047" in desk.inner_text("#log .message.out.failed")
    assert "Too late" not in phone.inner_text("#chat")
    phone.click("[data-window=open]")


def test_a_customer_without_a_number_is_answered_all_the_same(scene):
    """WhatsApp may tell a user id alone (WA/business-scoped-user-ids, 2026-08-24)."""
    phone, desk = scene.phone("barbara"), scene.desk()
    write(phone, "No number here")
    open_thread(desk, "No number here")
    answer(desk, "That is fine")
    phone.wait_for_selector("#chat >> text=That is fine")


def test_an_agent_writes_first_with_a_template(scene):
    """Words need an open window, and nobody has opened one: the inbox offers templates, and one of them arrives."""
    made = {"name": "Kerry Fisher", "wa_id": "16505559999"}
    customer = requests.post(f"{scene.phones}sandbox/customers", json=made, timeout=30).json()["id"]
    phone, desk = scene.phone(customer), scene.desk()
    desk.goto(f"{scene.inbox}new")
    desk.fill("[name=number]", "+1 650 555 9999")
    desk.fill("[name=name]", "Kerry Fisher")
    desk.click("form button:has-text('Open')")
    desk.wait_for_selector("#composer")

    def offers_templates():
        desk.reload()
        return desk.query_selector("#composer[data-mode=template]") is not None

    wait_for("the templates to be synchronised", offers_templates)
    assert "has not written yet" in desk.inner_text("#verdict")
    desk.select_option("[name=template]", index=1)
    desk.wait_for_selector("form.slots")
    for slot in desk.query_selector_all("form.slots input[data-slot]"):
        slot.fill("Kerry")
    desk.click("form.slots button.button")
    phone.wait_for_selector("#chat .bubble.theirs")
    desk.wait_for_selector("#log .message.out .tick.read")
    write(phone, "Thank you for asking")
    desk.wait_for_selector("#log .message.in:has-text('Thank you for asking')")
    desk.reload()
    desk.wait_for_selector("#composer[data-mode=free]")


def test_a_gateway_that_is_killed_while_somebody_types_loses_nothing(scene):
    """It comes back by itself; the words in the boxes are still there, and the conversation is whole on both pages."""
    phone, desk = scene.phone(), scene.desk()
    write(phone, "Before the fall")
    open_thread(desk, "Before the fall")
    desk.fill("#write #text", "Half a sent")
    gateway = scene.gateway()
    group = [gateway, *gateway.children(recursive=True)]
    for one in group:
        one.kill()
    write(phone, "While it is down")
    wait_for("the gateway to come back", lambda: gateway.pid not in {one.pid for one in scene.program.children()})
    desk.wait_for_selector("#log >> text=While it is down", timeout=60_000)
    assert desk.input_value("#write #text") == "Half a sent"
    answer(desk, "Half a sentence, whole")
    phone.wait_for_selector("#chat >> text=Half a sentence, whole")
    for page, place in ((phone, "#chat"), (desk, "#log")):
        page.reload()
        page.wait_for_selector(f"{place} >> text=Half a sentence, whole")
        words = page.inner_text(place)
        for one in ("Before the fall", "While it is down", "Half a sentence, whole"):
            assert words.count(one) == 1
    scene.faults.clear()  # a page that loses its server says so in the console


def test_a_second_start_continues_and_ctrl_c_leaves_nothing(scene):
    """Both pages show what was said before."""
    phone = scene.phone()
    write(phone, "Until tomorrow")
    desk = scene.desk()
    desk.wait_for_selector("#lines >> text=Until tomorrow")
    scene.close()
    children = scene.program.children()
    assert scene.program.stop() == 0
    wait_for("all processes to end", lambda: not any(map(psutil.Process.is_running, children)))
    again = type(scene).start(scene.folder, scene.browser, "--no-assistant")
    scene.program, scene.phones, scene.inbox = again.program, again.phones, again.inbox
    open_thread(scene.desk(), "Until tomorrow")
    scene.phone().wait_for_selector("#chat >> text=Until tomorrow")
