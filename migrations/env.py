"""Alembic environment: runs all migrations in one transaction, by copying tables on SQLite, in place on PostgreSQL."""

from alembic import context

from letterhub.infrastructure.db import Base, migration_lock
from letterhub.models import SEARCH_INDEXES

with migration_lock() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=lambda _thing, name, kind, *_: (
            not (kind == "table" and name.startswith("huey")) and name not in SEARCH_INDEXES
        ),
    )
    with context.begin_transaction():
        context.run_migrations()
