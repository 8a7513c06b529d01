"""Both pages for everybody: in two languages, two sizes, without a mouse, and readable."""

import pytest
from browsing import LOOKS, answer, open_thread, sideways, until, violations, write

pytestmark = pytest.mark.timeout(300)

ARABIC = "مرحبا، هل يتوفر باللون الأزرق؟"


@pytest.fixture
def talk(scene):
    """Let a conversation stand there, in English and Arabic."""
    phone, desk = scene.phone(), scene.desk()
    write(phone, "Hello")
    open_thread(desk, "Hello")
    write(phone, ARABIC)
    desk.wait_for_selector(f"#log >> text={ARABIC}")
    answer(desk, "Good morning")
    phone.wait_for_selector("#chat >> text=Good morning")
    scene.close()
    return scene


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_phone_is_readable_and_fits(talk, language, size):
    """No fault that axe can find, nothing cut off, the direction of the language."""
    page = talk.phone(language=language, **size)
    page.wait_for_selector("#chat >> text=Good morning")
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar-EG" else "ltr")
    assert violations(page) == []
    assert not sideways(page)


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_inbox_is_readable_and_fits(talk, language, size):
    """The list, the thread, the form of a first message and the settings."""
    page = talk.desk(language=language, **size)
    page.wait_for_selector("#lines a.line")
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar-EG" else "ltr")
    assert violations(page) == []
    assert not sideways(page)
    page.click("#lines a.line >> nth=0")
    page.wait_for_selector("#log >> text=Good morning")
    assert violations(page) == []
    assert not sideways(page)
    for path in ("new", "admin"):
        page.goto(f"{talk.inbox}{path}")
        assert violations(page) == []
        assert not sideways(page)


def test_words_of_both_directions_stand_side_by_side(talk):
    """Each bubble has the direction of its own words, on a page of either language."""
    phone, desk = talk.phone(), talk.desk()
    open_thread(desk, "Good morning")
    for page, place in ((phone, "#chat"), (desk, "#log")):
        found = page.eval_on_selector(f"{place} >> text={ARABIC}", "one => getComputedStyle(one).direction")
        assert found == "rtl"


def test_the_phone_works_without_a_mouse(talk):
    """The second tab leads past customers and chat to the box, and the message goes out by the keyboard."""
    page = talk.phone()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.get_attribute(".skip >> nth=1", "href") == "#text"
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'text'")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_selector("#chat >> text=By keyboard")


def test_the_inbox_works_without_a_mouse(talk):
    """`j` opens a conversation, `r` its box, Enter sends."""
    page = talk.desk()
    page.wait_for_selector("#lines a.line")
    page.keyboard.press("j")
    page.wait_for_selector("#thread")
    page.wait_for_load_state()
    page.keyboard.press("r")
    until(page, "document.activeElement.id === 'text'")
    page.keyboard.type("Typed, not clicked")
    page.keyboard.press("Enter")
    page.wait_for_selector("#log .message.out:has-text('Typed, not clicked') .tick.delivered")


def test_without_javascript_the_inbox_still_answers(talk):
    """A form is a form."""
    context = talk.browser.new_context(java_script_enabled=False)
    talk.contexts.append(context)
    page = context.new_page()
    page.goto(talk.inbox)
    page.click("#lines a.line >> nth=0")
    page.fill("#write #text", "Plain HTML")
    page.click("#send")
    page.wait_for_selector("#log >> text=Plain HTML")


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_fault_menu_is_readable_and_fits(talk, language, size):
    """And an order by hand holds, strikes and is listed while the page is open."""
    page = talk.open(f"{talk.phones}faults", language=language, **size)
    page.select_option("#r-duplicate", "1.0")
    page.wait_for_selector(".fault.on #f-duplicate")
    phone = talk.phone()
    write(phone, f"Twice, in {language} at {size['width']}")
    page.wait_for_selector("ol li bdi:has-text('messages')")
    assert violations(page) == []
    assert not sideways(page)
    page.click("#reset")
    page.wait_for_selector(".fault.on", state="detached")
