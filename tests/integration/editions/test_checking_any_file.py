"""The page that checks a file of any edition: which edition of which letter it is, the same, different or unknown."""

import hashlib
import io

import pytest
from flask import Flask

from letterhub.clock import now
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Edition, EditionFile, Letter
from tests.support import cast, editions, factories
from tests.support.visitor import Page, Visitor


@pytest.fixture
def edition(app: Flask) -> Edition:
    """The delivered edition of a letter, with its files."""
    letter = factories.closed_letter()
    made = editions.freeze_with_files(letter)
    return editions.record_delivery(made)


def content_of(edition: Edition, file_format: FileFormat) -> bytes:
    """Return a file of an edition."""
    return db.session.query(EditionFile).filter_by(edition_id=edition.id, format=file_format).one().content or b""


def send(visitor: Visitor, data: bytes, status: int = 200) -> Page:
    """Return the answer to an uploaded file."""
    upload = (io.BytesIO(data), "letter.bin")
    return visitor.open(
        "/editions", method="POST", status=status, data={"file": upload, "sha256": ""},
        headers={"Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip


def test_everyone_finds_the_page_and_it_says_what_is_missing(visitor: Visitor) -> None:
    page = visitor.open("/").follow("Check a file").says("Check a file", "which edition of which letter")
    assert page.response.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=1")
    page.submit("Check the file", status=422).says("Choose a file, or enter the ID that it prints.")
    page.submit("Check the file", status=422, sha256="ABCD-EFGH-JKLM").says("This is neither the ID of an edition on this site")


@pytest.mark.parametrize("spelled", [str, str.lower, lambda public_id: public_id.replace("-", " ")])
def test_the_id_that_an_edition_prints_leads_to_its_page(visitor: Visitor, edition: Edition, spelled: type[str]) -> None:
    page = visitor.open("/editions").submit("Check the file", sha256=spelled(edition.public_id))
    assert page.path == f"/editions/{edition.public_id}"


def test_a_file_sent_with_an_id_is_compared_with_that_edition(visitor: Visitor, edition: Edition) -> None:
    text = content_of(edition, FileFormat.TXT).replace(edition.public_id.encode(), b"")
    upload = (io.BytesIO(text.replace(b"Clara Example", b"Clara Forged")), "letter.txt")
    page = visitor.open("/editions", method="POST", data={"file": upload, "sha256": edition.public_id})
    page.says("Not the same as edition 1", "Clara Forged", edition.public_id)


def test_a_file_of_ours_is_known_by_its_fingerprint(visitor: Visitor, edition: Edition) -> None:
    sha256 = hashlib.sha256(content_of(edition, FileFormat.TXT)).hexdigest()
    page = visitor.open("/editions").submit("Check the file", sha256=sha256)
    page.says(
        "Clean rivers for everyone", cast.COALITION, "This is edition 1, as delivered.", "Go to that edition’s check page"
    )
    page.follow("Go to that edition’s check page").says("Edition 1")


def test_an_uploaded_file_is_the_same_or_differs_or_is_unknown(visitor: Visitor, edition: Edition) -> None:
    text = content_of(edition, FileFormat.TXT)
    send(visitor, text).says("This is edition 1, as delivered.")
    send(visitor, text.replace(b"\n", b" \r\n")).says(
        "The same text as edition 1. The file was saved again.", "It names this edition of “Clean rivers for everyone”"
    )
    changed = text.replace(b"Clara Example", b"Clara Forged")
    assert changed != text
    send(visitor, changed).says("Not the same as edition 1", "Clara Forged", "Clean rivers for everyone")
    send(visitor, b"Quite another letter, which nobody delivered.").says("Not a document of ours.", "open its page by its ID")
    send(visitor, b"\x00\x01").says("We can’t tell what this file is.")


def test_what_was_not_delivered_stays_unsaid(visitor: Visitor) -> None:
    letter = factories.open_letter()
    factories.signature(letter, cast.CLARA)
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    made = editions.freeze_with_files(letter)
    text = content_of(made, FileFormat.TXT)
    send(visitor, text.replace(b"Clara", b"Karla")).says("which has not been delivered").never_says("Clara", "Karla")


def test_other_sites_and_far_too_many_files_are_refused(visitor: Visitor, edition: Edition) -> None:
    refused = visitor.open(
        "/editions", method="POST", status=422, data={"sha256": edition.public_id}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    refused.says("This request came from another site.")
    answers = [visitor.ask("/editions", method="POST", data={"file": (io.BytesIO(b"no letter"), "a.txt")}) for _ in range(60)]
    assert answers[-1].status_code == 429


def test_a_letter_is_named_in_its_language(visitor: Visitor, edition: Edition) -> None:
    letter: Letter = db.session.get_one(Letter, edition.letter_id)
    page = send(visitor, content_of(edition, FileFormat.TXT))
    assert f'href="/letters/{letter.slug}"' in page.html
