"""Settings files: what is read, and every mistake at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors_core.errors import SettingsError
from connectors_core.manifest import Pace
from connectors_core.settings import load


def test_good_settings_are_read_whole(read, good):
    """Every section arrives as values: names resolved, the account taken from the setting that the manifest names."""
    settings = read(good)
    shop = settings.endpoints["shop"]
    assert (shop.type, shop.app, shop.account, shop.responders) == ("letters", "office", "12", ("books",))
    assert settings.apps["office"].type == "postoffice"
    assert settings.endpoints["books"].settings.url == "https://ledger.example.com/api"
    assert settings.routes[0].between == ("shop", "books")
    document = {"contact": {"phones": ["49 30 1234567"]}}
    assert settings.routes[0].rules["books"].fields(document) == {"person.phone": "+49301234567"}
    assert settings.api_tokens["backend"].endpoint == "books"
    assert settings.gateway.public_url == "https://hooks.example.com"


def test_no_secret_shows_in_the_settings(read, good):
    """All secrets are collected for redaction, and the repr of the settings has none of them."""
    settings = read(good)
    assert {secret.source for secret in settings.secrets} == {
        "env GATEWAY_SECRET", "env STAMP", "env STAMP_NEW", "env BOX_KEY", "env LEDGER_TOKEN", "env CRM_TOKEN",
    }  # fmt: skip
    shown = repr(settings)
    assert not [secret.source for secret in settings.secrets if secret.reveal() in shown]


def test_an_empty_file_is_good(read):
    """Nothing is required: the defaults listen on this machine alone."""
    settings = read("")
    assert (settings.gateway.host, settings.endpoints, settings.routes) == ("127.0.0.1", {}, ())


def test_delivery_is_read(read, good):
    """The delivery table overrides the defaults, and a lower pace keeps the connector's other limits."""
    table = '\n[endpoints.shop.delivery]\ntimeout = 7\ngive_up_after = "30m"\npace = { rate = 2.5 }\n'
    delivery = read(good + table).endpoints["shop"].delivery
    assert (delivery.timeout, delivery.connect_timeout) == (7.0, 5.0)
    assert delivery.give_up_after == timedelta(minutes=30)
    assert delivery.pace == Pace(rate=2.5, burst=5, pair_every=2, pair_burst=3)


TWENTY = """
[gatewy]

[gateway]
port = "8080"
secret = { env = "SHORT" }
public_url = "http://hooks.example.com"

[apps.office]
type = "postoffice"
stamp = "literal-secret-value"

[endpoints.shop]
type = "letters"
app = "ofice"
box = 12
ke = { env = "BOX_KEY" }
responders = ["boks"]

[endpoints.shop.delivery]
give_up_after = 48
pace = { rate = 100 }

[endpoints.books]
type = "ledgr"

[endpoints.another]
type = "ledger"
url = "ledger"
token = { env = "NOT_THERE" }

[[routes]]
between = ["shop", "books"]
on_unsupported = "ignore"
when = { "event.orgin" = "contact" }

[[routes.map.shop]]
to = "name"
from = "contact.phone[0]"
using = "phone"

[api_tokens.backend]
endpoint = "book"
token = { env = "CRM_TOKEN" }
"""


def test_twenty_mistakes_are_reported_at_once(problems):
    """Each mistake has its path and its text, a near name where there is one; no mistake brings a second report."""
    assert problems(TWENTY) == [
        'gatewy: unknown key. Did you mean "gateway"?',
        "gateway.public_url: must begin with https: only addresses of this machine may do without",
        "gateway.secret: the value of env SHORT is too short: 16 characters at least",
        "gateway.port: must be a whole number",
        'apps.office.stamp: a secret never stands here: put it into the environment and write { env = "NAME" }',
        'endpoints.shop.delivery.give_up_after: must be a duration in quotes, such as "45s", "30m", "48h" or "7d"',
        'endpoints.shop.responders[0]: there is no endpoint "boks". Did you mean "books"?',
        'endpoints.shop.app: there is no app "ofice". Did you mean "office"?',
        "endpoints.shop.delivery.pace.rate: is above the 10 of letters; settings can only lower the pace",
        "endpoints.shop.box: must be text in quotes",
        "endpoints.shop.key: is missing: what opens the box",
        'endpoints.shop.ke: unknown key. Did you mean "key"?',
        'endpoints.books.type: no connector "ledgr" is installed. Did you mean "ledger"?',
        'endpoints.another.url: must be a whole address, such as "https://crm.example.com"',
        "endpoints.another.token: the environment has no variable NOT_THERE; set it before the start",
        'routes[0].on_unsupported: must be "degrade" or "refuse"',
        'routes[0].when."event.orgin": the document has no "event.orgin". Did you mean "event.origin"?',
        'routes[0].map.shop[0].from: the document has no "contact.phone[0]". Did you mean "contact.phones[]"?',
        'routes[0].map.shop[0].using: no transform is called "phone". Did you mean "phone_e164"?',
        'routes[0].map.shop[0].to: letters has no target "name". It takes no mapped fields.',
        'api_tokens.backend.endpoint: there is no endpoint "book". Did you mean "books"?',
    ]


def test_a_bad_endpoint_is_still_a_declared_one(problems, good):
    """Routes, responders and tokens that name an endpoint with a mistake in it are not called wrong."""
    assert problems(good.replace('url = "https://ledger.example.com/api"', "")) == [
        "endpoints.books.url: is missing: the address of the ledger"
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('app = "office"', "", "endpoints.shop.app: is missing: letters takes its webhooks through"),
        (
            'type = "ledger"',
            'type = "ledger"\napp = "office"',
            "endpoints.books.app: ledger takes no app; remove this key",
        ),
        (
            'type = "postoffice"',
            'type = "telegraph"',
            'endpoints.shop.app: "office" is of type telegraph, and letters needs',
        ),
        ('type = "ledger"', "", "endpoints.books.type: is missing; installed are: "),
        ('type = "ledger"', "type = 5", "endpoints.books.type: must be text in quotes"),
        ('["books"]', '["shop"]', "endpoints.shop.responders[0]: an endpoint cannot answer itself"),
        ('["books"]', '["books", "books"]', "endpoints.shop.responders[1]: books stands here already"),
        (
            'type = "ledger"',
            'type = "ledger"\nobservers = ["countr"]',
            'endpoints.books.observers[0]: no observer "countr" is installed. Did you mean "counter"?',
        ),
        ('"shop", "books"]', '"shop", "shop"]', "routes[0].between[1]: a route joins two different endpoints"),
        ('"shop", "books"]', '"shop"]', "routes[0].between: must name two endpoints"),
        (
            "routes.map.books",
            "routes.map.bookz",
            'routes[0].map.bookz: this route does not touch "bookz". Did you mean "books"?',
        ),
        (
            'from = "contact.phones[0]"',
            "",
            "routes[0].map.books[0]: a rule has either from, a path, or value, a fixed value",
        ),
        (
            'from = "contact',
            'value = 1\nfrom = "contact',
            "routes[0].map.books[0]: a rule has either from, a path, or value, a fixed value",
        ),
        (
            '"person.phone"',
            '"person.fone"',
            'routes[0].map.books[0].to: ledger has no target "person.fone". Did you mean "person.phone"?',
        ),
        (
            '"phone_e164"',
            '"no.such.module:f"',
            'books[0].using: "no.such.module:f" cannot be imported (ModuleNotFoundError',
        ),
        ('"phone_e164"', '"math:pi"', 'routes[0].map.books[0].using: "math:pi" is no function'),
        ('"contact.phones[0]"', '"contact..name"', 'routes[0].map.books[0].from: "contact..name" is no path'),
        ("[[routes]]", "[routes]", "routes: must be a list of tables: write [[routes]] above each"),
        (
            'env = "CRM_TOKEN"',
            'env = "SHORT"',
            "api_tokens.backend.token: the value of env SHORT is too short: 16 characters at least",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(problems, good, old, new, problem):
    """One mistake brings one problem: where, what, and what to do."""
    assert good.count(old) >= 1
    found = problems(good.replace(old, new, 1))
    assert len(found) == 1, found
    assert problem in found[0]


def test_one_account_has_one_endpoint(problems, good):
    """Two endpoints that an event could not be told between are refused, even when one has another mistake."""
    second = '\n[endpoints.twin]\ntype = "letters"\napp = "office"\nbox = "12"\n'
    assert problems(good + second) == [
        "endpoints.twin.key: is missing: what opens the box",
        "endpoints.twin.box: is the same account as that of shop; an account has one endpoint",
    ]


def test_a_second_route_between_two_endpoints_is_refused(problems, good):
    """Nobody could tell which rules count for an answer."""
    found = problems(good + '\n[[routes]]\nbetween = ["books", "shop"]\nwhen = { "event.origin" = "contact" }\n')
    assert found == ["routes[1]: joins the same endpoints as routes[0]; make one route of the two"]


def test_a_responder_needs_a_route(problems, good):
    """An endpoint that no route joins with the channel could never answer there."""
    third = '\n[endpoints.bot]\ntype = "ledger"\nurl = "https://bot.example.com"\ntoken = { env = "BOX_KEY" }\n'
    assert problems(good.replace('["books"]', '["books", "bot"]') + third) == [
        "endpoints.shop.responders[1]: no route joins shop and bot"
    ]


def test_two_tokens_are_never_the_same(problems, good):
    """Of two equal API tokens nobody could say who speaks."""
    assert problems(good + '\n[api_tokens.again]\nendpoint = "shop"\ntoken = { env = "CRM_TOKEN" }\n') == [
        "api_tokens.again.token: is the same token as that of backend; nobody could tell the two apart"
    ]


def test_errors_in_dictionaries_and_lists_have_flat_paths(problems, good):
    """The levels that marshmallow puts between a key and its message do not show; list positions do."""
    more = 'mood = "wild"\ntags = { much_too_long = "x", b = 1 }\n'
    more += 'addresses = [{ street = "A" }, { number = "one", streat = "B" }]\n'
    found = problems(good.replace('url = "https://ledger', more + 'url = "https://ledger'))
    assert [line.split(":")[0] for line in found] == [
        "endpoints.books.tags.much_too_long",
        "endpoints.books.tags.b",
        "endpoints.books.addresses[1].street",
        "endpoints.books.addresses[1].number",
        "endpoints.books.addresses[1].streat",
        "endpoints.books.mood",
    ]
    assert found[4].endswith('unknown key. Did you mean "street"?')


@pytest.mark.parametrize("name", ["a.b", "with space", "", "x" * 64, "ä"])
def test_names_can_stand_in_addresses(problems, name):
    """A name that would not fit into an address or a dotted path is refused."""
    text = f'[endpoints."{name}"]\ntype = "ledger"\nurl = "https://a.example.com"\ntoken = {{ env = "BOX_KEY" }}\n'
    assert [line.split(": ")[1] for line in problems(text)] == ['a name has letters, digits, "_" and "-", 63 at most']


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("endpoints = 5", ["endpoints"]),
        ("endpoints = [{}]\nroutes = {}\ngateway = 1", ["gateway", "endpoints", "routes"]),
        ("routes = [1, {}]", ["routes[0]", "routes[1].between"]),
        ("[endpoints]\nshop = 1", ["endpoints.shop"]),
        ("[api_tokens.a]", ["api_tokens.a.endpoint", "api_tokens.a.token"]),
    ],
)
def test_the_wrong_shape_is_no_crash(problems, text, paths):
    """Tables where lists belong, and values where tables belong, are problems with a path like all others."""
    assert [line.split(":")[0] for line in problems(text)] == paths


def test_a_syntax_error_names_its_line(problems):
    """TOML that cannot be read is one problem, with the line."""
    (found,) = problems("[gateway]\nport = = 1\n")
    assert "is no TOML" in found
    assert "line 2" in found


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a = " + b"[" * 5000, b"a = " + b"1" * 5000])
def test_a_file_that_no_parser_takes_is_one_problem(tmp_path, content):
    """Bytes that are no text, endless nesting and endless numbers end in a sentence."""
    path = tmp_path / "connectors.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"connectors\.toml is no"):
        load(path, {})


def test_a_missing_file_is_named(tmp_path):
    """The path that was looked for stands in the problem."""
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read: No such file"):
        load(tmp_path / "nowhere.toml", {})
