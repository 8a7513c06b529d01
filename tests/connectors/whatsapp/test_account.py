"""The account behind a number: templates, set-up and check, against a provider on this machine."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.whatsapp.connector import WhatsApp
from connectors.whatsapp.settings import WhatsAppSettings, WhatsAppSettingsSchema
from connectors.whatsapp.templates import MOST_PAGES
from connectors_core import Endpoint, Http, Malformed, NeedsAttention, NotSupported, Redactor, Secret
from connectors_core.model import Template, TemplateInfo

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
        "the business account tells an app of its messages",
        "the token does not expire",
    ]
    assert levels(findings) == ["ok"] * 3
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
    assert levels(shop.check()) == ["error", "ok", "ok"]


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"data": []}),
        (200, {"data": [{"whatsapp_business_api_data": {"id": "1"}}]}),
        (200, {"data": "x"}),
        (500, b""),
    ],
)
def test_a_lost_subscription_is_an_error(shop, provider, answer):
    """No webhook comes without it."""
    provider.on(SUBSCRIBED, answer)
    _, found, _ = shop.check()
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
    assert levels(shop.check()) == ["ok", "warning"]
    assert levels(shop.set_up("https://hooks.example.com/hooks/meta")) == ["warning", "ok"]


def test_set_up_subscribes_the_app(shop, provider):
    """And looks at the number; doing it again changes nothing."""
    findings = list(shop.set_up("https://hooks.example.com/hooks/meta"))
    assert levels(findings) == ["ok", "ok"]
    assert (provider.asked[0].method, urlsplit(provider.asked[0].path).path) == ("POST", SUBSCRIBED)


def test_set_up_says_what_failed(shop, provider):
    """As a finding."""
    provider.on(SUBSCRIBED, (400, {"error": {"code": 200}}))
    first, *_ = shop.set_up("https://hooks.example.com/hooks/meta")
    assert (first.level, first.path) == ("error", "business_account_id")


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


def test_set_up_with_a_verify_token_brings_the_webhooks_here(shop, provider):
    """Whatever the callback address of the app is."""
    own = endpoint(provider, business_account_id=WABA, verify_token=Secret("verify-word"))
    first, *_ = own.set_up(CALLBACK)
    (asked,) = asked_at(provider, SUBSCRIBED)
    assert asked.json() == {"override_callback_uri": CALLBACK, "verify_token": "verify-word"}
    assert (first.level, first.text) == (
        "ok",
        f"the messages of the business account come to {CALLBACK}, wherever those of the app go",
    )


def test_set_up_brings_what_people_see(greeter, provider):
    """Prompts, commands and welcome in one call; the user name where it is another."""
    provider.on(USERNAME, (200, {"username": ""}), (200, {"status": "PENDING"}))
    findings = list(greeter.set_up(CALLBACK))
    (automation,) = asked_at(provider, AUTOMATION)
    assert automation.json() == WANTED
    assert asked_at(provider, USERNAME)[1].json() == {"username": "lucky.shrub"}
    assert any(finding.text == "the user name lucky.shrub was asked for: PENDING" for finding in findings)
    assert set(levels(findings)) == {"ok"}


@pytest.mark.parametrize(
    ("answers", "level", "said"),
    [
        ([{"username": "lucky.shrub"}], "ok", "has the user name lucky.shrub"),
        ([{"username": ""}, {"status": "REJECTED", "rejection_reasons": ["NOT_AVAILABLE"]}], "error", "choose another"),
        ([{"username": ""}, {"status": "REJECTED"}], "error", "choose another name"),
    ],
)
def test_a_user_name_is_had_or_refused(greeter, provider, answers, level, said):
    """With what to do."""
    provider.on(USERNAME, *((200, answer) for answer in answers))
    assert any(one.level == level and said in one.text for one in greeter.set_up(CALLBACK))


@pytest.mark.parametrize(
    ("told", "name", "expected"),
    [
        (WANTED, {"username": "lucky.shrub"}, ["ok", "ok"]),
        ({**WANTED, "prompts": []}, {"username": "", "requested_username": "lucky.shrub"}, ["warning", "warning"]),
        ({}, {"username": ""}, ["warning", "warning"]),
    ],
)
def test_a_check_compares_what_people_see(greeter, provider, told, name, expected):
    """With what the settings say, and changes nothing."""
    number = {"verified_name": "Lucky Shrub", "quality_rating": "GREEN", "conversational_automation": told}
    provider.on(f"/v26.0/{NUMBER}", (200, number))
    provider.on(USERNAME, (200, name))
    assert levels(greeter.check())[2:] == expected
    assert {asked.method for asked in provider.asked} == {"GET"}


def test_what_cannot_be_brought_is_a_finding(greeter, provider):
    """The rest is done all the same."""
    provider.on(AUTOMATION, (400, {"error": {"code": 100}}))
    provider.on(USERNAME, (500, b""))
    found = {one.path: one.level for one in greeter.set_up(CALLBACK)}
    assert (found["prompts"], found["username"]) == ("error", "error")


def drafted(provider, *names):
    """Make a number whose settings have templates."""
    body = [{"type": "BODY", "text": "Hello"}]
    given = [{"name": name, "language": "en", "category": "UTILITY", "components": body} for name in names]
    return endpoint(provider, business_account_id=WABA, templates=tuple(given))


def test_templates_of_the_settings_are_handed_in(shop, provider):
    """Those that the account does not have; of the others it is said how they are."""
    known = {"data": [row(1), row(2, status="PAUSED")]}
    provider.on(LIST, (200, known), (200, {"id": "3", "status": "PENDING", "category": "UTILITY"}))
    findings = [one for one in drafted(provider, "t1", "t2", "t3").set_up("") if one.path.startswith("templates")]
    assert [(one.level, one.path) for one in findings] == [
        ("ok", "templates[0]"),
        ("warning", "templates[1]"),
        ("ok", "templates[2]"),
    ]
    made = [asked for asked in asked_at(provider, LIST) if asked.method == "POST"]
    assert [asked.json()["name"] for asked in made] == ["t3"]


@pytest.mark.parametrize(
    ("answers", "paths"),
    [
        ([(400, {"error": {"code": 190}})], ["templates"]),
        ([(200, {"data": []}), (400, {"error": {"code": 100}})], ["templates[0]"]),
    ],
)
def test_templates_that_cannot_be_handed_in_are_findings(shop, provider, answers, paths):
    """With what Meta said."""
    provider.on(LIST, *answers)
    assert [one.path for one in drafted(provider, "t1").set_up("") if one.level == "error"] == paths


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
