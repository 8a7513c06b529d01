"""What Alembic runs: the connection comes from the program, never from a file."""

from alembic import context

from connectors_core.store import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()
