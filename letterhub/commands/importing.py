"""Names from a file: kept while staff look at what would become of them, then imported into the queue, or dropped."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from letterhub.db import db, one_transaction
from letterhub.domain.document import Kind
from letterhub.domain.importing import Fate, Given, ImportChanged, check_imports
from letterhub.domain.organizations import domain_of_website, name_key
from letterhub.domain.signing import Source
from letterhub.domain.states import SignatureMove, SignatureState
from letterhub.intake.signatory_table import read_signatories
from letterhub.models import Letter, Organization, Revision, Signature, Upload, remember
from letterhub.queries.importing import fates_in

KEPT_FOR = dt.timedelta(days=1)
AT_ONCE = 500
Site = tuple[str, str]


@one_transaction
def keep_upload(letter_id: int, file: str, content: bytes, *, staff_id: int, at: dt.datetime) -> int:
    """Keeps a file of names until staff decide on it; gives its number. Raises CannotImport and FileRefused."""
    check_imports(db.session.get_one(Letter, letter_id).state)
    read_signatories(content, file)
    upload = Upload(letter_id=letter_id, file=file[:200], content=content, uploaded_at=at, uploaded_by_id=staff_id)
    db.session.add(upload)
    db.session.flush()
    return upload.id


@one_transaction
def drop_upload(letter_id: int, upload_id: int) -> None:
    """Forgets an upload; says nothing where it is gone."""
    db.session.execute(delete(Upload).where(Upload.id == upload_id, Upload.letter_id == letter_id))


@one_transaction
def forget_uploads(at: dt.datetime) -> None:
    """Forgets every upload that nobody decided on within a day."""
    db.session.execute(delete(Upload).where(Upload.uploaded_at < at - KEPT_FOR))


@one_transaction
def import_upload(letter_id: int, upload_id: int, *, expected: int, actor: str, at: dt.datetime) -> int:
    """Imports the new names of an upload into the queue and forgets it; gives how many there were.

    `expected` is how many were shown. Raises ImportChanged where it is not the number that there are now, or the upload is
    gone; CannotImport.
    """
    upload = db.session.get(Upload, upload_id, with_for_update=True)
    if upload is None or upload.letter_id != letter_id:
        raise ImportChanged("This file was imported or dropped in the meantime. Upload it again to look at it.")
    count = _import(letter_id, upload.content, upload.file, actor, at, expected)
    db.session.delete(upload)
    return count


@one_transaction
def import_file(letter_id: int, file: str, content: bytes, *, actor: str, at: dt.datetime) -> int:
    """Imports the new names of a file into the queue at once; gives how many. Raises CannotImport and FileRefused."""
    return _import(letter_id, content, file, actor, at)


def _import(letter_id: int, content: bytes, file: str, actor: str, at: dt.datetime, expected: int | None = None) -> int:
    letter = db.session.get_one(Letter, letter_id, with_for_update={"key_share": True})
    check_imports(letter.state)
    rows, _notes = fates_in(letter_id, content, file)
    new = [row.given for row in rows if row.fate is Fate.NEW]
    if expected not in (None, len(new)):
        raise ImportChanged("The names of this letter changed while you looked at the file. Look at it again.")
    try:
        _keep(letter_id, new, at)
    except IntegrityError as taken:
        raise ImportChanged("Someone signed while the file was imported. Nothing was kept: try again.") from taken
    remember(db.session(), f"letter-{letter_id}", actor, "imported", at=at, after={"count": len(new), "file": file})
    return len(new)


def _keep(letter_id: int, rows: Sequence[Given], at: dt.datetime) -> None:
    newest = select(Revision.id).where(Revision.letter_id == letter_id).order_by(Revision.number.desc()).limit(1)
    revision_id = db.session.scalars(newest).one()
    known, new = _organizations(rows, at)
    for row in rows:
        signature = Signature(
            letter_id=letter_id, revision_id=revision_id, source=Source.IMPORT, state=SignatureState.PENDING, email=row.email,
            created_at=at,
        )  # fmt: skip
        signature.take(row.signatory)
        signature.lead, signature.sort_name = row.signatory.lead, row.signatory.sort_name
        if row.signatory.kind is Kind.ORGANIZATION:
            signature.organization_id = known[_site(row)]
            signature.first_seen = _site(row) in new
        signature.move(SignatureMove.CONFIRM, at)
        db.session.add(signature)
    db.session.flush()


def _organizations(rows: Sequence[Given], at: dt.datetime) -> tuple[Mapping[Site, int], set[Site]]:
    """The number of the organization of each row, and which of them were made now: in few statements for many rows."""
    named = {_site(row): row.signatory.organization for row in rows if row.signatory.kind is Kind.ORGANIZATION}
    known = _known({key for key, _domain in named})
    new = {site for site in named if site not in known}
    made = [Organization(name=named[site], name_key=site[0], domain=site[1], created_at=at) for site in new]
    db.session.add_all(made)
    db.session.flush()
    return known | {(one.name_key, one.domain): one.id for one in made}, new


def _known(keys: set[str]) -> dict[Site, int]:
    found: dict[Site, int] = {}
    some = sorted(keys)
    for start in range(0, len(some), AT_ONCE):
        rows = db.session.execute(
            select(Organization.name_key, Organization.domain, Organization.id).where(
                Organization.name_key.in_(some[start : start + AT_ONCE])
            )
        )
        found |= {(row.name_key, row.domain): row.id for row in rows}
    return found


def _site(row: Given) -> Site:
    return name_key(row.signatory.organization), domain_of_website(row.signatory.url)
