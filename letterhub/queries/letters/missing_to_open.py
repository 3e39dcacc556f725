"""Requirements that a draft does not meet yet, the agreement of lead organizations among them."""

import datetime as dt
from typing import Any

from sqlalchemy import Row, select

from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import published_hash
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.opening_rules import Requirement, missing_requirements
from letterhub.infrastructure.db import db
from letterhub.models import Letter, SignOff

NAMED_LEADS = 3
"""Lead organizations that the sentence names."""


def missing_to_open(letter: Letter | Row[Any], text: LetterText, at: dt.datetime) -> tuple[Requirement, ...]:
    """Return what a draft with this text needs before it can open; empty if nothing. `letter` is its row, or one with the
    columns `id`, `deadline_at` and `requires_sign_offs`."""
    missing = missing_requirements(text, letter.deadline_at, at)
    if not letter.requires_sign_offs:
        return missing
    sha256 = published_hash(text)
    asked = select(SignOff.organization, SignOff.agreed_sha256).where(SignOff.letter_id == letter.id).order_by(SignOff.id)
    rows = db.session.execute(asked).all()
    names = [row.organization for row in rows if row.agreed_sha256 != sha256]
    if rows and not names:
        return missing
    listed = ", ".join(names[:NAMED_LEADS]) + (", …" if len(names) > NAMED_LEADS else "")
    none_asked = _("No lead organization has been asked to agree yet, and this letter opens only with their agreement.")
    sentence = _("Not every lead organization agrees to this text. Missing: %(names)s.", names=listed) if names else none_asked
    return (*missing, Requirement("sign-offs", sentence))
