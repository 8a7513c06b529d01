"""What agents see and do, over HTTP and without a script: lists, threads, states, labels, people, languages."""

import json
import re
from datetime import UTC, datetime, timedelta

import inboxes
from inboxes import Agent, visible

from connectors.inbox.pages import catalogue, knowing, showing
from connectors.inbox.pages.arabic import ARABIC
from connectors.inbox.store import schema, words
from connectors_core.model import (
    Contact,
    Content,
    ConversationRef,
    MediaKind,
    MessageRef,
    Revision,
    RevisionAction,
    Unsupported,
)

PLACE = {"endpoint": "inbox", "account": "inbox"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def test_the_list_says_who_wrote_what_and_how_long_a_reply_is_free(ann, channel):
    """With what is unread, the channel, and whom it belongs to."""
    conversation = channel()[1]
    ann.post(f"/c/{conversation}/assign", {"user": "1"})
    words_ = visible(ann.get().text)
    assert "Sheena Nelson" in words_
    assert "Do you deliver on Saturdays?" in words_
    assert re.search(r"unread: 1\b.*shop free reply for 19 h belongs to Ann", words_)


def test_a_conversation_that_is_over_is_in_another_list(ann, channel):
    """And comes back when the person writes."""
    conversation = channel()[1]
    ann.post(f"/c/{conversation}/state", {"state": "resolved"})
    assert "Sheena Nelson" not in ann.get().text
    assert "Sheena Nelson" in ann.get("/?state=resolved").text
    channel("One more thing")
    assert "One more thing" in ann.get().text


def test_a_conversation_can_be_put_away_for_a_time(ann, channel):
    """Until then it is in a list of its own."""
    conversation = channel()[1]
    ann.post(f"/c/{conversation}/state", {"state": "snoozed", "for": "3h"})
    assert "Sheena Nelson" not in ann.get().text
    assert "Sheena Nelson" in ann.get("/?state=snoozed").text
    assert ann.post(f"/c/{conversation}/state", {"state": "strange"}).status_code == 404


def test_a_conversation_belongs_to_one_agent(ann, channel, small):
    """Or to nobody; somebody who left can have none."""
    conversation = channel()[1]
    tom = inboxes.add_user(small, "tom", "agent", "Tom Becker")
    ann.post(f"/c/{conversation}/assign", {"user": str(tom)})
    assert "Sheena Nelson" not in ann.get("/?view=unassigned").text
    assert "Sheena Nelson" not in ann.get("/?view=mine").text
    ann.post(f"/admin/people/{tom}", {"role": "agent"})
    assert "Sheena Nelson" in ann.get("/?view=unassigned").text
    assert ann.post(f"/c/{conversation}/assign", {"user": str(tom)}).status_code == 404


def test_labels_are_put_on_and_taken_off(ann, channel):
    """And one that an administrator drops is off everywhere."""
    conversation = channel()[1]
    for name in ("VIP", "delivery"):
        ann.post("/admin/labels", {"name": name, "colour": "3"})
    ann.post(f"/c/{conversation}/labels", {"label": ["1", "2", "77"]})
    assert re.findall(r'class="label shade3" dir="auto">(\w+)</span>\s*<', ann.get("/").text) == ["VIP", "delivery"]
    ann.post(f"/c/{conversation}/labels", {"label": "2"})
    ann.post("/admin/labels/2/drop")
    assert "label shade3" not in ann.get("/").text.split('id="lines"')[1]


def test_canned_replies_are_at_hand(ann, channel, small):
    """In the page for the script, and by a link without it."""
    conversation = channel()[1]
    ann.post("/admin/canned", {"short": "/hours", "body": "From nine to six."})
    assert 'data-short="hours"' in ann.get(f"/c/{conversation}").text
    assert ">From nine to six.</textarea>" in ann.get(f"/c/{conversation}?canned=1").text
    ann.post("/admin/canned/1/drop")
    with small.database.read() as db:
        assert words.all_canned(db) == []


def test_the_panel_says_who_this_is(ann, channel):
    """Addresses, fields, notes, and the other conversations of the same person."""
    conversation = channel(fields={"city": "Berlin"})[1]
    there = ConversationRef(endpoint="page", account="7", id="psid-1")
    channel("And here", endpoint="page", account="7", source=there)
    ann.post(f"/c/{conversation}/contact", {"name": "Ms Nelson", "notes": "Prefers mornings."})
    page = ann.get(f"/c/{conversation}").text
    for words_ in ("+16505551234", "city", "Berlin", "Prefers mornings.", "page", "And here", "Ms Nelson"):
        assert words_ in page


def test_an_unknown_part_is_named_and_not_hidden(ann, channel):
    """A neutral bubble with the channel's word for it."""
    conversation = channel(parts=(Unsupported(kind="poll_creation"),))[1]
    assert "Not shown here poll_creation" in visible(ann.get(f"/c/{conversation}").text)


def test_a_deleted_message_is_not_shown(ann, channel):
    """Its place is; the list forgets its words too."""
    _, conversation, name = channel("my card is 4111")
    gone = Revision(message=MessageRef(**PLACE, id=name), action=RevisionAction.DELETE)
    channel(parts=(gone,))
    page = ann.get(f"/c/{conversation}")
    assert "This message was deleted." in page.text
    assert "my card is 4111" not in page.text


def test_days_are_told_where_the_agent_is(ann, channel):
    """The browser's zone decides when a day begins."""
    ann.http.cookies.set("zone", "Asia%2FTokyo", path="/inbox")
    conversation = channel(at=datetime(2025, 3, 4, 23, 30, tzinfo=UTC))[1]
    page = ann.get(f"/c/{conversation}").text
    assert "5 March 2025" in page
    assert "08:30" in page
    ann.http.cookies.set("zone", "../../etc/passwd", path="/inbox")
    assert "4 March 2025" in ann.get(f"/c/{conversation}").text


def test_pages_speak_the_language_of_the_browser_or_the_agent_s_own(ann, url):
    """And run in its direction."""
    arabic = {"accept-language": "fr, ar-EG;q=0.9, en;q=0.8"}
    page = Agent(url).get("/login", headers=arabic).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "كلمة المرور" in page
    assert '<html lang="en" dir="ltr">' in ann.get().text
    ann.post("/language", {"language": "ar", "next": "/"})
    assert '<html lang="ar" dir="rtl">' in ann.get().text
    ann.post("/language", {"language": "xx", "next": "/"})
    assert '<html lang="ar" dir="rtl">' in ann.get().text


def test_every_bubble_finds_its_own_direction(ann, channel):
    """Whatever the page's is."""
    conversation = channel("شكرا Thank you")[1]
    assert '<p class="text" dir="auto">شكرا Thank you</p>' in ann.get(f"/c/{conversation}").text


def test_a_week_from_now_is_no_day_of_this_week():
    """A window of seven days ends on the day that today is called."""
    now, english = datetime(2026, 11, 23, 9, 30, tzinfo=UTC), catalogue.Catalogue("en")
    told = [showing.until(now + timedelta(days=days), now, english) for days in (0, 1, 6, 7)]
    assert told == ["09:30", "tomorrow 09:30", "Sunday 09:30", "Monday, 30 November 09:30"]


def test_every_word_of_the_pages_is_there_in_arabic(root):
    """Nothing stays English that a page says."""
    folder = root / "connectors/inbox/pages"
    text = "".join(
        path.read_text(encoding="utf-8") for path in (*folder.glob("*.py"), *folder.glob("templates/*.html"))
    )
    said = set(re.findall(r"(?:\b_|visit\.words|\bwords)\(\s*[\"']([^\"']+)[\"']", text))
    said |= {word for one in (showing.KINDS, showing.TICKS, knowing.REASONS) for word in one.values()} | set(
        catalogue._ENGLISH
    )
    assert len(said) > 150
    assert sorted(said - set(ARABIC)) == []
    for english, arabic in ARABIC.items():
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", arabic))


def test_a_page_that_is_not_there_says_so(ann):
    """In the look of the others."""
    for path in ("/c/77", "/c/77?template=x"):
        answer = ann.get(path)
        assert (answer.status_code, "There is no such conversation." in answer.text) == (404, True)
    assert ann.post("/c/77/write", {"text": "hi"}).status_code == 404
    assert ann.post("/m/nothing/react", {"emoji": "👍"}).status_code == 404


def test_a_script_is_answered_briefly(ann, channel):
    """It asks for what changed by itself."""
    conversation = channel()[1]
    headers = {"sec-fetch-site": "same-origin", "x-live": "1"}
    answer = ann.post(f"/c/{conversation}/write", {"mode": "reply", "text": "hi"}, headers=headers)
    assert (answer.status_code, answer.text) == (204, "")
    answer = ann.post("/c/77/write", {"text": "hi"}, headers=headers)
    assert (answer.status_code, answer.text) == (404, "There is no such conversation.")


def test_what_no_version_reads_is_shown_as_that(ann, channel, small):
    """A row of a newer or a broken program stops no thread."""
    conversation = channel()[1]
    with small.database.write() as db:
        table = schema.messages
        db.execute(table.update().values(parts=json.dumps([{"part": "hologram"}]), at=9e18))
    assert "unreadable" in ann.get(f"/c/{conversation}").text


def test_the_picture_of_a_person_is_shown_where_the_channel_gave_one(ann, channel, door):
    """From the gateway's own store; another address, or another person's, shows nothing."""
    kept = door.keep(Content.of(PNG, "image/png"), MediaKind.IMAGE)
    id_ = channel(profile=Contact(name="Sheena Nelson", picture_id=kept.id))[1]
    page = ann.get(f"/c/{id_}").text
    (address,) = set(re.findall(r'src="([^"]*/people/[^"]+)"', page))
    answer = ann.get(address.removeprefix("/inbox"))
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert ann.get(f"/people/1/{'0' * 32}").status_code == 404
    assert ann.get(f"/people/999/{kept.id}").status_code == 404
