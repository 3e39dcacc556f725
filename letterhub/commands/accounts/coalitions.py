"""Coalitions: found one, and set its contact address."""

import datetime as dt

from sqlalchemy import select

from letterhub.domain.accounts.roles import CoalitionExists
from letterhub.domain.audit.references import OPERATOR, ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter import slugify
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import normalized_address
from letterhub.models import Coalition, append_audit_entry


@one_transaction
def found_coalition(name: str, slug: str, at: dt.datetime) -> str:
    """Found a coalition without staff, at `slug` or a slug made of its name; return the slug. Raises CoalitionExists."""
    coalition = Coalition(slug=slugify(slug or name), name=name, letterhead_lines=[], created_at=at)
    if db.session.scalar(select(Coalition.id).where(Coalition.slug == coalition.slug)):
        raise CoalitionExists(
            _("There is already a coalition at the address %(slug)s. Choose another address.", slug=coalition.slug)
        )
    db.session.add(coalition)
    db.session.flush()
    append_audit_entry(
        db.session(), ReferenceKind.COALITION.reference(coalition.id), OPERATOR, "created", at=at, after={"name": name}
    )
    return coalition.slug


@one_transaction
def change_contact(coalition_id: int, contact: str, *, actor: str, at: dt.datetime) -> None:
    """Set the coalition's contact address; "" for none. Raises CannotMail."""
    contact = normalized_address(contact) if contact else ""
    coalition = db.session.get_one(Coalition, coalition_id, with_for_update=True)
    if (before := coalition.reply_to) == contact:
        return
    coalition.reply_to = contact
    append_audit_entry(
        db.session(), ReferenceKind.COALITION.reference(coalition_id), actor, "contact changed", at=at,
        before={"contact": before}, after={"contact": contact},
    )  # fmt: skip
