"""Demo data: a coalition with staff, an open letter with signatures, names waiting for review, and a draft."""

import datetime as dt
import secrets
from dataclasses import replace
from pathlib import Path

from flask_security.utils import hash_password
from sqlalchemy import select

from letterhub.commands.operations._demo_steps import (
    COALITION,
    CONTACT,
    add_confirmed_signature,
    add_draft,
    add_open_letter,
    add_press_page,
    add_signature,
    local_time,
    publish,
    read_headed,
    read_letter_text,
    read_rows,
    with_signing_times,
)
from letterhub.domain.audit.log import OPERATOR, SITE_CHAIN, ReferenceKind
from letterhub.domain.letters.letter_document import Letterhead
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from letterhub.infrastructure.db import db, one_transaction
from letterhub.mail.outbox import queue_mail
from letterhub.models import Coalition, Membership, Staff, append_audit_entry

OPENED_AGO = dt.timedelta(days=9)
DEADLINE_IN = dt.timedelta(days=12)


@one_transaction
def load_demo(folder: Path, at: dt.datetime) -> bool:
    """Load the demo from the files in a folder, begun nine days before `at`; return False if it is already there."""
    if db.session.scalar(select(Coalition.id).where(Coalition.slug == COALITION)):
        return False
    letter_text = read_letter_text(folder / "open-libraries.md")
    coalition = _add_coalition(letter_text.letterhead, at - OPENED_AGO)
    owner = _add_staff(coalition, at - OPENED_AGO)
    deadline = local_time(at + DEADLINE_IN, 17)
    dated = replace(letter_text, date=(at + DEADLINE_IN).date())
    letter = add_open_letter(coalition, owner, dated, at - OPENED_AGO, deadline)
    reviewer = ReferenceKind.STAFF.reference(owner.id + 2)
    for signed_at, row in with_signing_times(at - dt.timedelta(hours=8), 3, read_rows(folder / "open-libraries.csv")):
        publish(add_confirmed_signature(letter, row, signed_at), reviewer, signed_at + dt.timedelta(minutes=50))
    for signed_at, row in with_signing_times(at - dt.timedelta(hours=1), 1, read_rows(folder / "waiting.csv")):
        add_confirmed_signature(letter, row, signed_at)
    for row in read_rows(folder / "unconfirmed.csv"):
        signed_at = at - dt.timedelta(minutes=20)
        signature = add_signature(letter, row, signed_at)
        queue_mail(
            MailKind.CONFIRM, signature.email, at=signed_at,
            coalition_id=letter.coalition_id, letter_id=letter.id, signature_id=signature.id,
        )  # fmt: skip
    add_draft(coalition, owner, read_letter_text(folder / "bookmobiles.md"), at - dt.timedelta(days=1))
    words, released_at = read_headed(folder / "press-page.md"), local_time(deadline + dt.timedelta(days=1), 9)
    add_press_page(letter, owner, words, (), at - dt.timedelta(hours=2), released_at)
    return True


def _add_coalition(head: Letterhead, at: dt.datetime) -> Coalition:
    coalition = Coalition(
        slug=COALITION, name=head.name, letterhead_lines=list(head.lines), contact_email=CONTACT, created_at=at
    )
    db.session.add(coalition)
    db.session.flush()
    chain = ReferenceKind.COALITION.reference(coalition.id)
    append_audit_entry(db.session(), chain, OPERATOR, "created", at=at, after={"name": coalition.name})
    return coalition


def _add_staff(coalition: Coalition, at: dt.datetime) -> Staff:
    """Add one member per role; return the owner. They share a password, hashed once."""
    password = hash_password(DEMO_PASSWORD)
    members = [
        Staff(
            name=account.name,
            email=account.email,
            password=password,
            fs_uniquifier=secrets.token_hex(32),
            created_at=at,
            is_operator=account.is_operator,
        )
        for account in DEMO_ACCOUNTS
    ]
    db.session.add_all(members)
    db.session.flush()
    for member, account in zip(members, DEMO_ACCOUNTS, strict=True):
        if member.is_operator:
            subject = ReferenceKind.STAFF.reference(member.id)
            append_audit_entry(db.session(), SITE_CHAIN, OPERATOR, "operator granted", at=at, subject=subject)
        db.session.add(
            Membership(staff_id=member.id, coalition_id=coalition.id, role=account.role, invited_at=at, joined_at=at)
        )
    return members[0]
