"""What Alembic runs: the connection comes from the program, never from a file."""

from alembic import context

from connectors.responder.store.opening import VERSION_TABLE
from connectors.responder.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=lambda name, kind, _parents: kind != "table" or str(name).startswith("responder_"),
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
