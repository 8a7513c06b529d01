"""Files of the business: brought before, or fetched from where a message says."""

import json
from time import time

import pytest
from sandboxes import INSTAGRAM, INSTAGRAM_TOKEN, MATEO, PAGE, PAGE_TOKEN, SECRET

from connectors.meta.sandbox.store.tables import files

PNG = b"\x89PNG\r\n"


def bring(meta, kind="image", data=PNG, mime="image/png", **more):
    """Bring a file to the page as multipart; return the status and the answer."""
    told = {"message": json.dumps({"attachment": {"type": kind, "payload": {"is_reusable": True}}}), **more}
    upload = {"filedata": ("plant.png", data, mime)}
    return meta.graph("POST", f"{PAGE}/message_attachments", files=upload, data=told, token=PAGE_TOKEN)


def picture(**payload):
    """Return a message with a picture."""
    return {"attachment": {"type": "image", "payload": payload}}


@pytest.fixture
def page(meta):
    """Let both windows be open."""
    meta.chats(who="peter")
    meta.chats(who="mateo")
    return meta


def test_a_file_is_brought_and_sent(page):
    """Once, and again by its id."""
    name = bring(page)[1]["attachment_id"]
    for _ in range(2):
        mid = page.said(picture(attachment_id=name))
        assert page.find(mid, "peter")["content"]["attachments"][0]["payload"]["file"] == name


def test_several_pictures_are_one_message(page):
    """At most ten on Instagram (2026-05-06)."""
    name = bring(page, platform="instagram")[1]["attachment_id"]
    one = {"type": "image", "payload": {"attachment_id": name}}
    assert page.say({"attachments": [one] * 10}, MATEO)[0] == 200
    assert page.say({"attachments": [one] * 11}, MATEO)[1]["error"]["code"] == 100
    assert page.say({"attachments": [one] * 11})[0] == 200


def test_a_file_is_fetched_from_this_machine(page):
    """Where a gateway keeps its own; the answer names it where it may be sent again."""
    url = f"{page.url}/cdn/people/plant.png"
    status, answer = page.say(picture(url=url, is_reusable=True))
    assert status == 200
    assert page.say(picture(attachment_id=answer["attachment_id"]))[0] == 200
    assert "attachment_id" not in page.say(picture(url=url))[1]
    body = {"message": picture(url=url)}
    assert page.graph("POST", f"{INSTAGRAM}/message_attachments", body, token=INSTAGRAM_TOKEN)[0] == 200


@pytest.mark.parametrize(
    ("payload", "subcode"),
    [
        ({"url": "http://127.0.0.1:9/nothing"}, 2018008),
        ({"url": "http://10.0.0.1/private"}, 2018008),
        ({"attachment_id": "4711"}, 2018074),
    ],
)
def test_a_file_that_is_not_there(page, payload, subcode):
    """An address that nobody answers, one of a private network, an unknown id."""
    assert page.say(picture(**payload))[1]["error"]["error_subcode"] == subcode


def test_a_file_of_the_wrong_kind_or_size(page):
    """A text is no picture, a picture no PDF on Instagram, and 8 MB are the most."""
    assert bring(page, data=b"x", mime="text/plain")[1]["error"]["error_subcode"] == 2018047
    assert bring(page, "file", platform="instagram")[1]["error"]["error_subcode"] == 2018047
    assert bring(page, data=b"\0" * (8 * 1024 * 1024 + 1))[1]["error"]["error_subcode"] == 2018109


def test_an_id_is_good_for_90_days(page):
    """Then the file has to be brought again."""
    name = bring(page)[1]["attachment_id"]
    with page.sandbox.store.write() as db:
        db.execute(files.update().values(at=time() - 91 * 24 * 3600))
    assert page.say(picture(attachment_id=name))[1]["error"]["error_subcode"] == 2018074


def test_pictures_of_cards_are_shown_where_they_can_be_fetched(page):
    """A card whose picture cannot be is sent without."""
    cards = [
        {"title": "One", "image_url": f"{page.url}/cdn/people/plant.png"},
        {"title": "Two", "image_url": "http://127.0.0.1:9/nothing"},
    ]
    mid = page.said({"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": cards}}})
    found = page.find(mid, "peter")["content"]["attachments"][0]["payload"]["pictures"]
    assert set(found) == {cards[0]["image_url"]}
    assert SECRET.reveal() not in str(found)
