"""Invitations of the leads that agreed to a draft's text, added as the letter opens, where each signs for itself."""

import datetime as dt

from sqlalchemy import select

from letterhub.commands.invitations._contact_steps import contact_of_invitee
from letterhub.domain.letters.letter_document import Signatory
from letterhub.domain.letters.serialization import signatory_to_facts
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.infrastructure.db import db
from letterhub.models import Invitation, Letter, SignOff, find_or_create_organizations


def prepare_lead_invitations(letter: Letter, sha256: str, at: dt.datetime) -> None:
    """Prepare an invitation to sign for each lead that agreed to the text with this hash, unless its mailbox has one.

    The opening mails prepared invitations. Addresses move to the contacts, those of other leads too.
    """
    sign_offs = db.session.scalars(select(SignOff).where(SignOff.letter_id == letter.id).order_by(SignOff.id)).all()
    invited = set(db.session.scalars(select(Invitation.mailbox_hash).where(Invitation.letter_id == letter.id)))
    for sign_off in sign_offs:
        invitation = _invitation(letter, sign_off, at)
        if sign_off.agreed_sha256 == sha256 and sign_off.mailbox_hash not in invited:
            invitation.set_email(sign_off.email, letter.coalition_id)
            db.session.add(invitation)
        sign_off.email = ""
    db.session.flush()


def _invitation(letter: Letter, sign_off: SignOff, at: dt.datetime) -> Invitation:
    """Return an invitation of a lead, not yet added, and its contact, which is."""
    line = Signatory(sign_off.organization, sign_off.person, sign_off.title, lead=True)
    key = (name_key(line.organization), domain_of_website(line.website))
    organizations = find_or_create_organizations(db.session(), letter.coalition_id, {key: line.organization}, at)
    organization_id = organizations[key][0]
    contact = contact_of_invitee(letter.coalition_id, line, sign_off.email, organization_id, None, at)
    return Invitation(
        letter_id=letter.id, contact_id=contact.id, organization_id=organization_id, email="", invited_at=at,
        invited_by_id=sign_off.asked_by_id, name_key=key[0], line=signatory_to_facts(line),
    )  # fmt: skip
