"""Naughty strings as names of organizations: each is drawn, or named with the reason."""

import json
from collections import Counter
from pathlib import Path

import pytest

from letterhub.config import ROOT
from letterhub.domain.document import LetterText, Signatory, arranged
from letterhub.domain.lines import one_line, trouble_with_line
from letterhub.rendering.html import standalone_html
from letterhub.rendering.pdf import pdf
from letterhub.rendering.table import csv_table
from tests.papers import complaints_of_qpdf, names_in_html, squeezed, text_of_pdf

LIST = ROOT.parent / "shared" / "naughty" / "blns.json"


@pytest.mark.skipif(not LIST.exists(), reason="the list of naughty strings is not beside this checkout")
def test_naughty_names_are_drawn_or_named(tmp_path: Path) -> None:
    given = [one_line(text) for text in json.loads(LIST.read_text(encoding="utf-8"))]
    names = [name for name in given if name and not trouble_with_line(name)]
    assert len(names) > 430
    document = arranged(LetterText("Naughty names", "Text"), [Signatory(organization=name) for name in names])

    drawn = names_in_html(standalone_html(document))
    assert drawn == Counter(" ".join(name.split()) for name in names)

    made = pdf(document)
    paper = tmp_path / "names.pdf"
    paper.write_bytes(made.data)
    assert complaints_of_qpdf(paper) == ""
    text = squeezed(text_of_pdf(paper))
    plain = [name for name in names if name.isascii()]
    assert [name for name in plain if squeezed(name) not in text] == []
    assert csv_table(document).count(b"\r\n") == 1 + len(names)
