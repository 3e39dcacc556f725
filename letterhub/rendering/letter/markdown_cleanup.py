"""Cleanup of a letter's text: bullets pasted from word processors, heading levels, and footnotes, also those typed by hand.

See docs/design/letters.md.
"""

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, islice, pairwise, takewhile

from markdown_it.token import Token

from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.domain.unicode import normalize_unicode
from letterhub.rendering.letter.hidden_code import hide_code, is_hidden_code, show_code

_ITEM = re.compile(r"(?P<quotes>(?:[ \t]*>)*)[ \t]*(?P<sign>[•·‣▪◦●○■□\uf0a7\uf0b7\uf0d8](?=[ \t])|[o§](?=\t))[ \t]+(?=\S)")
_INDENTED_FIRST_ITEM = re.compile(r"(?: {4}| {0,3}\t)[ \t]*+(?:1[.)]|[-*+])[ \t]+\S")
_ANY_ITEM = re.compile(r"[ \t]*(?:\d{1,9}[.)]|[-*+])[ \t]")
_STARTS_CONTAINER = re.compile(r" {0,3}(?:\[\^[^\]\s]+\]:|\d{1,9}[.)]|[-*+])[ \t]")
_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})")
_LABEL = re.compile(r"[ \t]*\(?([a-z]|[ivx]{1,5}|\d{1,2})\)[ \t]+(?=\S)")
_TABLE_DELIMITER = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_BAR = re.compile(r"(?<!\\)\|")
PUNCTUATION = re.compile(r"[.,;:!?…]+[”’»]*|[”’»]+[.,;:!?…]*")
"""Punctuation that the mark of a note stands after."""
_MORE_THAN_TITLE = {"footnote_ref", "link_open"}
_ROMAN_NUMERALS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")


def clean_markdown(text: str, layout: int = LAYOUT_VERSION) -> str:
    """Return the text with pasted bullets and labels as Markdown; code is left as it is.

    Up to layout 2, only code between fences outside of quotes and lists.
    """
    if layout > 2:
        return show_code("\n".join(_clean_prose(hide_code(text).split("\n"), layout)))
    cleaned: list[str] = []
    for lines, is_code in split_fences(text):
        cleaned += lines if is_code else _clean_prose(lines, layout)
    return "\n".join(cleaned)


def split_fences(text: str) -> Iterator[tuple[list[str], bool]]:
    """Yield the lines of a text, alternating between prose and code between fences, each with a flag for code.

    A block whose fence is never closed goes on to the end.
    """
    run: list[str] = []
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if match and not fence:
            yield run, False
            run, fence = [line], match[1]
        elif match and match[1].startswith(fence) and not line.strip(" \t`~"):  # nothing but a fence of the same kind
            yield [*run, line], True
            run, fence = [], ""
        else:
            run.append(line)
    yield run, bool(fence)


def _clean_prose(lines: Sequence[str], layout: int) -> Iterator[str]:
    """Yield lines of prose with pasted bullets and labels as Markdown; labels are looked for paragraph by paragraph."""
    block: list[str] = []
    for line in _separate_lists(_bullets_as_items(_widen_tables(lines) if layout > 1 else lines)):
        if line.strip():
            block.append(line)
            continue
        yield from _break_before_labels(block)
        yield line
        block = []
    yield from _break_before_labels(block)


def _widen_tables(lines: Sequence[str]) -> list[str]:
    """Return the lines with as many columns in the head of each table as its widest row has.

    Markdown would drop the cells that the head has no columns for.
    """
    widened = list(lines)
    end = 0
    for at, (head, delimiter) in enumerate(pairwise(lines)):
        columns = _cell_count(delimiter)
        if at < end or "|" not in delimiter or not _TABLE_DELIMITER.fullmatch(delimiter) or columns != _cell_count(head):
            continue
        rows = list(takewhile(str.strip, islice(lines, at + 2, None)))
        end = at + 2 + len(rows)
        missing = max(map(_cell_count, rows), default=0) - columns
        if missing > 0:
            widened[at : at + 2] = _add_cells(head, "", missing), _add_cells(delimiter, "---", missing)
    return widened


def _cell_count(row: str) -> int:
    """Return the number of cells of a table's row; a bar after a backslash ends none."""
    return len(_BAR.findall(row.strip(" \t>").removeprefix("|").removesuffix("|"))) + 1


def _add_cells(row: str, content: str, count: int) -> str:
    """Return a row of a table with more cells at its end."""
    return f"{row.rstrip().removesuffix('|')}|{f' {content} |' * count}"


def _bullets_as_items(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines with pasted bullets such as "•" as list items, "- ".

    A new kind of bullet is one level deeper than the kind above it; a paragraph ends all levels. Lines indented below a note
    or a typed item stay in that container.
    """
    levels: list[str] = []  # the kinds of bullets, from the outermost level
    blank = in_container = False
    for line in lines:
        match = _ITEM.match(line)
        if is_hidden_code(line):
            yield line
            blank = False
        elif match is None:
            opens_container, is_indented = bool(_STARTS_CONTAINER.match(line)), line[:1].isspace()
            starts_paragraph = blank and bool(line.strip()) and not _ANY_ITEM.match(line)
            leaves_container = starts_paragraph and not is_indented
            in_container = opens_container or (in_container and not leaves_container)
            yield line.lstrip() if starts_paragraph and levels and not in_container else line
            levels = [] if starts_paragraph or opens_container else levels
            blank = not line.strip()
        else:
            levels = [*takewhile(match["sign"].__ne__, levels), match["sign"]]
            blank, in_container = False, in_container and line[:1].isspace()
            quotes = f"{match['quotes']} " if match["quotes"] else ""
            yield f"{'    ' if in_container else ''}{quotes}{'  ' * (len(levels) - 1)}- {line[match.end() :]}"


def _separate_lists(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines, with a blank one between a paragraph and a first item that is indented by a tab or four spaces."""
    in_list, blank = False, True
    for line in lines:
        if not in_list and not blank and _INDENTED_FIRST_ITEM.match(line):
            yield ""
        if _ANY_ITEM.match(line):
            in_list = True
        elif blank and line.strip() and not line[0].isspace():
            in_list = False
        blank = not line.strip()
        yield line


def _break_before_labels(block: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a paragraph, with hard breaks before those with labels that follow each other: (a), (b), …

    A label that no other follows gets none: a line of prose may happen to begin with "(a)".
    """
    labels = [(at, match[1]) for at, line in enumerate(block) if (match := _LABEL.match(line))]
    counted_lines: set[int] = set()
    for (at, label), (next_at, next_label) in pairwise(labels):
        if next_label in _next_labels(label):
            counted_lines |= {at, next_at}
    for at, line in enumerate(block):
        yield f"{line}  " if at + 1 in counted_lines else line


def _next_labels(label: str) -> tuple[str, ...]:
    """Return the labels that may follow one: "3" after "2", "b" after "a", "j" or "ii" after "i"."""
    if label.isdecimal():
        return (str(int(label) + 1),)
    letters = (chr(ord(label) + 1),) if len(label) == 1 else ()
    if label not in _ROMAN_NUMERALS:
        return letters
    index = _ROMAN_NUMERALS.index(label)
    return (*letters, *_ROMAN_NUMERALS[index + 1 : index + 2])


def normalize_headings(tokens: Sequence[Token], title: str, level: int, layout: int = LAYOUT_VERSION) -> list[Token]:
    """Return the tokens without a first heading that repeats the title, and without rules at either end.

    Headings are renumbered as an outline: each at most one level below its parent, the highest at `level`. Since layout 3 a
    heading with a note or a link stays.
    """
    body = list(tokens)
    begins_with_heading = len(body) > 2 and body[0].type == "heading_open"
    is_plain = begins_with_heading and (layout < 3 or not {child.type for child in body[1].children or ()} & _MORE_THAN_TITLE)
    if is_plain and _comparable(text_of_inline(body[1])) == _comparable(title):
        body = body[3:]
    body = list(dropwhile(lambda token: token.type == "hr", body))
    while body and body[-1].type == "hr":
        body.pop()
    open_levels: list[int] = []
    for token in body:
        if token.type not in ("heading_open", "heading_close"):
            continue
        if token.type == "heading_open":
            heading_level = int(token.tag[1])
            while open_levels and open_levels[-1] >= heading_level:
                open_levels.pop()
            open_levels.append(heading_level)
        token.tag = f"h{min(level + len(open_levels) - 1, 6)}"
    return body


def text_of_inline(inline: Token) -> str:
    """Return the text of a paragraph without markup."""
    return "".join(" " if child.type == "softbreak" else child.content for child in inline.children or ())


def _comparable(text: str) -> str:
    """Return the letters and digits of a text, the same for texts that differ in case, accents' encoding or punctuation."""
    letters = (letter for letter in normalize_unicode("NFKD", text).casefold() if letter.isalnum())
    return "".join(letters)


@dataclass(slots=True)
class Notes:
    """The footnotes of one letter by id, each as the inline contents of its paragraphs.

    `raised`: the text has superscripts typed by hand; `listed`: its last list holds their notes.
    """

    footnotes: dict[int, list[Token]] = field(default_factory=dict)
    raised: bool = False
    listed: bool = False

    @property
    def any(self) -> bool:
        """True if the text has notes of its own, so that addresses are numbered with letters."""
        return bool(self.footnotes) or self.raised


def extract_notes(tokens: Sequence[Token]) -> tuple[list[Token], Notes]:
    """Separate footnotes from the text: return the tokens of the text without them, and the notes.

    If superscripts typed by hand refer to the numbered list that ends the text, the list stays there, and its items get ids
    that notes have.
    """
    body: list[Token] = []
    notes = Notes()
    current: list[Token] | None = None
    label = ""  # of a list item in a note: a note is printed as one paragraph, so the label becomes part of its words
    for token in tokens:
        match token.type:
            case "footnote_open":
                current = notes.footnotes.setdefault(int(token.meta["id"]), [])
            case "footnote_close" | "footnote_block_open" | "footnote_block_close":
                current = None
            case _ if current is not None:
                label = str(token.meta.get("label", "")) if token.type == "list_item_open" else label
                if token.type == "inline":
                    current.append(_with_label(token, label))
                    label = ""
            case _ if token.type != "footnote_anchor":
                body.append(token)
    _match_superscripts(body, notes)
    return body, notes


def _with_label(inline: Token, label: str) -> Token:
    """Return a paragraph with the label of its list item before its words."""
    if label:
        inline.children = [Token("text", "", 0, content=f"{label} "), *(inline.children or ())]
    return inline


def _match_superscripts(body: Sequence[Token], notes: Notes) -> None:
    """Make the numbered list that ends the text its notes, if every number in super- or subscript has an item in it.

    Records in the notes whether the text has superscripts, and whether it has such a list.
    """
    scripts = [child for token in body for child in token.children or () if child.type == "raised"]  # super- and subscripts
    numbers = [int(script.content) for script in scripts if script.content.isdecimal()]
    notes.raised = any(script.tag == "sup" for script in scripts)
    if not numbers or body[-1].type != "ordered_list_close":
        return
    items: list[Token] = []
    for token in reversed(body):
        if token.type == "list_item_open" and token.level == 1:
            items.append(token)
        if token.type == "ordered_list_open" and token.level == 0:
            break
    if len(items) >= max(numbers):
        notes.listed = True
        for number, item in enumerate(reversed(items), start=1):
            item.attrSet("id", f"note-{number}")


def alphabetic_number(number: int) -> str:
    """Return the letters that number an address beside numbered notes: 1 is "a", 27 is "aa"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = string.ascii_lowercase[rest] + letters
    return letters


def display_address(href: str) -> str:
    """Return an address as printed: without scheme, tracking parameters and final slash."""
    bare = re.sub(r"^(?:https?://|mailto:)", "", href, flags=re.IGNORECASE)
    return re.sub(r"[?&]utm_[^&#]*", "", bare).removesuffix("/")
