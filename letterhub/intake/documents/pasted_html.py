"""Pasted HTML of a word processor or a web page as a letter's Markdown, and sentences about what was left out.

See docs/design/letter-text.md.
"""

from collections.abc import Callable, Mapping

from letterhub.domain.i18n import _, ngettext
from letterhub.domain.letters.drafts import normalize_multiline
from letterhub.intake.documents.document_tree import MAX_TEXT_LENGTH, demote_headings
from letterhub.intake.documents.html_parser import parse_html
from letterhub.intake.documents.html_sanitizer import HtmlRefused
from letterhub.intake.documents.layout_tags import without_layout_tags
from letterhub.intake.documents.markdown_writer import document_markdown

_WARNINGS: Mapping[str, Callable[[int], str]] = {
    "pictures": lambda count: ngettext("One picture was left out.", "%(num)s pictures were left out.", count),
    "charts": lambda count: ngettext("One chart or diagram was left out.", "%(num)s charts or diagrams were left out.", count),
    "equations": lambda count: ngettext("One equation was left out.", "%(num)s equations were left out.", count),
    "signs": lambda count: ngettext(
        "One character of a symbol font was left out.", "%(num)s characters of symbol fonts were left out.", count
    ),
    "hidden": lambda _count: _("Hidden text was left out."),
    "margins": lambda _count: _("The header and footer of the pages were left out."),
    "boxes": lambda count: ngettext(
        "The words of one text box now stand above the paragraph that it was beside.",
        "The words of %(num)s text boxes now stand above the paragraphs that they were beside.",
        count,
    ),
    "columns": lambda _count: _("Columns made with tabs are now lines with spaces. Check them in the text."),
    "comments": lambda count: ngettext("One comment was left out.", "%(num)s comments were left out.", count),
    "tracked": lambda _count: _("It has tracked changes: what was inserted is in the text, what was deleted is not."),
    "links": lambda count: ngettext(
        "One link leads neither to the web nor to an email address; its text was kept.",
        "%(num)s links lead neither to the web nor to an email address; their text was kept.",
        count,
    ),
    "struck": lambda _count: _("Text that was struck through is now plain. Delete it if it was meant to go."),
    "underlined": lambda _count: _("Underlined text is now plain."),
    "marked": lambda _count: _("Highlighted text lost its color."),
    "smallcaps": lambda _count: _("Small capitals are now plain letters."),
    "centered": lambda _count: _("Centered lines now begin at the margin."),
    "indented": lambda _count: _("Indented paragraphs now begin at the margin."),
    "lettered": lambda _count: _("Lists with letters, Roman or combined numbers are now numbered 1, 2, 3."),
    "merged": lambda _count: _("Merged table cells were split."),
}


def warning_sentences(left_out: Mapping[str, int]) -> tuple[str, ...]:
    """Return the sentences for counts by kind, the most important first."""
    return tuple(sentence(left_out[kind]) for kind, sentence in _WARNINGS.items() if left_out.get(kind))


def markdown_of_html(html: str, first_note: int) -> tuple[str, tuple[str, ...]]:
    """Return HTML as Markdown, its notes numbered from `first_note` on, and a sentence for each kind of content left out.

    Raises HtmlRefused for more than 2 MB, or too deep nesting.
    """
    text, left_out = parse_html(html, first_note)
    text.blocks = demote_headings(text.blocks)
    markdown, left_out["columns"] = without_layout_tags(normalize_multiline(document_markdown(text)))
    if len(markdown) > MAX_TEXT_LENGTH:
        raise HtmlRefused(
            _(
                "This text has %(count)s characters; a letter may have %(most)s.",
                count=f"{len(markdown):,}",
                most=f"{MAX_TEXT_LENGTH:,}",
            )
        )
    return markdown, warning_sentences(left_out)
