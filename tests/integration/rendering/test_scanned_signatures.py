"""Scanned signatures: staff add one to a name, and nothing but an edition of a letter with signature blocks shows it."""

from dataclasses import replace

import pytest

from letterhub.clock import now
from letterhub.commands.editions.freeze import freeze
from letterhub.commands.signatures.erasure_request import erase_on_request
from letterhub.domain.editions.edition import LetterChanged
from letterhub.domain.letters.letter_document import SignatureBlocks
from letterhub.infrastructure.db import db
from letterhub.models import Edition, Letter, Signature, SignaturePicture
from letterhub.queries.editions.frozen_documents import frozen_document
from letterhub.queries.editions.next_edition import letter_version
from letterhub.queries.letters.public_letter import letter_document
from tests.integration.rendering.test_signature_blocks import scanned
from tests.support import cast, factories
from tests.support.visitor import Page, Visitor

HOME = "coalition-for-clean-rivers"
TEXT = replace(factories.TEXT, blocks=SignatureBlocks.ALL)


def page_of(sam: Visitor, letter: Letter, name: Signature) -> Page:
    return sam.visit("signatures.detail", coalition=HOME, slug=letter.slug, signature_id=name.id)


def add_scan(page: Page, content: bytes = b"") -> Page:
    return page.submit("Add the scan", scan=(content or scanned(), "clara.png"))


def frozen(letter: Letter) -> list[bool]:
    """Return whether each name of a new edition has a scanned signature."""
    number = freeze(letter.id, letter_version(letter.id), actor="staff", staff_id=None, at=now())
    edition = db.session.query(Edition).filter_by(letter_id=letter.id, number=number).one()
    return [one.signature_picture is not None for one in frozen_document(edition.id).signatories]


def test_the_next_edition_prints_a_scan_and_no_page_before_it_does(sam: Visitor, visitor: Visitor) -> None:
    letter = factories.open_letter(TEXT)
    name = factories.signature(letter, cast.CLARA)
    before = letter_version(letter.id)
    page = add_scan(page_of(sam, letter, name)).says("The scanned signature of Example Alliance was saved.", "Replace the scan")
    page.says("added a scanned signature to Example Alliance")
    assert letter_version(letter.id) != before
    public = visitor.visit("letters.detail", slug=letter.slug)
    assert "signature-block" in public.html
    assert 'class="signature-picture' not in public.html
    assert letter_document(letter.id).signatories[0].signature_picture is None
    assert frozen(letter) == [True]
    page_of(sam, letter, name).submit("Remove the scan").says("The scanned signature was removed.", "Add the scan")
    assert frozen(letter) == [False]


def test_a_scan_is_valid_while_its_signer_is_named(sam: Visitor) -> None:
    letter = factories.open_letter(TEXT)
    name = factories.signature(letter, cast.CLARA)
    add_scan(page_of(sam, letter, name))
    page_of(sam, letter, name).submit("Save the correction", signer_name="Hiro Example").says("Add the scan")
    assert frozen(letter) == [False]
    page_of(sam, letter, name).submit("Save the correction", signer_name=cast.CLARA.name).says("Replace the scan")
    assert frozen(letter) == [True]


def test_a_letter_without_blocks_neither_asks_for_scans_nor_prints_them(sam: Visitor) -> None:
    letter = factories.open_letter()
    name = factories.signature(letter, cast.CLARA)
    page_of(sam, letter, name).never_says("Scanned signature")
    other = factories.open_letter(replace(TEXT, title="With blocks"))
    db.session.add(
        SignaturePicture(
            signature_id=name.id, signer_name=name.signer_name, media_type="image/png", content=b"x", stored_at=now()
        )
    )
    db.session.commit()
    assert other.id != letter.id
    assert frozen(letter) == [False]


def test_what_is_no_scan_is_refused_in_words(sam: Visitor) -> None:
    letter = factories.open_letter(TEXT)
    name = factories.signature(letter, cast.CLARA)
    white = scanned((255, 255, 255), (255, 255, 255))
    add_scan(page_of(sam, letter, name), white).says("clara.png: there is no signature in this picture.")
    add_scan(page_of(sam, letter, name), b"<svg/>").says("clara.png: this picture cannot be used")
    page_of(sam, letter, name).submit("Add the scan").says("Choose the picture first.")
    assert db.session.query(SignaturePicture).count() == 0


def test_a_scan_for_a_line_that_has_changed_meanwhile_is_refused(sam: Visitor) -> None:
    letter = factories.open_letter(TEXT)
    name = factories.signature(letter, cast.CLARA)
    page = page_of(sam, letter, name)
    name.signer_name = "Hiro Example"
    db.session.commit()
    add_scan(page)
    assert db.session.query(SignaturePicture).count() == 0


def test_an_edition_is_not_frozen_with_other_scans_than_were_shown(sam: Visitor) -> None:
    letter = factories.open_letter(TEXT)
    name = factories.signature(letter, cast.CLARA)
    seen = letter_version(letter.id)
    add_scan(page_of(sam, letter, name))
    with pytest.raises(LetterChanged):
        freeze(letter.id, seen, actor="staff", staff_id=None, at=now())


def test_a_scan_is_erased_with_its_signatory(sam: Visitor) -> None:
    letter = factories.open_letter(TEXT)
    name = factories.signature(letter, cast.CLARA)
    add_scan(page_of(sam, letter, name))
    erase_on_request(name.id, now())
    assert db.session.query(SignaturePicture).count() == 0
