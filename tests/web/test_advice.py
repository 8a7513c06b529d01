"""What a CRM may ask before it writes, and what it is told when it writes all the same."""

from time import time

import peers
import pytest
from gateways import TWO_ENDS, message

from connectors_core.model import Slot, TemplateInfo

STUDIO = TWO_ENDS.replace('type = "phone"', 'type = "studio"')
ANN = {"endpoint": "shop", "account": "100", "id": "ann"}
ORDER = TemplateInfo(name="order", language="en", usable=True, body="No. {{body.1}}", slots=(Slot(key="body.1"),))


@pytest.fixture
def site(open_house, serve):
    """Serve a house whose channel has a window that Ann has just opened, and one template."""
    house = open_house(STUDIO)
    peers.of("shop").always("templates", lambda *_: [ORDER])
    house.arrive(message("m1"))
    house.sql("UPDATE conversations SET last_in_at = :now", now=time())
    house.errands()
    return serve(house)


def verdict(site, **query):
    """Ask for the verdict on words."""
    return site.get("/api/v1/verdict?" + "&".join(f"{key}={value}" for key, value in {**ANN, **query}.items()))


def test_an_open_window_is_told_with_its_end(site):
    """And with where the rule is written."""
    told = verdict(site).json()
    assert (told["decision"], told["rule"]) == ("allow", "visiting window")
    assert told["reason"].startswith("the visiting window is open for another 23 hours")
    assert told["source"] == "the house rules, 2026-03"


def test_a_closed_window_is_told_with_the_way_out(site):
    """Before anything is written."""
    site.house.later(90000)
    told = verdict(site).json()
    assert told["decision"] == "allow_with"
    assert told["alternatives"][0] == "send an approved template: order (en)"


def test_what_is_forbidden_is_refused_at_once(site):
    """Nothing is stored, so that the same key can be used when it is allowed again."""
    site.house.later(90000)
    body = {"conversation": ANN, "text": "hi"}
    answer = site.post("messages", body, key="k")
    assert answer.status_code == 409
    assert answer.json()["verdict"]["decision"] == "allow_with"
    assert site.house.rows("journal", kind="api") == []
    site.house.sql("UPDATE conversations SET last_in_at = :now", now=time())
    assert site.post("messages", body, key="k").status_code == 202


def test_what_was_taken_before_is_not_refused_when_it_is_told_again(site):
    """The answer to a repetition is that of the first time."""
    body = {"conversation": ANN, "text": "hi"}
    assert site.post("messages", body, key="k").status_code == 202
    site.house.later(90000)
    assert site.post("messages", body, key="k").status_code == 200


def test_a_template_that_would_be_refused_is_refused_at_once(site):
    """With what is missing."""
    part = {"part": "template", "name": "order", "language": "en"}
    answer = site.post("messages", {"conversation": ANN, "parts": [part]})
    assert (answer.status_code, "body.1 has no value" in answer.json()["title"]) == (409, True)
    whole = part | {"values": {"body.1": "7"}}
    assert site.post("messages", {"conversation": ANN, "parts": [whole]}).status_code == 202


def test_the_first_message_to_a_person_needs_a_template(site):
    """They have opened no window."""
    to = {"scheme": "phone", "value": "+15550100", "endpoint": "shop"}
    answer = site.post("messages", {"to": to, "text": "hi"})
    assert (answer.status_code, "has not written yet" in answer.json()["title"]) == (409, True)
    part = {"part": "template", "name": "order", "language": "en", "values": {"body.1": "7"}}
    assert site.post("messages", {"to": to, "parts": [part]}).status_code == 202


def test_a_conversation_that_is_still_to_be_opened_needs_a_template(site):
    """It is named as its channel will call it."""
    told = verdict(site, id="15550100").json()
    assert (told["decision"], "has not written yet" in told["reason"]) == ("allow_with", True)


def test_templates_are_listed_with_their_slots(site):
    """What a form needs."""
    (told,) = site.get("/api/v1/templates?endpoint=shop&account=100&id=ann").json()["templates"]
    assert (told["name"], told["body"], told["slots"][0]["key"]) == ("order", "No. {{body.1}}", "body.1")


def test_a_conversation_that_is_not_known_is_404(site):
    """As is an endpoint that no route joins with the caller."""
    assert verdict(site, endpoint="desk", account="desk", id="nobody").status_code == 404
    assert verdict(site, endpoint="elsewhere").status_code == 404
    assert verdict(site, id="").status_code == 400


def test_advice_needs_a_token(site):
    """It tells who has written."""
    assert site.get("/api/v1/verdict?endpoint=shop&id=ann", token="wrong").status_code == 401
