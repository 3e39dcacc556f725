"""Branding of a coalition's new letters, and its contact address."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.branding import House
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import one_address
from letterhub.models import Coalition, remember


@one_transaction
def change_look(coalition_id: int, house: House, *, actor: str, at: dt.datetime) -> None:
    """Change the branding of new letters; existing letters keep theirs."""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    before, after = _facts(coalition.house), _facts(house)
    changed = [name for name in after if before[name] != after[name] and name != "name"]
    if not changed:
        return
    coalition.take_on(house)
    remember(
        db.session(), Reference.COALITION.to(coalition_id), actor, "look changed", at=at,
        before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
    )  # fmt: skip


@one_transaction
def change_contact(coalition_id: int, contact: str, *, actor: str, at: dt.datetime) -> None:
    """Set the coalition's contact address; "" for none. Raises CannotMail."""
    contact = one_address(contact) if contact else ""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    if (before := coalition.contact) == contact:
        return
    coalition.contact = contact
    remember(
        db.session(), Reference.COALITION.to(coalition_id), actor, "contact changed", at=at,
        before={"contact": before}, after={"contact": contact},
    )  # fmt: skip


def _facts(house: House) -> dict[str, Any]:
    return {name: ", ".join(value) if isinstance(value, tuple) else str(value) for name, value in asdict(house).items()}
