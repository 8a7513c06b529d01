"""The care family against its samples: files, people, log-ins, templates, reconcile, poll, plan and apply."""

from __future__ import annotations

import json
from typing import Any

from connectors_core.endpoint import Endpoint
from connectors_core.model import (
    Attempt,
    Change,
    Code,
    Contact,
    ConversationRef,
    Done,
    Finding,
    Grant,
    Identity,
    Media,
    codec,
)
from connectors_core.testing.exchange import PLATFORM
from connectors_core.testing.kit import Kit, Outcome
from connectors_core.testing.promises import expect
from connectors_core.testing.samples import Sample, payload
from connectors_core.testing.sending import check_error

CALLBACK = "https://hooks.example.com/hooks/kit"


def try_sample(kit: Kit, sample: Sample) -> None:
    """Call the hook of a sample; fail where its calls or its answer are not those of the sample."""
    kit.platform.follow(sample.exchange)
    endpoint = kit.build(sample).endpoint
    try:
        answer, error = _call(endpoint, sample, kit.platform.url), None
    except Exception as raised:  # noqa: BLE001 - the sample says whether it should
        answer, error = None, raised
    expect(error is None or "error" in sample.document, f"{sample}: it raised {type(error).__name__}: {error}")
    kit.check_calls(sample)
    if "error" in sample.document:
        check_error(sample, Outcome(done=None, error=error))
        return
    wanted = _wanted(sample)
    expect(answer == wanted, f"{sample}: it returned {answer} instead of {wanted}"[:900])


def _call(endpoint: Endpoint, sample: Sample, platform: str) -> Any:  # noqa: PLR0911 - a line for each hook
    """Make the call and return what it gave in the shape in which samples say it; a file may lie at the platform."""
    document = sample.document
    match sample.hook:
        case "fetch":
            media = json.loads(json.dumps(document["media"]).replace(PLATFORM, platform))
            found = endpoint.fetch(codec.structure(media, Media))
            return {"mime": found.mime, "name": found.name, "bytes": b"".join(found.chunks)}
        case "profile":
            return endpoint.profile(codec.structure(document["contact"], Contact))
        case "customer":
            proof = document["proof"]
            kind: type[Grant | Identity] = Grant if "token" in proof else Identity
            return endpoint.customer(codec.structure(proof, kind))
        case "send_code":
            return endpoint.send_code(codec.structure(document["code"], Code))
        case "login_chat":
            return endpoint.login_chat(document["token"], document["back"].replace(PLATFORM, platform))
        case "templates":
            return [codec.dump_template(info) for info in endpoint.templates()]
        case "poll":
            page = endpoint.poll(document.get("cursor", ""))
            return {"body": page.body, "cursor": page.cursor, "more": page.more}
        case "plan":
            return endpoint.plan(document.get("callback", CALLBACK))
        case "apply":
            return endpoint.apply(codec.structure(document["change"], Change), document.get("callback", CALLBACK))
        case _:
            attempt = Attempt(event=sample.event, key=sample.key, started_at=float(document.get("started_at", 0)))
            found_out = endpoint.reconcile(attempt)
            return str(found_out.outcome), _names(found_out.done)


def _wanted(sample: Sample) -> Any:  # noqa: PLR0911 - a line for each hook
    document = sample.document
    match sample.hook:
        case "fetch":
            given = document["content"]
            return {"mime": given["mime"], "name": given.get("name", ""), "bytes": payload(given)}
        case "profile" | "customer":
            return codec.structure(document["result"], Contact)
        case "send_code":
            return None
        case "login_chat":
            return codec.structure(document["chat"], ConversationRef)
        case "templates":
            return [codec.dump_template(codec.load_template(_text(info))) for info in document["templates"]]
        case "poll":
            page = document["page"]
            return {"body": payload(page), "cursor": page["cursor"], "more": page.get("more", False)}
        case "plan":
            return [
                codec.structure(one, Finding) if "text" in one else codec.structure(one, Change)
                for one in document["plan"]
            ]
        case "apply":
            return codec.structure(document["finding"], Finding)
        case _:
            return document["outcome"], [one["id"] for one in sample.refs]


def _names(done: Done) -> list[str]:
    return [ref.id for ref in done.refs]


def _text(info: Any) -> str:
    return payload({"json": info}).decode()
