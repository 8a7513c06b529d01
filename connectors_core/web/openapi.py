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
    return {
        "openapi": "3.1.0",
        "info": {"title": "Connectors", "version": __version__, "description": "What a CRM tells the gateway."},
        "servers": [{"url": public_url or "http://127.0.0.1:8080"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}, "schemas": _SCHEMAS},
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
        "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "errors": {"type": "object"}},
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
