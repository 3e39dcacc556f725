"""Pasted HTML of a word processor or a web page as a letter's Markdown. See docs/design/word-in.md."""

from letterhub.domain.i18n import _
from letterhub.domain.letters.drafts import normalize_multiline
from letterhub.intake.docx.conversion_warnings import warning_sentences
from letterhub.intake.docx.document_tree import MAX_TEXT_LENGTH, demote_headings
from letterhub.intake.docx.html_parser import parse_html
from letterhub.intake.docx.html_sanitizer import HtmlRefused
from letterhub.intake.docx.markdown_writer import document_markdown


def markdown_of_html(html: str, first_note: int) -> tuple[str, tuple[str, ...]]:
    """Return HTML as Markdown, its notes numbered from `first_note` on, and a sentence for each kind of content left out.

    Raises HtmlRefused for more than 2 MB, or too deep nesting.
    """
    text, left_out = parse_html(html, first_note)
    text.blocks = demote_headings(text.blocks)
    markdown = normalize_multiline(document_markdown(text))
    if len(markdown) > MAX_TEXT_LENGTH:
        raise HtmlRefused(
            _(
                "This text has %(count)s characters; a letter may have %(most)s.",
                count=f"{len(markdown):,}",
                most=f"{MAX_TEXT_LENGTH:,}",
            )
        )
    return markdown, warning_sentences(left_out)
