"""The phones as pages: whole without a script, live with one, in two languages, safe whatever is written on them."""

import json
import re
import threading
from html.parser import HTMLParser

import pytest
import requests
from sandboxes import wait_until

from connectors.meta.sandbox.faults import MENU
from connectors.meta.sandbox.page import bubbles, words

EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>{{ 7 * 7 }}'


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self, text):
        """Read `text`."""
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep an element."""
        self.found.append((tag, dict(attrs)))


def page(meta, path="/phones/sheena", **headers):
    """Return the text of a page."""
    answer = requests.get(f"{meta.url}{path}", headers=headers, timeout=20)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def stream(meta):
    """Return a function that listens to a phone and returns the list of what it hears."""
    stopped, threads = threading.Event(), []

    def listen(who="sheena"):
        heard = []
        ready = threading.Event()

        def run():
            with requests.get(f"{meta.url}/phones/{who}/events", stream=True, timeout=20) as answer:
                for line in answer.iter_lines():
                    ready.set()
                    if line.startswith(b"data: "):
                        heard.append(json.loads(line[6:]))
                    if stopped.is_set():
                        return

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        assert ready.wait(10)
        # The first line is sent before the page listens.
        wait_until(lambda: len(meta.sandbox.feed._listeners) == len(threads))
        return heard

    yield listen
    stopped.set()
    meta.sandbox.feed.close()
    for thread in threads:
        thread.join(10)


def test_a_chat_shows_every_kind_of_message(meta):
    """As bubbles of two sides, with quotes, buttons, cards and places."""
    written = meta.write("Hello *there*")
    meta.sent(context={"message_id": written}, content={"body": "Hi _you_"})
    place = {"latitude": 37.44, "longitude": -122.16, "name": "Philz Coffee"}
    meta.sent("location", place)
    meta.sent("contacts", [{"name": {"formatted_name": "Barbara J. Johnson", "first_name": "Barbara"}}])
    replies = [{"type": "reply", "reply": {"id": "y", "title": "Yes, please"}}]
    meta.sent("interactive", {"type": "button", "body": {"text": "Well?"}, "action": {"buttons": replies}})
    found = page(meta)
    for text in (
        "Hello <strong>there</strong>",
        "Hi <em>you</em>",
        "<blockquote",
        "Philz Coffee",
        "Barbara J. Johnson",
        'data-act="choose" data-value="y"',
    ):
        assert text in found
    assert found.count('<article class="bubble mine') == 1
    assert found.count('<article class="bubble theirs') == 4


def test_the_fault_menu_shows_what_holds_and_what_was_injected(meta):
    """Every fault with its name in both languages, the rules, and the list with whom it struck."""
    meta.control("POST", "faults", {"fault": "html", "rate": 0.1})
    meta.control("POST", "faults", {"fault": "delay", "next": 2, "seconds": 0, "customer": "sheena"})
    meta.write()
    english, arabic = page(meta, "/faults?lang=en"), page(meta, "/faults?lang=ar")
    for text in ("Page instead of JSON", '<option value="0.1" selected>10 %</option>', "next 1", "Sheena Nelson"):
        assert text in english
    assert "صفحة بدل JSON" in arabic
    for text in (english, arabic):
        assert all(f'id="r-{name}"' in text and f'data-next="{name}"' in text for name in MENU)
    assert 'href="/faults"' in page(meta, "/")
    assert page(meta, "/faults/state").count("data-end=") == 2


def test_an_open_menu_hears_of_every_order_and_injection(meta, stream):
    """Without a word on what it was: it asks for what it shows."""
    heard = stream()
    meta.control("POST", "faults", {"fault": "delay", "next": 1, "seconds": 0})
    wait_until(lambda: heard.count({"kind": "faults"}) == 1)
    meta.write()
    wait_until(lambda: heard.count({"kind": "faults"}) == 2)


def test_what_has_not_arrived_is_not_on_the_phone(meta):
    """Failed messages, and those that wait for the phone."""
    meta.sent(content={"body": "the window is closed"})
    meta.write()
    meta.control("PATCH", "customers/sheena", {"online": False})
    meta.sent(content={"body": "the phone is off"})
    found = page(meta)
    assert "the window is closed" not in found
    assert "the phone is off" not in found


@pytest.mark.parametrize("path", ["/", "/phones/sheena"])
def test_nothing_that_was_written_becomes_an_element(meta, path):
    """Names, texts, captions, names of files, titles, templates: all of it stays text."""
    meta.control("PATCH", "customers/sheena", {"name": EVIL})
    meta.write(EVIL)
    place = {"latitude": 1, "longitude": 1, "name": EVIL, "address": EVIL}
    meta.control("POST", "customers/sheena/messages", {"type": "location", "location": place})
    cards = [{"name": {"formatted_name": EVIL, "first_name": EVIL}, "org": {"company": EVIL}}]
    meta.control("POST", "customers/sheena/messages", {"type": "contacts", "contacts": cards})
    files = {"file": ('x"><script>.png', b"\x89PNG", "image/png")}
    meta.control("POST", "customers/sheena/files", files=files, data={"caption": EVIL})
    replies = [{"type": "reply", "reply": {"id": EVIL, "title": "<script>"}}]
    meta.sent("interactive", {"type": "button", "body": {"text": EVIL}, "action": {"buttons": replies}})
    elements = Elements(page(meta, path)).found
    assert [tag for tag, _ in elements if tag in ("iframe", "object", "style", "base")] == []
    assert [attrs for tag, attrs in elements if tag == "script"] == [{"type": "module", "src": "/static/phone.js"}]
    assert [attrs for _, attrs in elements if any(name.startswith("on") or name == "style" for name in attrs)] == []
    assert {attrs["src"].split("/")[1] for tag, attrs in elements if tag == "img"} <= {"sandbox"}


def test_a_link_of_a_template_is_no_script(meta):
    """Whoever made the template."""
    body = {
        "name": "bad_link",
        "language": "en",
        "components": [
            {"type": "BODY", "text": "Look"},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go", "url": "javascript:alert(1)"}]},
        ],
    }
    meta.control("POST", "templates", body)
    meta.sent("template", {"name": "bad_link", "language": {"code": "en"}})
    assert "javascript:" not in page(meta)


def test_every_answer_has_the_policy(meta):
    """Scripts and styles of this place alone, no frames, no types that are guessed."""
    for path in ("/", "/phones/sheena", "/static/phone.js", "/sandbox/account", "/v26.0/4711", "/nowhere"):
        headers = requests.get(f"{meta.url}{path}", timeout=20).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_the_page_speaks_two_languages(meta):
    """By the address, by what the browser accepts, and as it was chosen before."""
    assert '<html lang="en" dir="ltr">' in page(meta)
    assert '<html lang="ar" dir="rtl">' in page(meta, "/phones/sheena?lang=ar")
    assert '<html lang="ar" dir="rtl">' in page(meta, **{"accept-language": "fr, ar-EG;q=0.8, en;q=0.5"})
    assert '<html lang="ar" dir="rtl">' in page(meta, cookie="lang=ar")
    assert words.choose("xx", "") == "en"


def test_both_languages_say_everything():
    """No word is missing in one."""
    english, arabic = words.WORDS["en"], words.WORDS["ar"]
    assert english.keys() == arabic.keys()
    assert [key for key in english if not arabic[key]] == []


def test_each_bubble_is_written_in_its_own_direction(meta):
    """Whatever the language of the page."""
    meta.write("مرحبا")
    assert '<p class="text" dir="auto">مرحبا</p>' in page(meta)


def test_the_business_app_stands_beside_each_phone_of_a_person(meta):
    """With a button that gives the thread back as long as somebody there has it; a group is answered by nobody else."""
    assert 'id="o-native"' in page(meta)
    assert 'id="o-back"' not in page(meta)
    meta.control("POST", "customers/sheena/inbox", {"text": "Sam here"})
    assert 'id="o-back"' in page(meta)
    meta.control("POST", "customers/sheena/thread", {"action": "pass"})
    assert 'id="o-back"' not in page(meta)
    assert 'id="o-native"' not in page(meta, "/phones/friends")


def test_an_unknown_phone_is_not_found(meta):
    """With a way back."""
    answer = requests.get(f"{meta.url}/phones/nobody", timeout=20)
    assert answer.status_code == 404
    assert 'href="/"' in answer.text


def test_what_happens_is_told_at_once(meta, stream):
    """A message as its bubble, typing, and the customer's row in the list."""
    heard = stream()
    written = meta.write("Hello <b>")
    wait_until(lambda: [one for one in heard if one["kind"] == "message"])
    told = next(one for one in heard if one["kind"] == "message")
    assert told["mine"]
    assert "Hello &lt;b&gt;" in told["html"]
    wait_until(lambda: [one for one in heard if one["kind"] == "person" and one["id"] == "sheena"])
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": written}
    meta.graph("POST", "106540352242922/messages", {**body, "typing_indicator": {"type": "text"}})
    wait_until(lambda: {"kind": "typing", "seconds": 25} in heard)
    wait_until(lambda: 'class="tick read"' in [one for one in heard if one["kind"] == "message"][-1]["html"])


def test_one_phone_hears_nothing_of_another(meta, stream):
    """But the row in the list."""
    heard = stream("pablo")
    meta.write("for nobody else")
    wait_until(lambda: [one for one in heard if one["kind"] == "person"])
    assert {one["kind"] for one in heard} <= {"person", "health"}


def test_the_page_says_when_the_gateway_does_not_answer(meta, callback, stream):
    """And when it does again."""
    callback.status = 500
    heard = stream()
    meta.write()
    wait_until(lambda: any(one["kind"] == "health" and "dot bad" in one["html"] for one in heard))
    callback.status = 200
    wait_until(lambda: [one for one in heard if one["kind"] == "health"][-1]["html"].count("dot good"))


def test_a_stop_does_not_wait_for_open_pages(open_sandbox):
    """Their streams end."""
    sandbox = open_sandbox()
    with sandbox.running() as url:
        answer = requests.get(f"{url}/events", stream=True, timeout=20)
        next(answer.iter_lines())
    assert list(answer.iter_lines()) is not None
    answer.close()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* _b_ ~c~ ```d```", "<strong>a</strong> <em>b</em> <s>c</s> <code>d</code>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("<b>*x*</b>", "&lt;b&gt;<strong>x</strong>&lt;/b&gt;"),
    ],
)
def test_whatsapps_marks_become_elements(text, html):
    """And nothing else does."""
    assert str(bubbles.rich(text)) == html


def test_the_script_and_the_style_are_in_the_package(meta):
    """And reach the browser with their types."""
    for name, kind in (("phone.js", "javascript"), ("phone.css", "css"), ("icon.svg", "svg")):
        answer = requests.get(f"{meta.url}/static/{name}", timeout=20)
        assert kind in answer.headers["content-type"]
    assert re.findall(r"https?://", page(meta, "/static/phone.js") + page(meta, "/static/phone.css")) == []
