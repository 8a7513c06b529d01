"""The way into the Graph API: versions, tokens, proofs and the envelope of errors."""

import json
import re

import pytest
import requests
from sandboxes import ACCOUNT, APP, NUMBER, SECRET, TOKEN

from connectors.meta.errors import explain
from connectors.meta.errors.whatsapp import WHATSAPP
from connectors.meta.sandbox.settings import SandboxSettings
from connectors.meta.sandbox.signing import proof
from connectors.meta.settings import SANDBOX_PREFIX
from connectors_core import NeedsAttention, RateLimited, Rejected, Reply, Secret


def meaning(status, answer):
    """Return what the gateway makes of an error."""
    return explain(Reply(status=status, headers={}, body=json.dumps(answer).encode()), WHATSAPP)


def test_a_wrong_token_is_refused_with_190(meta):
    """In Meta's envelope, which the gateway reads as a call for a human."""
    status, answer = meta.graph("GET", NUMBER, token=Secret("another token"))
    assert (status, answer["error"]["code"], answer["error"]["type"]) == (401, 190, "OAuthException")
    assert re.fullmatch(r"A[\w-]{20,}", answer["error"]["fbtrace_id"])
    assert isinstance(meaning(status, answer), NeedsAttention)


def test_no_token_is_refused(meta):
    """Whatever is asked."""
    assert meta.graph("GET", NUMBER, token=None)[0] == 401


def test_a_token_may_stand_in_the_query(meta):
    """As Meta's own examples have it."""
    assert meta.graph("GET", f"{NUMBER}?access_token={TOKEN.reveal()}", token=None)[0] == 200


def test_a_token_that_expired_is_refused(meta):
    """The account says so."""
    meta.control("POST", "faults", {"fault": "token_revoked", "rate": 1})
    assert meta.graph("GET", NUMBER)[1]["error"]["code"] == 190
    meta.control("DELETE", "faults")
    assert meta.graph("GET", NUMBER)[0] == 200


@pytest.mark.parametrize(
    ("asked", "answers"), [("v26.0", "v26.0"), ("v21.0", "v21.0"), ("v19.0", "v21.0"), ("", "v21.0")]
)
def test_dead_and_missing_versions_are_answered_by_the_oldest_live_one(meta, asked, answers):
    """As Meta says in a header."""
    path = f"{asked}/{NUMBER}" if asked else NUMBER
    found = requests.get(f"{meta.url}/{path}", headers={"authorization": f"Bearer {TOKEN.reveal()}"}, timeout=20)
    assert (found.status_code, found.headers["facebook-api-version"]) == (200, answers)


def test_a_version_of_tomorrow_is_no_path(meta):
    """Code 2500."""
    found = requests.get(f"{meta.url}/v99.0/{NUMBER}", timeout=20)
    assert (found.status_code, found.json()["error"]["code"]) == (400, 2500)


def test_an_unknown_object_is_100_with_subcode_33(meta):
    """And an unknown number is 33, which the gateway reads as a wrong setting."""
    status, answer = meta.graph("GET", "4711")
    assert (answer["error"]["code"], answer["error"]["error_subcode"]) == (100, 33)
    status, answer = meta.graph("POST", "4711/messages", {})
    assert answer["error"]["code"] == 33
    assert isinstance(meaning(status, answer), NeedsAttention)


def test_an_unknown_edge_and_a_wrong_method_are_refused(meta):
    """Nothing is guessed."""
    assert meta.graph("GET", f"{NUMBER}/nothing")[1]["error"]["code"] == 100
    assert meta.graph("DELETE", f"{NUMBER}/messages")[1]["error"]["code"] == 100


def test_a_body_that_is_no_json_object_is_refused(meta):
    """With a word on what is wrong."""
    for body in (b"{", b"[]", b"[" * 10_000):
        headers = {"authorization": f"Bearer {TOKEN.reveal()}", "content-type": "application/json"}
        found = requests.post(f"{meta.url}/v26.0/{NUMBER}/messages", data=body, headers=headers, timeout=20)
        assert (found.status_code, found.json()["error"]["code"]) == (400, 100)


def test_a_proof_must_be_right_where_one_is_given(meta):
    """GA/guides/secure-requests."""
    good = proof(SECRET, TOKEN.reveal())
    assert meta.graph("GET", f"{NUMBER}?appsecret_proof={good}")[0] == 200
    assert meta.graph("GET", f"{NUMBER}?appsecret_proof={'0' * 64}")[1]["error"]["code"] == 100


def test_a_proof_may_be_required(open_sandbox):
    """As the switch in the dashboard has it."""
    with open_sandbox(require_proof=True).running() as url:
        headers = {"authorization": f"Bearer {TOKEN.reveal()}"}
        assert requests.get(f"{url}/v26.0/{NUMBER}", headers=headers, timeout=20).status_code == 400
        good = proof(SECRET, TOKEN.reveal())
        assert requests.get(f"{url}/v26.0/{NUMBER}?appsecret_proof={good}", headers=headers, timeout=20).ok


def test_the_number_tells_the_fields_that_are_asked_for(meta):
    """And refuses one that there is not."""
    assert meta.graph("GET", f"{NUMBER}?fields=quality_rating,verified_name")[1] == {
        "quality_rating": "GREEN",
        "verified_name": "Lucky Shrub",
        "id": NUMBER,
    }
    assert meta.graph("GET", f"{NUMBER}?fields=shoe_size")[1]["error"]["code"] == 100
    assert meta.graph("GET", f"{ACCOUNT}/phone_numbers")[1]["data"][0]["id"] == NUMBER
    assert meta.graph("GET", ACCOUNT)[1]["id"] == ACCOUNT


@pytest.mark.parametrize(
    ("fault", "code", "error"),
    [("account_locked", 131031, NeedsAttention), ("unpaid", 131042, NeedsAttention), ("meta_fault", 131000, None)],
)
def test_the_account_can_be_in_trouble(meta, fault, code, error):
    """Each kind has its code, and none of them sends anything."""
    meta.control("POST", "faults", {"fault": fault, "rate": 1})
    status, answer = meta.send()
    assert answer["error"]["code"] == code
    if error:
        assert isinstance(meaning(status, answer), error)
    assert meta.chat() == []


def test_one_person_gets_45_messages_at_once(meta):
    """Then the pair is limited, and nobody else."""
    meta.write()
    codes = [meta.send()[1].get("error", {}).get("code") for _ in range(46)]
    assert codes == [None] * 45 + [131056]
    assert meta.send(to="+16505555678")[0] == 200
    status, answer = meta.send()
    assert isinstance(meaning(status, answer), RateLimited)


def test_the_number_sends_80_messages_a_second(meta):
    """Code 130429 above it, and 80007 for too many calls about the account."""
    limits = meta.sandbox.limits
    limits._clock = lambda: 1000.0
    codes = [meta.send(to=f"+1650555{number:04}")[1].get("error", {}).get("code") for number in range(81)]
    assert codes == [None] * 80 + [130429]
    meta.graph("GET", ACCOUNT)
    limits._buckets["account"].left = 0.0
    assert meta.graph("GET", f"{ACCOUNT}/message_templates")[1]["error"]["code"] == 80007


def test_limits_can_be_switched_off(meta):
    """For a benchmark of something else."""
    meta.control("PATCH", "account", {"limits": False})
    meta.write()
    assert {meta.send()[0] for _ in range(50)} == {200}


def test_debug_token_says_what_a_token_is(meta):
    """Its scopes, or that it is none."""
    token = Secret(f"{APP}|{SECRET.reveal()}")
    good = meta.graph("GET", f"debug_token?input_token={TOKEN.reveal()}", token=token)[1]["data"]
    assert good["is_valid"]
    assert "whatsapp_business_messaging" in good["scopes"]
    assert not meta.graph("GET", "debug_token?input_token=x", token=token)[1]["data"]["is_valid"]


def test_random_secrets_are_marked_as_such(tmp_path):
    """Nobody takes one for a real one, and no two are the same."""
    settings = SandboxSettings(folder=tmp_path)
    secrets = {one.reveal() for one in (settings.app_secret, settings.verify_token, settings.access_token)}
    assert len(secrets) == 3
    assert all(one.startswith(SANDBOX_PREFIX) for one in secrets)
    assert not any(one in repr(settings) for one in secrets)


def test_an_error_that_nobody_repeats_says_so(meta):
    """A request that is wrong stays wrong."""
    status, answer = meta.send("text", {"text": "no body"})
    assert isinstance(meaning(status, answer), Rejected)
