"""Pasted HTML of a word processor or a web page as a letter's Markdown. See docs/design/word-in.md."""

from letterhub.domain.letters.drafts import many_lines
from letterhub.intake.docx.document_tree import LONGEST_TEXT, below_the_title
from letterhub.intake.docx.html_parser import written
from letterhub.intake.docx.html_sanitizer import HtmlRefused
from letterhub.intake.docx.markdown import markdown_of
from letterhub.intake.docx.warnings import sentences


def markdown_of_html(html: str, first_note: int) -> tuple[str, tuple[str, ...]]:
    """Return HTML as Markdown, its notes numbered from `first_note` on, and a sentence for each kind of content left out.

    Raises HtmlRefused for more than 2 MB, or too deep nesting.
    """
    text, left_out = written(html, first_note)
    text.blocks = below_the_title(text.blocks)
    markdown = many_lines(markdown_of(text))
    if len(markdown) > LONGEST_TEXT:
        raise HtmlRefused(f"This text has {len(markdown):,} characters; a letter may have {LONGEST_TEXT:,}.")
    return markdown, sentences(left_out)
