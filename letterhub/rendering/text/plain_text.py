"""A letter as plain text, for mail and for the comment boxes of public dockets."""

import textwrap
from collections.abc import Collection, Sequence
from itertools import zip_longest

from markdown_it.token import Token

from letterhub.domain.letters.letter_document import LAYOUT_VERSION, LetterDocument
from letterhub.rendering.letter.annexes import notes_by_part, split_annexes
from letterhub.rendering.letter.document_locale import DocumentLocale, document_locale, without_label
from letterhub.rendering.letter.figures import figure_label
from letterhub.rendering.letter.markdown import parse_letter_markdown
from letterhub.rendering.letter.markdown_cleanup import display_address, extract_notes, normalize_headings

WIDTH = 72
UNWRAPPED = 1_000_000
_PLAIN_SIGNS = {"softbreak": " ", "hardbreak": "\n", "s_open": "~~", "s_close": "~~"}


def plain_text(document: LetterDocument, width: int = WIDTH) -> str:
    """Return the letter from its addressees to its closing without markup, in lines of at most `width` where words allow."""
    text, strings = document.text, document_locale(document.text.language, document.layout).words
    parts = [
        *("\n".join((addressee.name, *addressee.lines)) for addressee in text.addressees),
        f"{strings.re} {without_label(text.re, strings.re)}" if text.re else text.title,
        text.salutation,
        body_text(document, width),
        text.closing,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def body_text(document: LetterDocument, width: int = WIDTH) -> str:
    """Return the body of a letter without markup and annexes; its notes and addresses follow it, numbered as in the text."""
    return _parts(document, width)[0]


def annex_texts(document: LetterDocument, width: int = WIDTH) -> list[str]:
    """Return the annexes of a letter, each from its heading to its notes."""
    return _parts(document, width)[1:]


def markdown_text(markdown: str, language: str) -> str:
    """Return Markdown without markup, each paragraph on one line, for mail. Raises TextTooDeep and TextTooLong."""
    return "\n\n".join(_markdown_parts(markdown, "", language, LAYOUT_VERSION, (), UNWRAPPED))


def _parts(document: LetterDocument, width: int) -> list[str]:
    """Return the body of a letter and its annexes, each with its notes."""
    text = document.text
    return _markdown_parts(document.body, text.title, text.language, document.layout, text.picture_names, width)


def _markdown_parts(markdown: str, title: str, language: str, layout: int, pictures: Collection[str], width: int) -> list[str]:
    """Return a text before its annexes, and each annex, with their notes; a first heading that repeats `title` is left out."""
    locale = document_locale(language, layout)
    tokens = parse_letter_markdown(markdown, locale.words.quotes, layout, pictures=pictures, digits=locale.digits)
    body, notes = extract_notes(normalize_headings(tokens, title, 2, layout))
    parts, texts = split_annexes(body), []
    for part, ids in zip(parts, notes_by_part(parts, notes), strict=True):
        writer = _PlainTextWriter(width, locale)
        for token in part:
            writer.add(token)
        end_notes = [
            _wrap(
                " ".join(inline_text(inline, locale) for inline in notes.footnotes[note]),
                [f"{_note_label(note, locale)} "],
                width,
            )
            for note in ids
        ]
        texts.append("\n\n".join(block for block in (*writer.blocks, *end_notes) if block.strip()))
    return texts


class _PlainTextWriter:
    """Writer of plain-text blocks: one method for each token type that matters, named after it.

    `blocks` has one text for each paragraph, heading, item and row, indented by the lists and quotes around it.
    """

    def __init__(self, width: int, locale: DocumentLocale) -> None:
        self.blocks: list[str] = []
        self._width = width
        self._locale = locale
        self._prefixes: list[str] = []  # quote signs, list markers and indents before the next line
        self._numbers: list[int] = []  # the next number of each open list, 0 for bullets
        self._row: list[str] | None = None  # the cells of the open row of a table

    def add(self, token: Token) -> None:
        """Write one token; types without a method are left out."""
        write_token = getattr(self, token.type, None)
        if write_token is not None:
            write_token(token)

    def ordered_list_open(self, token: Token) -> None:
        self._numbers.append(int(token.attrGet("start") or 1))

    def bullet_list_open(self, _: Token) -> None:
        self._numbers.append(0)

    def ordered_list_close(self, _: Token) -> None:
        self._numbers.pop()

    bullet_list_close = ordered_list_close

    def list_item_open(self, token: Token) -> None:
        """Put the item's label or hyphen before its first line, and count it."""
        number = int(token.attrGet("value") or self._numbers[-1])
        self._prefixes.append(f"{token.meta.get('label', f'{number}.')} " if number else "- ")
        self._numbers[-1] = number + 1 if number else 0

    def blockquote_open(self, _: Token) -> None:
        self._prefixes.append("> ")

    def list_item_close(self, _: Token) -> None:
        self._prefixes.pop()

    blockquote_close = list_item_close

    def tr_open(self, _: Token) -> None:
        self._row = []

    def tr_close(self, _: Token) -> None:
        self.blocks.append(" | ".join(self._row or ()))
        self._row = None

    def inline(self, token: Token) -> None:
        """Write the text of a paragraph or cell; a list marker stands before an item's first paragraph only."""
        if self._row is not None:
            self._row.append(inline_text(token, self._locale))
            return
        self.blocks.append(_wrap(inline_text(token, self._locale), self._prefixes, self._width))
        self._prefixes = [prefix if prefix == "> " else " " * len(prefix) for prefix in self._prefixes]

    def figure_open(self, token: Token) -> None:
        """Write the description of a figure in brackets, in place of its picture."""
        label = figure_label(self._locale, token)
        self.blocks.append(_wrap(f"[{label}: {token.meta['description']}]", self._prefixes, self._width))

    def fence(self, token: Token) -> None:
        self.blocks.append(token.content.rstrip("\n"))

    def hr(self, _: Token) -> None:
        self.blocks.append("* * *")


def _wrap(text: str, prefixes: Sequence[str], width: int) -> str:
    """Return the text in lines of at most `width`, prefixes included, but with room for 20 characters of text at least.

    List markers stand before the first line, and spaces in their place before the others; quote signs stand before all.
    """
    first = "".join(prefixes)
    rest = "".join(prefix if prefix == "> " else " " * len(prefix) for prefix in prefixes)
    max_width = max(width, len(rest) + 20)
    return "\n".join(
        textwrap.fill(
            line, max_width, initial_indent=prefix, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
        )
        for line, prefix in zip_longest(text.split("\n"), [first], fillvalue=rest)
    )


def _note_label(note: int, locale: DocumentLocale) -> str:
    """Return the number of a note, which is counted from 0 here, in brackets."""
    return f"[{locale.plain_number(note + 1)}]"


def inline_text(inline: Token, locale: DocumentLocale) -> str:
    """Return the text of a paragraph; a link is followed by its address, a note by its number in brackets."""
    pieces: list[str] = []
    open_links: list[tuple[str, int]] = []  # the address of each, and the number of pieces before it
    for token in inline.children or ():
        match token.type:
            case "link_open":
                open_links.append((str(token.attrGet("href") or ""), len(pieces)))
            case "link_close":
                address, start = open_links.pop()
                text = "".join(pieces[start:])
                if display_address(text) != display_address(address):
                    pieces.append(f" ({address.removeprefix('mailto:')})")
            case kind if kind in _PLAIN_SIGNS:
                pieces.append(_PLAIN_SIGNS[kind])
            case "footnote_ref":
                pieces.append(_note_label(int(token.meta["id"]), locale))
            case "picture":
                pieces.append(f"[{token.content}]")
            case "raised":  # a superscript or subscript
                pieces.append(f"[{token.content}]")
            case _:
                pieces.append(token.content)
    return "".join(pieces)
