"""Text of a paragraph before its lines are broken: its characters, their widths, and the places where a line may end."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.text.ffi import FROM_UNITS, ffi
from weasyprint.text.line_break import create_layout, get_log_attrs

from letterhub.rendering.pdf.typesetting.hyphenation import SOFT_HYPHEN, HyphenationDictionaries, HyphenationDictionary
from letterhub.rendering.pdf.typesetting.knuth_plass import LineEnd

Box = Any
Context = Any
Style = Any
Path = tuple[int, ...]

_OBJECT = "\ufffc"  # stands for a picture or another box of its own in the line
_HYPHENS = frozenset("-\u2010")
_APOSTROPHES = frozenset("'’")


@dataclass(slots=True)
class ParagraphText:
    """Text of a line box: characters, and `reach`, the distance from the start to each of them and to the end, in pixels.

    `starts` has for each box its first character and its text; `styles` the first character and style of each text.
    """

    context: Context
    dictionaries: HyphenationDictionaries
    characters: list[str] = field(default_factory=list)
    reach: list[float] = field(default_factory=lambda: [0.0])
    starts: dict[Path, tuple[int, str]] = field(default_factory=dict)
    styles: list[tuple[int, Style]] = field(default_factory=list)

    def gather(self, box: Box, path: Path = ()) -> bool:
        """Add what a box holds; return whether all widths are known before layout. Typed soft hyphens are taken out."""
        for number, child in enumerate(box.children):
            here = (*path, number)
            self.starts[here] = len(self.characters), ""
            if not child.is_in_normal_flow():
                continue
            if isinstance(child, boxes.TextBox):
                self._add_text(child, here)
            elif isinstance(child, boxes.InlineBox):
                self.reach[-1] += _edge_width(child, "left")
                if not self.gather(child, here):
                    return False
                self.reach[-1] += _edge_width(child, "right")
            elif (width := _fixed_width(child)) is not None:
                self.characters.append(_OBJECT)
                self.reach.append(self.reach[-1] + width)
            else:
                return False
        return True

    def _add_text(self, box: Box, here: Path) -> None:
        dictionary = self.dictionaries.of(box.style)
        if dictionary and SOFT_HYPHEN in box.text:
            box.text = dictionary.take_typed(box.text)
        self.starts[here] = len(self.characters), box.text
        self.styles.append((len(self.characters), box.style))
        for number, line in enumerate(box.text.split("\n")):
            if number:
                self.characters.append("\n")
                self.reach.append(self.reach[-1])
            widths = _cluster_widths(self.context, box.style, line)
            for cluster, width in _clusters(line, widths):
                self.characters += cluster
                self.reach += [self.reach[-1] + width * (at + 1) / len(cluster) for at in range(len(cluster))]

    def offset(self, skip_stack: Any) -> int | None:
        """Return the character at which WeasyPrint says that a line begins; None for a place that the text does not have."""
        path: Path = ()
        while skip_stack:
            ((step, skip_stack),) = skip_stack.items()
            path = (*path, step)
        if not path:
            return 0
        if path in self.starts:
            return self.starts[path][0]
        if path[:-1] in self.starts:
            start, text = self.starts[path[:-1]]
            return start + len(text.encode()[: path[-1]].decode())
        return None

    def line_ends(self) -> Iterator[LineEnd]:
        """Yield every place where a line may end, in order; the end of the text last."""
        text = "".join(self.characters)
        marks = get_log_attrs(text, self.styles[0][1]["lang"] if self.styles else None)
        divided = dict(self._divided_words(text))
        end = 0  # of what was printed before, without spaces
        for at, character in enumerate(text, start=1):
            end = end if character == " " else at
            if character == "\n":
                yield LineEnd(at - 1, at, is_forced=True)
            elif at in divided:
                yield divided[at]
            elif at < len(text) and marks[at].is_line_break and character != SOFT_HYPHEN and end:
                yield LineEnd(end, at, is_hyphen=character in _HYPHENS)
        yield LineEnd(end, len(text), is_forced=True)

    def space_width(self) -> float:
        """Return the usual width of a space."""
        widths = sorted(self.reach[at + 1] - self.reach[at] for at, character in enumerate(self.characters) if character == " ")
        return widths[len(widths) // 2] if widths else 4.0

    def _divided_words(self, text: str) -> Iterator[tuple[int, LineEnd]]:
        """Yield the places inside words where a line may end with a hyphen."""
        firsts = [first for first, _ in self.styles]
        hyphens = [self._hyphen(style) for _, style in self.styles]
        for start, word in _words(text):
            number = max(bisect_right(firsts, start) - 1, 0)
            style, (dictionary, width) = self.styles[number][1], hyphens[number]
            if dictionary and len(word) >= style["hyphenate_limit_chars"][0]:
                is_name = word[0].isupper() and not style["lang"].startswith("de")
                for place in dictionary.positions(word):
                    yield start + place, LineEnd(start + place, start + place, width, is_hyphen=True, is_name=is_name)

    def _hyphen(self, style: Style) -> tuple[HyphenationDictionary | None, float]:
        """Return the dictionary for texts of a style, None where no word is divided, and the width of their hyphen."""
        dictionary = self.dictionaries.of(style)
        hyphen = _cluster_widths(self.context, style, style["hyphenate_character"]) if dictionary else {}
        return dictionary, sum(hyphen.values())


def _words(text: str) -> Iterator[tuple[int, str]]:
    """Yield the words of a text as WeasyPrint divides them, each with its first character: letters and apostrophes inside."""
    start = None
    for at, character in enumerate(text + " "):
        if character.isalpha() or (character in _APOSTROPHES and start is not None):
            start = at if start is None else start
        elif start is not None:
            yield start, text[start:at]
            start = None


def _clusters(text: str, widths: Mapping[int, float]) -> Iterator[tuple[str, float]]:
    """Yield the clusters of a text with their widths: single characters, letters with their marks, ligatures."""
    at, cluster, width = 0, "", 0.0
    for character in text:
        if at in widths and cluster:
            yield cluster, width
            cluster = ""
        if not cluster:
            width = widths.get(at, 0.0)
        cluster += character
        at += len(character.encode())
    if cluster:
        yield cluster, width


def _cluster_widths(context: Context, style: Style, text: str) -> dict[int, float]:
    """Return the width of each cluster of a text by its first byte, in pixels."""
    widths: dict[int, float] = {}
    if not text:
        return widths
    layout = create_layout(text, style, context, None, 0)
    line, _ = layout.get_first_line()
    run = line.runs[0]
    while run != ffi.NULL:
        item, glyphs = run.data.item, run.data.glyphs
        for number in range(glyphs.num_glyphs):
            at = item.offset + glyphs.log_clusters[number]
            widths[at] = widths.get(at, 0.0) + glyphs.glyphs[number].geometry.width * FROM_UNITS
        run = run.next
    layout.deactivate()
    return widths


def _edge_width(box: Box, side: str) -> float:
    """Return the width of a box's margin, padding and border at one side."""
    spaces = (getattr(box.style[f"{name}_{side}"], "value", 0) or 0 for name in ("margin", "padding"))
    return float(sum(spaces) + box.style[f"border_{side}_width"])


def _fixed_width(box: Box) -> float | None:
    """Return the width of a box in the line that has one of its own; None where only layout shows it."""
    width = box.style["width"]
    if getattr(width, "unit", "") != "px":
        return None
    return float(width.value) + _edge_width(box, "left") + _edge_width(box, "right")
