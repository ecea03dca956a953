"""Alembic's environment: runs numbered migrations on the connection that it is handed."""

from alembic import context

from locality import all_models

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=all_models.metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
