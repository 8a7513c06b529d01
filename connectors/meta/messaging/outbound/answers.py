"""The answer to a message as `Done` (MP/send-messages, 2026-05-05)."""

from __future__ import annotations

from connectors_core import Malformed, Reply, Uncertain
from connectors_core.model import ContactRef, ConversationRef, Done, Message, MessageRef, Ref, wire


def sent(reply: Reply, message: Message, endpoint: str, account: str) -> Done:
    """Return the names that an accepted message got; raise Uncertain when the answer gives none.

    A private reply is addressed to a comment, and its answer tells the id of the person for the chat, which may differ
    from the one that the comment has: both name the conversation then, and the person.
    """
    # An answer like {"recipient_id": "4711", "message_id": "m_abc"}
    try:
        answer = reply.object()
        refs: list[Ref] = [MessageRef(endpoint=endpoint, account=account, id=wire.text(answer, "message_id"))]
        person = wire.text(answer, "recipient_id")
    except Malformed:
        raise Uncertain(f"{endpoint} sent, and Meta answered without a readable id; an echo will tell") from None
    if person:
        known = message.conversation.id if message.conversation is not None else person
        aliases = (known,) if known != person else ()
        kinds = (ConversationRef, ContactRef) if aliases else (ConversationRef,)
        refs += [kind(endpoint=endpoint, account=account, id=person, aliases=aliases) for kind in kinds]
    return Done(refs=refs)
