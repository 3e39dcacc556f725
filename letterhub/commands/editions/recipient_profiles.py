"""Recipient profiles: a coalition's own, written, changed and deleted; and those that a letter is checked for."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.editions.recipient_profiles import MAX_PROFILES, CannotSaveProfile, RecipientProfile
from letterhub.domain.i18n import _
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Coalition, Letter, LetterRecipientProfile, OwnRecipientProfile, append_audit_entry
from letterhub.queries.editions.recipient_profiles import profiles_of_coalition


@one_transaction
def save_profile(
    coalition_id: int, profile: RecipientProfile, profile_id: int | None, version: int, *, actor: str, at: dt.datetime
) -> None:
    """Save a coalition's profile: a new one, or the one with this id, which still has this version.

    Raises CannotSaveProfile.
    """
    db.session.get_one(Coalition, coalition_id, with_for_update=True)
    of_coalition = OwnRecipientProfile.coalition_id == coalition_id
    same_name = select(OwnRecipientProfile.id).where(of_coalition, OwnRecipientProfile.name == profile.name)
    if db.session.scalar(same_name.where(OwnRecipientProfile.id != (profile_id or 0))) is not None:
        raise CannotSaveProfile(_("You already have a profile of this name."), "name")
    if profile_id is None:
        if (db.session.scalar(select(func.count()).where(of_coalition)) or 0) >= MAX_PROFILES:
            raise CannotSaveProfile(_("You have %(most)s profiles. Delete one that you no longer need.", most=MAX_PROFILES))
        row = OwnRecipientProfile(coalition_id=coalition_id, version=1)
        db.session.add(row)
    else:
        row = _own_profile(coalition_id, profile_id)
        if row.version != version:
            raise CannotSaveProfile(
                _("Someone else changed this profile. Yours is below: save again to replace theirs."), "version"
            )
        row.version += 1
    row.set_profile(profile)
    _append_entry(coalition_id, "recipient profile saved", {"name": profile.name}, actor, at)


@one_transaction
def delete_profile(coalition_id: int, profile_id: int, *, actor: str, at: dt.datetime) -> None:
    """Delete a coalition's profile; letters are no longer checked for it. Raises CannotSaveProfile."""
    db.session.get_one(Coalition, coalition_id, with_for_update=True)
    row = _own_profile(coalition_id, profile_id)
    key = row.profile.key
    letters = select(Letter.id).where(Letter.coalition_id == coalition_id)
    chosen = LetterRecipientProfile.letter_id.in_(letters), LetterRecipientProfile.profile == key
    db.session.execute(delete(LetterRecipientProfile).where(*chosen))
    db.session.delete(row)
    _append_entry(coalition_id, "recipient profile deleted", {"name": row.name}, actor, at)


@one_transaction
def choose_profiles(letter_id: int, keys: Collection[str], *, actor: str, at: dt.datetime) -> None:
    """Have a letter checked for these kinds of recipients and no others. Raises CannotSaveProfile for an unknown one."""
    letter = db.session.get_one(Letter, letter_id, with_for_update=True)
    names = {profile.key: str(profile.name) for profile in profiles_of_coalition(letter.coalition_id)}
    if unknown := set(keys) - names.keys():
        raise CannotSaveProfile(_("There is no such recipient: %(key)s.", key=min(unknown)))
    of_letter = LetterRecipientProfile.letter_id == letter_id
    before = set(db.session.scalars(select(LetterRecipientProfile.profile).where(of_letter)))
    if before == set(keys):
        return
    db.session.execute(delete(LetterRecipientProfile).where(of_letter))
    db.session.add_all(LetterRecipientProfile(letter_id=letter_id, profile=key) for key in sorted(set(keys)))
    shown = [names[key] for key in sorted(set(keys))]
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter_id), actor, "recipients chosen", at=at, after={"recipients": shown}
    )


def _own_profile(coalition_id: int, profile_id: int) -> OwnRecipientProfile:
    """Return a coalition's profile. Raises CannotSaveProfile."""
    row = db.session.get(OwnRecipientProfile, profile_id)
    if row is None or row.coalition_id != coalition_id:
        raise CannotSaveProfile(_("This profile was deleted."))
    return row


def _append_entry(coalition_id: int, action: str, facts: dict[str, Any], actor: str, at: dt.datetime) -> None:
    chain = ReferenceKind.COALITION.reference(coalition_id)
    append_audit_entry(db.session(), chain, actor, action, at=at, after=facts)
