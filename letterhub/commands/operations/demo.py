"""Demo data: a coalition with staff, an open letter with signatures, names waiting for review, and a draft."""

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from flask_security.utils import hash_password
from sqlalchemy import select

from letterhub.commands.signatures._evidence import add_mailbox_evidence
from letterhub.domain.audit.log import OPERATOR, SITE_CHAIN, ReferenceKind
from letterhub.domain.letters.document import Letterhead, LetterText
from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.domain.letters.slugs import slugify
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, DEMO_ZONE
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.domain.unicode import alphabet_of
from letterhub.infrastructure.db import db, one_transaction
from letterhub.intake.letters.letter_file import read_letter
from letterhub.intake.tables.signatory_table import TableRow, read_signatories
from letterhub.mail.outbox import queue_mail
from letterhub.models import (
    Coalition,
    Draft,
    Letter,
    Membership,
    PressPage,
    Revision,
    Signature,
    Staff,
    append_audit_entry,
    find_or_create_organization,
    record_review,
)
from letterhub.queries.signatures.impersonation import search_line

COALITION = "open-shelves"
OPENED_AGO = dt.timedelta(days=9)
DEADLINE_IN = dt.timedelta(days=12)
CONTACT = "hello@open-shelves.example"


@one_transaction
def load_demo(folder: Path, at: dt.datetime) -> bool:
    """Load the demo from the files in a folder, begun nine days before `at`; return False if it is already there."""
    if db.session.scalar(select(Coalition.id).where(Coalition.slug == COALITION)):
        return False
    letter_text = _read_letter_text(folder / "open-libraries.md")
    coalition = _add_coalition(letter_text.letterhead, at - OPENED_AGO)
    owner = _add_staff(coalition, at - OPENED_AGO)
    letter = _add_open_letter(coalition, owner, replace(letter_text, date=(at + DEADLINE_IN).date()), at)
    reviewer = ReferenceKind.STAFF.reference(owner.id + 2)
    for signed_at, row in _with_signing_times(at - dt.timedelta(hours=8), 3, _read_rows(folder / "open-libraries.csv")):
        _publish(_add_confirmed_signature(letter, row, signed_at), reviewer, signed_at + dt.timedelta(minutes=50))
    for signed_at, row in _with_signing_times(at - dt.timedelta(hours=1), 1, _read_rows(folder / "waiting.csv")):
        _add_confirmed_signature(letter, row, signed_at)
    for row in _read_rows(folder / "unconfirmed.csv"):
        signed_at = at - dt.timedelta(minutes=20)
        signature = _add_signature(letter, row, signed_at)
        queue_mail(
            MailKind.CONFIRM, signature.email, at=signed_at,
            coalition_id=letter.coalition_id, letter_id=letter.id, signature_id=signature.id,
        )  # fmt: skip
    _add_draft(coalition, owner, _read_letter_text(folder / "bookmobiles.md"), at - dt.timedelta(days=1))
    _add_press_page(letter, owner, (folder / "press-page.md").read_text(encoding="utf-8"), at - dt.timedelta(hours=2))
    return True


def _read_letter_text(file: Path) -> LetterText:
    text, _notes = read_letter(file.read_bytes(), file.name)
    return text


def _read_rows(file: Path) -> Sequence[TableRow]:
    return read_signatories(file.read_bytes(), file.name).rows


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


def _add_open_letter(coalition: Coalition, owner: Staff, text: LetterText, at: dt.datetime) -> Letter:
    letter = _add_draft(coalition, owner, text, at - OPENED_AGO)
    deadline = (at + DEADLINE_IN).astimezone(ZoneInfo(DEMO_ZONE))
    letter.deadline_at, letter.deadline_zone = deadline.replace(hour=17, minute=0, second=0, microsecond=0), DEMO_ZONE
    content = text_to_facts(trim_text(text))
    db.session.add(
        Revision(
            letter_id=letter.id, number=1, content=content, sha256=fingerprint(content), created_at=at - OPENED_AGO,
            created_by_id=owner.id,
        )
    )  # fmt: skip
    letter.alphabet = alphabet_of(text.language)
    letter.move(LetterMove.OPEN, at - OPENED_AGO)
    db.session.flush()
    chain, actor = ReferenceKind.LETTER.reference(letter.id), ReferenceKind.STAFF.reference(owner.id)
    append_audit_entry(db.session(), chain, actor, "opened", at=at - OPENED_AGO, after={"revision": 1})
    return letter


def _add_draft(coalition: Coalition, owner: Staff, text: LetterText, at: dt.datetime) -> Letter:
    letter = Letter(coalition_id=coalition.id, slug=slugify(text.title), created_at=at)
    db.session.add(letter)
    db.session.flush()
    db.session.add(Draft(letter_id=letter.id, text=text_to_facts(text), version=1, saved_at=at, saved_by_id=owner.id))
    after = {"title": text.title, "slug": letter.slug}
    chain, actor = ReferenceKind.LETTER.reference(letter.id), ReferenceKind.STAFF.reference(owner.id)
    append_audit_entry(db.session(), chain, actor, "created", at=at, after=after)
    return letter


def _add_press_page(letter: Letter, owner: Staff, markdown: str, at: dt.datetime) -> None:
    """Add the press page of the open letter, under embargo until the morning after its deadline."""
    deadline = (letter.deadline_at or at).astimezone(ZoneInfo(DEMO_ZONE))
    release_at = (deadline + dt.timedelta(days=1)).replace(hour=9)
    headline, _, statement = markdown.removeprefix("# ").strip().partition("\n\n")
    page = PressPage(
        letter_id=letter.id, headline=headline, statement=statement, announcement="", facts=[],
        contacts=[{"name": owner.name, "email": CONTACT, "phone": ""}], release_at=release_at, release_zone=DEMO_ZONE,
        saved_at=at, saved_by_id=owner.id,
    )  # fmt: skip
    db.session.add(page)
    chain, actor = ReferenceKind.LETTER.reference(letter.id), ReferenceKind.STAFF.reference(owner.id)
    append_audit_entry(db.session(), chain, actor, "press page saved", at=at, after={"title": headline})
    after = {"release_at": release_at.astimezone(dt.UTC).isoformat()}
    append_audit_entry(db.session(), chain, actor, "press page released", at=at, after=after)


def _with_signing_times(last: dt.datetime, hours: int, rows: Sequence[TableRow]) -> Iterator[tuple[dt.datetime, TableRow]]:
    """Yield each row with its signing time: `hours` apart, the last one at `last`."""
    for position, row in enumerate(rows):
        yield last - dt.timedelta(hours=hours * (len(rows) - 1 - position)), row


def _add_confirmed_signature(letter: Letter, row: TableRow, at: dt.datetime) -> Signature:
    signature, confirmed_at = _add_signature(letter, row, at), at + dt.timedelta(minutes=4)
    signatory = ReferenceKind.SIGNATORY.reference(signature.id)
    _move(signature, SignatureMove.CONFIRM, signatory, "confirmed", confirmed_at)
    signature.take_place()
    add_mailbox_evidence(signature, search_line(signature, letter.coalition_id), confirmed_at)
    return signature


def _publish(signature: Signature, reviewer: str, at: dt.datetime) -> None:
    _move(signature, SignatureMove.PUBLISH, reviewer, "published", at)
    signature.reviewed_at = at
    coalition_id = db.session.get_one(Letter, signature.letter_id).coalition_id
    record_review(db.session(), signature, coalition_id, reviewer, at)


def _move(signature: Signature, move: SignatureMove, actor: str, action: str, at: dt.datetime) -> None:
    """Apply a move to a signature, and log it as this action."""
    before = {"state": str(signature.state)}
    signature.move(move, at)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(signature.letter_id), actor, action, at=at,
        subject=ReferenceKind.SIGNATURE.reference(signature.id), before=before, after={"state": str(signature.state)},
    )  # fmt: skip


def _add_signature(letter: Letter, row: TableRow, at: dt.datetime) -> Signature:
    """Add an unconfirmed signature by a row of the demo's table, and its organization if nobody signed for it yet."""
    line = row.signatory
    revision_id = db.session.scalars(select(Revision.id).where(Revision.letter_id == letter.id)).one()
    organization_id, _new = find_or_create_organization(db.session(), letter.coalition_id, line.organization, line.website, at)
    signature = Signature(
        letter_id=letter.id, revision_id=revision_id, organization_id=organization_id, alphabet=letter.alphabet,
        organization_name=line.organization, website=line.website, signer_name=line.signer_name,
        signer_title=line.signer_title, email=row.email,
        location=line.location, section=line.section, lead=line.lead, is_new_organization=True, created_at=at,
    )  # fmt: skip
    signature.state = SignatureState.PENDING
    signature.update_keys()
    db.session.add(signature)
    db.session.flush()
    return signature
