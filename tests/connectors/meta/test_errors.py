"""The error codes of the Graph API."""

import json

import attrs
import pytest

from connectors.meta.errors import GRAPH, explain, explain_each, explain_graph
from connectors.meta.errors.cases import Case
from connectors.meta.errors.whatsapp import BLOCKING, MEDIA, WHATSAPP
from connectors_core import NeedsAttention, NotAllowedNow, RateLimited, Rejected, Reply, Retry
from connectors_core.redact import Redactor

WORDS = "(#1) The person +1 650 555 1234 with the token EAAG-secret wrote: my broken lamp"


def reply(code, status=400, *, headers=None, **more):
    """Return an answer of the Graph API with words that must not be repeated."""
    error = {"message": WORDS, "type": "OAuthException", "code": code, "error_data": {"details": WORDS}, **more}
    return Reply(status=status, headers=headers or {}, body=json.dumps({"error": error}).encode())


EXPECTED = {
    RateLimited: [4, 80007, 130429, 131056],
    Retry: [1, 2, 131000, 131016, 131057, 133004],
    NeedsAttention: [
        *(0, 3, 10, 33, (100, 33), 190, 368, 131005, 131031, 131037, 131042),
        *(code for code in range(133000, 133016) if code != 133004),
        *range(200, 300),
    ],
    NotAllowedNow: [130497, 131047, 131048, 131049, 131050, 131064, 132015, 132069, 133016, 137000, 2494191],
    Rejected: [
        *(100, 130472, 131008, 131009, 131021, 131026, 131051, 131052, 131053, 131055, 131062, 131063, 135000),
        *(132000, 132001, 132005, 132007, 132008, 132012, 132016, 132018, 132068),
        *(*range(134100, 134103), *range(138000, 138019), *range(139000, 139005), *range(139100, 139104)),
    ],
}


@pytest.mark.parametrize(("kind", "codes"), EXPECTED.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_every_code_says_what_happens_next(kind, codes):
    """Each code of WhatsApp's page gives its error, with the code and a way out, and none of Meta's words."""
    for key in codes:
        code, subcode = key if isinstance(key, tuple) else (key, None)
        more = {"error_subcode": subcode} if subcode else {}
        error = explain(reply(code, **more), WHATSAPP)
        assert (key, type(error), error.code) == (key, kind, code)
        said = f"{code}/{subcode}" if subcode else f"{code}"
        assert error.text == f"{said}: {WHATSAPP[key].title}; {WHATSAPP[key].advice}"


def test_the_table_has_nothing_beside():
    """Every code of the table is named in the test above."""
    assert {code for codes in EXPECTED.values() for code in codes} == set(WHATSAPP)


def test_no_text_looks_like_a_secret_or_a_number():
    """What the table says passes the redactor unchanged."""
    redact = Redactor()
    for code, case in (*WHATSAPP.items(), *MEDIA.items(), *GRAPH.items(), *BLOCKING.items()):
        text = f"{code}: {case.title}; {case.advice}"
        assert redact(text) == text


def test_a_pair_limit_waits_for_the_pair_alone():
    """131056 is about one person: the account goes on."""
    error = explain(reply(131056), WHATSAPP)
    assert (error.scope, error.after) == ("pair", 4.0)
    assert explain(reply(130429), WHATSAPP).scope == "account"


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 3}, {}]}'}, 180.0),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 0}]}'}, None),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 1e99}]}'}, None),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": {}}]}'}, None),
        ({"x-business-use-case-usage": '{"1": 5}'}, None),
        ({"x-business-use-case-usage": "[]"}, None),
        ({"x-business-use-case-usage": "not JSON"}, None),
    ],
)
def test_the_throttling_header_says_how_long(headers, after):
    """Meta counts in minutes; a header that makes no sense is not believed."""
    assert explain(reply(80007, headers=headers), WHATSAPP).after == after


def test_maintenance_waits_a_minute():
    """131057 is over in about a minute."""
    assert explain(reply(131057), WHATSAPP).after == 60.0


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": "text"}', b'{"error": {"code": "7"}}', b"{}"])
def test_an_answer_of_another_form_is_left_to_its_status(body):
    """Proxies answer with HTML."""
    assert explain(Reply(status=502, headers={}, body=body), WHATSAPP) is None


def test_an_unknown_code_is_judged_by_the_status():
    """Refused where nothing happened; left to the status where something may have."""
    assert type(explain(reply(999), WHATSAPP)) is Rejected
    assert type(explain(reply(999, is_transient=True), WHATSAPP)) is Retry
    assert explain(reply(999, 500, is_transient=True), WHATSAPP) is None
    assert explain(reply(999, 401), WHATSAPP) is None


def test_a_subcode_goes_before_its_code():
    """A table of Messenger or Instagram can say more about a code with its subcode."""
    general, special = Case(Rejected, "general", "stop"), Case(NotAllowedNow, "special", "wait")
    table = {10: general, (10, 2018278): special}
    found = explain(reply(10, error_subcode=2018278), table)
    assert (type(found), found.text) == (NotAllowedNow, "10/2018278: special; wait")
    assert explain(reply(10, error_subcode=5), table).text == "10/5: general; stop"


def test_every_case_has_words():
    """No case is without its meaning and what to do."""
    assert all(all(attrs.astuple(case)[1:3]) for case in WHATSAPP.values())


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (100, 33, Rejected),
        (100, None, Rejected),
        (131053, None, Rejected),
        (131052, None, Retry),
        (190, None, NeedsAttention),
    ],
)
def test_a_file_has_meanings_of_its_own(code, subcode, kind):
    """A file that is gone is no wrong number, and a failed download is tried again."""
    more = {"error_subcode": subcode} if subcode else {}
    assert type(explain(reply(code, **more), MEDIA)) is kind


@pytest.mark.parametrize(
    ("code", "kind"), [(190, NeedsAttention), (2200, Rejected), (200, NeedsAttention), (4, RateLimited)]
)
def test_managing_an_app_has_its_own_table(code, kind):
    """Calls for templates and subscriptions know less codes, and the one of a callback that did not verify."""
    assert type(explain_graph(reply(code))) is kind


@pytest.mark.parametrize(
    ("users", "kind", "code"),
    [
        ({"failed_users": [{"errors": [{"code": 131047}]}]}, NotAllowedNow, 131047),
        ({"failed_users": [{"errors": [{"code": "139101"}]}]}, Rejected, 139101),
        ({"failed_users": [{"errors": [{"code": 999999}]}]}, Rejected, 139100),
        ({"failed_users": [{"errors": [{"code": []}]}]}, Rejected, 139100),
        ({"failed_users": []}, Rejected, 139100),
        ("x", Rejected, 139100),
    ],
)
def test_an_answer_with_a_line_for_each_person_is_read_for_the_only_one(users, kind, code):
    """Beside it stands a general error, which counts where the line says nothing that is known."""
    body = {"block_users": users, "error": {"message": WORDS, "code": 139100}}
    found = explain_each(Reply(status=400, headers={}, body=json.dumps(body).encode()), BLOCKING, "block_users")
    assert (type(found), found.code) == (kind, code)
    assert "lamp" not in found.text
