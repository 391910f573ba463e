"""Alembic's entry: runs on the connection, and within the transaction, that `store.database` has opened."""

from alembic import context

from store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
