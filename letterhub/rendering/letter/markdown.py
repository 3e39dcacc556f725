"""A letter's Markdown as sanitized HTML, for screen or for paper."""

from functools import lru_cache
from itertools import chain

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from letterhub.domain.letters.document import LetterDocument
from letterhub.rendering.letter.bidi import isolate_direction, set_directions
from letterhub.rendering.letter.document_strings import document_locale
from letterhub.rendering.letter.footnotes import extract_notes
from letterhub.rendering.letter.heading_levels import normalize_headings
from letterhub.rendering.letter.html_renderer import LetterRenderer, Medium
from letterhub.rendering.letter.markdown_parser import parse_letter_markdown

_BLOCK_TAGS = "blockquote div h2 h3 h4 h5 h6 hr li ol p pre section table tbody td th thead tr ul"
_INLINE_TAGS = "a bdi br code em span strong sub sup"
_TAGS = {*_BLOCK_TAGS.split(), *_INLINE_TAGS.split()}
_ATTRIBUTES = {
    "*": {"class", "dir", "id"},
    "a": {"href", "role", "aria-label"},
    "div": {"role", "tabindex", "aria-label"},
    "ol": {"start"},
    "section": {"role", "aria-label"},
    "span": {"data-mark"},
}


def body_html(document: LetterDocument, medium: Medium = Medium.SCREEN, level: int = 2) -> Markup:
    """Return the body of a letter with its counts filled in, as safe HTML whose headings begin at `level`.

    Raises TextTooDeep and TextTooLong.
    """
    return markdown_html(document.body, document.text.title, document.text.language, medium, level)


@lru_cache(maxsize=64)
def markdown_html(markdown: str, title: str, language: str, medium: Medium = Medium.SCREEN, level: int = 2) -> Markup:
    """Return Markdown as safe HTML; its labels are in `language`, and a heading that repeats `title` is left out."""
    locale = document_locale(language)
    tokens = normalize_headings(parse_letter_markdown(markdown, locale.words.quotes), title, level)
    body, notes = extract_notes(tokens)
    set_directions(body, locale.direction)
    isolate_direction(chain.from_iterable(notes.footnotes.values()), locale.direction)
    html = LetterRenderer(medium, notes, locale.words, MarkdownIt("commonmark").options).body(body)
    return Markup(nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}))  # noqa: S704
