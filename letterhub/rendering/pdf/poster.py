"""Poster of a letter: one page to put on a wall, with a QR code that leads to the letter."""

from dataclasses import replace

import segno

from letterhub.domain.letters.letter_document import LetterDocument, LetterText
from letterhub.domain.letters.share_card import shortened_title
from letterhub.rendering.jinja import render_template
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.pdf.client import Limits
from letterhub.rendering.pdf.letter_pdf import render_page_without_list

LIMITS = Limits(cpu_seconds=20, wall_seconds=60, memory_bytes=2**30)


def poster_pdf(text: LetterText, coalition: str, invitation: str, url: str) -> bytes:
    """Return a poster as PDF of one page: title, look, paper and language of a letter's text, the coalition, and what to do at
    the `url`. Raises PdfRenderingFailed."""
    title, size = shortened_title(text.title)
    code = segno.make(url, error="m", micro=False).png_data_uri(scale=16, border=0)
    page = render_template(
        "export/poster.html", letter=letter_view(LetterDocument(replace(text, title=title, body=""))), coalition=coalition,
        invitation=invitation, url=url, size=size, code=code,
    )  # fmt: skip
    return render_page_without_list(page, LIMITS)
