"""Share card of a letter as a page in the letter's own type, which becomes a picture.

The page is 8 × 4.2 inches, so that 150 dots per inch give 1200 × 630 pixels.
"""

from dataclasses import replace

from letterhub.domain.letters.letter_document import LAYOUT_VERSION, LetterDocument
from letterhub.domain.letters.share_card import ShareCard, shortened_title
from letterhub.rendering.jinja import render_template
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.letter.signatory_list import list_title
from letterhub.rendering.letter.view import letter_view
from letterhub.rendering.pdf.client import Limits
from letterhub.rendering.pdf.letter_pdf import render_page_without_list

LIMITS = Limits(cpu_seconds=20, wall_seconds=60, memory_bytes=2**30)


def share_card_pdf(card: ShareCard) -> bytes:
    """Return a card as PDF of one page. Raises PdfRenderingFailed."""
    title, size = shortened_title(card.text.title)
    view = letter_view(LetterDocument(replace(card.text, title=title)))
    count = list_title(document_locale(card.text.language), card.counts, LAYOUT_VERSION) if card.counts.total else ""
    page = render_template("export/share_card.html", letter=view, coalition=card.coalition, size=size, count=count)
    return render_page_without_list(page, LIMITS)
