"""A closed letter of the demo, with signatories of both kinds and a press page: what `letterhub demo` freezes and delivers."""

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from letterhub.commands.operations._demo_steps import (
    COALITION,
    add_confirmed_signature,
    add_open_letter,
    add_press_page,
    local_time,
    publish,
    read_headed,
    read_letter_text,
    read_rows,
    with_signing_times,
)
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.letter_document import LetterText
from letterhub.domain.letters.signing_settings import WhoMaySign
from letterhub.domain.letters.slugs import slugify
from letterhub.domain.operations.demo_accounts import DEMO_ACCOUNTS
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Coalition, Letter, Staff, append_audit_entry

OPENED_AGO = dt.timedelta(days=8)


@dataclass(frozen=True, slots=True)
class ClosedLetter:
    """Letter to deliver, and the member of staff who does."""

    letter_id: int
    staff_id: int


@one_transaction
def load_closed_letter(folder: Path, at: dt.datetime) -> ClosedLetter | None:
    """Load the letter in a folder into the demo, closed the day before `at`, its press page released now.

    Return it, also if the demo has it already; None if the demo's coalition has no such letter and staff any more.
    """
    text = read_letter_text(folder / "letter.md")
    coalition = db.session.scalar(select(Coalition).where(Coalition.slug == COALITION))
    emails = [account.email for account in DEMO_ACCOUNTS]
    staff = db.session.scalars(select(Staff).where(Staff.email.in_(emails)).order_by(Staff.id)).all()
    if coalition is None or len(staff) != len(emails):
        return None
    owner, organizer, reviewer = staff
    of_coalition = select(Letter.id).where(Letter.coalition_id == coalition.id, Letter.slug == slugify(text.title))
    letter_id = db.session.scalar(of_coalition) or _add_closed_letter(coalition, owner, reviewer, text, folder, at)
    return ClosedLetter(letter_id, organizer.id)


def _add_closed_letter(
    coalition: Coalition, owner: Staff, reviewer: Staff, text: LetterText, folder: Path, at: dt.datetime
) -> int:
    """Add the letter with its signatories and its press page; return its id."""
    deadline = local_time(at - dt.timedelta(days=1), 17)
    letter = add_open_letter(coalition, owner, replace(text, date=at.date()), at - OPENED_AGO, deadline)
    letter.who_may_sign = WhoMaySign.BOTH
    for signed_at, row in with_signing_times(deadline - dt.timedelta(hours=2), 7, read_rows(folder / "signatories.csv")):
        signature = add_confirmed_signature(letter, row, signed_at)
        publish(signature, ReferenceKind.STAFF.reference(reviewer.id), signed_at + dt.timedelta(minutes=50))
    closed_at = deadline + dt.timedelta(minutes=5)
    letter.move(LetterMove.CLOSE, closed_at)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(letter.id), ReferenceKind.STAFF.reference(owner.id), "closed",
        at=closed_at, before={"state": "open"}, after={"state": str(letter.state)},
    )  # fmt: skip
    headline, words = read_headed(folder / "press-page.md")
    statement, _, facts = words.partition("\n\n---\n\n")
    add_press_page(letter, owner, (headline, statement), facts.split("\n\n"), at, at)
    return letter.id
