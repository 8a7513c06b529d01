"""The errors of the Send API and of what is around it, by what is wrong.

Source: MP/error-codes (2026-06-25).
"""

from __future__ import annotations

import attrs

from connectors.meta.sandbox.errors import GraphError, Meaning


@attrs.frozen
class Case:
    """One error: its HTTP status, code, subcode, and what it says."""

    status: int
    code: int
    subcode: int | None
    text: str


CASES = {
    "temporary": Case(500, 2, None, "An unexpected error has occurred. Please retry your request later."),
    "restricted": Case(403, 10, 1893063, "(#10) You are temporarily restricted from sending messages."),
    "window": Case(400, 10, 2018278, "(#10) This message is sent outside of allowed window."),
    "window of instagram": Case(400, 10, 2534022, "(#10) This message is sent outside of allowed window."),
    "held": Case(400, 10, 2018300, "(#10) Message failed to send because another app is controlling this thread now."),
    "not the owner": Case(400, 100, 2018171, "(#100) The app does not control this thread now."),
    "not the owner of instagram": Case(400, 100, 2534037, "The action is invalid since it's not the thread owner."),
    "tag removed": Case(400, 100, None, "(#100) Message tag is no longer supported."),
    "nobody": Case(400, 100, 2018001, "(#100) No matching user found."),
    "nobody of instagram": Case(400, 100, 2534014, "(#100) The requested user cannot be found."),
    "not fetched": Case(400, 100, 2018008, "(#100) Failed to fetch the file from the url"),
    "wrong type": Case(400, 100, 2018047, "(#100) The type of the file is not one of those of the attachment."),
    "too large": Case(400, 100, 2018109, "(#100) The file is larger than an attachment may be."),
    "not your attachment": Case(400, 100, 2018074, "(#100) The attachment is not yours, or it has expired."),
    "unknown product": Case(400, 100, 2018320, "(#100) The product is not in a catalog of this page."),
    "private reply": Case(400, 10900, None, "(#10900) Activity already replied to"),
    "private reply too late": Case(400, 10903, None, "(#10903) This user cant reply to this activity"),
    "private reply of instagram": Case(400, 100, 2534025, "The comment is invalid for a private reply"),
    "blocked": Case(400, 551, 1545041, "(#551) This person isn't available right now."),
    "not reachable": Case(403, 200, 1545041, "(#200) Message Not Sent: This person isn't available right now."),
    "access disabled": Case(403, 200, 2534041, "The account owner has disabled access to instagram direct messages."),
    "no profile": Case(400, 100, 2018218, "No profile available for this user."),
    "profile refused": Case(403, 100, 2018247, "(#100) Insufficient permission to access user profile."),
    "linking": Case(400, 10303, None, "Invalid account_linking_token"),
    "deleted": Case(400, 9000001, None, "The message was deleted."),
}
"""Those of 10900 and 10903 are not in Meta's table; developers report them for private replies of pages."""


class Refusal(GraphError):
    """What Meta answers instead of doing what was asked, by the name of its case."""

    def __init__(self, name: str) -> None:
        """`name` is one of CASES."""
        case = CASES[name]
        super().__init__(100, case.text, subcode=case.subcode)
        self.code = case.code
        self.meaning = Meaning(case.status, case.text, case.text)
        self.whatsapp = False

    def _message(self) -> str:
        return self.details
