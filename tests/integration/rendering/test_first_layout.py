"""R6: an edition of the first layout is rendered again byte for byte, whatever later layouts print.

If this fails, give the change to later layouts only (`layout > 1`). A new version of a library that writes files is the one
reason to write the reference anew.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from letterhub.domain.editions.edition import FileFormat
from letterhub.domain.letters.document import LetterDocument, PaperSize, SignatoryOrder, SignatoryStyle, Theme
from letterhub.domain.letters.serialization import document_from_facts, document_to_facts
from letterhub.domain.letters.signatory_order import build_document
from letterhub.queries.editions.export_files import RENDERERS
from letterhub.rendering.pdf.letter_pdf import render_letter_pdf
from tests.support.references import changed_lines
from tests.support.references.letters import EDITION, LETTERS

REFERENCE = Path(__file__).parent / "references" / "test_fifty_editions_of_the_first_layout_are_made_again_byte_for_byte.txt"
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


def editions() -> Iterator[tuple[str, LetterDocument]]:
    """Yield fifty editions of the first layout, by name, as the database gives them back."""
    for letter, make in LETTERS.items():
        for shape, changes in SHAPES.items():
            document = make()
            text = replace(document.text, **changes)  # type: ignore[arg-type]
            edition = build_document(text, document.signatories, edition=EDITION, revision_hash="ab" * 32, layout=1)
            yield f"{letter}, {shape}", document_from_facts(document_to_facts(edition), EDITION)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


@pytest.mark.shows("R6")
def test_fifty_editions_of_the_first_layout_are_made_again_byte_for_byte() -> None:
    lines = [f"{name}, {form}: {digest(render(one))}" for name, one in editions() for form, render in FORMATS.items()]
    assert len(lines) == 300
    papers = [(name, one) for name, one in editions() if name.endswith("as written")][:4]
    lines += [f"{name}, pdf: {digest(render_letter_pdf(one).data)}" for name, one in papers]
    assert changed_lines(REFERENCE, lines) == []
