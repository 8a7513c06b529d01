"""The account behind a number: templates, set-up and check, against a provider on this machine."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.meta.library import MOST_PAGES
from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.settings import WhatsAppSettings, WhatsAppSettingsSchema
from connectors_core import Endpoint, Http, Malformed, NeedsAttention, NotSupported, Redactor, Secret
from connectors_core.model import Change, Template, TemplateInfo

NUMBER, WABA = "106540352242922", "102290129340398"
LIST, SUBSCRIBED, DEBUG = f"/v26.0/{WABA}/message_templates", f"/v26.0/{WABA}/subscribed_apps", "/v26.0/debug_token"
TOKEN, SECRET = Secret("EAAG-access-token"), Secret("0123456789abcdef")
DAY = 24 * 3600
GOOD_TOKEN = {
    "app_id": "670843",
    "is_valid": True,
    "expires_at": 0,
    "scopes": ["whatsapp_business_messaging", "whatsapp_business_management"],
}


def endpoint(provider, **more):
    """Make a number at the provider."""
    settings = WhatsAppSettings(phone_number_id=NUMBER, access_token=TOKEN, graph_url=provider.url, **more)
    return Endpoint.build(
        "shop", WhatsApp(settings, Http("shop", timeout=(2.0, 5.0), redact=Redactor([TOKEN, SECRET])))
    )


@pytest.fixture
def shop(provider):
    """Make a number that is in the best of states."""
    provider.on(
        f"/v26.0/{NUMBER}", (200, {"verified_name": "Lucky Shrub", "quality_rating": "GREEN", "status": "CONNECTED"})
    )
    provider.on(SUBSCRIBED, (200, {"success": True, "data": [{"whatsapp_business_api_data": {"id": "670843"}}]}))
    provider.on(DEBUG, (200, {"data": GOOD_TOKEN}))
    return endpoint(provider, business_account_id=WABA, app_id="670843", app_secret=SECRET)


def levels(findings):
    """Return the levels alone."""
    return [finding.level for finding in findings]


def row(n, **more):
    """Return a template of the account."""
    return {
        "name": f"t{n}",
        "language": "en",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": "x"}],
        **more,
    }


def test_all_pages_of_templates_are_read(shop, provider):
    """By the cursor alone: the address of the next page would hold the token."""
    provider.on(
        LIST,
        (200, {"data": [row(1)], "paging": {"cursors": {"after": "A"}, "next": "https://evil.example.com/?token=x"}}),
        (200, {"data": [row(2, status="PAUSED")], "paging": {"cursors": {"after": "B"}}}),
    )
    found = shop.templates()
    assert [(one.name, one.usable) for one in found] == [("t1", True), ("t2", False)]
    asked = [parse_qs(urlsplit(one.path).query) for one in provider.asked]
    assert [query.get("after") for query in asked] == [None, ["A"]]
    assert "components" in asked[0]["fields"][0]


def test_templates_without_end_end(shop, provider):
    """After pages enough for any account, or where the cursor stands still."""
    page = {"data": [row(1)], "paging": {"cursors": {"after": "A"}, "next": "x"}}
    provider.on(LIST, (200, page))
    assert len(shop.templates()) == 2
    pages = [{**page, "paging": {"cursors": {"after": f"{n}"}, "next": "x"}} for n in range(MOST_PAGES)]
    provider.on(LIST, *((200, one) for one in pages))
    with pytest.raises(Malformed, match="more than 10000"):
        shop.templates()


def test_templates_need_the_account(provider):
    """A number does not tell which account it belongs to."""
    with pytest.raises(NotSupported, match="put business_account_id"):
        endpoint(provider).templates()
    assert provider.asked == []


@pytest.mark.parametrize(
    ("answer", "kind"), [((200, []), Malformed), ((400, {"error": {"code": 200}}), NeedsAttention)]
)
def test_templates_that_cannot_be_listed_say_why(shop, provider, answer, kind):
    """An answer of another form, or a permission that is missing."""
    provider.on(LIST, answer)
    with pytest.raises(kind):
        shop.templates()


def test_a_message_is_compared_with_its_template(shop):
    """Without asking anybody."""
    info = TemplateInfo(name="t1", language="en", usable=False, reason="it is paused")
    assert shop.check_template(Template(name="t1", language="en"), info) == [
        "the template t1 cannot be sent now: it is paused"
    ]


def test_a_check_in_the_best_of_states_finds_nothing_wrong(shop, provider):
    """It reads, and changes nothing."""
    findings = list(shop.check())
    assert [finding.text for finding in findings] == [
        "the number of Lucky Shrub is reached; quality GREEN",
        "the token does not expire",
    ]
    assert levels(findings) == ["ok"] * 2
    assert {asked.method for asked in provider.asked} == {"GET"}
    debug = provider.asked[-1]
    assert debug.headers["authorization"] == "Bearer 670843|0123456789abcdef"
    assert parse_qs(urlsplit(debug.path).query)["input_token"] == ["EAAG-access-token"]


@pytest.mark.parametrize(
    ("told", "level", "said"),
    [
        ({"quality_rating": "YELLOW"}, "warning", "quality YELLOW; people block or report it"),
        ({"quality_rating": "RED"}, "warning", "quality RED"),
        ({"status": "FLAGGED"}, "error", "has the state FLAGGED"),
        ({"name_status": "DECLINED"}, "error", "display name is DECLINED"),
        ({"name_status": "PENDING_REVIEW"}, "warning", "display name is PENDING_REVIEW"),
        ({"whatsapp_business_manager_messaging_limit": "TIER_2K"}, "ok", "write to TIER_2K people"),
    ],
)
def test_the_state_of_the_number_is_told(shop, provider, told, level, said):
    """With what to do about it."""
    provider.on(f"/v26.0/{NUMBER}", (200, {"verified_name": "Lucky Shrub", **told}))
    assert any(finding.level == level and said in finding.text for finding in shop.check())


@pytest.mark.parametrize(
    "answer", [(401, {"error": {"code": 190}}), (200, b"<html>"), (200, []), (200, {"status": []})]
)
def test_a_check_tells_what_is_wrong(shop, provider, answer):
    """A dead token and an answer of another form are findings, not exceptions; the other questions are asked."""
    provider.on(f"/v26.0/{NUMBER}", answer)
    assert levels(shop.check()) == ["error", "ok"]


@pytest.mark.parametrize("rows", [[], [{"whatsapp_business_api_data": {"id": "1"}}]])
def test_a_lost_subscription_is_a_change_that_is_bad(shop, provider, rows):
    """No webhook comes without it."""
    provider.on(SUBSCRIBED, (200, {"data": rows}))
    (change,) = shop.plan(CALLBACK)
    assert (change.path, change.before, change.level) == ("business_account_id", None, "error")


@pytest.mark.parametrize("answer", [(200, {"data": "x"}), (500, b"")])
def test_a_subscription_that_cannot_be_looked_at_is_an_error(shop, provider, answer):
    """It may be lost."""
    provider.on(SUBSCRIBED, answer)
    (found,) = shop.plan(CALLBACK)
    assert (found.level, found.path) == ("error", "business_account_id")


@pytest.mark.parametrize(
    ("more", "level", "said"),
    [
        ({"is_valid": False}, "error", "not valid any more"),
        ({"scopes": ["whatsapp_business_messaging"]}, "error", "lacks whatsapp_business_management"),
        ({"app_id": "1"}, "error", "belongs to the app 1"),
        ({"expires_at": int(time.time()) + 3 * DAY}, "warning", "the token ends on"),
        ({"expires_at": int(time.time()) + 60 * DAY}, "ok", "the token is good until"),
        ({"data_access_expires_at": int(time.time()) + 3 * DAY}, "warning", "its access to data ends on"),
    ],
)
def test_the_state_of_the_token_is_told(shop, provider, more, level, said):
    """Before it dies."""
    provider.on(DEBUG, (200, {"data": {**GOOD_TOKEN, **more}}))
    findings = list(shop.check())
    assert any(finding.level == level and said in finding.text for finding in findings)
    assert not any("EAAG" in finding.text or "0123456789" in finding.text for finding in findings)


@pytest.mark.parametrize("answer", [(400, {"error": {"code": 190}}), (200, {"data": "x"}), (200, b"")])
def test_a_token_that_cannot_be_looked_at_is_a_finding(shop, provider, answer):
    """Most often the app's number and secret are those of two apps."""
    provider.on(DEBUG, answer)
    *_, found = shop.check()
    assert found.level == "error"
    assert "app_id and app_secret" in found.text


def test_what_is_not_known_is_said(provider):
    """Without the account and the app there is less to look at."""
    provider.answer(200, {"verified_name": "Lucky Shrub", "quality_rating": "GREEN"})
    shop = endpoint(provider)
    assert levels(shop.check()) == ["ok"]
    assert levels(shop.plan(CALLBACK)) == ["warning"]


def test_where_the_app_is_subscribed_nothing_differs(shop, provider):
    """And nothing is changed."""
    assert shop.plan(CALLBACK) == []
    assert {asked.method for asked in provider.asked} == {"GET"}


def test_apply_subscribes_the_app(shop, provider):
    """Doing it again changes nothing."""
    provider.on(SUBSCRIBED, (200, {"data": []}), (200, {"success": True}))
    (change,) = shop.plan(CALLBACK)
    assert shop.apply(change, CALLBACK).level == "ok"
    assert (provider.asked[-1].method, provider.asked[-1].body) == ("POST", b"")


def test_what_cannot_be_applied_says_why(shop, provider):
    """In Meta's words."""
    provider.on(SUBSCRIBED, (400, {"error": {"code": 200}}))
    with pytest.raises(NeedsAttention):
        shop.apply(Change(path="business_account_id", title="x"), CALLBACK)


CALLBACK = "https://hooks.example.com/hooks/meta"
AUTOMATION, USERNAME = f"/v26.0/{NUMBER}/conversational_automation", f"/v26.0/{NUMBER}/username"
WANTED = {
    "enable_welcome_message": True,
    "prompts": ["Find a plant"],
    "commands": [{"command_name": "tickets", "command_description": "Book a tour"}],
}


@pytest.fixture
def greeter(shop, provider):
    """Make a number whose settings say what people see of it."""
    provider.on(AUTOMATION, (200, {"success": True}))
    return endpoint(
        provider,
        business_account_id=WABA,
        prompts=("Find a plant",),
        commands={"tickets": "Book a tour"},
        welcome_message=True,
        username="lucky.shrub",
    )


def asked_at(provider, path):
    """Return the calls of one path."""
    return [asked for asked in provider.asked if urlsplit(asked.path).path == path]


def test_with_a_verify_token_the_webhooks_are_to_come_here(shop, provider):
    """Whatever the callback address of the app is."""
    own = endpoint(provider, business_account_id=WABA, verify_token=Secret("verify-word"))
    (change,) = own.plan(CALLBACK)
    assert (change.before, change.after) == ({"address": "that of the app"}, {"address": CALLBACK})
    found = own.apply(change, CALLBACK)
    assert provider.asked[-1].json() == {"override_callback_uri": CALLBACK, "verify_token": "verify-word"}
    assert found.text == f"the messages of the business account come to {CALLBACK}, wherever those of the app go"
    row = {"whatsapp_business_api_data": {"id": "670843"}, "override_callback_uri": CALLBACK}
    provider.on(SUBSCRIBED, (200, {"data": [row]}))
    assert own.plan(CALLBACK) == []


def number(told):
    """Return what Meta tells of a number that shows this to people."""
    return (200, {"verified_name": "Lucky Shrub", "quality_rating": "GREEN", "conversational_automation": told})


@pytest.mark.parametrize(
    ("told", "name", "paths"),
    [
        (WANTED, {"username": "lucky.shrub"}, []),
        ({**WANTED, "prompts": []}, {"username": "lucky.shrub"}, ["prompts"]),
        ({}, {"username": ""}, ["welcome_message", "prompts", "commands", "username"]),
    ],
)
def test_a_plan_compares_what_people_see(greeter, provider, told, name, paths):
    """With what the settings say, and changes nothing."""
    provider.on(f"/v26.0/{NUMBER}", number(told))
    provider.on(USERNAME, (200, name))
    assert [change.path for change in greeter.plan(CALLBACK)] == paths
    assert {asked.method for asked in provider.asked} == {"GET"}


def test_what_the_settings_leave_open_is_left_there(shop, provider):
    """Somebody may have set it by hand."""
    provider.on(f"/v26.0/{NUMBER}", number(WANTED))
    assert shop.plan(CALLBACK) == []


def test_an_empty_list_takes_away(shop, provider):
    """It says that there are to be none."""
    provider.on(f"/v26.0/{NUMBER}", number(WANTED))
    bare = endpoint(provider, business_account_id=WABA, prompts=())
    (change,) = bare.plan(CALLBACK)
    assert (change.before, change.after) == (["Find a plant"], None)


def test_a_user_name_that_is_looked_at_is_no_change(greeter, provider):
    """It was asked for."""
    provider.on(f"/v26.0/{NUMBER}", number(WANTED))
    provider.on(USERNAME, (200, {"username": "", "requested_username": "lucky.shrub"}))
    (found,) = greeter.plan(CALLBACK)
    assert (found.level, found.path) == ("warning", "username")


def test_apply_brings_what_people_see(greeter, provider):
    """Prompts, commands and welcome in one call, as what it does not name may be taken away."""
    greeter.apply(Change(path="prompts", title="the prompts"), CALLBACK)
    (automation,) = asked_at(provider, AUTOMATION)
    assert automation.json() == WANTED


@pytest.mark.parametrize(
    ("answer", "level", "said"),
    [
        ({"status": "PENDING"}, "ok", "the user name lucky.shrub was asked for: PENDING"),
        ({"status": "REJECTED", "rejection_reasons": ["NOT_AVAILABLE"]}, "error", "choose another"),
        ({"status": "REJECTED"}, "error", "choose another name"),
    ],
)
def test_a_user_name_is_had_or_refused(greeter, provider, answer, level, said):
    """With what to do."""
    provider.on(USERNAME, (200, answer))
    found = greeter.apply(Change(path="username", title="the user name"), CALLBACK)
    assert provider.asked[-1].json() == {"username": "lucky.shrub"}
    assert (found.level, said in found.text) == (level, True)


def test_what_cannot_be_compared_is_a_finding(greeter, provider):
    """The rest is compared all the same."""
    provider.on(f"/v26.0/{NUMBER}", (400, {"error": {"code": 100}}))
    provider.on(USERNAME, (500, b""))
    found = {one.path: one.level for one in greeter.plan(CALLBACK)}
    assert found == {"prompts": "error", "username": "error"}


def drafted(provider, *names):
    """Make a number whose settings have templates."""
    body = [{"type": "BODY", "text": "Hello"}]
    given = [{"name": name, "language": "en", "category": "UTILITY", "components": body} for name in names]
    return endpoint(provider, business_account_id=WABA, templates=tuple(given))


def test_templates_that_the_account_has_not_are_changes(shop, provider):
    """Of the others it is said which cannot be sent."""
    provider.on(LIST, (200, {"data": [row(1), row(2, status="PAUSED")]}))
    paused, new = drafted(provider, "t1", "t2", "t3").plan("")
    assert (paused.level, paused.path) == ("warning", "templates[1]")
    assert (new.path, new.after["name"]) == ("templates[2]", "t3")


@pytest.mark.parametrize(("status", "level"), [("PENDING", "ok"), ("REJECTED", "warning")])
def test_a_template_of_the_settings_is_handed_in(shop, provider, status, level):
    """And what became of it is told."""
    provider.on(LIST, (200, {"id": "3", "status": status, "category": "UTILITY"}))
    found = drafted(provider, "t1", "t2").apply(Change(path="templates[1]", title="x"), "")
    assert provider.asked[-1].json()["name"] == "t2"
    assert (found.level, found.text) == (level, f"the template t2 (en) was handed in: {status}")


def test_templates_that_cannot_be_listed_are_one_finding(shop, provider):
    """With what Meta said."""
    provider.on(LIST, (400, {"error": {"code": 190}}))
    (found,) = drafted(provider, "t1").plan("")
    assert (found.level, found.path) == ("error", "templates")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("username", "www.shrub"),
        ("username", "a"),
        ("username", "lucky..shrub"),
        ("prompts", ["x"] * 5),
        ("prompts", ["x" * 81]),
        ("commands", {"x" * 33: "hint"}),
        ("templates", [{"name": "Order", "language": "en", "category": "UTILITY", "components": []}]),
        ("templates", [{"name": "order", "language": "en", "category": "SPAM", "components": []}]),
    ],
)
def test_what_people_see_has_limits(key, value):
    """Said at start, not by Meta."""
    errors = WhatsAppSettingsSchema().validate({"phone_number_id": "1", "access_token": {"env": "HOME"}, key: value})
    assert list(errors) == [key]
