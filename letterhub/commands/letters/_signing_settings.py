"""Signing settings of a letter, stored by staff while it is a draft and later."""

import datetime as dt
from typing import Any

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.signing_settings import SigningSettings, SigningSettingsLocked, check_settings_version
from letterhub.domain.signatures.signing import DeadlinePassed, is_deadline_past
from letterhub.domain.states import LETTER_STATE_NAMES, LetterState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, append_audit_entry

DEADLINE_PASSED_ERRORS = {
    LetterState.DRAFT: _("This time has passed. Choose a later deadline."),
    LetterState.OPEN: _("This time has passed. To stop signatures now, close the letter instead."),
}
DEADLINE_FIELDS = ("deadline_at", "deadline_zone")
RULE_FIELDS = (
    "who_may_sign", "optional_fields", "publish_rule", "publish_individuals", "grace_hours", "network_days", "contact_months",
    "requires_proof_of_work", "skips_published_email",
)  # fmt: skip


def save_signing_settings(
    letter: Letter, signing_settings: SigningSettings, expected_version: str, *, actor: str, at: dt.datetime
) -> None:
    """Store signing settings that staff changed; `expected_version` is the version hash of the ones they saw. The letter's row
    must be locked. Raises SigningSettingsLocked, SigningSettingsChanged, and DeadlinePassed for a deadline that would close the
    letter at once."""
    if letter.state in (LetterState.DELIVERED, LetterState.WITHDRAWN):
        raise SigningSettingsLocked(
            _("This letter is %(state)s, so its signing settings can’t be changed.", state=LETTER_STATE_NAMES[letter.state])
        )
    check_settings_version(letter.signing_settings, expected_version)
    is_deadline_moved = letter.deadline_at != signing_settings.deadline_at
    if letter.state in DEADLINE_PASSED_ERRORS and is_deadline_moved and is_deadline_past(signing_settings.deadline_at, at):
        raise DeadlinePassed(DEADLINE_PASSED_ERRORS[letter.state])
    before = _audit_facts(letter)
    letter.deadline_at, letter.deadline_zone = signing_settings.deadline_at, signing_settings.deadline_zone
    letter.who_may_sign, letter.publish_rule = signing_settings.who_may_sign, signing_settings.publish_rule
    letter.optional_fields, letter.grace_hours = sorted(signing_settings.optional_fields), signing_settings.grace_hours
    letter.network_days, letter.contact_months = signing_settings.network_days, signing_settings.contact_months
    letter.requires_proof_of_work = signing_settings.requires_proof_of_work
    letter.publish_individuals = signing_settings.publish_individuals
    letter.skips_published_email = signing_settings.skips_published_email
    after = _audit_facts(letter)
    for action, names in (("deadline moved", DEADLINE_FIELDS), ("sign-up changed", RULE_FIELDS)):
        if changed := [name for name in names if before[name] != after[name]]:
            append_audit_entry(
                db.session(), ReferenceKind.LETTER.reference(letter.id), actor, action, at=at,
                before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
            )  # fmt: skip


def _audit_facts(letter: Letter) -> dict[str, Any]:
    """Return the signing settings as plain values for the audit log."""
    return {
        "deadline_at": letter.deadline_at.isoformat() if letter.deadline_at else None,
        "deadline_zone": letter.deadline_zone,
        "who_may_sign": str(letter.who_may_sign),
        "optional_fields": sorted(letter.optional_fields),
        "publish_rule": str(letter.publish_rule),
        "publish_individuals": letter.publish_individuals,
        "skips_published_email": letter.skips_published_email,
        "grace_hours": letter.grace_hours,
        "network_days": letter.network_days,
        "contact_months": letter.contact_months,
        "requires_proof_of_work": letter.requires_proof_of_work,
    }
