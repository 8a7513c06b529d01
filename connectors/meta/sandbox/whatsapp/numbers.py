"""What can be asked of the number, of its account and of the app (WA/business-phone-numbers, 2025-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectors.meta.sandbox.errors import GraphError
from connectors.meta.sandbox.graph import GraphCall, Routes
from connectors.meta.sandbox.whatsapp import greeting

if TYPE_CHECKING:
    from connectors.meta.sandbox.app import Sandbox

_DEFAULT = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "id",
)


def _facts(sandbox: Sandbox) -> dict[str, Any]:
    settings = sandbox.settings
    number = settings.display_phone_number
    return {
        "id": settings.phone_number_id,
        "verified_name": settings.verified_name,
        "display_phone_number": f"+{number[:1]} {number[1:4]}-{number[4:7]}-{number[7:]}",
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "status": "BANNED" if sandbox.faults.always("account_locked") else "CONNECTED",
        "name_status": "APPROVED",
        "account_mode": "SANDBOX",
        "is_official_business_account": False,
        "health_status": {"can_send_message": "BLOCKED" if sandbox.faults.always("account_locked") else "AVAILABLE"},
        "whatsapp_business_manager_messaging_limit": "TIER_250",
        "conversational_automation": greeting.automation(sandbox),
    }


def _picked(facts: dict[str, Any], call: GraphCall, default: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields that were asked for, and the id."""
    asked = [name.strip() for name in str(call.params.get("fields", "")).split(",") if name.strip()]
    if unknown := [name for name in asked if name.partition("{")[0] not in facts]:
        raise GraphError(100, f"Tried accessing nonexisting field ({unknown[0][:64]}).")
    names = [name.partition("{")[0] for name in asked] or default
    return {name: facts[name] for name in dict.fromkeys((*names, "id"))}


def _number(sandbox: Sandbox, call: GraphCall) -> Any:
    return _picked(_facts(sandbox), call, _DEFAULT)


def _numbers(sandbox: Sandbox, call: GraphCall) -> Any:
    return {"data": [_picked(_facts(sandbox), call, _DEFAULT)]}


def _register(_sandbox: Sandbox, call: GraphCall) -> Any:
    if not str(call.params.get("pin", "")).isdecimal():
        raise GraphError(131008, "The parameter pin is required.")
    return {"success": True}


def _account(sandbox: Sandbox, call: GraphCall) -> Any:
    settings = sandbox.settings
    facts = {
        "id": settings.business_account_id,
        "name": settings.verified_name,
        "currency": "USD",
        "timezone_id": "1",
        "message_template_namespace": "sandbox",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
    }
    return _picked(facts, call, ("id", "name", "timezone_id", "message_template_namespace"))


def _app(sandbox: Sandbox, call: GraphCall) -> Any:
    facts = {"id": sandbox.settings.app_id, "name": "Sandbox", "link": "https://www.facebook.com/games/"}
    return _picked(facts, call, ("link", "name", "id"))


ROUTES: Routes = {
    ("GET", "number", ""): _number,
    ("POST", "number", "register"): _register,
    ("GET", "account", ""): _account,
    ("GET", "account", "phone_numbers"): _numbers,
    ("GET", "app", ""): _app,
}
