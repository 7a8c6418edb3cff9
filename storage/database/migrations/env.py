"""How Alembic runs the steps: on the connection that it is handed, in one transaction."""

from __future__ import annotations

from alembic import context

from storage.database import backfill_tables, cluster_tables, failure_tables, health_tables, ingested_tables, tables  # noqa: F401  they fill the metadata
from storage.database.base import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
