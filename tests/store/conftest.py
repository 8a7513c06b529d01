"""Stores as older versions left them."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from connectors_core.store import Store
from connectors_core.store import migrate as migrating
from connectors_core.store.migrate import migrate


@pytest.fixture
def older_store(store_url, monkeypatch):
    """Return a function that gives a store with the tables of a revision, and one that brings it up to date."""
    opened = []

    def build(revision):
        first = Store(store_url)
        with first.write() as db:
            if not first.is_sqlite:
                db.execute(text("DROP SCHEMA public CASCADE"))
                db.execute(text("CREATE SCHEMA public"))
        first.close()
        store = Store(store_url if store_url.startswith("postgresql") else f"{store_url}.old")
        opened.append(store)

        def upgrade(db, folder):
            config = Config()
            config.set_main_option("script_location", str(folder))
            config.attributes["connection"] = db
            command.upgrade(config, revision)

        with monkeypatch.context() as patch:
            patch.setattr(migrating, "upgrade", upgrade)
            migrate(store)
        return store

    yield build
    for store in opened:
        store.close()
