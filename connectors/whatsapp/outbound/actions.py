"""Messages with one thing to do: a link, a form, a call, a request for a place, a number or a permission.

Sources: WA/messages/interactive-cta-url-messages and location-request-messages, 2025-11; WA/flows/guides/sendingaflow,
2025-11; WA/calling/call-button-messages-deep-links and user-call-permissions, 2026-06-26; WA/business-scoped-user-ids,
2026-08-24.
"""

from __future__ import annotations

from collections.abc import Callable

from connectors.whatsapp.outbound.fields import fits, needed
from connectors_core import NotSupported
from connectors_core.model import ChoiceKind, Choices, Option
from connectors_core.model.wire import Json

LONGEST_BODY = 1024
LONGEST_LABEL = 20
LONGEST_TOKEN = 200
LONGEST_CALL_PAYLOAD = 512

MEDIA = frozenset(("button", "cta_url", "flow"))
"""The types of a message that may have a picture, film or document above them, or words."""

HEADED = frozenset(("list",))
"""The types that may have words above and below them, and no file."""

_FLOW_VERSION = "3"


def action(part: Choices) -> Json:
    """Return the content of a message whose only option is one of `ACTIONS`."""
    option = part.options[0]
    kind, read = ACTIONS[option.kind]
    found: Json = {"type": kind, "action": read(option)}
    # A person may be asked for the permission to call without a word.
    if part.body or option.kind is not ChoiceKind.CALL_PERMISSION:
        found["body"] = {"text": needed("the text above the button", part.body, LONGEST_BODY)}
    return found


def link(option: Option) -> Json:
    """Return the action of a button that opens an address."""
    if not option.url.startswith(("http://", "https://")):
        raise NotSupported("a link button needs an address that begins with https://")
    parameters = {"display_text": _label(option), "url": fits("the address of the button", option.url, 2000)}
    return {"name": "cta_url", "parameters": parameters}


def _flow(option: Option) -> Json:
    form = option.form
    if form is None:
        raise NotSupported("an option of the kind flow needs its form")
    parameters: Json = {
        "flow_message_version": _FLOW_VERSION,
        "flow_id": needed("the id of the form", form.id, 128),
        "flow_cta": _label(option),
    }
    if option.payload:
        parameters["flow_token"] = fits("the payload of the form", option.payload, LONGEST_TOKEN)
    if not form.screen:
        if form.values:
            raise NotSupported("values go to a screen of the form, and none is named")
        return {"name": "flow", "parameters": {**parameters, "flow_action": "data_exchange"}}
    screen: Json = {"screen": form.screen, **({"data": dict(form.values)} if form.values else {})}
    return {"name": "flow", "parameters": {**parameters, "flow_action": "navigate", "flow_action_payload": screen}}


def _call(option: Option) -> Json:
    parameters = {"display_text": _label(option)}
    if option.payload:
        parameters["payload"] = fits("the payload of the button", option.payload, LONGEST_CALL_PAYLOAD)
    return {"name": "voice_call", "parameters": parameters}


def _label(option: Option) -> str:
    return needed("the label of the button", option.title, LONGEST_LABEL)


def _named(name: str) -> Callable[[Option], Json]:
    """Return what makes an action that is a name: WhatsApp has words of its own for the button."""
    return lambda _option: {"name": name}


ACTIONS: dict[ChoiceKind, tuple[str, Callable[[Option], Json]]] = {
    ChoiceKind.LINK: ("cta_url", link),
    ChoiceKind.FLOW: ("flow", _flow),
    ChoiceKind.CALL: ("voice_call", _call),
    ChoiceKind.LOCATION: ("location_request_message", _named("send_location")),
    ChoiceKind.PHONE: ("request_contact_info", _named("request_contact_info")),
    ChoiceKind.CALL_PERMISSION: ("call_permission_request", _named("call_permission_request")),
}
"""The type of the message that an option makes by itself, and what reads its action."""
