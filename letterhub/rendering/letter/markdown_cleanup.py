"""Cleanup of a letter's text: bullets pasted from word processors, heading levels, and footnotes, also those typed by hand.

See docs/design/letters.md.
"""

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from letterhub.domain.unicode import normalize_unicode

_ITEM = re.compile(r"(?P<quotes>(?:[ \t]*>)*)[ \t]*(?P<sign>[•·‣▪◦●○■□\uf0a7\uf0b7\uf0d8](?=[ \t])|[o§](?=\t))[ \t]+(?=\S)")
_INDENTED_FIRST_ITEM = re.compile(r"(?: {4}| {0,3}\t)[ \t]*+(?:1[.)]|[-*+])[ \t]+\S")
_ANY_ITEM = re.compile(r"[ \t]*(?:\d{1,9}[.)]|[-*+])[ \t]")
_STARTS_CONTAINER = re.compile(r" {0,3}(?:\[\^[^\]\s]+\]:|\d{1,9}[.)]|[-*+])[ \t]")
_FENCE = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})")
_LABEL = re.compile(r"[ \t]*\(?([a-z]|[ivx]{1,5}|\d{1,2})\)[ \t]+(?=\S)")
_ROMAN_NUMERALS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")


def clean_markdown(text: str) -> str:
    """Return the text with pasted bullets and labels as Markdown; fenced blocks are left as they are."""
    return "\n".join(
        line for prose, lines in _prose_and_code(text.split("\n")) for line in (_clean_prose(lines) if prose else lines)
    )


def _prose_and_code(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """Yield runs of lines, each with whether it is prose: a fence is open until one like it, or to the end."""
    run: list[str] = []
    fence = ""
    for line in lines:
        match = _FENCE.match(line)
        if match and not fence:
            yield True, run
            run, fence = [line], match[1]
        elif match and match[1].startswith(fence) and not line.strip(" \t`~"):
            yield False, [*run, line]
            run, fence = [], ""
        else:
            run.append(line)
    yield not fence, run


def _clean_prose(lines: Sequence[str]) -> Iterator[str]:
    block: list[str] = []
    for line in _separate_lists(_bullets_as_items(lines)):
        if line.strip():
            block.append(line)
            continue
        yield from _break_before_labels(block)
        yield line
        block = []
    yield from _break_before_labels(block)


def _bullets_as_items(lines: Sequence[str]) -> Iterator[str]:
    """Yield pasted bullets as hyphens; each kind of bullet below another is a level deeper, until a paragraph.

    Lines indented below a note or a typed item stay in it.
    """
    levels: list[str] = []
    blank = in_container = False
    for line in lines:
        match = _ITEM.match(line)
        if match is None:
            opens_container, is_indented = bool(_STARTS_CONTAINER.match(line)), line[:1].isspace()
            starts_paragraph = (
                blank and bool(line.strip()) and not _ANY_ITEM.match(line)
            )  # a paragraph that is no part of the item above
            in_container = opens_container or (in_container and not (starts_paragraph and not is_indented))
            yield line.lstrip() if starts_paragraph and levels and not in_container else line
            levels = [] if starts_paragraph or opens_container else levels
            blank = not line.strip()
            continue
        if match["sign"] in levels:
            del levels[levels.index(match["sign"]) + 1 :]
        else:
            levels.append(match["sign"])
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
    """Yield the lines of a paragraph, with a hard break before each that continues a count: (a), (b), …"""
    labels = {at: match[1] for at, line in enumerate(block) if (match := _LABEL.match(line))}
    continuing = {at for at in _consecutive_labels(labels) if at}
    for at, line in enumerate(block):
        yield f"{line}  " if at + 1 in continuing else line


def _consecutive_labels(labels: dict[int, str]) -> Iterator[int]:
    """Yield the numbers of lines with consecutive labels: a single label may be a line that broke before "(a)"."""
    for (line_number, label), (next_number, next_label) in zip(labels.items(), list(labels.items())[1:], strict=False):
        if next_label in _next_labels(label):
            yield from (line_number, next_number)


def _next_labels(label: str) -> tuple[str, ...]:
    if label.isdecimal():
        return (str(int(label) + 1),)
    letters = (chr(ord(label) + 1),) if len(label) == 1 else ()
    index = _ROMAN_NUMERALS.index(label) if label in _ROMAN_NUMERALS else 0
    return (*letters, *_ROMAN_NUMERALS[index + 1 : index + 2]) if index else letters


def normalize_headings(tokens: Sequence[Token], title: str, level: int) -> list[Token]:
    """Return the tokens without a first heading that repeats the title, headings renumbered from `level` without gaps."""
    body = _without_end_rules(_without_title(list(tokens), title))
    _renumber(body, level)
    return body


def _without_title(tokens: list[Token], title: str) -> list[Token]:
    first_is_title = (
        len(tokens) > 2 and tokens[0].type == "heading_open" and _comparable(text_of_inline(tokens[1])) == _comparable(title)
    )
    return tokens[3:] if first_is_title else tokens


def text_of_inline(inline: Token) -> str:
    """Return the text of a paragraph without markup."""
    return "".join(" " if child.type == "softbreak" else child.content for child in inline.children or ())


def _comparable(text: str) -> str:
    letters = (letter for letter in normalize_unicode("NFKD", text).casefold() if letter.isalnum())
    return "".join(letters)


def _without_end_rules(tokens: list[Token]) -> list[Token]:
    begin, end = 0, len(tokens)
    while begin < end and tokens[begin].type == "hr":
        begin += 1
    while end > begin and tokens[end - 1].type == "hr":
        end -= 1
    return tokens[begin:end]


def _renumber(tokens: Sequence[Token], level: int) -> None:
    """Renumber headings as an outline: each at most one level below its parent, the highest at `level`."""
    open_levels: list[int] = []
    for token in tokens:
        if token.type not in ("heading_open", "heading_close"):
            continue
        if token.type == "heading_open":
            heading_level = int(token.tag[1])
            while open_levels and open_levels[-1] >= heading_level:
                open_levels.pop()
            open_levels.append(heading_level)
        token.tag = f"h{min(level + len(open_levels) - 1, 6)}"


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
    """Return the tokens without the footnote block, and the notes.

    A list that superscripts refer to gets anchors.
    """
    body: list[Token] = []
    notes = Notes()
    current: list[Token] | None = None
    for token in tokens:
        match token.type:
            case "footnote_open":
                current = notes.footnotes.setdefault(int(token.meta["id"]), [])
            case "footnote_close" | "footnote_block_open" | "footnote_block_close":
                current = None
            case _ if current is not None:
                if token.type == "inline":
                    current.append(token)
            case _ if token.type not in ("footnote_anchor",):
                body.append(token)
    _match_superscripts(body, notes)
    return body, notes


def _match_superscripts(body: Sequence[Token], notes: Notes) -> None:
    """Match superscripts 1…n with a last list of at least n items: each item becomes the note of its number."""
    numbers = [int(child.content) for child in _inline_tokens(body) if child.type == "raised" and child.content.isdecimal()]
    notes.raised = any(child.type == "raised" and child.tag == "sup" for child in _inline_tokens(body))
    items = _last_list(body)
    if numbers and len(items) >= max(numbers):
        notes.listed = True
        for number, item in enumerate(items, start=1):
            item.attrSet("id", f"note-{number}")


def _inline_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def _last_list(body: Sequence[Token]) -> list[Token]:
    """Return the items of a numbered list that ends the text; none if the text ends otherwise."""
    if not body or body[-1].type != "ordered_list_close":
        return []
    items: list[Token] = []
    for token in reversed(body):
        if token.type == "list_item_open" and token.level == 1:
            items.append(token)
        if token.type == "ordered_list_open" and token.level == 0:
            break
    return items[::-1]


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
