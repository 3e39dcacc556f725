"""Branding defaults of a coalition: what its new letters look like."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.branding import BrandingDefaults
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Coalition, append_audit_entry


@one_transaction
def change_branding(coalition_id: int, branding: BrandingDefaults, *, actor: str, at: dt.datetime) -> None:
    """Change the branding of new letters; existing letters keep theirs."""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    before, after = _audit_facts(coalition.branding), _audit_facts(branding)
    changed = [name for name in after if before[name] != after[name] and name != "name"]
    if not changed:
        return
    coalition.set_branding(branding)
    append_audit_entry(
        db.session(), ReferenceKind.COALITION.reference(coalition_id), actor, "look changed", at=at,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip


def _audit_facts(branding: BrandingDefaults) -> dict[str, Any]:
    """Return the branding for the audit log, in which "size" is that of a file."""
    facts = {name: ", ".join(value) if isinstance(value, tuple) else str(value) for name, value in asdict(branding).items()}
    return {"text_size" if name == "size" else name: value for name, value in facts.items()}
