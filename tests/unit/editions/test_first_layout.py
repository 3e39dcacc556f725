"""Files of editions of layout 1 keep their bytes: what is printed in each of them does not change."""

import hashlib

from letterhub.rendering.docx.styles import STYLES
from letterhub.rendering.jinja import style_sheet
from letterhub.rendering.letter.html import _STYLE_SHEETS

WHAT_TO_DO = "an HTML file or Word document of layout 1 would change: write the rules that are new into %s"


def test_the_style_sheets_in_each_file_stay_as_they_are() -> None:
    digest = hashlib.sha256("\n".join(map(style_sheet, _STYLE_SHEETS)).encode()).hexdigest()[:16]
    assert digest == "5f288501931d41b1", WHAT_TO_DO % "static/css/letter-layout-2.css or letter-parts.css"


def test_the_styles_in_each_word_document_stay_as_they_are() -> None:
    digest = hashlib.sha256(repr(STYLES).encode()).hexdigest()[:16]
    assert digest == "8d5b023317e6b828", WHAT_TO_DO % "LATER_STYLES of rendering/docx/styles.py"
