"""Rules of a letter's Markdown beyond CommonMark's: prose that is indented, safe links, lists as typed, typography.

See docs/design/letters.md.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, list_block, paragraph
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.rendering.letter.annexes import annex
from letterhub.rendering.letter.figures import find_figures
from letterhub.rendering.letter.lint.typed_markup import record_prose
from letterhub.rendering.letter.list_labels import label_lists
from letterhub.rendering.letter.markdown_cleanup import PUNCTUATION
from letterhub.rendering.letter.omissions import Omissions
from letterhub.rendering.letter.typed_addresses import link_typed_addresses
from letterhub.rendering.letter.typed_labels import number_typed_labels

MAX_NESTING = 40

_SUPERSCRIPT_OR_BREAK = re.compile(r"<(sup|sub)>([^<>\n]{1,40})</\1>|<br\s*/?>", re.IGNORECASE)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NO_BREAK_BEFORE = re.compile(rf"(?:[§¶]|\b(?:Nos?|pp?)\.|\b(?:{_MONTHS})) (?=\d)|\b(?:Mr|Mrs|Ms|Dr)\. (?=[^\W\d_])")
_DECADE = re.compile(r"['‘](?=\d\ds\b)")
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_PAGE_BREAK = re.compile(r"\\(?:newpage|pagebreak)")
_CLOSINGS = ("em_close", "strong_close", "s_close")
_CHECK_BOX = re.compile(r"\[([ xX])\](?=\s)")


def letter_parser(quotes: tuple[str, str, str, str] | None, layout: int = LAYOUT_VERSION) -> MarkdownIt:
    """Return a Markdown parser with our rules; without `quotes` it leaves quotes, dashes and ellipses as they are."""
    parser = MarkdownIt(
        "commonmark",
        {"html": False, "maxNesting": MAX_NESTING, "typographer": True, "quotes": quotes or "", "store_labels": True},
    )
    parser.enable("table").disable("code").use(footnote_plugin)
    parser.block.ruler.before("paragraph", "indented", _indented)
    parser.block.ruler.at("list", _indented_list, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.inline.ruler.before("autolink", "raised", _superscript)
    parser.core.ruler.before("text_join", "prose", record_prose)
    parser.core.ruler.push("safe_links", _safe_links)
    if layout > 1:
        parser.enable("strikethrough").use(container_plugin, "keep", validate=_keeps_together)
        parser.block.ruler.before("paragraph", "page_break", _page_break, {"alt": ["paragraph", "reference", "blockquote"]})
        parser.block.ruler.before("paragraph", "annex", annex, {"alt": ["paragraph"]})
        parser.core.ruler.before("block", "typed_labels", lambda state: number_typed_labels(state, layout))
        parser.core.ruler.after("inline", "figures", find_figures)
        parser.core.ruler.push("check_boxes", _check_boxes)
        parser.core.ruler.push("list_labels", label_lists)
    if quotes:
        parser.core.ruler.before("smartquotes", "decades", _decades)
        parser.core.ruler.push("dashes", _dashes)
        parser.enable("smartquotes")
    if layout > 1:
        parser.core.ruler.push("note_references", _references_after_punctuation)
    if layout > 2:
        parser.core.ruler.before("figures", "typed_addresses", link_typed_addresses)
        parser.core.ruler.push("blocks_in_notes", _blocks_in_notes)
        parser.core.ruler.push("heads_alone", _heads_alone)
    return parser


def _indented(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a paragraph that is indented by a tab or four spaces, which would be code in Markdown, but is pasted prose.

    Its indented lines keep their breaks. Returns False if the first line is not indented so far.
    """

    def is_indented(line: int) -> bool:
        return state.sCount[line] - state.blkIndent >= 4

    if not is_indented(start):
        return False
    paragraph(state, start, end, silent)
    _opening, inline, _closing = state.tokens[-3:]
    first, *rest = inline.content.split("\n")
    parts = [first]
    for number, line in enumerate(rest, start=start + 1):
        parts += ("  \n" if is_indented(number) else "\n", line)  # two spaces make a hard break
    inline.content = "".join(parts)
    return True


def _indented_list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a list, however far it is indented: no indented line of a letter is code. Returns False if there is none."""
    outer, state.listIndent = state.listIndent, -1
    try:
        return list_block(state, start, end, silent)
    finally:
        state.listIndent = outer


def _page_break(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    r"""Parse `\newpage` or `\pagebreak` on a line of its own. Returns False at anything else."""
    if not _PAGE_BREAK.fullmatch(state.getLines(start, start + 1, state.blkIndent, False).strip()):
        return False
    if not silent:
        state.push("page_break", "div", 0)
        state.line = start + 1
    return True


def _keeps_together(parameters: str, _markup: str) -> bool:
    """Return whether the words after ":::" begin a block that stays on one page."""
    return parameters.strip() in ("keep", "keep-together", "keep together")


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
    omissions = Omissions.of(state)
    for token in state.tokens:
        if token.children:
            token.children = list(_safe_children(token.children, omissions))


def _safe_children(children: Sequence[Token], omissions: Omissions) -> Iterator[Token]:
    """Yield the contents of a paragraph without unsafe links and pictures, and record what was left out."""
    words: list[str] | None = None  # of an unsafe link around the token; links never nest
    for child in children:
        omissions.used_labels |= {str(child.meta["label"])} if "label" in child.meta else set()
        omissions.titles += [str(title)] if (title := child.attrGet("title")) else []
        match child.type:
            case "link_open":
                address = str(child.attrGet("href") or "")
                if _SAFE_LINK.match(address):
                    yield child
                else:
                    words = []
            case "link_close" if words is not None:
                omissions.links.append(("".join(words), address))
                words = None
            case "image":
                omissions.pictures.append((child.content, unquote(str(child.attrGet("src") or ""))))
                yield Token("text", "", 0, content=child.content)
            case _:
                if words is not None:
                    words.append(child.content)
                yield child


def _blocks_in_notes(state: StateCore) -> None:
    """Make a paragraph of each block of code and each figure in a note: a note is printed as its paragraphs."""
    in_note, tokens = False, list[Token]()
    for token in state.tokens:
        in_note = token.type == "footnote_open" or (in_note and token.type != "footnote_close")
        if in_note and token.type == "fence":
            lines = (Token("code_inline", "code", 0, content=line) for line in token.content.rstrip("\n").split("\n"))
            parts = [part for line in lines for part in (Token("hardbreak", "br", 0), line)]
            tokens.append(Token("inline", "", 0, children=parts[1:]))
        elif in_note and token.type == "figure_open":
            picture = Token("picture", "", 0, content=token.meta["description"], meta=token.meta)
            tokens.append(Token("inline", "", 0, children=[picture]))
        else:
            tokens.append(token)
    state.tokens = tokens


def _check_boxes(state: StateCore) -> None:
    """Replace "[ ]" or "[x]" at the beginning of a list item by the sign of a check box, which stands in place of a bullet."""
    for item, inline in zip(state.tokens, state.tokens[2:], strict=False):
        first = next(iter(inline.children or ()), None)
        if item.type != "list_item_open" or first is None or first.type != "text":
            continue
        if match := _CHECK_BOX.match(first.content):
            first.content = f"{'☐' if match[1] == ' ' else '☑'}{first.content[match.end() :]}"
            item.attrSet("class", "check-box")


def _references_after_punctuation(state: StateCore) -> None:
    """Put the references of notes after the punctuation that follows them, out of the emphasis that ends there."""
    for token in state.tokens:
        if any(child.type == "footnote_ref" for child in token.children or ()):
            token.children = list(_with_later_references(token.children or []))


def _with_later_references(children: Sequence[Token]) -> Iterator[Token]:
    """Yield the contents of a paragraph, each reference of a note after punctuation."""
    references: list[Token] = []
    closings: list[Token] = []
    for child in children:
        if child.type == "footnote_ref" and not closings:
            references.append(child)
        elif references and child.type in _CLOSINGS:
            closings.append(child)
        else:
            match = PUNCTUATION.match(child.content) if references and child.type == "text" else None
            if match:
                yield from (*closings, Token("text", "", 0, content=match[0]), *references)
                child.content = child.content[match.end() :]
            else:
                yield from (*references, *closings)
            references, closings = ([child], []) if child.type == "footnote_ref" else ([], [])
            if not references:
                yield child
    yield from (*references, *closings)


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


def _heads_alone(state: StateCore) -> None:
    """Make the head of a table without other rows its body: PDF/UA wants a table with a head to have a body."""
    for place, (token, following) in enumerate(pairwise(state.tokens)):
        if (token.type, following.type) == ("thead_close", "table_close"):
            head = next(earlier for earlier in reversed(state.tokens[:place]) if earlier.type == "thead_open")
            head.type, token.type, head.tag, token.tag = "tbody_open", "tbody_close", "tbody", "tbody"
