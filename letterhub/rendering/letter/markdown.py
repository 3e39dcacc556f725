"""A letter's Markdown as sanitized HTML, for screen or for paper: no raw HTML, safe links; typography.

See docs/design/letters.md.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import EnvType
from markupsafe import Markup

from letterhub.domain.digits import LATIN
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.rendering.letter.annexes import notes_by_part, split_annexes
from letterhub.rendering.letter.directions import isolate_direction, isolate_spans, set_directions
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.letter.figures import SCHEME
from letterhub.rendering.letter.html_renderer import LetterRenderer, Medium
from letterhub.rendering.letter.markdown_cleanup import clean_markdown, extract_notes, normalize_headings
from letterhub.rendering.letter.markdown_rules import MAX_NESTING, letter_parser
from letterhub.rendering.letter.note_renderer import NoteStyle

MAX_CHARACTERS = 150_000
MAX_QUOTES = 4_000
MAX_COUNTS = {
    _("opening square brackets"): (re.compile(r"\["), 10_000),
    _("vertical bars"): (re.compile(r"\|"), 12_000),
    _("asterisks, underscores and backticks"): (re.compile("[*_`]"), 30_000),
    _("lines with text"): (re.compile(r"^[ \t]*\S", re.MULTILINE), 8_000),
}
"""Limits on what takes long to parse: more than any letter has, and together well below a second."""

MAX_CELLS = 30_000
"""Limit on table cells: the widest row's, times the lines with a bar, as short rows are filled up."""


class TextTooDeep(UserFacingError):
    """Raised when a text is nested too deeply to be rendered."""


class TextTooLong(UserFacingError):
    """Raised when a text is longer than any letter, or has more links and notes."""


def _too_long(count: int, kind: str, limit: int) -> TextTooLong:
    """Return the error for a text that has more of a kind of characters or lines than a letter may have."""
    sentence = _(
        "This text has %(count)s %(what)s; a letter may have up to %(most)s.", count=f"{count:,}", what=kind, most=f"{limit:,}"
    )
    return TextTooLong(sentence)


def require_size(markdown: str) -> None:
    """Refuse a text that would take long to parse. Raises TextTooLong."""
    if len(markdown) > MAX_CHARACTERS:
        raise _too_long(len(markdown), _("characters"), MAX_CHARACTERS)
    for kind, (pattern, most) in MAX_COUNTS.items():
        if (count := len(pattern.findall(markdown))) > most:
            raise _too_long(count, str(kind), most)
    bars = [line.count("|") for line in markdown.split("\n") if "|" in line]
    if max(bars, default=0) * len(bars) > MAX_CELLS:
        raise TextTooLong(
            _("The tables of this text have too many cells to print; a letter may have up to %(most)s.", most=f"{MAX_CELLS:,}")
        )


def require_depth(tokens: Sequence[Token]) -> None:
    """Refuse a text that is nested too deeply. Raises TextTooDeep."""
    deepest = max((token.level for token in tokens), default=0)
    if deepest >= MAX_NESTING - 2:
        raise TextTooDeep(_("This text nests quotes or lists too deeply to print. Please use at most ten levels."))


def parse_letter_markdown(
    markdown: str,
    quotes: tuple[str, str, str, str] | None,
    layout: int = LAYOUT_VERSION,
    env: EnvType | None = None,
    pictures: Collection[str] = (),
    digits: str = LATIN,
) -> list[Token]:
    """Return the block tokens of a letter's text, parsed by the rules of a layout version.

    `env` receives the definitions of the text as "references", and its Omissions as "omissions". `pictures` are the names of
    the letter's; `digits` is the numbering system of the labels of its lists.

    `quotes` are the marks that replace straight quotes. None leaves straight quotes as they are; so do more than thousands of
    them, as pairing them takes the square of their number. Raises TextTooDeep, and TextTooLong for a text that would take long
    to parse: too many characters, lines, cells, or characters of markup. No letter that people write meets these limits.
    """
    require_size(markdown)
    pairs_quotes = markdown.count('"') + markdown.count("'") <= MAX_QUOTES
    env = {} if env is None else env
    env["pictures"], env["digits"] = pictures, digits
    tokens = letter_parser(quotes if pairs_quotes else None, layout).parse(clean_markdown(markdown, layout), env)
    require_depth(tokens)
    return tokens


_BLOCK_TAGS = "blockquote div figcaption figure h2 h3 h4 h5 h6 hr li ol p pre section table tbody td th thead tr ul"
_INLINE_TAGS = "a b bdi br code em img s span strong sub sup"
_TAGS = {*_BLOCK_TAGS.split(), *_INLINE_TAGS.split()}
_ATTRIBUTES = {
    "*": {"class", "dir", "id"},
    "a": {"href", "role", "aria-label"},
    "div": {"role", "tabindex", "aria-label"},
    "img": {"src", "alt", "width"},
    "li": {"value"},
    "ol": {"start", "type"},
    "section": {"role", "aria-label"},
    "span": {"data-mark"},
}


class LetterHtml(NamedTuple):
    """A letter's text as HTML: its body, the notes that are printed at the end of the letter, and its annexes."""

    body: Markup
    notes: Markup
    annexes: tuple[Markup, ...]


def markdown_html(
    markdown: str,
    title: str,
    language: str,
    medium: Medium = Medium.SCREEN,
    level: int = 2,
    layout: int = LAYOUT_VERSION,
) -> Markup:
    """Return Markdown as safe HTML, without its annexes. Raises as `letter_html` does."""
    return letter_html(markdown, title, language, NoteStyle(medium is Medium.PAPER, layout=layout), level).body


@lru_cache(maxsize=64)
def letter_html(
    markdown: str, title: str, language: str, style: NoteStyle, level: int = 2, pictures: tuple[str, ...] = ()
) -> LetterHtml:
    """Return Markdown as safe HTML. Raises TextTooDeep and TextTooLong.

    Its headings begin at `level`, its labels are in `language`, and a first heading that repeats `title` is left out.
    Pictures have URLs that `figures.insert_pictures` replaces.
    """
    locale = document_locale(language, style.layout)
    tokens = parse_letter_markdown(markdown, locale.words.quotes, style.layout, pictures=pictures, digits=locale.digits)
    body, notes = extract_notes(normalize_headings(tokens, title, level, style.layout))
    if style.layout > 1:
        inline = (token for token in chain(body, *notes.footnotes.values()) if token.type == "inline")
        isolate_spans(inline, locale.direction)
    set_directions(body, locale.direction)
    isolate_direction(chain.from_iterable(notes.footnotes.values()), locale.direction)
    renderer = LetterRenderer(style, notes, locale, MarkdownIt("commonmark").options)
    parts = split_annexes(body)
    (text, listed), *annexes = [renderer.part(part, ids) for part, ids in zip(parts, notes_by_part(parts, notes), strict=True)]
    if not style.is_paper:
        text, listed = text + listed, ""
    return LetterHtml(_safe_html(text), _safe_html(listed), tuple(_safe_html("".join(annex)) for annex in annexes))


def _safe_html(html: str) -> Markup:
    cleaned = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", SCHEME})
    return Markup(cleaned)  # noqa: S704
