"""Templates: what the account has, and which parameters fit."""

import pytest
from sandboxes import ACCOUNT, NUMBER, wait_until

ORDER = {"name": "order_confirmation", "language": {"code": "en_US"}}
PROMOTION = {"name": "seasonal_promotion", "language": {"code": "en_US"}}


def texts(*values, kind="body"):
    """Return a component with parameters."""
    return {"type": kind, "parameters": [{"type": "text", "text": value} for value in values]}


def track(value="566701", **changes):
    """Return the parameter of the link of an order."""
    parameters = [{"type": "text", "text": value}]
    return {"type": "button", "sub_type": "url", "index": "0", "parameters": parameters, **changes}


def named(**values):
    """Return a reminder with its named parameters."""
    parameters = [{"type": "text", "parameter_name": name, "text": value} for name, value in values.items()]
    return {
        "name": "appointment_reminder",
        "language": {"code": "en_US"},
        "components": [{"type": "body", "parameters": parameters}],
    }


def picture(kind="image", **media):
    """Return the header of a promotion."""
    return {"type": "header", "parameters": [{"type": kind, kind: media or {"link": "http://127.0.0.1:9/none.png"}}]}


def test_a_template_goes_outside_the_window_and_says_its_words(meta, callback):
    """The answer says that it is accepted, and the status what category it costs."""
    parts = [texts("Sheena", "566701", "Monday"), track()]
    status, answer = meta.send("template", {**ORDER, "components": parts})
    assert status == 200, answer
    assert answer["messages"][0]["message_status"] == "accepted"
    sent = answer["messages"][0]["id"]
    shown = meta.find(sent)["content"]["shown"]
    assert shown["body"] == "Thank you, Sheena! Your order 566701 is confirmed and leaves on Monday."
    assert (shown["header"], shown["footer"]) == ({"type": "text", "text": "Your order"}, "Lucky Shrub")
    assert shown["buttons"][0]["url"] == "https://example.com/o/566701"
    wait_until(lambda: callback.steps(sent) == ["sent", "delivered"])
    assert callback.statuses(sent)[0]["pricing"]["category"] == "utility"


def test_currencies_and_dates_fall_back_on_their_text(meta):
    """As clients have them shown that know no better."""
    parameters = [
        {"type": "text", "text": "Sheena"},
        {"type": "currency", "currency": {"fallback_value": "$100.99", "code": "USD", "amount_1000": 100990}},
        {"type": "date_time", "date_time": {"fallback_value": "February 25, 1977"}},
    ]
    sent = meta.sent("template", {**ORDER, "components": [{"type": "body", "parameters": parameters}, track()]})
    assert "$100.99 is confirmed and leaves on February 25, 1977" in meta.find(sent)["content"]["shown"]["body"]


def test_named_parameters_come_in_any_order(meta):
    """Their names put them in their places."""
    sent = meta.sent("template", named(day="Monday", first_name="Sheena"))
    assert meta.find(sent)["content"]["shown"]["body"] == "Hello Sheena, see you on Monday."


BAD = [
    ({"name": "nothing", "language": {"code": "en_US"}}, 404, 132001),
    ({**ORDER, "language": {"code": "fr"}}, 404, 132001),
    ({"name": "order_confirmation"}, 400, 131008),
    ({**ORDER, "components": [track()]}, 400, 132000),
    ({**ORDER, "components": [texts("a", "b"), track()]}, 400, 132000),
    ({**ORDER, "components": [texts("a", "b", "c", "d"), track()]}, 400, 132000),
    ({**ORDER, "components": [texts("a", "b", "c")]}, 400, 131008),
    ({**ORDER, "components": [texts("a", "b", "c"), track(sub_type="quick_reply")]}, 400, 132012),
    ({**ORDER, "components": [texts("a", "b", "c"), track(index=7)]}, 400, 132012),
    ({**ORDER, "components": [texts("a", "b", "c"), track(index=None)]}, 400, 131008),
    ({**ORDER, "components": [texts("x" * 1000, "b", "c"), track()]}, 400, 132005),
    ({**ORDER, "components": [texts("a\nb", "b", "c"), track()]}, 400, 132018),
    ({**ORDER, "components": [texts("", "b", "c"), track()]}, 400, 131008),
    ({**ORDER, "components": [{"type": "body", "parameters": [{"type": "image"}] * 3}, track()]}, 400, 132012),
    ({**ORDER, "components": [{"type": "tail"}]}, 400, 131009),
    ({**PROMOTION, "components": [texts("a", "b")]}, 400, 132000),
    ({**PROMOTION, "components": [picture("video"), texts("a", "b")]}, 400, 132012),
    ({**PROMOTION, "components": [picture(id="1", link="http://x"), texts("a", "b")]}, 400, 131008),
    (named(first_name="Sheena"), 400, 132000),
    (named(first_name="Sheena", night="x"), 400, 132012),
    ({"name": "flash_sale", "language": {"code": "en_US"}}, 400, 132015),
    ({"name": "free_money", "language": {"code": "en_US"}}, 400, 132007),
]


@pytest.mark.parametrize(("template", "status", "code"), BAD)
def test_what_does_not_fit_is_refused_with_its_code(meta, template, status, code):
    """Before anything is sent."""
    found, answer = meta.send("template", template)
    assert (found, answer["error"]["code"]) == (status, code)


def test_one_time_passwords_need_a_number(meta):
    """131062 for a user id; with a number the code can be copied."""
    parameters = [{"type": "text", "text": "123456"}]
    template = {
        "name": "login_code",
        "language": {"code": "en_US"},
        "components": [
            {"type": "body", "parameters": parameters},
            {"type": "button", "sub_type": "url", "index": 0, "parameters": parameters},
        ],
    }
    body = {"messaging_product": "whatsapp", "recipient": "US.40817264553920184477", "type": "template"}
    answer = meta.graph("POST", f"{NUMBER}/messages", {**body, "template": template})[1]
    assert answer["error"]["code"] == 131062
    sent = meta.sent("template", template)
    assert meta.find(sent)["content"]["shown"]["buttons"][0]["code"] == "123456"


def test_the_list_goes_in_pages(meta):
    """Following `next` gives every template once."""
    path = f"{ACCOUNT}/message_templates?limit=4&fields=name,status,language"
    found, pages = [], 0
    while path:
        answer = meta.graph("GET", path)[1]
        found += [(row["name"], row["language"]) for row in answer["data"]]
        pages += 1
        path = answer["paging"].get("next", "").partition("/v26.0/")[2]
    assert pages == 3
    assert len(found) == len(set(found)) == 9
    only = meta.graph("GET", f"{ACCOUNT}/message_templates?name=order_confirmation&language=ar")[1]["data"]
    assert [row["status"] for row in only] == ["APPROVED"]
    assert meta.graph("GET", f"{ACCOUNT}/message_templates?limit=x")[0] == 400
    assert meta.graph("GET", f"{ACCOUNT}/message_templates?after=x")[0] == 400


def test_a_new_template_is_reviewed_at_once(meta, callback):
    """PENDING in the answer, APPROVED by webhook, and then it can be sent."""
    body = {
        "name": "we_moved",
        "language": "en_US",
        "category": "UTILITY",
        "components": [{"type": "body", "text": "Now at {{1}}.", "example": {"body_text": [["1 Hacker Way"]]}}],
    }
    status, answer = meta.graph("POST", f"{ACCOUNT}/message_templates", body)
    assert (status, answer["status"]) == (200, "PENDING")
    wait_until(lambda: callback.values("message_template_status_update"))
    assert callback.values("message_template_status_update") == [
        {
            "event": "APPROVED",
            "message_template_id": int(answer["id"]),
            "message_template_name": "we_moved",
            "message_template_language": "en-US",
            "reason": "NONE",
            "message_template_category": "UTILITY",
        }
    ]
    template = {"name": "we_moved", "language": {"code": "en_US"}, "components": [texts("1 Hacker Way")]}
    assert meta.sent("template", template)
    assert meta.graph("POST", f"{ACCOUNT}/message_templates", body)[1]["error"]["error_subcode"] == 2388024
    assert meta.graph("GET", answer["id"])[1]["name"] == "we_moved"
    assert meta.graph("DELETE", f"{ACCOUNT}/message_templates?name=we_moved")[1] == {"success": True}
    assert meta.graph("DELETE", f"{ACCOUNT}/message_templates?name=we_moved")[0] == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "We Moved"},
        {"category": "GOSSIP"},
        {"components": []},
        {"components": [{"type": "BODY", "text": "Hello {{1}}"}]},
        {"components": None},
    ],
)
def test_a_template_that_meta_would_not_take_is_refused(meta, changes):
    """Its name, category, body and examples are looked at."""
    body = {
        "name": "n",
        "language": "en",
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "x"}],
        **changes,
    }
    assert meta.graph("POST", f"{ACCOUNT}/message_templates", body)[1]["error"]["code"] == 100


def test_a_template_can_be_paused_by_hand(meta, callback):
    """And disabled; the gateway hears of both."""
    rows = meta.control("GET", "templates")["data"]
    hello = next(row["id"] for row in rows if row["name"] == "hello_world")
    template = {"name": "hello_world", "language": {"code": "en_US"}}
    for status, code in (("PAUSED", 132015), ("DISABLED", 132016)):
        meta.control("PATCH", f"templates/{hello}", {"status": status})
        assert meta.send("template", template)[1]["error"]["code"] == code
    wait_until(lambda: len(callback.values("message_template_status_update")) == 2)
    meta.control("PATCH", f"templates/{hello}", {"status": "APPROVED"})
    assert meta.sent("template", template)
