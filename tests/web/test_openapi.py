"""The description that the API serves says what the API does."""

import json

import jsonschema
import pytest
import requests
from gateways import AT, message

ANN = {"endpoint": "shop", "account": "100", "id": "ann"}


@pytest.fixture
def known(site):
    """Return a site at which Ann has written."""
    site.house.arrive(message("m1"))
    site.house.work()
    return site


@pytest.fixture
def described(site):
    """Return the description that the API serves."""
    return requests.get(f"{site.url}/api/v1/openapi.json", timeout=10).json()


def resolver(described):
    """Return a function that gives a validator of a part of the description."""

    def validator(schema):
        whole = {**schema, "components": described["components"]}
        return jsonschema.Draft202012Validator(whole)

    return validator


def test_the_description_has_the_form_of_openapi(described):
    """Every path has its operation, every answer its text, every reference its schema, every schema its form."""
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["title"]
    names = [operation["operationId"] for path in described["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names) == 9
    text = json.dumps(described)
    for name in described["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text
    for path in described["paths"].values():
        for operation in path.values():
            assert all(answer["description"] for answer in operation["responses"].values())
            if "requestBody" in operation:
                for content in operation["requestBody"]["content"].values():
                    jsonschema.Draft202012Validator.check_schema(content["schema"])


GOOD = [
    ("messages", {"conversation": ANN, "text": "hi", "id": "1", "extra": {"a": [1]}, "at": AT.isoformat()}),
    ("messages", {"conversation": ANN, "parts": [{"part": "text", "body": "hi"}], "origin": "bot", "reply_to": "2"}),
    ("messages", {"to": {"scheme": "phone", "value": "447700900123"}, "text": "hi"}),
    ("receipts", {"kind": "read", "messages": ["1"]}),
    ("links", {"status": "linked", "contact": "7", "name": "Sheena Nelson", "conversation": ANN}),
    ("links", {"status": "declined", "contact": "7", "other": "8", "reason": "agent"}),
    ("handovers", {"action": "pass", "conversation": ANN, "new_owner": "x", "metadata": "y", "summary": "z"}),
]


def test_what_the_api_takes_is_what_its_description_says(known, described):
    """The schema accepts the body, and the answer fits the schema of answers."""
    for noun, body in GOOD:
        validator = resolver(described)
        operation = described["paths"][f"/api/v1/{noun}"]["post"]
        validator(operation["requestBody"]["content"]["application/json"]["schema"]).validate(body)
        answer = known.post(noun, body)
        promised = operation["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
        validator(promised).validate(answer.json())
        assert answer.status_code == 202


FORBIDDEN = [
    ("messages", {"conversation": ANN, "text": "x", "colour": "red"}),
    ("messages", {"conversation": {"endpoint": "shop"}, "text": "x"}),
    ("messages", {"conversation": ANN, "text": "x", "origin": "nobody"}),
    ("receipts", {"kind": "seen", "messages": ["1"]}),
    ("links", {"status": "linked", "conversation": ANN}),
]


def test_what_the_description_forbids_is_refused_and_the_refusal_is_described(known, described):
    """The schema and the API say no together."""
    for noun, body in FORBIDDEN:
        validator = resolver(described)
        operation = described["paths"][f"/api/v1/{noun}"]["post"]
        assert not validator(operation["requestBody"]["content"]["application/json"]["schema"]).is_valid(body)
        answer = known.post(noun, body)
        problem = operation["responses"][str(answer.status_code)]["content"]["application/problem+json"]["schema"]
        validator(problem).validate(answer.json())


def test_the_status_of_a_message_is_as_described(known, described):
    """Before it is read, and after."""
    answers = described["paths"]["/api/v1/messages/{id}"]["get"]["responses"]
    schema = answers["200"]["content"]["application/json"]["schema"]
    known.post("messages", {"conversation": ANN, "text": "hi", "id": "r1"})
    for _ in range(2):
        resolver(described)(schema).validate(known.get("/api/v1/messages/r1").json())
        known.house.read("desk")
        known.house.work()
