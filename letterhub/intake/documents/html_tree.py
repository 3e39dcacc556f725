"""HTML of other programs as a small tree, sanitized first; and the cells of its tables."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

from letterhub.domain.i18n import _
from letterhub.intake.documents.html_sanitizer import MAX_HTML_DEPTH, MAX_HTML_ELEMENTS, HtmlRefused, sanitize_html

MAX_HTML_LENGTH = 2 * 2**20

_BLOCK_TAG_NAMES = (
    "address article aside blockquote center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li"
)
_BLOCK_TAG_NAMES += " main nav ol p pre section summary table tbody td tfoot th thead tr ul"
_INLINE_TAG_NAMES = "a b br del em i img input ins s span strike strong sub sup u"
_ALLOWED_TAGS = {*_BLOCK_TAG_NAMES.split(), *_INLINE_TAG_NAMES.split()}
_ALLOWED_ATTRIBUTES = {
    "*": {"class", "id", "name", "style"},
    "a": {"href"},
    "del": {"datetime"},
    "ins": {"datetime"},
    "input": {"type", "checked"},
    "ol": {"start"},
    "li": {"value", "aria-level", "data-aria-level"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_DROPPED_TAGS = {"script", "style", "title", "template", "noscript", "xml", "svg", "math", "select", "button", "iframe"}
_VOID_TAGS = ("br", "hr", "img", "input")


@dataclass(slots=True)
class Node:
    """An element with its children in order: texts and other elements."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)
    parent: "Node | None" = field(default=None, repr=False)
    holds_blocks: bool = False

    @property
    def is_block(self) -> bool:
        """True for a block element, and for one that contains any."""
        return self.holds_blocks or self.tag in BLOCK_TAGS

    @property
    def style(self) -> str:
        """The inline style in lower case, without spaces: "font-weight:700;mso-list:l0level1lfo1"."""
        return "".join(self.attributes.get("style", "").casefold().split())

    def elements(self) -> Iterator["Node"]:
        """Yield every element below, in document order."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.elements()

    def text(self) -> str:
        """Return all text below."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def remove(self) -> None:
        """Remove the element from its parent."""
        if self.parent is not None:
            self.parent.children = [child for child in self.parent.children if child is not self]


BLOCK_TAGS = frozenset(_BLOCK_TAG_NAMES.split())


class _Builder(HTMLParser):
    """Builder of a tree from sanitized HTML, in which every element that opens also closes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._current = Node("div")
        self._depth = self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add an element to the tree, and enter it unless it is void."""
        node = Node(tag, {name: value or "" for name, value in attrs}, parent=self._current)
        self._current.children.append(node)
        # every ancestor of a block holds blocks
        ancestor: Node | None = self._current if tag in BLOCK_TAGS else None
        while ancestor is not None and not ancestor.holds_blocks:
            ancestor.holds_blocks, ancestor = True, ancestor.parent
        self._count += 1
        if self._count > MAX_HTML_ELEMENTS:
            raise HtmlRefused(_("This text has far more parts than a letter."))
        if tag in _VOID_TAGS:
            return
        self._current, self._depth = node, self._depth + 1
        if self._depth > MAX_HTML_DEPTH:
            raise HtmlRefused(_("This text is nested too deeply to be read."))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID_TAGS and self._current.parent is not None:
            self._current, self._depth = self._current.parent, self._depth - 1

    def handle_data(self, data: str) -> None:
        self._current.children.append(data)


def parse_tree(html: str) -> Node:
    """Return HTML as a tree. Raises HtmlRefused for more than 2 MB, and for too deep nesting."""
    if len(html) > MAX_HTML_LENGTH:
        raise HtmlRefused(_("This text is larger than %(most)s MB.", most=MAX_HTML_LENGTH // 2**20))
    clean = nh3.clean(
        sanitize_html(html, _ALLOWED_ATTRIBUTES, set(_VOID_TAGS), _ALLOWED_TAGS, _DROPPED_TAGS),
        tags=_ALLOWED_TAGS,
        attributes=_ALLOWED_ATTRIBUTES,
        clean_content_tags=_DROPPED_TAGS,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    builder = _Builder()
    builder.feed(clean)
    builder.close()
    return builder.root


MAX_SPAN = 40
MAX_CELLS = 20_000


def table_cells(table: Node) -> tuple[list[list[Node | None]], bool]:
    """Return the cells of each row, and whether any of them are merged. Raises HtmlRefused.

    All rows are as long as the longest: None stands for a missing cell, and for one that a merged cell covers.
    """
    rows: list[list[Node | None]] = []
    covered_rows: dict[int, int] = {}  # by column, the rows that a cell above still covers
    merged = False
    row_groups = [table, *_children(table, "thead", "tbody", "tfoot")]
    for row in (row for group in row_groups for row in _children(group, "tr")):
        cells: list[Node | None] = []
        for cell in _children(row, "td", "th"):
            while covered_rows.get(len(cells), 0):
                covered_rows[len(cells)] -= 1
                cells.append(None)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            merged = merged or width > 1 or height > 1
            for column in range(len(cells), len(cells) + width):
                covered_rows[column] = height - 1
            cells += [cell, *[None] * (width - 1)]
        while covered_rows.get(len(cells), 0):
            covered_rows[len(cells)] -= 1
            cells.append(None)
        rows.append(cells)
    longest = max(map(len, rows), default=0)
    if longest * len(rows) > MAX_CELLS:
        raise HtmlRefused(_("This text has a table far larger than any in a letter."))
    return [cells + [None] * (longest - len(cells)) for cells in rows if any(cells)], merged


def _children(node: Node, *tags: str) -> Iterator[Node]:
    return (child for child in node.children if isinstance(child, Node) and child.tag in tags)


def _span(cell: Node, name: str) -> int:
    """Return how many columns or rows a cell spans, at most MAX_SPAN; 1 if its attribute is not a short number."""
    text = cell.attributes.get(name, "1")
    is_short_number = text.isascii() and text.isdecimal() and len(text) < 5
    return min(max(int(text), 1), MAX_SPAN) if is_short_number else 1
