"""A file that is no edition's byte for byte is read, and its holder is told what differs: never "the same" for what may not be.

See docs/design/editions.md.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO

import pytest
from flask import Flask
from pikepdf import Encryption, Name, ObjectStreamMode, StreamDecodeLevel

from letterhub.clock import now
from letterhub.commands.abuse import file_reading_limit
from letterhub.commands.editions import freeze
from letterhub.domain.abuse import rate_limits
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import LetterText, Signatory
from letterhub.domain.letters.signatory_order import build_document
from letterhub.domain.states import LetterMove
from letterhub.infrastructure.db import db
from letterhub.models import Edition, EditionFile, Letter
from letterhub.queries.editions.frozen_documents import frozen_document
from letterhub.rendering.pdf.attachments import pdf_attachments
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.support import cast, editions, factories
from tests.support.files import tampered_pdfs
from tests.support.files.tampered_pdfs import WHITE_BOX, edited, text_instructions, write_on
from tests.support.visitor import Page, Visitor

PUBLIC_ID = "7KQ2-M3TX-9RWB"
SAME = "The same letter and list as edition 1. The file was saved again."
SAME_WORDS = "The same words as edition 1, in a file that isn’t drawn as ours is."
ADDED = "The words of edition 1, with others added."
DIFFERENT = "Not the same as edition 1:"
REDRAWN = "Drawn differently from ours: page 1."
ACTIVE = "damage, layers, forms or scripts"
ATTACHED = "The files attached inside this PDF are not ours:"
UNREADABLE = "We can’t tell what this file is."
NEVER = "as delivered."
"""Part of the answer to a file that is ours byte for byte."""

Answer = Callable[..., Page]


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A closed letter that three organizations signed, of two pages."""
    body = factories.TEXT.body + "\n\n" + "\n\n".join(f"Reason {number}: rivers should flow." for number in range(20))
    letter = factories.open_letter(replace(factories.TEXT, body=body))
    for signer in (cast.CLARA, cast.HIRO):
        factories.signature(letter, signer)
    factories.signature(letter, cast.HIRO, organization_name="Willow River Watch", website="")
    letter.move(LetterMove.CLOSE, now())
    db.session.commit()
    return letter


@pytest.fixture
def edition(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """The letter's edition with its real files, frozen and not delivered."""
    monkeypatch.setattr(freeze, "new_public_id", lambda _choose: PUBLIC_ID)  # so that its files are rendered once
    return editions.freeze_with_files(letter)


@pytest.fixture
def answer(edition: Edition, visitor: Visitor) -> Answer:
    """Sends a file to the check page of the delivered edition, and returns the page that answers."""
    editions.record_delivery(edition)
    return partial(send, visitor)


def send(visitor: Visitor, content: bytes, status: int = 200) -> Page:
    body = b'--edge-\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + content + b"\r\n--edge---\r\n"
    kind = "multipart/form-data; boundary=edge-"
    return visitor.open(f"/editions/{PUBLIC_ID}", method="POST", status=status, data=body, content_type=kind)


def file_of(form: FileFormat = FileFormat.PDF) -> bytes:
    content = db.session.query(EditionFile.content).filter_by(format=form).scalar()
    assert isinstance(content, bytes)
    return content


STAMP = text_instructions("Received January 9 by the Office")
CHANGES: dict[str, tuple[Callable[[bytes], bytes], tuple[str, ...]]] = {
    # saved again: every page is drawn the same way
    "saved by pikepdf": (edited, (SAME,)),
    "linearized": (partial(edited, linearize=True), (SAME,)),
    "packed in object streams": (
        partial(edited, object_stream_mode=ObjectStreamMode.generate, recompress_flate=True), (SAME,)),
    "unpacked": (
        partial(edited, compress_streams=False, stream_decode_level=StreamDecodeLevel.all), (SAME,)),
    "encrypted without a password": (partial(edited, encryption=Encryption(user="", owner="secret")), (SAME,)),
    "without structure and attachments": (partial(edited, change=tampered_pdfs.drop_structure), (SAME,)),
    # words are added
    "stamped on each page": (
        partial(edited, change=write_on(STAMP)), (ADDED, "Received January 9 by the Office pages 1–2", "pages 1–2.")),
    "stamped below the text": (
        partial(edited, change=write_on(STAMP, 0, below=True)), (ADDED, "Received January 9 by the Office page 1", REDRAWN)),
    "white words": (
        partial(edited, change=write_on(text_instructions("Secret", gray=1), 0)), (ADDED, "Secret page 1")),
    "invisible words": (
        partial(edited, change=write_on(text_instructions("Secret", mode=3), 0)), (ADDED, "Secret page 1")),
    "a page appended": (
        partial(edited, change=tampered_pdfs.append_page), (ADDED, "This file has 3 pages; ours has 2.", "withdrawn. page 3")),
    # the words are ours, but the page may show something else
    "a white box over the text": (partial(edited, change=write_on(WHITE_BOX, 0)), (SAME_WORDS, REDRAWN)),
    "a form over the text": (partial(edited, change=tampered_pdfs.cover_with_form), (SAME_WORDS, "pages 1–2.")),
    "a picture over the text": (partial(edited, change=tampered_pdfs.cover_with_picture), (SAME_WORDS, "pages 1–2.")),
    "a white annotation over the text": (
        partial(edited, change=tampered_pdfs.add_annotation(Name.Square, IC=[1, 1, 1])), (SAME_WORDS, REDRAWN)),
    "a note typed on the page": (
        partial(edited, change=tampered_pdfs.add_annotation(Name.FreeText, Contents="not", DA="/Helv 9 Tf 0 g")),
        (SAME_WORDS, REDRAWN)),
    "a page rotated": (partial(edited, change=tampered_pdfs.rotate_page), (SAME_WORDS, REDRAWN)),
    "other glyphs under the same text": (
        partial(edited, change=tampered_pdfs.swap_fonts), (SAME_WORDS, "pages 1–2.")),
    "invisible text under pictures": (
        partial(edited, change=tampered_pdfs.hide_text_below_pictures), (SAME_WORDS, "pages 1–2.")),
    "a layer": (partial(edited, change=tampered_pdfs.add_layer), (SAME_WORDS, ACTIVE)),
    "a script": (partial(edited, change=tampered_pdfs.add_script), (SAME_WORDS, ACTIVE)),
    "a broken table of contents": (
        lambda pdf: edited(pdf, object_stream_mode=ObjectStreamMode.disable).replace(b"startxref\n", b"startxref\n9"),
        (SAME_WORDS, ACTIVE)),
    # programs differ in what they find
    "instructions listed twice": (tampered_pdfs.listed_twice, (SAME_WORDS, ACTIVE)),
    "listed at both ends": (tampered_pdfs.listed_at_both_ends, (SAME_WORDS, ACTIVE)),
    # words are missing, or other files are attached
    "a page cropped": (partial(edited, change=tampered_pdfs.crop_page), (SAME_WORDS, REDRAWN)),
    "a page removed": (partial(edited, change=tampered_pdfs.remove_last_page), (DIFFERENT, "has one page; ours has 2.")),
    "the manifest changed": (partial(edited, change=tampered_pdfs.change_manifest), (SAME, ATTACHED, "edition.json")),
    "a file attached": (partial(edited, change=tampered_pdfs.attach), (SAME, ATTACHED, "invoice.txt")),
    # not readable
    "pictures of pages": (partial(edited, change=tampered_pdfs.remove_text), (UNREADABLE, "we can’t read pictures")),
    "encrypted with a password": (
        partial(edited, encryption=Encryption(user="open", owner="secret")), (UNREADABLE, "opens with a password only")),
    "cut off": (lambda pdf: pdf[: len(pdf) // 3], (UNREADABLE, "This PDF is damaged")),
    "two files in one": (lambda pdf: pdf + edited(pdf)[9:], (UNREADABLE, "This PDF is damaged")),
    "noise": (lambda _pdf: b"%PDF-1.7\n" + bytes(range(256)) * 40, (UNREADABLE, "This PDF is damaged")),
    "a circle of pages": (partial(edited, change=tampered_pdfs.circular_page_tree), (UNREADABLE, "This PDF is damaged")),
    "ten thousand pages": (
        partial(edited, change=partial(tampered_pdfs.replace_pages, count=10_000)), (UNREADABLE, "more than 1,000 pages")),
}  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", CHANGES)
def test_a_copy_is_told_for_what_it_is(answer: Answer, name: str) -> None:
    change, sentences = CHANGES[name]
    page = answer(change(file_of())).says(*sentences).never_says(NEVER)
    page.never_says(*({SAME, SAME_WORDS, ADDED, DIFFERENT, UNREADABLE} - set(sentences)))
    is_good = "notice-good" in page.html
    assert is_good == (SAME in sentences and ATTACHED not in sentences)


@pytest.mark.shows("S32")
@pytest.mark.parametrize("change", [tampered_pdfs.add_bomb, tampered_pdfs.bomb_page])
def test_what_is_huge_unpacked_is_given_up_or_called_damaged(answer: Answer, change: tampered_pdfs.Change) -> None:
    before = os.times()
    page = answer(edited(file_of(), change)).never_says(SAME, NEVER)
    after = os.times()
    assert UNREADABLE in page.text or ACTIVE in page.text
    assert after.children_user + after.children_system - before.children_user - before.children_system < 2  # ours is read too


def test_a_changed_page_is_told_although_our_data_is_still_attached(answer: Answer, edition: Edition) -> None:
    document = frozen_document(edition.id)
    forged = replace(
        document,
        text=replace(document.text, body=document.text.body.replace("Clean water, *now*", "Clean water, *later*")),
        signatories=tuple(
            replace(one, organization="Mining Alliance") if one.organization == cast.CLARA.organization else one
            for one in document.signatories
        ),
    )
    page = answer(render_letter_pdf(forged, attachments=pdf_attachments(document)).data)
    page.says(
        f"{DIFFERENT} the text differs, and one name.", f"{cast.CLARA.organization} — {cast.CLARA.name}",
        "Mining Alliance Clara Example, Director", "The text differs here", "Edition 1 This file", "Clean water, later.",
    ).never_says(SAME, ATTACHED, "missing")  # fmt: skip
    assert "<del>now. </del>" in page.html
    assert "<ins>later. </ins>" in page.html


def test_before_its_delivery_nothing_of_an_edition_is_told_but_that_a_file_is_the_same(
    edition: Edition, visitor: Visitor
) -> None:
    send(visitor, edited(file_of())).says(SAME, "Edition 1 has not been delivered.")
    forged = edited(file_of(), tampered_pdfs.remove_last_page)
    page = send(visitor, forged).says("This file names edition 1, which has not been delivered.")
    page.never_says(cast.CLARA.organization, DIFFERENT)
    send(visitor, edited(file_of(), write_on(STAMP))).never_says("Received January 9", ADDED)
    send(visitor, b"We, the three undersigned organizations").says("Not a document of ours.")


def test_another_document_is_none_of_ours(answer: Answer) -> None:
    other = build_document(LetterText("Minutes", "We met on Tuesday and spoke of the budget."), (Signatory("The Board"),))
    answer(render_letter_pdf(other).data).says("Not a document of ours.", "It names no edition on this site")
    answer(b"PK\x03\x04").says(UNREADABLE, "damaged")
    answer(b"\xff\xfe\x00").says(UNREADABLE, "This is not a PDF, Word or OpenDocument text")
    answer(b"").says(UNREADABLE)


def test_a_file_of_another_edition_is_compared_with_the_edition_that_it_prints(
    answer: Answer, letter: Letter, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freeze, "new_public_id", lambda _choose: "AAAA-BBBB-CCCC")
    factories.signature(letter, cast.FREE_MAIL_SIGNER)
    newer = editions.deliver_edition(letter)
    page = visitor.open(
        f"/editions/{newer.public_id}", method="POST", data={"file": (BytesIO(edited(file_of_edition(1))), "a.pdf")}
    )
    page.says(SAME, "Edition 1 was superseded by edition 2.", "Go to that edition’s check page")
    assert "notice-good" not in page.html


def file_of_edition(number: int) -> bytes:
    query = db.session.query(EditionFile.content).join(Edition, Edition.id == EditionFile.edition_id)
    content = query.filter(Edition.number == number, EditionFile.format == FileFormat.PDF).scalar()
    assert isinstance(content, bytes)
    return content


def test_plain_text_is_compared_by_its_words(answer: Answer) -> None:
    text = file_of(FileFormat.TXT)
    answer(text.replace(b"\n", b"\r\n")).says("The same text as edition 1. The file was saved again.", "File: Plain text.")
    answer(file_of(FileFormat.CSV).replace(b"\r\n", b"\n")).says("The same text as edition 1.")
    answer(b" ".join(text.split())).says("The same words as edition 1.", "Only spaces, line breaks").never_says("as delivered")
    answer(text.replace(b"Clean water", b"Clear water")).says(DIFFERENT, "The names are the same.", "Clear water")
    answer(file_of(FileFormat.HTML).replace(b"Clean water", b"Clear water")).says(DIFFERENT, "Clear water")


def test_a_hash_that_is_unknown_leads_to_sending_the_file(answer: Answer, visitor: Visitor, edition: Edition) -> None:
    page = visitor.open(f"/editions/{PUBLIC_ID}", method="POST", data={"sha256": "0" * 64})
    page.says("We don’t know this file.", "we compare its words with ours")


def test_one_network_has_only_so_many_files_read(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = replace(rate_limits.FILE_READING_LIMIT, burst=2)
    monkeypatch.setattr(file_reading_limit, "FILE_READING_LIMIT", limit)
    for _ in range(2):
        answer(b"one")
    answer(b"one", status=429).says("We read many files from your network just now. Send this one again in 1 minute.")
    answer(file_of()).says("This is edition 1, as delivered.")  # known by its hash: nothing is read


def test_a_file_that_is_read_leaves_nothing_behind(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    rows = db.session.query(EditionFile).count()
    with caplog.at_level("DEBUG"):
        answer(edited(file_of(), write_on(text_instructions("Xylophone"), 0))).says("Xylophone")
        answer(file_of()[:5000]).says(UNREADABLE)
    assert "Xylophone" not in caplog.text
    assert db.session.query(EditionFile).count() == rows
