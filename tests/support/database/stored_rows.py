"""Rows as the database has them now."""

from typing import Any

from letterhub.infrastructure.db import db, end_read_transaction
from letterhub.models import AuditEntry


def rows(model: Any) -> list[Any]:
    """Return all rows of a model by id, read in a new transaction."""
    end_read_transaction()
    return list(db.session.query(model).order_by(model.id))


def recorded() -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Return the entries of the audit log: actor, action, values before, values after."""
    return [(entry.actor, entry.action, entry.before, entry.after) for entry in rows(AuditEntry)]
