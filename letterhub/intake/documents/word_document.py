"""A letter from a Word draft: its text as Markdown, its title, and what was left out. See docs/design/letter-text.md."""

from collections import Counter
from io import BytesIO
from itertools import takewhile
from typing import Any

import mammoth

from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import normalize_multiline
from letterhub.domain.letters.letter_document import Letterhead, LetterText
from letterhub.domain.line_validation import MAX_LINE_LENGTH, normalize_line
from letterhub.intake.documents.document_tree import (
    MAX_TEXT_LENGTH,
    Block,
    DocumentTree,
    TextHeading,
    demote_headings,
    text_of_runs,
)
from letterhub.intake.documents.docx_parts import preprocess_docx
from letterhub.intake.documents.html_parser import parse_html
from letterhub.intake.documents.html_sanitizer import HtmlRefused
from letterhub.intake.documents.markdown_writer import document_markdown
from letterhub.intake.documents.pasted_html import warning_sentences
from letterhub.intake.errors import FileRefused

_MAMMOTH_STYLE_MAP = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
p[style-name='Block Quotation'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
r[style-name='Strong'] =>
u => u
highlight => span.highlight
"""


def read_word(data: bytes, file: str, title: str = "") -> tuple[LetterText, tuple[str, ...]]:
    """Return the text, title and letterhead of a Word document, and a sentence for each kind of content that was left out.

    The body has layout marks, which the reader of its parts removes.

    If `title` is given, another title in the document becomes a heading. Raises FileRefused for what is no such document, is
    damaged, or is longer than a letter.
    """
    document = preprocess_docx(data, file)
    html = _convert_to_html(document.package, file, document.left_out)
    try:
        text, html_counts = parse_html(html)
    except HtmlRefused as refusal:
        raise FileRefused(file, str(refusal)) from None
    own_title, blocks = _split_title(text.blocks)
    if title and own_title.casefold() != title.casefold():
        blocks = text.blocks
    body = normalize_multiline(document_markdown(DocumentTree(demote_headings(blocks), text.notes)))
    if not body:
        raise FileRefused(file, _("the document has no text."))
    if len(body) > MAX_TEXT_LENGTH:
        raise FileRefused(
            file,
            _(
                "the text has %(count)s characters; a letter may have %(most)s.",
                count=f"{len(body):,}",
                most=f"{MAX_TEXT_LENGTH:,}",
            ),
        )
    notes = warning_sentences(document.left_out + html_counts)
    head = Letterhead(document.head_lines[0], document.head_lines[1:]) if document.head_lines else Letterhead()
    return LetterText(title=title or own_title, body=f"{body}\n", letterhead=head), notes


def _convert_to_html(document: bytes, file: str, left_out: Counter[str]) -> str:
    """Return a document as HTML, and count its pictures and symbols that are left out."""

    def count_picture(_picture: Any) -> list[Any]:
        left_out["pictures"] += 1
        return []

    try:
        result = mammoth.convert_to_html(
            BytesIO(document),
            style_map=_MAMMOTH_STYLE_MAP,
            convert_image=count_picture,
            include_embedded_style_map=False,
            ignore_empty_paragraphs=False,
        )
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError):
        raise FileRefused(
            file,
            _("the file cannot be read as a Word document. Open it in Word, save it again as .docx, and choose that file."),
        ) from None
    left_out["signs"] += sum("w:sym element with an unsupported" in message.message for message in result.messages)
    return str(result.value)


def _split_title(blocks: list[Block]) -> tuple[str, list[Block]]:
    """Return the title, "" if there is none, and the blocks without it: the first lines in the title style, or a heading.

    A title that does not open the text also stays where it is. A heading below other lines is none if another one of its rank
    or above follows: both are headings of parts.
    """
    headings = [index for index, block in enumerate(blocks) if isinstance(block, TextHeading)]
    title_at = next((index for index in headings if _has_title_style(blocks[index])), None)
    start = next(iter(headings), len(blocks)) if title_at is None else title_at
    lines = list(takewhile(_has_title_style, blocks[start:])) or blocks[start : start + 1]
    title = normalize_line(" ".join(text_of_runs(line.runs) for line in lines if isinstance(line, TextHeading)))
    if not title or len(title) > MAX_LINE_LENGTH:
        return "", blocks
    opens_text = start == 0
    levels = [block.level for block in blocks if isinstance(block, TextHeading)]
    if title_at is None and not opens_text and any(level <= levels[0] for level in levels[1:]):
        return "", blocks
    return title, blocks[len(lines) :] if opens_text else blocks


def _has_title_style(block: Block) -> bool:
    return isinstance(block, TextHeading) and block.title
