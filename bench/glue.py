"""What an integrator writes in an afternoon: check the signature, tell the CRM, answer. Nothing is durable."""

from __future__ import annotations

import hashlib
import hmac
import os

import requests
from flask import Flask, abort, request

app = Flask(__name__)
session = requests.Session()
SECRET = os.environ["BENCH_APP_SECRET"].encode()
CRM = os.environ["GLUE_CRM"]


@app.post("/hooks/meta")
def hook() -> str:
    """Take one webhook."""
    expected = "sha256=" + hmac.new(SECRET, request.get_data(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("X-Hub-Signature-256", "")):
        abort(403)
    for entry in request.get_json()["entry"]:
        for change in entry["changes"]:
            names = {one["wa_id"]: one["profile"]["name"] for one in change["value"].get("contacts", [])}
            for message in change["value"].get("messages", []):
                person = message["from"]
                told = {"id": message["id"], "from": person, "name": names.get(person), "text": message["text"]["body"]}
                session.post(CRM, json=told, timeout=20).raise_for_status()
    return ""
