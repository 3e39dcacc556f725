"""Partners of a letter: added, each with a link of its own, and removed."""

import datetime as dt

from sqlalchemy import select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.invitations.partners import PartnerExists, source_for
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Letter, Partner, append_audit_entry


@one_transaction
def add_partner(letter_id: int, name: str, *, staff_id: int, actor: str, at: dt.datetime) -> None:
    """Add a partner, whose word is made of its name. Raises PartnerExists."""
    db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    partners = db.session.scalars(select(Partner).where(Partner.letter_id == letter_id)).all()
    if name.casefold() in {partner.name.casefold() for partner in partners}:
        raise PartnerExists(_("%(name)s has a link already. See below.", name=name))
    source = source_for(name, frozenset(partner.source for partner in partners))
    db.session.add(Partner(letter_id=letter_id, name=name, source=source, created_at=at, created_by_id=staff_id))
    _append_audit_entry(letter_id, actor, "partner added", name, at)


@one_transaction
def remove_partner(letter_id: int, partner_id: int, *, actor: str, at: dt.datetime) -> None:
    """Remove a partner: its page ends, and its link counts among the others. Do nothing if it is gone."""
    partner = db.session.scalar(select(Partner).where(Partner.id == partner_id, Partner.letter_id == letter_id))
    if partner is not None:
        db.session.delete(partner)
        _append_audit_entry(letter_id, actor, "partner removed", partner.name, at)


def _append_audit_entry(letter_id: int, actor: str, action: str, name: str, at: dt.datetime) -> None:
    chain = ReferenceKind.LETTER.reference(letter_id)
    append_audit_entry(db.session(), chain, actor, action, at=at, after={"name": name})
