"""Engines under comparison: each renders the same letter with the same fonts into a folder."""

import json
import os
import subprocess
from collections.abc import Callable
from html import escape
from pathlib import Path

import typst as typst_engine
from letters import NOTES, PARAGRAPHS
from weasyprint import HTML

from letterhub.domain.letters.letter_document import LetterDocument
from letterhub.paths import STATIC
from letterhub.rendering.jinja import PRINT_FONTS, render_template
from letterhub.rendering.letter.html_renderer import Medium
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.pdf.fonts import font_environment

TYPST = Path(__file__).with_name("letter.typ")
_EMPTY_LIST = '<ul id="roll" class="signatories-placeholder"></ul>'
_BLANK_PAGE = '<div id="blank"></div>'


def weasyprint(document: LetterDocument, folder: Path) -> Path:
    """Render with WeasyPrint alone, with the list laid out by our style sheets."""
    os.environ.update(font_environment(folder))  # read when the first font is requested
    file = folder / "letter.pdf"
    HTML(string=_paper_html(document, Medium.PAPER)).write_pdf(file, pdf_variant="pdf/ua-1")
    return file


def chromium(document: LetterDocument, folder: Path) -> Path:
    """Render with headless Chromium the page that WeasyPrint alone renders, with endnotes."""
    page, file = folder / "letter.html", folder / "letter.pdf"
    page.write_text(_paper_html(document, Medium.SCREEN), encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--timeout=600000"]
    command += [
        f"--user-data-dir={folder}/profile",
        "--no-pdf-header-footer",
        "--allow-file-access-from-files",
        f"--print-to-pdf={file}",
        page.as_uri(),
    ]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | font_environment(folder))
    return file


def typst(document: LetterDocument, folder: Path) -> Path:
    """Render with Typst, as tagged PDF/UA-1 from a template for this letter."""
    letter = letter_view(document)
    names = [(line.name.text, line.detail.text) for section in letter.signatory_list.sections for line in section.lines]
    data = {"title": letter.title, "date": letter.date, "salutation": letter.salutation, "closing": letter.closing}
    data |= {"addressee": document.text.addressees[0].name, "paragraphs": PARAGRAPHS, "notes": NOTES, "names": names}
    (folder / "letter.json").write_text(json.dumps(data), encoding="utf-8")
    (folder / "letter.typ").write_bytes(TYPST.read_bytes())
    file = folder / "letter.pdf"
    typst_engine.compile(folder / "letter.typ", output=file, font_paths=[PRINT_FONTS], pdf_standards=["ua-1", "a-3a"])
    return file


def _paper_html(document: LetterDocument, frame: Medium) -> str:
    """Return the letter on paper with its names in it, and file URLs of our style sheets."""
    letter = letter_view(document, frame)
    rows = (
        f'<li class="signatory"><span class="signatory-name">{escape(line.name.text)}</span>'
        f'<span class="signatory-detail">{escape(line.detail.text)}</span></li>'
        for section in letter.signatory_list.sections
        for line in section.lines
    )
    page = render_template("export/paper.html", letter=letter).replace(_BLANK_PAGE, "")
    page = page.replace(_EMPTY_LIST, f'<ul class="signatories">{"".join(rows)}</ul>')
    return page.replace("letterhub:", f"{STATIC.as_uri()}/")


ENGINES: dict[str, Callable[[LetterDocument, Path], Path]] = {
    "typst": typst,
    "weasyprint": weasyprint,
    "chromium": chromium,
}
