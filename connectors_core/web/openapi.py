"""The OpenAPI description of the HTTP API, made from the schemas that guard it."""

from __future__ import annotations

from typing import Any

from connectors_core import __version__
from connectors_core.settings.jsonschema import of_schema
from connectors_core.web.schemas import BODIES

_TEXTS = {
    "messages": "Write into a conversation, or to a person",
    "receipts": "Tell that messages were read here",
    "links": "Tell who the person of a conversation is here",
    "handovers": "Move the right to answer a conversation",
}

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_ANSWERS = {
    "200": {
        "description": "It was told before: nothing happens again",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Taken"}}},
    },
    "202": {
        "description": "It is stored and will be delivered",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Taken"}}},
    },
    "400": {"description": "The body is no JSON object", "content": _PROBLEM},
    "401": {"description": "The bearer token is missing or wrong", "content": _PROBLEM},
    "408": {"description": "The body did not arrive in time", "content": _PROBLEM},
    "409": {"description": "It could go nowhere; `title` says why", "content": _PROBLEM},
    "413": {"description": "The body is too large", "content": _PROBLEM},
    "422": {"description": "The body is not as it should be, or the key was used for another one", "content": _PROBLEM},
    "503": {"description": "The store cannot be used now; send it again", "content": _PROBLEM},
}


def describe(public_url: str) -> dict[str, Any]:
    """Return the description, OpenAPI 3.1."""
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same key and the same body twice are one event.",
        "schema": {"type": "string", "maxLength": 255},
    }
    paths: dict[str, Any] = {
        f"/api/v1/{noun}": {
            "post": {
                "operationId": f"post_{noun}",
                "summary": _TEXTS[noun],
                "parameters": [key],
                "requestBody": {"required": True, "content": {"application/json": {"schema": of_schema(body())}}},
                "responses": _ANSWERS,
            }
        }
        for noun, body in BODIES.items()
    }
    paths["/api/v1/messages/{id}"] = {
        "get": {
            "operationId": "get_message",
            "summary": "What has become of a message",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": {
                "200": {
                    "description": "Its status",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Status"}}},
                },
                "401": _ANSWERS["401"],
                "404": {"description": "There is no such message", "content": _PROBLEM},
                "503": _ANSWERS["503"],
            },
        }
    }
    paths |= _LOOKS
    return {
        "openapi": "3.1.0",
        "info": {"title": "Connectors", "version": __version__, "description": "What a CRM tells the gateway."},
        "servers": [{"url": public_url or "http://127.0.0.1:8080"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": _SCHEMAS},
    }


def _query(name: str, description: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }


def _answers(status: str, description: str, schema: str, *others: str) -> dict[str, Any]:
    good = {"description": description, "content": {"application/json": {"schema": {"$ref": f"#/components/{schema}"}}}}
    return {status: good, **{other: _ANSWERS[other] for other in ("401", *others, "503")}}


_UNKNOWN = {"404": {"description": "There is no such thing", "content": _PROBLEM}}
_WHERE = [
    _query("id", "The conversation.", required=True),
    _query("endpoint", "The endpoint that calls it so; your own by default."),
    _query("account", "The account there; the endpoint's own by default."),
]
_LOOKS: dict[str, Any] = {
    "/api/v1/verdict": {
        "get": {
            "operationId": "get_verdict",
            "summary": "Whether words may be sent into a conversation now",
            "parameters": _WHERE,
            "responses": _answers("200", "The verdict", "schemas/Verdict", "400") | _UNKNOWN,
        }
    },
    "/api/v1/templates": {
        "get": {
            "operationId": "get_templates",
            "summary": "The templates that may be used in a conversation",
            "parameters": _WHERE,
            "responses": _answers("200", "The templates", "schemas/Templates", "400") | _UNKNOWN,
        }
    },
    "/api/v1/media": {
        "post": {
            "operationId": "post_media",
            "summary": "Bring a file, to send it by its id",
            "parameters": [
                _query("kind", "image, video, audio, voice, document or sticker; by its type if it is not given."),
                {
                    "name": "X-Filename",
                    "in": "header",
                    "required": False,
                    "description": "The name of the file, percent-encoded.",
                    "schema": {"type": "string"},
                },
            ],
            "requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
            "responses": _answers("201", "It is kept", "schemas/File", "408", "413", "422"),
        }
    },
    "/api/v1/media/{id}": {
        "get": {
            "operationId": "get_media",
            "summary": "Take a file that somebody sent",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": {
                "200": {
                    "description": "The file",
                    "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
                },
                "401": _ANSWERS["401"],
                "410": {"description": "It was deleted from the media folder"},
                "425": {"description": "It is still being fetched; come again"},
                "503": _ANSWERS["503"],
            }
            | _UNKNOWN,
        }
    },
}
_TEXT = {"type": ["string", "null"]}
_SCHEMAS: dict[str, Any] = {
    "Taken": {
        "type": "object",
        "required": ["id", "repeated"],
        "properties": {"id": {"type": "string"}, "repeated": {"type": "boolean"}},
    },
    "Problem": {
        "type": "object",
        "required": ["title", "status"],
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "errors": {"type": "object"},
            "verdict": {"$ref": "#/components/schemas/Verdict"},
        },
    },
    "Verdict": {
        "type": "object",
        "required": ["decision", "reason"],
        "properties": {
            "decision": {"enum": ["allow", "allow_with", "hold_until", "deny"]},
            "rule": {"type": "string"},
            "reason": {"type": "string"},
            "deadline": {"type": ["string", "null"], "format": "date-time"},
            "alternatives": {"type": "array", "items": {"type": "string"}},
            "source": {"type": "string"},
        },
    },
    "Templates": {
        "type": "object",
        "required": ["templates"],
        "properties": {
            "templates": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "language": {"type": "string"},
                        "usable": {"type": "boolean"},
                        "reason": {"type": "string"},
                        "category": {"type": "string"},
                        "body": {"type": "string"},
                        "slots": {"type": "array", "items": {"type": "object"}},
                    },
                },
            }
        },
    },
    "File": {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string"},
            "kind": {"type": "string"},
            "mime": {"type": "string"},
            "size": {"type": "integer"},
            "sha256": {"type": "string"},
        },
    },
    "Status": {
        "type": "object",
        "required": ["id", "status", "queued", "deliveries"],
        "properties": {
            "id": {"type": "string"},
            "status": _TEXT,
            "queued": {"type": "boolean"},
            "deliveries": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "to": {"type": "string"},
                        "piece": {"type": "integer"},
                        "pieces": {"type": "integer"},
                        "state": {"type": "string"},
                        "status": _TEXT,
                        "attempts": {"type": "integer"},
                        "code": {"type": "string"},
                        "reason": {"type": "string"},
                        "settled_at": _TEXT,
                    },
                },
            },
        },
    },
}
