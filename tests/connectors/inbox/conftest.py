"""An inbox with its pages: the store on both kinds of database, the pages on the one that needs nothing."""

from pathlib import Path

import inboxes
import pytest


@pytest.fixture(scope="session")
def root():
    """Return the folder of the project."""
    return Path(__file__).parents[3]


@pytest.fixture
def inbox(store_url):
    """Give the connector, on a database that it shares with a gateway's store."""
    made = inboxes.connector(store_url)
    yield made
    made.database.close()


@pytest.fixture
def crm(inbox):
    """Give the connector as the gateway has it."""
    return inboxes.endpoint(inbox)


@pytest.fixture
def small(tmp_path):
    """Give a connector with a file of its own."""
    made = inboxes.connector(f"sqlite:///{tmp_path / 'inbox.db'}")
    yield made
    made.database.close()


@pytest.fixture
def door():
    """Give a door that takes everything."""
    return inboxes.ListDoor()


@pytest.fixture
def url(small, door):
    """Serve the pages."""
    with inboxes.serving(small, door) as address:
        yield address


@pytest.fixture
def ann(small, url):
    """Give the browser of an administrator who is logged in."""
    inboxes.add_user(small)
    agent = inboxes.Agent(url)
    assert agent.log_in().status_code == 200
    return agent


@pytest.fixture
def channel(small):
    """Return a function that lets a message arrive; it returns the names of contact, conversation and message."""
    crm, count = inboxes.endpoint(small), iter(range(1000))

    def arrive(words="Do you deliver on Saturdays?", person="16505551234", **changes):
        number = next(count)
        refs = crm.deliver(inboxes.message(f"m{number}", words, person, **changes), f"key-{number}").refs
        return tuple(ref.id for ref in refs)

    arrive.crm = crm
    return arrive
