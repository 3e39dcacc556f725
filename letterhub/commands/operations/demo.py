"""Demo data: a coalition with staff, an open letter with signatures, names waiting for review, and a draft."""

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from flask_security.utils import hash_password
from sqlalchemy import select

from letterhub.commands.signatures._evidence import find_out_by_mail
from letterhub.domain.audit.references import OPERATOR, Reference
from letterhub.domain.letters.document import Letterhead, LetterText
from letterhub.domain.letters.drafts import settled
from letterhub.domain.letters.letter import slug_from
from letterhub.domain.letters.snapshot import facts_of_text, fingerprint
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.operations.demo import PASSWORD, SIGN_INS, ZONE
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db, one_transaction
from letterhub.intake.letters.letter_file import read_letter
from letterhub.intake.tables.signatory_table import TableRow, read_signatories
from letterhub.mail.outbox import post
from letterhub.models import (
    Coalition,
    Draft,
    Letter,
    Membership,
    Revision,
    Signature,
    Staff,
    keep_review,
    organization_named,
    remember,
)

COALITION = "open-shelves"
OPEN_SINCE = dt.timedelta(days=9)
OPEN_FOR = dt.timedelta(days=12)
CONTACT = "hello@open-shelves.example"


@one_transaction
def load_demo(folder: Path, at: dt.datetime) -> bool:
    """Load the demo from the files in a folder, begun nine days before `at`; return False if it is already there."""
    if db.session.scalar(select(Coalition.id).where(Coalition.slug == COALITION)):
        return False
    letter_text = _text(folder / "open-libraries.md")
    coalition = _coalition(letter_text.letterhead, at - OPEN_SINCE)
    owner = _staff(coalition, at - OPEN_SINCE)
    letter = _open_letter(coalition, owner, replace(letter_text, date=(at + OPEN_FOR).date()), at)
    reviewer = Reference.STAFF.to(owner.id + 2)
    for before, row in _signed(at - dt.timedelta(hours=8), 3, _rows(folder / "open-libraries.csv")):
        _published(_confirmed(letter, row, before), reviewer, before + dt.timedelta(minutes=50))
    for before, row in _signed(at - dt.timedelta(hours=1), 1, _rows(folder / "waiting.csv")):
        _confirmed(letter, row, before)
    for row in _rows(folder / "unconfirmed.csv"):
        _unconfirmed(letter, row, at - dt.timedelta(minutes=20))
    _draft(coalition, owner, _text(folder / "bookmobiles.md"), at - dt.timedelta(days=1))
    return True


def _text(file: Path) -> LetterText:
    text, _notes = read_letter(file.read_bytes(), file.name)
    return text


def _rows(file: Path) -> Sequence[TableRow]:
    return read_signatories(file.read_bytes(), file.name).rows


def _coalition(head: Letterhead, at: dt.datetime) -> Coalition:
    coalition = Coalition(slug=COALITION, name=head.name, address=list(head.lines), contact=CONTACT, created_at=at)
    db.session.add(coalition)
    db.session.flush()
    remember(db.session(), Reference.COALITION.to(coalition.id), OPERATOR, "created", at=at, after={"name": coalition.name})
    return coalition


def _staff(coalition: Coalition, at: dt.datetime) -> Staff:
    """Add one member per role; return the owner. They share a password, hashed once."""
    password = hash_password(PASSWORD)
    members = [
        Staff(name=one.name, email=one.email, password=password, fs_uniquifier=secrets.token_hex(32), created_at=at)
        for one in SIGN_INS
    ]
    db.session.add_all(members)
    db.session.flush()
    for member, one in zip(members, SIGN_INS, strict=True):
        db.session.add(Membership(staff_id=member.id, coalition_id=coalition.id, role=one.role, invited_at=at, joined_at=at))
    return members[0]


def _open_letter(coalition: Coalition, owner: Staff, text: LetterText, at: dt.datetime) -> Letter:
    letter = _draft(coalition, owner, text, at - OPEN_SINCE)
    letter.deadline_at, letter.deadline_zone = _five_in_the_afternoon(at + OPEN_FOR), ZONE
    content = facts_of_text(settled(text))
    db.session.add(
        Revision(
            letter_id=letter.id, number=1, content=content, sha256=fingerprint(content), created_at=at - OPEN_SINCE,
            created_by_id=owner.id,
        )
    )  # fmt: skip
    letter.move(LetterMove.OPEN, at - OPEN_SINCE)
    db.session.flush()
    remember(
        db.session(),
        Reference.LETTER.to(letter.id),
        Reference.STAFF.to(owner.id),
        "opened",
        at=at - OPEN_SINCE,
        after={"revision": 1},
    )
    return letter


def _five_in_the_afternoon(at: dt.datetime) -> dt.datetime:
    return at.astimezone(ZoneInfo(ZONE)).replace(hour=17, minute=0, second=0, microsecond=0)


def _draft(coalition: Coalition, owner: Staff, text: LetterText, at: dt.datetime) -> Letter:
    letter = Letter(coalition_id=coalition.id, slug=slug_from(text.title), created_at=at)
    db.session.add(letter)
    db.session.flush()
    db.session.add(Draft(letter_id=letter.id, text=facts_of_text(text), version=1, saved_at=at, saved_by_id=owner.id))
    after = {"title": text.title, "slug": letter.slug}
    remember(db.session(), Reference.LETTER.to(letter.id), Reference.STAFF.to(owner.id), "created", at=at, after=after)
    return letter


def _signed(last: dt.datetime, hours: int, rows: Sequence[TableRow]) -> Iterator[tuple[dt.datetime, TableRow]]:
    """Yield each row with its signing time: `hours` apart, the last one at `last`."""
    for place, row in enumerate(rows):
        yield last - dt.timedelta(hours=hours * (len(rows) - 1 - place)), row


def _unconfirmed(letter: Letter, row: TableRow, at: dt.datetime) -> None:
    signature = _signature(letter, row, at)
    post(
        MailKind.CONFIRM, signature.email, at=at,
        coalition_id=letter.coalition_id, letter_id=letter.id, signature_id=signature.id,
    )  # fmt: skip


def _confirmed(letter: Letter, row: TableRow, at: dt.datetime) -> Signature:
    signature = _signature(letter, row, at)
    _moved(signature, SignatureMove.CONFIRM, Reference.SIGNATORY.to(signature.id), "confirmed", at + dt.timedelta(minutes=4))
    signature.hold_place()
    find_out_by_mail(signature, at + dt.timedelta(minutes=4))
    return signature


def _published(signature: Signature, reviewer: str, at: dt.datetime) -> None:
    _moved(signature, SignatureMove.PUBLISH, reviewer, "published", at)
    signature.reviewed_at = at
    coalition_id = db.session.get_one(Letter, signature.letter_id).coalition_id
    keep_review(db.session(), signature, coalition_id, reviewer, at)


def _moved(signature: Signature, move: SignatureMove, actor: str, action: str, at: dt.datetime) -> None:
    before = {"state": str(signature.state)}
    signature.move(move, at)
    remember(
        db.session(), Reference.LETTER.to(signature.letter_id), actor, action, at=at,
        subject=Reference.SIGNATURE.to(signature.id), before=before, after={"state": str(signature.state)},
    )  # fmt: skip


def _signature(letter: Letter, row: TableRow, at: dt.datetime) -> Signature:
    line = row.signatory
    revision_id = db.session.scalars(select(Revision.id).where(Revision.letter_id == letter.id)).one()
    organization_id, _new = organization_named(db.session(), letter.coalition_id, line.organization, line.url, at)
    signature = Signature(
        letter_id=letter.id, revision_id=revision_id, organization_id=organization_id, organization_name=line.organization,
        website=line.url, signer_name=line.signer_name, signer_title=line.signer_title, email=row.email,
        location=line.location, scope=line.section, lead=line.lead, first_seen=True, created_at=at,
    )  # fmt: skip
    signature.state = SignatureState.PENDING
    signature.settle()
    db.session.add(signature)
    db.session.flush()
    return signature
