"""R6: an edition of an earlier layout is rendered again byte for byte, whatever later layouts print.

If this fails, give the change to later layouts only (`layout > 2`). A new version of a library that writes files is the one
reason to write a reference anew.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.letters.letter_document import (
    LetterDocument,
    PaperSize,
    SignatoryOrder,
    SignatoryStyle,
    SignatureBlocks,
    Theme,
)
from letterhub.domain.letters.pictures import Picture
from letterhub.domain.letters.serialization import document_from_facts, document_to_facts
from letterhub.domain.letters.signatory_order import build_document
from letterhub.rendering.files import RENDERERS
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.support.files.hostile_markdown import hostile_text
from tests.support.references import changed_lines
from tests.support.references.letters import EDITION, LETTERS
from tests.unit.intake.test_letter_file import picture

FOLDER = Path(__file__).parent / "references"
LANGUAGES = "ar bn cs da de el en es fa fr he hi it ja ko nb nl pl pt ru sv th tr uk vi zh zh-TW".split()
LABELED = (FileFormat.HTML, FileFormat.ODT)
NOTED = "Words[^1] and [a link](https://rivers.example/a).\n\n[^1]: Note\n\n:::annex More\n\nWords"
FORMATS = {form: render for form, render in RENDERERS.items() if form is not FileFormat.ODT}
"""Renderers of the formats that editions of the first layout have."""
SHAPES = {
    "as written": {},
    "modern": {
        "order": SignatoryOrder.ALPHABETICAL,
        "shown": SignatoryStyle.SIGNER,
        "theme": Theme.MODERN,
        "paper": PaperSize.A4,
    },
    "plain": {"order": SignatoryOrder.SECTIONS, "shown": SignatoryStyle.ORGANIZATION, "theme": Theme.PLAIN},
    "blocks": {"order": SignatoryOrder.LOCATION, "shown": SignatoryStyle.BLOCK, "paper": PaperSize.A4},
    "places": {"order": SignatoryOrder.AS_GIVEN, "shown": SignatoryStyle.LOCATION, "theme": Theme.MODERN},
}


def edition_of(document: LetterDocument, layout: int) -> LetterDocument:
    """Return a letter's edition of a layout, as the database gives it back."""
    edition = build_document(document.text, document.signatories, edition=EDITION, revision_hash="ab" * 32, layout=layout)
    return document_from_facts(document_to_facts(edition), EDITION)


def editions(layout: int) -> Iterator[tuple[str, LetterDocument]]:
    """Yield fifty editions of a layout, by name."""
    for letter, make in LETTERS.items():
        for shape, changes in SHAPES.items():
            document = make()
            text = replace(document.text, **changes)  # type: ignore[arg-type]
            yield f"{letter}, {shape}", edition_of(replace(document, text=text), layout)


def further_editions(layout: int) -> Iterator[tuple[str, LetterDocument]]:
    """Yield editions of the layout with every kind of Markdown, and with the labels of each language."""
    figure = Picture("chart.png", "image/png", picture((300, 200)))
    full = LETTERS["full"]()
    body = f"# K901[^t]\n\n{hostile_text()}\n\n[^t]: K902"
    hostile = replace(full.text, title="K901", body=body, pictures=(figure,), enclosures=("K903",))
    yield "hostile", edition_of(replace(full, text=hostile), layout)
    blocks = replace(full.text, blocks=SignatureBlocks.LEADS, signature_lines=True, order=SignatoryOrder.ALPHABETICAL)
    yield "leads as blocks", edition_of(replace(full, text=blocks), layout)
    for language in LANGUAGES:
        yield language, edition_of(replace(full, text=replace(blocks, language=language, body=NOTED)), layout)


def with_known_fonts(edition: LetterDocument) -> LetterDocument:
    """Return the edition without a character that is drawn in whichever font a machine happens to have."""
    body = edition.text.body.replace("&CounterClockwiseContourIntegral;", "&copy;")
    return replace(edition, text=replace(edition.text, body=body))


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def later_digests(layout: int) -> list[str]:
    """Return a line with the digest of each file of the editions of a layout since the second."""
    made = [*editions(layout), *further_editions(layout)]
    lines = [
        f"{name}, {form}: {digest(render(one))}"
        for name, one in made
        for form, render in RENDERERS.items()
        if name not in LANGUAGES or form in LABELED
    ]
    assert len(lines) > 400
    papers = [
        (name, one) for name, one in made if name.endswith(", as written") or name in ("hostile", "leads as blocks", "fa")
    ]
    return [*lines, *(f"{name}, pdf: {digest(render_letter_pdf(with_known_fonts(one)).data)}" for name, one in papers)]


@pytest.mark.shows("R6")
def test_fifty_editions_of_the_first_layout_are_made_again_byte_for_byte() -> None:
    lines = [f"{name}, {form}: {digest(render(one))}" for name, one in editions(1) for form, render in FORMATS.items()]
    assert len(lines) == 300
    papers = [(name, one) for name, one in editions(1) if name.endswith("as written")][:4]
    lines += [f"{name}, pdf: {digest(render_letter_pdf(one).data)}" for name, one in papers]
    assert changed_lines(FOLDER / "test_fifty_editions_of_the_first_layout_are_made_again_byte_for_byte.txt", lines) == []


@pytest.mark.shows("R6")
def test_editions_of_the_second_layout_are_made_again_byte_for_byte() -> None:
    reference = FOLDER / "test_editions_of_the_second_layout_are_made_again_byte_for_byte.txt"
    assert changed_lines(reference, later_digests(2)) == []


@pytest.mark.shows("R6")
def test_editions_of_the_third_layout_are_made_again_byte_for_byte() -> None:
    reference = FOLDER / "test_editions_of_the_third_layout_are_made_again_byte_for_byte.txt"
    assert changed_lines(reference, later_digests(3)) == []
