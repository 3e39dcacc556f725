"""Editions for tests: a document for the export formats, and frozen and delivered editions."""

import datetime as dt

from letterhub.clock import now
from letterhub.commands.editions.deliveries import deliver
from letterhub.commands.editions.freeze import freeze
from letterhub.domain.editions.deliveries import DeliveryMethod, DeliveryRequest
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import (
    Addressee,
    EditionInfo,
    LetterDocument,
    Letterhead,
    LetterText,
    Signatory,
    SignatoryOrder,
)
from letterhub.domain.letters.signatory_order import build_document
from letterhub.infrastructure.db import db
from letterhub.models import Edition, EditionFile, Letter
from letterhub.queries.editions.frozen_documents import frozen_document
from letterhub.queries.editions.next_edition import letter_version
from letterhub.rendering.files import render_document

VERIFICATION_URL = "https://letters.example.org/editions/7KQ2-M3TX-9RWB"
EDITION_INFO = EditionInfo(2, "7KQ2-M3TX-9RWB", dt.datetime(2022, 1, 8, 3, 0, 1, tzinfo=dt.UTC), VERIFICATION_URL)
BODY = """We, the {{count_in_words}} of us[^1], *ask* you; see [the report](https://x.example/r?a=1&b=2).

## What we ask

1. Act **now**.
2. Listen
   - to all

> Quoted

| a | b |
|---|---|
| 1 | 2 |

[^1]: And more, [here](https://y.example).
"""
TEXT = LetterText(
    title="Clean rivers",
    body=BODY,
    date=dt.date(2022, 1, 7),
    addressees=(Addressee("The President", ("The White House",)),),
    re="Rivers",
    salutation="Dear Ada:",
    closing="Respectfully,",
    cc=("The Secretary",),
    order=SignatoryOrder.SECTIONS,
    letterhead=Letterhead("Coalition for Rivers", ("12 River Street",)),
)
SIGNATORIES = (
    Signatory("Zebra Lead", "Nia Example", "Director", lead=True),
    Signatory("منظمة الأنهار", "علي", section="national"),
    Signatory("The Arc", "Ada Example", section="national"),
    Signatory('=HYPERLINK("https://x.example")', "@Work", section="local"),
    Signatory("+Peace", "-1", "\t=1+1", section="local"),
)


def edition_document(text: LetterText = TEXT, signatories: tuple[Signatory, ...] = SIGNATORIES) -> LetterDocument:
    """Return the document of edition 2."""
    return build_document(text, signatories, edition=EDITION_INFO, revision_hash="0" * 64)


def freeze_unrendered(letter: Letter, staff_id: int | None = None, *, all_languages: bool = False) -> Edition:
    """Freeze an edition of the letter without rendering its files."""
    shown = letter_version(letter.id)
    number = freeze(letter.id, shown, actor="staff-1", staff_id=staff_id, at=now(), all_languages=all_languages)
    return db.session.query(Edition).filter_by(letter_id=letter.id, number=number).one()


def freeze_edition(letter: Letter, staff_id: int | None = None) -> Edition:
    """Freeze an edition of the letter with short placeholder files that are done."""
    made = freeze_unrendered(letter, staff_id)
    for file in db.session.query(EditionFile).filter_by(edition_id=made.id):
        kind = f"{file.format} {file.language}".strip()
        file.finish(f"{kind} of edition {made.number}: {made.public_id}".encode(), [], now())
    db.session.commit()
    return made


_rendered_files: list[tuple[FileFormat, LetterDocument, bytes]] = []


def rendered(form: FileFormat, document: LetterDocument) -> bytes:
    """Return a file of a document, rendered once for all tests."""
    found = next((content for one, other, content in _rendered_files if one is form and other == document), None)
    if found is None:
        found = render_document(form, document).content
        _rendered_files.append((form, document, found))
    return found


def freeze_with_files(letter: Letter, *, all_languages: bool = False) -> Edition:
    """Freeze an edition of the letter with its real files."""
    made = freeze_unrendered(letter, all_languages=all_languages)
    for file in db.session.query(EditionFile).filter_by(edition_id=made.id):
        file.finish(rendered(file.format, frozen_document(made.id, file.language)), [], now())
    db.session.commit()
    return made


def record_delivery(edition: Edition, staff_id: int | None = None) -> Edition:
    """Return the edition, delivered to the President at this time."""
    handover = DeliveryRequest(("the President",), DeliveryMethod.HAND, now(), "America/New_York")
    deliver(edition.id, handover, actor="staff-1", staff_id=staff_id, at=now())
    return edition


def deliver_edition(letter: Letter, staff_id: int | None = None) -> Edition:
    """Return an edition of a closed or delivered letter that was delivered to the President at this time."""
    return record_delivery(freeze_edition(letter, staff_id), staff_id)
