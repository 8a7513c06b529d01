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

LISTS = ("changes", "messaging", "standby")
"""What an entry may hold: changes of fields, or events of chats."""


def encode(payload: object) -> str:
    """Return the JSON of a webhook."""
    # A slash stands in texts only, never between them.
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/")


def merged(bodies: list[str]) -> str:
    """Return several webhooks of one object as one: entries of one id and kind become one, with all their items."""
    # Like {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [{}, {}]}]}
    payloads = [json.loads(body) for body in bodies]
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    single: list[dict[str, Any]] = []
    for entry in (entry for payload in payloads for entry in payload["entry"]):
        kind = next((name for name in LISTS if name in entry), "")
        if not kind:
            single.append(entry)
            continue
        known = entries.setdefault((entry["id"], kind), {**entry, kind: []})
        known[kind] += entry[kind]
    return encode({**payloads[0], "entry": [*entries.values(), *single]})


def sign(secret: Secret, body: bytes) -> str:
    """Return the value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.reveal().encode(), body, hashlib.sha256).hexdigest()


def proof(secret: Secret, token: str) -> str:
    """Return the `appsecret_proof` of an access token (GA/guides/secure-requests)."""
    return hmac.new(secret.reveal().encode(), token.encode(), hashlib.sha256).hexdigest()
