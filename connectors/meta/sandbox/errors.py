"""The errors that Meta answers with, by their code.

Source: WA/support/error-codes (2025-12) and GA/guides/error-handling, read on 2026-11-22.
"""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

import attrs

HREF = "/documentation/business-messaging/whatsapp/support/error-codes"


@attrs.frozen
class Meaning:
    """The HTTP status of an error, its title, and the details where the place that raises it has no better ones."""

    status: int
    title: str
    details: str


MEANINGS = {
    4: Meaning(400, "Application request limit reached", "The app has reached its API call rate limit."),
    15: Meaning(400, "Wrong kind of access token", "This call needs the access token of the app."),
    33: Meaning(400, "Parameter value is not valid", "The business phone number does not exist or has been deleted."),
    100: Meaning(400, "Invalid parameter", "The request included one or more unsupported or misspelled parameters."),
    190: Meaning(401, "Invalid OAuth access token", "The access token is not valid, or it has expired."),
    613: Meaning(
        400, "Calls to this api have exceeded the rate limit", "Calls to this api have exceeded the rate limit."
    ),
    2200: Meaning(400, "Callback verification failed", "The callback did not answer its verification."),
    2500: Meaning(400, "Unknown path components", "There is no such version or path."),
    80007: Meaning(400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    130429: Meaning(400, "Rate limit hit", "Cloud API message throughput has been reached."),
    131000: Meaning(500, "Something went wrong", "Message failed to send due to an unknown error."),
    131005: Meaning(403, "Access denied", "Permission is either not granted or has been removed."),
    131008: Meaning(400, "Required parameter is missing", "The request is missing a required parameter."),
    131009: Meaning(400, "Parameter value is not valid", "One or more parameter values are invalid."),
    131021: Meaning(400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    131026: Meaning(400, "Message Undeliverable", "Unable to deliver message."),
    131031: Meaning(403, "Account has been locked", "The business account is restricted for violating a policy."),
    131042: Meaning(400, "Business eligibility payment issue", "There was an error related to your payment method."),
    131047: Meaning(
        400, "Re-engagement message", "More than 24 hours have passed since the recipient last replied to the sender."
    ),
    131051: Meaning(400, "Unsupported message type", "Message type is currently not supported."),
    131053: Meaning(400, "Media upload error", "Unable to upload the media used in the message."),
    131056: Meaning(
        400, "(Business Account, Consumer Account) pair rate limit hit", "Too many messages to the same recipient."
    ),
    131057: Meaning(500, "Account in maintenance mode", "Business account is in maintenance mode."),
    131062: Meaning(
        400,
        "Business-scoped User ID (BSUID) recipients are not supported for this message",
        "Authentication templates with one-tap, zero-tap or copy-code buttons need a phone number.",
    ),
    132000: Meaning(
        400, "Number of parameters does not match the expected number of params", "Compare them with the template."
    ),
    132001: Meaning(404, "Template does not exist", "It does not exist in this language, or it has not been approved."),
    132005: Meaning(400, "Template hydrated text too long", "Translated text is too long."),
    132007: Meaning(400, "Template format character policy violated", "Template content violates a WhatsApp policy."),
    132012: Meaning(400, "Template parameter format mismatch", "Variable parameter values formatted incorrectly."),
    132015: Meaning(400, "Template is paused", "Template is paused due to low quality."),
    132016: Meaning(400, "Template is disabled", "Template was paused too many times due to low quality."),
    134100: Meaning(
        400, "Only marketing messages supported", "Only templates of the category marketing are sent here."
    ),
    139100: Meaning(400, "Failed to block/unblock users", "Failed to block some users, see the block_users response."),
    147001: Meaning(400, "Username is not available", "The username is not available."),
    2494191: Meaning(400, "Thread control not allowed", "Only the escalation partner may take a thread."),
    132018: Meaning(
        400, "There was an issue with the parameters in your template", "A parameter has a line break or many spaces."
    ),
}


class GraphError(Exception):
    """A refusal: what Meta would answer instead of doing what was asked."""

    def __init__(self, code: int, details: str = "", *, subcode: int | None = None, title: str = "") -> None:
        """`details` says what is wrong with this request; `title` stands in for that of the code."""
        self.code = code
        self.whatsapp = True
        """Whether a call about WhatsApp is answered."""
        self.meaning = MEANINGS[code] if not title else attrs.evolve(MEANINGS[code], title=title)
        self.details = details or self.meaning.details
        self.subcode = subcode
        super().__init__(f"{code}: {self.details}")

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.meaning.status

    def envelope(self) -> dict[str, Any]:
        """Return the body of the answer; WhatsApp says in `error_data` what others say in the message."""
        # {"error": {"message": "(#100) Invalid parameter", "type": "OAuthException", "code": 100,
        #   "error_data": {"messaging_product": "whatsapp", "details": "..."}, "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam"}}
        # {"error": {"message": "(#100) Param recipient must be a JSON object.", "type": "OAuthException", "code": 100,
        #   "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam"}}
        error: dict[str, Any] = {"message": self._message(), "type": "OAuthException", "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.whatsapp:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": {**error, "fbtrace_id": trace()}}

    def _message(self) -> str:
        if self.code == 190 and not self.whatsapp:
            return f"{self.meaning.title}."
        return f"(#{self.code}) {self.meaning.title if self.whatsapp else self.details}"

    def in_status(self) -> dict[str, Any]:
        """Return the error as a status `failed` has it (WA/webhooks/reference/messages/status, 2025-12)."""
        title = self.meaning.title
        return {
            "code": self.code,
            "title": title,
            "message": title,
            "error_data": {"details": self.details},
            "href": HREF,
        }


def unknown_object(object_id: str) -> GraphError:
    """Return the error for an id that this token cannot see (GA/guides/error-handling)."""
    text = f"Object with ID '{object_id[:64]}' does not exist, or does not support this operation."
    return GraphError(100, f"Unsupported request. {text}", subcode=33)


def trace() -> str:
    """Return a new id of a request."""
    return f"A{token_urlsafe(16)}"
