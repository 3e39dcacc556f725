"""Notes of a letter, taken out of its tokens: footnotes, and superscripts typed by hand with their list.

See docs/design/letters.md.
"""

import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token


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
