"""Alembic environment: runs all migrations in one transaction, by copying tables on SQLite, in place on PostgreSQL."""

from alembic import context

import letterhub.models  # noqa: F401
from letterhub.infrastructure.db import Base, migration_lock

with migration_lock() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=lambda _thing, name, kind, *_: not (kind == "table" and name.startswith("huey")),
    )
    with context.begin_transaction():
        context.run_migrations()
