"""Steps shared by what loads the demo: its letters, their signatures and press pages, with what the audit log says of them."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from letterhub.commands.signatures._evidence import add_mailbox_evidence
from letterhub.domain.alphabets import alphabet_of
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.letters.drafts import trim_text
from letterhub.domain.letters.letter_document import LetterText, SignatoryKind
from letterhub.domain.letters.serialization import fingerprint, text_to_facts
from letterhub.domain.letters.slugs import slugify
from letterhub.domain.operations.demo_accounts import DEMO_ZONE
from letterhub.domain.states import LetterMove, SignatureMove, SignatureState
from letterhub.infrastructure.db import db
from letterhub.intake.letters.letter_file import read_letter
from letterhub.intake.tables.signatory_table import TableRow, read_signatories
from letterhub.models import (
    Coalition,
    Draft,
    Letter,
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
CONTACT = "hello@open-shelves.example"


def read_letter_text(file: Path) -> LetterText:
    """Return the letter of a file of the demo."""
    text, _notes = read_letter(file.read_bytes(), file.name)
    return text


def read_rows(file: Path) -> Sequence[TableRow]:
    """Return the signatories of a file of the demo."""
    return read_signatories(file.read_bytes(), file.name).rows


def read_headed(file: Path) -> tuple[str, str]:
    """Return the heading of a Markdown file, and the text below it."""
    heading, _, text = file.read_text(encoding="utf-8").removeprefix("# ").strip().partition("\n\n")
    return heading, text


def add_draft(coalition: Coalition, owner: Staff, text: LetterText, at: dt.datetime) -> Letter:
    """Add a letter's draft."""
    letter = Letter(coalition_id=coalition.id, slug=slugify(text.title), created_at=at)
    db.session.add(letter)
    db.session.flush()
    db.session.add(Draft(letter_id=letter.id, text=text_to_facts(text), version=1, saved_at=at, saved_by_id=owner.id))
    after = {"title": text.title, "slug": letter.slug}
    _append_letter_entry(letter, ReferenceKind.STAFF.reference(owner.id), "created", at, after)
    return letter


def add_open_letter(
    coalition: Coalition, owner: Staff, text: LetterText, opened_at: dt.datetime, deadline: dt.datetime
) -> Letter:
    """Add a letter that has been open since then, with its first revision. `deadline` is in the demo's zone."""
    letter = add_draft(coalition, owner, text, opened_at)
    letter.deadline_at, letter.deadline_zone = deadline, DEMO_ZONE
    content = text_to_facts(trim_text(text))
    db.session.add(
        Revision(
            letter_id=letter.id, number=1, content=content, sha256=fingerprint(content), created_at=opened_at,
            created_by_id=owner.id,
        )
    )  # fmt: skip
    letter.alphabet = alphabet_of(text.language)
    letter.move(LetterMove.OPEN, opened_at)
    db.session.flush()
    _append_letter_entry(letter, ReferenceKind.STAFF.reference(owner.id), "opened", opened_at, {"revision": 1})
    return letter


def add_press_page(
    letter: Letter, owner: Staff, words: tuple[str, str], facts: Sequence[str], at: dt.datetime, release_at: dt.datetime
) -> None:
    """Add the press page of a letter, with headline and statement, which is public from an hour on."""
    headline, statement = words
    page = PressPage(
        letter_id=letter.id, headline=headline, statement=statement, announcement="", facts=list(facts),
        contacts=[{"name": owner.name, "email": CONTACT, "phone": ""}], release_at=release_at, release_zone=DEMO_ZONE,
        saved_at=at, saved_by_id=owner.id,
    )  # fmt: skip
    db.session.add(page)
    actor, after = ReferenceKind.STAFF.reference(owner.id), {"release_at": release_at.astimezone(dt.UTC).isoformat()}
    _append_letter_entry(letter, actor, "press page saved", at, {"title": headline})
    _append_letter_entry(letter, actor, "press page released", at, after)


def with_signing_times(last: dt.datetime, hours: int, rows: Sequence[TableRow]) -> Iterator[tuple[dt.datetime, TableRow]]:
    """Yield each row with its signing time: `hours` apart, the last one at `last`."""
    for position, row in enumerate(rows):
        yield last - dt.timedelta(hours=hours * (len(rows) - 1 - position)), row


def add_signature(letter: Letter, row: TableRow, at: dt.datetime) -> Signature:
    """Add an unconfirmed signature by a row of the demo's table, and its organization if nobody signed for it yet."""
    line, organization_id = row.signatory, None
    revision_id = db.session.scalars(select(Revision.id).where(Revision.letter_id == letter.id)).one()
    is_organization = line.kind is SignatoryKind.ORGANIZATION
    if is_organization:
        organization_id, _new = find_or_create_organization(
            db.session(), letter.coalition_id, line.organization, line.website, at
        )
    signature = Signature(
        letter_id=letter.id, revision_id=revision_id, organization_id=organization_id, alphabet=letter.alphabet,
        kind=line.kind, organization_name=line.organization, website=line.website, signer_name=line.signer_name,
        signer_title=line.signer_title, affiliation=line.affiliation, email=row.email,
        location=line.location, section=line.section, lead=line.lead, is_new_organization=is_organization, created_at=at,
    )  # fmt: skip
    signature.state = SignatureState.PENDING
    signature.update_keys()
    db.session.add(signature)
    db.session.flush()
    return signature


def add_confirmed_signature(letter: Letter, row: TableRow, at: dt.datetime) -> Signature:
    """Add a signature that was confirmed by email four minutes after it was sent."""
    signature, confirmed_at = add_signature(letter, row, at), at + dt.timedelta(minutes=4)
    signatory = ReferenceKind.SIGNATORY.reference(signature.id)
    _move(signature, SignatureMove.CONFIRM, signatory, "confirmed", confirmed_at)
    signature.take_place()
    add_mailbox_evidence(signature, search_line(signature, letter.coalition_id), confirmed_at)
    return signature


def publish(signature: Signature, reviewer: str, at: dt.datetime) -> None:
    """Publish a confirmed signature, as a reviewer does."""
    _move(signature, SignatureMove.PUBLISH, reviewer, "published", at)
    signature.reviewed_at = at
    coalition_id = db.session.get_one(Letter, signature.letter_id).coalition_id
    record_review(db.session(), signature, coalition_id, reviewer, at)


def local_time(day: dt.datetime, hour: int) -> dt.datetime:
    """Return an hour of a day in the demo's zone."""
    return day.astimezone(ZoneInfo(DEMO_ZONE)).replace(hour=hour, minute=0, second=0, microsecond=0)


def _move(signature: Signature, move: SignatureMove, actor: str, action: str, at: dt.datetime) -> None:
    """Apply a move to a signature, and log it as this action."""
    before = {"state": str(signature.state)}
    signature.move(move, at)
    append_audit_entry(
        db.session(), ReferenceKind.LETTER.reference(signature.letter_id), actor, action, at=at,
        subject=ReferenceKind.SIGNATURE.reference(signature.id), before=before, after={"state": str(signature.state)},
    )  # fmt: skip


def _append_letter_entry(letter: Letter, actor: str, action: str, at: dt.datetime, after: Mapping[str, object]) -> None:
    append_audit_entry(db.session(), ReferenceKind.LETTER.reference(letter.id), actor, action, at=at, after=after)
