"""What strangers try: scripts in every word, forms from elsewhere, files that are pages, names that are paths."""

import inboxes
import pytest
import requests
from inboxes import Agent

from connectors.inbox.pages import files, showing
from connectors.inbox.pages.guard import LARGE, SMALL
from connectors.inbox.store import people, words
from connectors_core.model import (
    Card,
    Carousel,
    Choice,
    Choices,
    Comment,
    Contact,
    Decision,
    Feedback,
    Identity,
    Location,
    Media,
    MediaKind,
    OptIn,
    Option,
    Order,
    OrderItem,
    OrderReceipt,
    Product,
    Products,
    Referral,
    Slot,
    Story,
    Template,
    TemplateInfo,
    Text,
    Unsupported,
    Verdict,
)

EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>"
LINK = "javascript:alert(1)"

EVERYTHING = (
    Text(body=EVIL),
    Media(kind=MediaKind.IMAGE, id="x", name=EVIL, caption=EVIL, mime=EVIL),
    Media(kind=MediaKind.DOCUMENT, id="x", name=EVIL, mime=EVIL, size=1),
    Media(kind=MediaKind.DOCUMENT, url=LINK, name=EVIL),
    Location(latitude=1.0, longitude=2.0, name=EVIL, address=EVIL, url=LINK),
    Card(contacts=(Contact(name=EVIL, identities=(Identity(scheme="phone", value=EVIL),)),)),
    Choices(body=EVIL, header=EVIL, footer=EVIL, options=(Option(title=EVIL, description=EVIL, url=LINK),)),
    Carousel(
        body=EVIL,
        cards=(
            Choices(
                body=EVIL,
                options=(Option(title=EVIL, url=LINK),),
                media=Media(kind=MediaKind.IMAGE, url=LINK, name=EVIL),
            ),
        ),
    ),
    Choice(title=EVIL, payload=EVIL, answers={EVIL: EVIL}),
    Template(name=EVIL, language=EVIL),
    Products(catalogue="c", items=(Product(id=EVIL),), body=EVIL),
    Order(items=(OrderItem(id=EVIL, name=EVIL, price=EVIL, currency=EVIL),), note=EVIL),
    OrderReceipt(number=EVIL, items=(OrderItem(id=EVIL),), total=EVIL, currency=EVIL, payment=EVIL, address=EVIL),
    Story(kind=EVIL, url=LINK),
    Comment(id="1", body=EVIL, url=LINK),
    Referral(source=EVIL, title=EVIL, url=LINK),
    OptIn(topic=EVIL),
    Feedback(kind=EVIL, text=EVIL),
    Unsupported(kind=EVIL, raw={EVIL: EVIL}),
)


def harmless(page):
    """Whether nothing of what was written has become part of the page itself."""
    text = page.text.lower()
    return "<script>alert" not in text and "<img src=x" not in text and 'href="javascript:' not in text


def test_nothing_that_a_person_writes_becomes_a_page(ann, channel, small, door):
    """In every part, name, file, label, note, canned reply, field, template and reason."""
    door.answer = Verdict(decision=Decision.ALLOW_WITH, reason=EVIL, alternatives=(EVIL,))
    slots = (Slot(key="body.1", label=EVIL, example=EVIL),)
    door.infos = [TemplateInfo(name="t", language="en", usable=True, body=EVIL, slots=slots)]
    door.infos += [TemplateInfo(name=EVIL, language="en", usable=False, reason=EVIL)]
    person = Contact(name=EVIL, username=EVIL, identities=(Identity(scheme="username", value=EVIL, verified=True),))
    for part in EVERYTHING:
        conversation = channel(parts=(part,), profile=person, fields={EVIL: EVIL})[1]
    with small.database.write() as db:
        words.save_label(db, EVIL[:40], 1)
        words.save_canned(db, EVIL[:40], EVIL)
    ann.post(f"/c/{conversation}/write", {"mode": "note", "text": EVIL})
    ann.post(f"/c/{conversation}/labels", {"label": "1"})
    ann.post(f"/c/{conversation}/contact", {"name": EVIL, "notes": EVIL})
    ann.post("/admin/people", {"login": "eve<b>", "name": EVIL, "password": inboxes.PASSWORD, "role": "agent"})
    ann.post(f"/c/{conversation}/assign", {"user": "2"})
    for path in ("/", f"/c/{conversation}?template=t%7Cen", "/admin", "/new", "/?q=%3Cscript%3Ealert(1)%3C/script%3E"):
        page = ann.get(path)
        assert page.status_code == 200, path
        assert harmless(page), path
    assert ann.get(f"/c/{conversation}").text.count("&lt;script&gt;alert") > 20


def test_a_page_may_run_nothing_but_its_own_scripts(ann):
    """Should anything get through nevertheless, the browser does not run it, and nobody frames it."""
    headers = ann.get().headers
    policy = dict(one.strip().partition(" ")[::2] for one in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")
    assert headers["cache-control"] == "no-store"
    text = ann.get().text
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick" not in text


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.com/a", True),
        ("HTTP://example.com", True),
        ("mailto:a@example.com", True),
        ("tel:+16505551234", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.com", False),
        ("vbscript:x", False),
        ("http://[", False),
    ],
)
def test_links_lead_to_web_mail_and_telephone_only(url, safe):
    """Whatever a message says is a link."""
    assert bool(showing.safe_url(url)) is safe


def test_addresses_in_words_become_links_and_nothing_else_does():
    """The words around them stay words."""
    shown = str(showing.linked('see https://example.com/a?b=1&c="x"<b> now.'))
    assert 'href="https://example.com/a?b=1&amp;c="' in shown
    assert "<b>" not in shown
    assert 'rel="noopener noreferrer nofollow"' in shown


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"},
    ],
)
@pytest.mark.parametrize("path", ["/c/1/write", "/logout", "/login", "/admin/people", "/c/1/read"])
def test_a_form_of_another_page_does_nothing(ann, channel, door, path, headers):
    """The browser says where a form comes from; who says nothing is not believed."""
    channel()
    assert ann.post(path, {"text": "hi", "mode": "reply"}, headers=headers).status_code == 403
    assert door.told() == []
    assert ann.get(allow_redirects=False).status_code == 200


def test_an_old_browser_says_its_origin(ann, channel, url, door):
    """That is enough, when it is ours."""
    conversation = channel()[1]
    answer = ann.post(f"/c/{conversation}/write", {"text": "hi", "mode": "reply"}, headers={"origin": url})
    assert answer.status_code == 200
    assert len(door.told()) == 1


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[::1"])
def test_a_name_that_somebody_lets_resolve_to_this_machine_is_refused(url, host):
    """DNS rebinding: the page of a stranger must not reach the inbox under the stranger's name."""
    assert requests.get(f"{url}/inbox/login", headers={"host": host}, timeout=20).status_code == 421


@pytest.mark.parametrize("host", ["localhost:9", "127.0.0.1:9", "[::1]:9"])
def test_this_machine_s_own_names_are_known(url, host):
    """At whatever port."""
    assert requests.get(f"{url}/inbox/login", headers={"host": host}, timeout=20).status_code == 200


@pytest.mark.parametrize(
    ("body", "mime"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        (b"<script>alert(1)</script>", "text/html"),
        (b"<script>alert(1)</script>", "application/xhtml+xml; charset=utf-8"),
        (b"%PDF-1.4", "application/pdf"),
        (b"<x/>", "text/xml"),
        (b"alert(1)", "text/javascript"),
        (b"x", "IMAGE/SVG+XML"),
    ],
)
def test_a_file_that_could_act_is_only_downloaded(ann, channel, door, body, mime):
    """Never shown, never guessed at, and in a sandbox if somebody opens it nevertheless."""
    door.files["kept"] = (body, mime, "x.svg")
    name = channel(parts=(Media(kind=MediaKind.IMAGE, id="kept", mime="image/png", name="x.png"),))[2]
    answer = ann.get(f"/media/{name}/0")
    assert answer.content == body
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_a_picture_is_shown(ann, channel, door):
    """In its own sandbox, whole or in the piece that a player asks for."""
    door.files["kept"] = (b"0123456789", "video/mp4", "film.mp4")
    name = channel(parts=(Media(kind=MediaKind.VIDEO, id="kept"),))[2]
    whole = ann.get(f"/media/{name}/0")
    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, b"0123456789", "video/mp4")
    piece = ann.get(f"/media/{name}/0", headers={"range": "bytes=2-4"})
    assert (piece.status_code, piece.content, piece.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    strange = ann.get(f"/media/{name}/0", headers={"range": "bytes=20-4,1-2"})
    assert (strange.status_code, strange.content) == (200, b"0123456789")


def test_a_file_is_found_by_nothing_but_its_message(ann, channel, door, url):
    """Its link is random, needs the login, and the gateway's own names are no links."""
    door.files["kept"] = (b"x", "image/png", "x.png")
    name = channel(parts=(Media(kind=MediaKind.IMAGE, id="kept"),))[2]
    assert len(name) == 32
    assert ann.get(f"/media/{name}/0").status_code == 200
    assert Agent(url).get(f"/media/{name}/0", allow_redirects=False).status_code == 303
    for guess in (f"{name}/1", "kept/0", "1/0", f"{name}/99999999999999999999", "..%2f..%2fetc%2fpasswd/0"):
        assert ann.get(f"/media/{guess}").status_code in (404, 405), guess


@pytest.mark.parametrize("path", ["..%2f..%2fconnector.py", "%2e%2e/%2e%2e/settings.py", "..\\app.py", "/etc/passwd"])
def test_the_static_files_are_those_of_one_folder(url, path):
    """And nothing beside it."""
    assert Agent(url).get(f"/static/{path}").status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\mine\\invoice.pdf", "invoice.pdf"),
        ("a\x00b\r\nset-cookie: x.txt", "a_b_set-cookie_ x.txt"),
        ("..", "file"),
        ("", "file"),
        ('"><script>.png', "_script_.png"),
        ("x" * 300 + ".png", "x" * 139 + ".png"),
        ("فاتورة.pdf", "فاتورة.pdf"),
    ],
)
def test_the_name_of_a_file_is_a_name(given, kept):
    """No folder, no line break, no quotation mark, no end."""
    assert files.clean_name(given) == kept


def test_what_an_agent_attaches_is_what_its_bytes_say(ann, channel, door):
    """A page that calls itself a picture is sent as a document."""
    conversation = channel()[1]
    upload = {"file": ("../../evil.png", b"<script>alert(1)</script>", "image/png")}
    assert ann.post(f"/c/{conversation}/write", {"mode": "reply", "text": "see"}, files=upload).status_code == 200
    (part,) = door.told()[0].parts
    assert (part.kind, part.mime, part.name) == (MediaKind.DOCUMENT, "application/octet-stream", "evil.png")


def test_a_form_without_files_is_small(ann, channel):
    """And no form is larger than what a channel takes; what does not say its size is counted."""
    conversation = channel()[1]
    assert ann.post(f"/c/{conversation}/write", {"text": "x" * SMALL}).status_code == 413
    length = {"content-length": str(LARGE + 1), "content-type": "multipart/form-data; boundary=x"}
    own = {"sec-fetch-site": "same-origin"}
    with requests.Session() as stranger:
        stranger.cookies = ann.http.cookies
        request = requests.Request("POST", f"{ann.url}/inbox/c/{conversation}/write", data=b"x", headers=own | length)
        prepared = stranger.prepare_request(request)
        prepared.headers["content-length"] = str(LARGE + 1)
        assert stranger.send(prepared, timeout=20).status_code == 413
    chunks = (b"x" * 65536 for _ in range(SMALL // 65536 + 2))
    headers = own | {"content-type": "application/x-www-form-urlencoded"}
    assert ann.http.post(f"{ann.url}/inbox/c/1/write", data=chunks, headers=headers, timeout=20).status_code == 413


def test_numbers_of_any_length_are_no_fault(ann):
    """What no database could hold is not there."""
    for path in (f"/c/{'9' * 18}", f"/c/{'9' * 40}", "/?label=99999999999999999999", "/?before=9e999:1", "/c/0"):
        assert ann.get(path).status_code in (200, 404), path


def test_search_words_are_words(ann, channel, small):
    """Quotation marks and wildcards find nothing and break nothing."""
    channel()
    for search in ("'; DROP TABLE inbox_users; --", "%", "_", "\\", "\x00", "*"):
        assert ann.get("/", params={"q": search}).status_code == 200
    with small.database.read() as db:
        assert people.search_terms("'; --") == []
        assert words.all_labels(db) == []
