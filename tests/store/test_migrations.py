"""A store has the tables that the program expects, and keeps out what is too old for it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from connectors_core.store import Store, StoreUnavailable, deliveries, metadata, people
from connectors_core.store.migrate import migrate
from connectors_core.store.upgrading import revisions
from connectors_core.switchboard import Control


def test_migrations_make_exactly_the_tables_of_the_program(store):
    """What the migrations build is what the code declares, on both engines."""
    with store.read() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []


@pytest.mark.parametrize("owner", ["connectors_core", "connectors/inbox", "connectors/responder"])
def test_the_versions_are_those_that_alembic_sees(owner):
    """Whether tables are current is told without Alembic, which must see the same versions in the same order."""
    folder = Path(__file__).parents[2] / owner / "store" / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    seen = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    assert revisions(folder) == seen[::-1]


def test_migrating_again_changes_nothing(store):
    """Every start migrates; the store keeps its installation name and its rows."""
    before = store.installation
    migrate(store)
    again = Store(store.url.render_as_string(hide_password=False))
    assert again.installation == before
    again.close()


def test_a_newer_store_refuses_an_older_program(store):
    """A store that was contracted for a later version names what is needed."""
    with store.write() as db:
        db.execute(text("UPDATE store_info SET value = '99' WHERE key = 'min_program'"))
    with pytest.raises(StoreUnavailable, match="version 99"):
        migrate(store)


def test_a_store_that_is_not_there_is_named_without_its_password():
    """The error says which store, and never how to log in to it."""
    absent = Store("postgresql://connectors:open-sesame@127.0.0.1:9/none")
    with pytest.raises(StoreUnavailable) as caught:
        migrate(absent)
    absent.close()
    assert "127.0.0.1:9" in str(caught.value)
    assert "open-sesame" not in str(caught.value)


def test_an_older_store_keeps_its_conversations(older_store):
    """With the first responder, and what is on its way is no copy; then it is like one that was made today."""
    store = older_store("0003")
    with store.write() as db:
        db.execute(
            text(
                "INSERT INTO conversations"
                " (id, endpoint, account, external_id, contact_id, opened_at, last_in_at, owner)"
                " VALUES (7, 'shop', '100', 'ann', 3, 1.0, 2.0, '')"
            )
        )
        db.execute(
            text(
                "INSERT INTO deliveries (id, event_id, source, target, lane_id, verb, piece, pieces, generation, state,"
                " attempts, created_at, code, reason)"
                " VALUES (8, 6, 'desk', 'shop', 5, 'send', 1, 1, 1, 'waiting', 0, 1.0, '', '')"
            )
        )
    migrate(store)
    with store.read() as db:
        (row,) = people.conversations_by_id(db, [7]).values()
        (waiting,) = deliveries.by_id(db, [8]).values()
        assert compare_metadata(MigrationContext.configure(db), metadata) == []
    assert (row.external_id, row.last_in_at, Control.of(row)) == ("ann", 2.0, Control())
    assert waiting.standby is False


def test_two_databases_are_migrated_at_once(tmp_path):
    """Two stores of one process, as two inboxes of one gateway are: neither gets the other's migration."""
    stores = [Store(f"sqlite:///{tmp_path}/{number}.db") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(migrate, stores))
    for store in stores:
        with store.read() as db:
            assert compare_metadata(MigrationContext.configure(db), metadata) == []
        store.close()
