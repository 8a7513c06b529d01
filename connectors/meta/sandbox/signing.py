r"""The bytes of a webhook and their signature, as Meta writes them.

Meta signs the form with `\uXXXX` in lower case and with `\/` (MP/webhooks and WA/webhooks/overview, 2025-12). Whoever
signs what a JSON library writes anew gets another signature; that is why the sandbox writes it like this.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from connectors_core import Secret


def encode(payload: object) -> str:
    """Return the JSON of a webhook."""
    # A slash stands in texts only, never between them.
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/")


def merged(bodies: list[str]) -> str:
    """Return several webhooks of one object as one: entries of the same id become one, with all their changes."""
    # Like {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [{}, {}]}]}
    payloads = [json.loads(body) for body in bodies]
    entries: dict[str, dict[str, Any]] = {}
    for entry in (entry for payload in payloads for entry in payload["entry"]):
        known = entries.setdefault(entry["id"], {**entry, "changes": []})
        known["changes"] += entry["changes"]
    return encode({**payloads[0], "entry": list(entries.values())})


def sign(secret: Secret, body: bytes) -> str:
    """Return the value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()


def proof(secret: Secret, token: str) -> str:
    """Return the `appsecret_proof` of an access token (GA/guides/secure-requests)."""
    return hmac.new(secret.reveal().encode(), token.encode(), hashlib.sha256).hexdigest()
