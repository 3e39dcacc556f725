"""Sanitizer of pasted HTML, in one pass: only a letter's elements and attributes, each closed, with limited nesting.

A standard parser takes the square of the depth for nested elements, and of the number for attributes of one element. So this
comes before it: whatever its input, its output is small, balanced and shallow.

See docs/design/word-in.md.
"""

import re
from collections.abc import Iterator, Mapping, Set

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _

MAX_HTML_DEPTH = 120
MAX_HTML_ELEMENTS = 20_000
MAX_HTML_CHARACTERS = 300_000
"""Limit on all text, without spaces: twice that of a letter, as a character reference counts as written."""
MAX_ATTRIBUTE_LENGTH = 4_000

_NAME = r"""(?:[^\s/>=]|=)[^\s/>=]*+"""
_VALUE = r"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+)"""
_ATTRIBUTE = re.compile(rf"({_NAME})(?:\s*+=\s*+({_VALUE}))?+")
_TOKEN = re.compile(
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![a-zA-Z]))[^>]*+(?:>|\Z)"
    rf"|<(?P<end>/?)(?P<tag>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:[\s/]++|{_NAME}(?:\s*+=\s*+{_VALUE})?+)*+)(?:>|\Z)|<",
    re.DOTALL,
)
"""A comment, a declaration, a tag, or a lone "<", split as the standard does, each in linear time."""

_BARE_AMPERSAND = re.compile(r"&(?!#?[a-zA-Z0-9]{1,32};)")
_FORMATTING_TAGS = frozenset("a b del em i ins s span strike strong sub sup u".split())
_TABLE_TAGS = frozenset("table td th".split())
_IMPLIED_END_TAGS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "table"})),
    "td": (frozenset({"td", "th"}), frozenset({"table"})),
    "th": (frozenset({"td", "th"}), frozenset({"table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "tbody": (frozenset({"tbody", "thead", "tfoot"}), frozenset({"table"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl", "table"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl", "table"})),
}
"""Elements that end where another begins, unless one of the second set is between."""
_CLOSES_PARAGRAPH = frozenset("p div ul ol dl table h1 h2 h3 h4 h5 h6 blockquote pre hr section article".split())


class HtmlRefused(UserFacingError):
    """Raised when HTML cannot be read as a letter's text."""


def sanitize_html(html: str, attributes: Mapping[str, Set[str]], empty: Set[str], blocks: Set[str], without: Set[str]) -> str:
    """Return HTML of the elements that `attributes` and `blocks` name, balanced, without the content of those in `without`.

    Elements of other names are left out, and what is in them stays. Raises HtmlRefused for depth, elements or text without end.
    """
    return "".join(_Sanitizer(html, attributes, empty, blocks, without).pieces())


class _Sanitizer:
    def __init__(
        self, html: str, attributes: Mapping[str, Set[str]], empty: Set[str], blocks: Set[str], without: Set[str]
    ) -> None:
        self.html, self.attributes, self.empty, self.known, self.without = html, attributes, empty, blocks, without
        self.open: list[str] = []
        self.count = self.letters = self.tokens = 0
        self.endless: set[str] = set()

    def pieces(self) -> Iterator[str]:
        at = 0
        while (found := _TOKEN.search(self.html, at)) is not None:
            yield self._text(self.html[at : found.start()])
            at, self.tokens = found.end(), self.tokens + 1
            if self.tokens > 3 * MAX_HTML_ELEMENTS:
                raise HtmlRefused(
                    _("This text has more than %(most)s elements. Paste it in parts.", most=f"{MAX_HTML_ELEMENTS:,}")
                )
            tag = (found["tag"] or "").lower()
            if found[0] == "<":
                yield self._text("&lt;")
            elif tag in self.without and not found["end"]:
                at = self._after(tag, at)
            elif tag in self.known and (at < len(self.html) or self.html.endswith(">")):
                yield from self._ended(tag) if found["end"] else self._begun(tag, found["attributes"])
        yield self._text(self.html[at:])
        yield from self._closed(0)

    def _text(self, text: str) -> str:
        self.letters += len("".join(text.split()))
        if self.letters > MAX_HTML_CHARACTERS:
            raise HtmlRefused(_("This text is longer than a letter can be. Paste a shorter one."))
        return _BARE_AMPERSAND.sub("&amp;", text)

    def _after(self, tag: str, at: int) -> int:
        """Return the end of the content of an element that is left out; if nothing ends it, only its tag is left out."""
        end = None if tag in self.endless else re.compile(rf"</{tag}(?=[\s/>])[^>]*+>?", re.IGNORECASE).search(self.html, at)
        if end is None:
            self.endless.add(tag)
            return at
        return end.end()

    def _begun(self, tag: str, attributes: str) -> Iterator[str]:
        self.count += 1
        if self.count > MAX_HTML_ELEMENTS:
            raise HtmlRefused(_("This text has more than %(most)s elements. Paste it in parts.", most=f"{MAX_HTML_ELEMENTS:,}"))
        ends, stops = _IMPLIED_END_TAGS.get(tag, (frozenset(), frozenset()))
        yield from self._closed_above(ends, stops)
        if tag in _CLOSES_PARAGRAPH:
            yield from self._closed_above(frozenset({"p"}), _TABLE_TAGS | {"li"})
        kept = "".join(f' {name}="{value}"' for name, value in self._kept(tag, attributes).items())
        yield f"<{tag}{kept}>"
        if tag not in self.empty:
            self.open.append(tag)
            if len(self.open) > MAX_HTML_DEPTH:
                raise HtmlRefused(_("This text is nested too deeply to be read."))

    def _kept(self, tag: str, attributes: str) -> dict[str, str]:
        wanted = self.attributes.get("*", frozenset()) | self.attributes.get(tag, frozenset())
        kept: dict[str, str] = {}
        for found in _ATTRIBUTE.finditer(attributes):
            name = found[1].lower()
            if name in wanted and name not in kept:
                value = found[2] or ""
                bare = value[1:].removesuffix(value[0]) if value[:1] in ("'", '"') else value
                kept[name] = bare[:MAX_ATTRIBUTE_LENGTH].replace('"', "&quot;").replace("<", "&lt;")
        return kept

    def _ended(self, tag: str) -> Iterator[str]:
        if tag not in self.open:
            return
        place = len(self.open) - 1 - self.open[::-1].index(tag)
        if tag in _FORMATTING_TAGS and not _TABLE_TAGS & set(self.open[place:]):
            del self.open[place]  # it may end within a paragraph that began in it
            yield f"</{tag}>"
        else:
            yield from self._closed(place)

    def _closed_above(self, ends: frozenset[str], stops: frozenset[str]) -> Iterator[str]:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place] in stops:
                return
            if self.open[place] in ends:
                yield from self._closed(place)
                return

    def _closed(self, place: int) -> Iterator[str]:
        closed = self.open[place:]
        del self.open[place:]
        yield from (f"</{tag}>" for tag in reversed(closed))
