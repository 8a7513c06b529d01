"""The error codes of Messenger and Instagram messaging."""

import json

import pytest

from connectors.meta.errors import case
from connectors.meta.errors.messaging import MESSAGING, explain_messaging
from connectors_core import NeedsAttention, NotAllowedNow, NotInControl, RateLimited, Rejected, Reply, Retry
from connectors_core.redact import Redactor

WORDS = "(#1) The person +1 650 555 1234 with the token EAAG-secret wrote: my broken lamp"


def reply(code, subcode=None, status=400, headers=None):
    """Return an answer of the Graph API with words that must not be repeated."""
    error = {"message": WORDS, "type": "OAuthException", "code": code, "error_user_msg": WORDS}
    if subcode is not None:
        error["error_subcode"] = subcode
    return Reply(status=status, headers=headers or {}, body=json.dumps({"error": error}).encode())


EXPECTED = {
    RateLimited: [4, 17, 32, 613, *range(80000, 80100), 2018338, 2534040],
    Retry: [1, 2, 2018321],
    NeedsAttention: [
        *(0, 3, 10, 190, 368, 2022, *range(200, 300)),
        *(1893063, 2018028, 2534013, 2534029, 2534041),
    ],
    NotAllowedNow: [
        *(551, 10900, 10903, 1545041, 1893015, 1893016, 2018065, 2018108, 2018278, 2018352, 2018354, 2534022, 2534025),
    ],
    NotInControl: [2018171, 2018300, 2534037],
    Rejected: [
        *(100, (100, 33), 10303, 9000001, 2018001, 2018008, 2018021, 2018027, 2018047, 2018074, 2018109, 2018218),
        *(2018247, 2018294, 2018320, 2018328, 2018336, 2018344, 2018382, *range(2018389, 2018397)),
        *(2534014, 2534015, 2534068, 2534122),
    ],
}

PAIRS = {
    (10, 2018278): NotAllowedNow,
    (10, 2534022): NotAllowedNow,
    (10, 2018300): NotInControl,
    (100, 2534037): NotInControl,
    (10, 1893063): NeedsAttention,
    (10, 1893015): NotAllowedNow,
    (10, 2018336): Rejected,
    (4, 2018354): NotAllowedNow,
    (9, 2018352): NotAllowedNow,
    (613, 1893016): NotAllowedNow,
    (613, 2018338): RateLimited,
    (613, 2534040): RateLimited,
    (2, 2018344): Rejected,
    (1, 2018382): Rejected,
    (1, 99): Retry,
    (100, 2018001): Rejected,
    (100, 2534025): NotAllowedNow,
    (100, 33): Rejected,
    (190, 463): NeedsAttention,
    (200, 1545041): NotAllowedNow,
    (551, 1545041): NotAllowedNow,
    (200, 2534041): NeedsAttention,
    (200, 2018028): NeedsAttention,
    (200, 2018021): Rejected,
}


@pytest.mark.parametrize(("kind", "codes"), EXPECTED.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_every_code_says_what_happens_next(kind, codes):
    """Each code of Meta's page gives its error, with a way out, and none of Meta's words."""
    for key in codes:
        error = explain_messaging(reply(*key) if isinstance(key, tuple) else reply(key))
        assert (key, type(error)) == (key, kind)
        assert error.text.endswith(f"{MESSAGING[key].title}; {MESSAGING[key].advice}")


def test_the_table_has_nothing_beside():
    """Every code of the table is named in the test above."""
    assert {code for codes in EXPECTED.values() for code in codes} == set(MESSAGING)


@pytest.mark.parametrize(("pair", "kind"), PAIRS.items(), ids=lambda value: getattr(value, "__name__", str(value)))
def test_a_subcode_says_more_than_its_code(pair, kind):
    """As Meta documents them, the code with its subcode; the text has both, and `code` is the code."""
    error = explain_messaging(reply(*pair))
    assert (type(error), error.code) == (kind, pair[0])
    assert error.text.startswith(f"{pair[0]}/{pair[1]}: ")


def test_a_small_subcode_is_no_code():
    """463 says why a token is dead; only large ones have a meaning of their own."""
    assert case(MESSAGING, 100, 4) == MESSAGING[100]
    assert case(MESSAGING, 4242, 2018278) == MESSAGING[2018278]
    assert case(MESSAGING, 4242) is None


def test_no_text_looks_like_a_secret_or_a_number():
    """What the table says passes the redactor unchanged."""
    redact = Redactor()
    for code, one in MESSAGING.items():
        text = f"{code}: {one.title}; {one.advice}"
        assert redact(text) == text


def test_a_rate_waits_as_long_as_the_header_says():
    """The header counts minutes (GA/overview/rate-limiting)."""
    usage = json.dumps({"1": [{"type": "messenger", "estimated_time_to_regain_access": 3}]})
    assert explain_messaging(reply(80006, headers={"x-business-use-case-usage": usage})).after == 180.0
    assert explain_messaging(reply(613, 2018338)).after == 600.0
