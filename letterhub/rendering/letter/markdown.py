"""A letter's Markdown as sanitized HTML, for screen or for paper: no raw HTML, no pictures, safe links; typography.

See docs/design/letters.md.
"""

import re
from functools import lru_cache
from itertools import chain

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block, paragraph
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.footnote import footnote_plugin

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.rendering.letter.document_locale import document_locale
from letterhub.rendering.letter.html_renderer import LetterRenderer, Medium, isolate_direction, set_directions
from letterhub.rendering.letter.markdown_cleanup import clean_markdown, extract_notes, normalize_headings

MAX_NESTING = 40
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

_SUPERSCRIPT_OR_BREAK = re.compile(r"<(sup|sub)>([^<>\n]{1,40})</\1>|<br\s*/?>", re.IGNORECASE)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NO_BREAK_BEFORE = re.compile(rf"(?:[§¶]|\b(?:Nos?|pp?)\.|\b(?:{_MONTHS})) (?=\d)|\b(?:Mr|Mrs|Ms|Dr)\. (?=[^\W\d_])")
_DECADE = re.compile(r"['‘](?=\d\ds\b)")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)


class TextTooDeep(UserFacingError):
    """Raised when a text is nested too deeply to be rendered."""


class TextTooLong(UserFacingError):
    """Raised when a text is longer than any letter, or has more links and notes."""


def _too_long(count: int, kind: str, most: int) -> TextTooLong:
    """Return the error for a text that has more of a kind of characters or lines than a letter may have."""
    sentence = _(
        "This text has %(count)s %(what)s; a letter may have up to %(most)s.", count=f"{count:,}", what=kind, most=f"{most:,}"
    )
    return TextTooLong(sentence)


def parse_letter_markdown(markdown: str, quotes: tuple[str, str, str, str] | None) -> list[Token]:
    """Return the block tokens of a letter's text.

    `quotes` are the marks that replace straight quotes. None leaves straight quotes as they are; so do more than thousands of
    them, as pairing them takes the square of their number. Raises TextTooDeep, and TextTooLong for a text that would take long
    to parse: too many characters, lines, cells, or characters of markup. No letter that people write meets these limits.
    """
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
    pairs_quotes = markdown.count('"') + markdown.count("'") <= MAX_QUOTES
    tokens = _parser(quotes if pairs_quotes else None).parse(clean_markdown(markdown))
    deepest = max((token.level for token in tokens), default=0)
    if deepest >= MAX_NESTING - 2:
        raise TextTooDeep(_("This text nests quotes or lists too deeply to print. Please use at most ten levels."))
    return tokens


def _parser(quotes: tuple[str, str, str, str] | None) -> MarkdownIt:
    """Return a Markdown parser with our rules; without `quotes` it leaves quotes, dashes and ellipses as they are."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING, "typographer": True, "quotes": quotes or ""})
    parser.enable("table").disable("code").use(footnote_plugin)
    parser.block.ruler.before("paragraph", "indented", _indented)
    parser.block.ruler.at("list", _indented_list, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.inline.ruler.before("autolink", "raised", _superscript)
    parser.core.ruler.push("safe_links", _safe_links)
    if quotes:
        parser.core.ruler.before("smartquotes", "decades", _decades)
        parser.core.ruler.push("dashes", _dashes)
        parser.enable("smartquotes")
    return parser


def _indented(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a paragraph that is indented by a tab or four spaces, which would be code in Markdown, but is pasted prose.

    Its indented lines keep their breaks. Returns False if the first line is not indented so far.
    """
    if state.sCount[start] - state.blkIndent < 4:
        return False
    paragraph(state, start, end, silent)
    inline = state.tokens[-2]
    first, *rest = inline.content.split("\n")
    parts = [first]
    for number, line in enumerate(rest, start=start + 1):
        is_indented = state.sCount[number] - state.blkIndent >= 4
        parts += ("  \n" if is_indented else "\n", line)  # two spaces make a hard break
    inline.content = "".join(parts)
    return True


def _indented_list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a list, however far it is indented: no indented line of a letter is code. Returns False if there is none."""
    outer, state.listIndent = state.listIndent, -1
    try:
        return list_block(state, start, end, silent)
    finally:
        state.listIndent = outer


def _superscript(state: StateInline, silent: bool) -> bool:
    """Parse `<sup>7</sup>`, `<sub>` and `<br>`, the only HTML tags that a letter may have. Returns False at anything else."""
    match = _SUPERSCRIPT_OR_BREAK.match(state.src, state.pos)
    if match is None:
        return False
    if not silent and match[1]:
        if match[1].lower() == "sup":
            state.pending = state.pending.rstrip(" ")
        state.push("raised", match[1].lower(), 0).content = match[2].strip()
    elif not silent:
        state.push("hardbreak", "br", 0)
    state.pos = match.end()
    return True


def _safe_links(state: StateCore) -> None:
    """Remove links that lead anywhere but to the web or a mailbox, and replace pictures with their description."""
    for token in state.tokens:
        safe_children: list[Token] = []
        open_links: list[bool] = []  # for each open link, whether it is safe
        for child in token.children or ():
            if child.type == "link_open":
                open_links.append(bool(_SAFE_LINK.match(str(child.attrGet("href") or ""))))
            is_link = child.type in ("link_open", "link_close")
            is_safe = not is_link or not open_links or open_links[-1]
            if child.type == "link_close" and open_links:
                open_links.pop()
            if child.type == "image":
                safe_children.append(Token("text", "", 0, content=child.content))
            elif is_safe:
                safe_children.append(child)
        if token.children:
            token.children = safe_children


def _decades(state: StateCore) -> None:
    """Turn the mark of "the '90s" into an apostrophe, before it could count as an opening quote."""
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = _DECADE.sub("’", child.content)


def _dashes(state: StateCore) -> None:
    """Turn "--" into a dash, "..." into an ellipsis, and the space in "§ 6" or "Mr. Smith" into a no-break space.

    A line break in that place becomes one, too. Addresses and code stay as they were typed.
    """
    for token in state.tokens:
        children = token.children or []
        for before, between, after in zip(children, children[1:], children[2:], strict=False):
            last_word = before.content.rpartition(" ")[2]
            if between.type == "softbreak" and _NO_BREAK_BEFORE.search(f"{last_word} {after.content[:1]}"):
                between.type, between.content = "text", "\N{NO-BREAK SPACE}"
        is_address = False
        for child in children:
            if child.type == "link_open":
                is_address = child.info == "auto"
            elif child.type == "link_close":
                is_address = False
            elif child.type == "text" and not is_address:
                prose = re.sub(r"(?<![-!<])---?(?![->])", "—", child.content)
                prose = re.sub(r"(?<!\.)\.\.\.(?!\.)", "…", prose)
                child.content = _NO_BREAK_BEFORE.sub(lambda match: f"{match[0][:-1]}\N{NO-BREAK SPACE}", prose)


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


@lru_cache(maxsize=64)
def markdown_html(markdown: str, title: str, language: str, medium: Medium = Medium.SCREEN, level: int = 2) -> Markup:
    """Return Markdown as safe HTML. Raises TextTooDeep and TextTooLong.

    Its headings begin at `level`, its labels are in `language`, and a first heading that repeats `title` is left out.
    """
    locale = document_locale(language)
    tokens = normalize_headings(parse_letter_markdown(markdown, locale.words.quotes), title, level)
    body, notes = extract_notes(tokens)
    set_directions(body, locale.direction)
    isolate_direction(chain.from_iterable(notes.footnotes.values()), locale.direction)
    html = LetterRenderer(medium, notes, locale.words, MarkdownIt("commonmark").options).body(body)
    return Markup(nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"}))  # noqa: S704
