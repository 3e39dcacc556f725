"""Sanitizer of pasted HTML, in one pass: only a letter's elements and attributes, each closed, with limited nesting.

A standard parser takes the square of the depth for nested elements, and of the number for attributes of one element. So this
comes before it: whatever its input, its output is small, balanced and shallow.

See docs/design/letter-text.md.
"""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

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


def sanitize_html(
    html: str, allowed_attributes: Mapping[str, Set[str]], void_tags: Set[str], allowed_tags: Set[str], dropped_tags: Set[str]
) -> str:
    """Return HTML of the elements in `allowed_tags`, balanced, without the content of those in `dropped_tags`.

    Elements of other names are left out, and what is in them stays. Raises HtmlRefused for depth, elements or text without end.
    """
    return "".join(_Sanitizer(html, allowed_attributes, void_tags, allowed_tags, dropped_tags).pieces())


@dataclass(slots=True)
class _Sanitizer:
    html: str
    allowed_attributes: Mapping[str, Set[str]]
    void_tags: Set[str]
    allowed_tags: Set[str]
    dropped_tags: Set[str]
    open_tags: list[str] = field(default_factory=list)
    unclosed_tags: set[str] = field(default_factory=set)
    element_count: int = 0
    text_length: int = 0
    token_count: int = 0

    def pieces(self) -> Iterator[str]:
        """Yield the sanitized HTML, piece by piece."""
        at = 0
        while (token := _TOKEN.search(self.html, at)) is not None:
            yield self._text(self.html[at : token.start()])
            at, self.token_count = token.end(), self.token_count + 1
            if self.token_count > 3 * MAX_HTML_ELEMENTS:
                raise HtmlRefused(
                    _("This text has more than %(most)s elements. Paste it in parts.", most=f"{MAX_HTML_ELEMENTS:,}")
                )
            tag = (token["tag"] or "").lower()
            is_complete = at < len(self.html) or self.html.endswith(">")
            if token[0] == "<":
                yield self._text("&lt;")
            elif tag in self.dropped_tags and not token["end"]:
                at = self._end_of_dropped(tag, at)
            elif tag in self.allowed_tags and is_complete:
                yield from self._end_tag(tag) if token["end"] else self._start_tag(tag, token["attributes"])
        yield self._text(self.html[at:])
        yield from self._close_from(0)

    def _text(self, text: str) -> str:
        """Return text with bare ampersands escaped, and count its characters."""
        self.text_length += len("".join(text.split()))
        if self.text_length > MAX_HTML_CHARACTERS:
            raise HtmlRefused(_("This text is longer than a letter can be. Paste a shorter one."))
        return _BARE_AMPERSAND.sub("&amp;", text)

    def _end_of_dropped(self, tag: str, at: int) -> int:
        """Return the offset after an element that is left out, whose content begins at `at`; `at` itself if nothing ends it."""
        if tag in self.unclosed_tags:
            return at
        end = re.compile(rf"</{tag}(?=[\s/>])[^>]*+>?", re.IGNORECASE).search(self.html, at)
        if end is None:
            self.unclosed_tags.add(tag)
        return end.end() if end else at

    def _start_tag(self, tag: str, attributes: str) -> Iterator[str]:
        """Yield a start tag with its allowed attributes, after the end tags that it implies."""
        self.element_count += 1
        if self.element_count > MAX_HTML_ELEMENTS:
            raise HtmlRefused(_("This text has more than %(most)s elements. Paste it in parts.", most=f"{MAX_HTML_ELEMENTS:,}"))
        ends, stops = _IMPLIED_END_TAGS.get(tag, (frozenset(), frozenset()))
        yield from self._close_implied(ends, stops)
        if tag in _CLOSES_PARAGRAPH:
            yield from self._close_implied(frozenset({"p"}), _TABLE_TAGS | {"li"})
        attribute_text = "".join(f' {name}="{value}"' for name, value in self._clean_attributes(tag, attributes).items())
        yield f"<{tag}{attribute_text}>"
        if tag not in self.void_tags:
            self.open_tags.append(tag)
            if len(self.open_tags) > MAX_HTML_DEPTH:
                raise HtmlRefused(_("This text is nested too deeply to be read."))

    def _clean_attributes(self, tag: str, attributes: str) -> dict[str, str]:
        """Return the allowed attributes of a tag, escaped and cut to the limit; of duplicates the first."""
        allowed = self.allowed_attributes.get("*", frozenset()) | self.allowed_attributes.get(tag, frozenset())
        cleaned: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(attributes):
            name = match[1].lower()
            if name in allowed and name not in cleaned:
                value = match[2] or ""
                unquoted = value[1:].removesuffix(value[0]) if value[:1] in ("'", '"') else value
                cleaned[name] = unquoted[:MAX_ATTRIBUTE_LENGTH].replace('"', "&quot;").replace("<", "&lt;")
        return cleaned

    def _end_tag(self, tag: str) -> Iterator[str]:
        """Yield an end tag, and those of the elements still open in it; nothing if there is no such element."""
        if tag not in self.open_tags:
            return
        index = len(self.open_tags) - 1 - self.open_tags[::-1].index(tag)
        if tag in _FORMATTING_TAGS and not _TABLE_TAGS & set(self.open_tags[index:]):
            del self.open_tags[index]  # it may end within a paragraph that began in it
            yield f"</{tag}>"
        else:
            yield from self._close_from(index)

    def _close_implied(self, ends: frozenset[str], stops: frozenset[str]) -> Iterator[str]:
        """Yield the end tags up to that of the innermost open tag in `ends`; none if a tag in `stops` is open inside of it."""
        for index in range(len(self.open_tags) - 1, -1, -1):
            if self.open_tags[index] in stops:
                return
            if self.open_tags[index] in ends:
                yield from self._close_from(index)
                return

    def _close_from(self, index: int) -> Iterator[str]:
        """Yield the end tags of the open elements from an index on, the innermost first."""
        closed = self.open_tags[index:]
        del self.open_tags[index:]
        yield from (f"</{tag}>" for tag in reversed(closed))
