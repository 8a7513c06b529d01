"""Whom an address proves somebody to be."""

from datetime import UTC, datetime

import pytest

from connectors.inbox.connector import Inbox
from connectors.inbox.settings import InboxSettings
from connectors_core import Endpoint, Http, NoCounterpart
from connectors_core.model import Contact, ContactRef, ConversationRef, Identity, Link, LinkStatus

NUMBER = Identity(scheme="phone", value="+16505551234")


@pytest.fixture
def inbox(tmp_path):
    """Give an inbox of its own."""
    return Endpoint.build("inbox", Inbox(InboxSettings(database=f"sqlite:///{tmp_path}/inbox.db"), Http("inbox")))


def met(inbox, person, *identities):
    """Let a person be known to the inbox."""
    at = {"endpoint": "shop", "account": "100", "id": person}
    link = Link(
        endpoint="shop",
        account="100",
        id=f"l-{person}",
        at=datetime.now(UTC),
        status=LinkStatus.WANTED,
        contact=ContactRef(**at),
        source=ConversationRef(**at),
        profile=Contact(name=person, identities=identities),
    )
    return inbox.deliver(link, f"k-{person}").refs[0]


def test_a_number_that_the_platform_vouches_for_is_the_contacts(inbox):
    """In WhatsApp's own form of it as well."""
    ref = met(inbox, "ann", Identity(scheme="wa_id", value="16505551234", verified=True))
    assert inbox.customer(NUMBER) == Contact(ref=ref, name="ann")


def test_a_number_that_somebody_claims_is_nobodys(inbox):
    """It could be anybody's."""
    met(inbox, "mallory", NUMBER)
    with pytest.raises(NoCounterpart):
        inbox.customer(NUMBER)


def test_a_claim_takes_nothing_from_who_has_the_number(inbox):
    """Whoever else says that it is theirs."""
    met(inbox, "mallory", NUMBER)
    ref = met(inbox, "ann", Identity(scheme="wa_id", value="16505551234", verified=True))
    assert inbox.customer(NUMBER).ref == ref
