"""Escapes of a letter's Markdown: text in which nothing has a meaning, addresses, titles and code.

See docs/design/letters/editor.md.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

Place = Literal["paragraph", "heading", "cell", "note"]
"""Place of contents: in a note, or a caption, no line may end; in a cell, there may be no bar."""

_BLANKS = " \t\n"
_SPECIAL = re.compile(r"[\\`*]|(?<!\w)_|_(?!\w)|\[|<(?=[A-Za-z/!?]|$)|&(?=#?\w+;)|~(?=~|$)|(?:^|(?<=~))~")
_LINE_START = re.compile(r"#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=+\s*$|-[- ]*$|:?-+:?(?=\s*(?:\||$))|\||:{3,}")
_LINE_LABEL = re.compile(r"(\(?(?:\d{1,9}|[A-Za-z]|[ivx]{2,5}|[IVX]{2,5}))([.)])(?=\s|$)")
_LINE_BULLET = re.compile("[•·‣▪◦●○■□\uf0a7\uf0b7\uf0d8o§](?=[ \t])")


class Piece(NamedTuple):
    """Piece of a paragraph's Markdown. A "text" is not escaped yet, a "leaf" is written already."""

    kind: Literal["open", "close", "text", "leaf", "break"]
    text: str


def escaped(text: str) -> str:
    """Return a text in which no character has a meaning in Markdown."""
    return _SPECIAL.sub(_escape, text)


def quoted(title: str) -> str:
    """Return a text for a title between quotation marks."""
    return re.sub(r'[\\"&<]', _escape, title.replace("\n", " "))


def _escape(match: re.Match[str]) -> str:
    return "&amp;" if match[0] == "&" else f"\\{match[0]}"


def destination(address: str) -> str:
    """Return the address of a link or picture."""
    if not address or re.search(r"[\s()\\<>]", address):
        plain = " ".join(address.split()).replace("\\", "\\\\")
        return f"<{re.sub('[<>]', _percent, plain)}>"
    return re.sub(r"&(?=#?\w+;)", "&amp;", address)


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):X}"


def code_span(text: str, place: Place) -> str:
    """Return a text between backticks."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    ticks = "`" * (longest + 1)
    has_blanks = text[:1] == " " == text[-1:] and bool(text.strip())
    space = " " if text[:1] == "`" or text[-1:] == "`" or has_blanks else ""
    span = f"{ticks}{space}{text}{space}{ticks}"
    return span.replace("|", "\\|") if place == "cell" else span


def joined(pieces: Sequence[Piece], place: Place) -> str:
    """Return the pieces as one text."""
    written: list[str] = []
    in_link = False
    for at, piece in enumerate(pieces):
        before = pieces[at - 1] if at else None
        after = pieces[at + 1] if at + 1 < len(pieces) else None
        if piece.text[:1] in "[]" and piece.kind in ("open", "close"):
            in_link = piece.kind == "open"
        if piece.kind == "break" and before is not None and before.kind == "break":
            written[-1] = "<br>"  # a line of blanks would end the paragraph
        if piece.kind != "text":
            written.append(piece.text)
            continue
        text = _escaped_piece(piece.text, place, before, after)
        written.append(text.replace("]", r"\]") if in_link else text)
    _mend_flanks(pieces, written)
    return "".join(written)


def _escaped_piece(text: str, place: Place, before: Piece | None, after: Piece | None) -> str:
    """Return a text with escapes for its neighbors, for the start of a line, and for the blanks that a parser would strip."""
    result = escaped(text)
    if place == "cell":
        result = result.replace("|", "\\|")
    starts_line = before is None or before.kind == "break"
    if starts_line and place != "heading":
        result = _escaped_line_start(result)
    if before is not None and before.text.startswith("[^") and text[:1] in ("(", ":", "["):
        result = f"\\{text[0]}{result.removeprefix(chr(92))[1:]}"  # else an address, or the note's own definition
    if starts_line and text[:1].isspace() and text[0] not in _BLANKS:
        result = f"&#{ord(text[0])};{result[1:]}"
    if (after is None or after.kind == "break") and result[-1:].isspace() and result[-1] not in _BLANKS:
        result = f"{result[:-1]}&#{ord(result[-1])};"
    if text[-1:] in ("!", "^") and after is not None and after.text[:1] == "[":
        result = f"{result[:-1]}\\{text[-1]}"
    if before is not None and before.text.startswith("![") and text.lstrip(" \t")[:1] == "{":
        result = result.replace("{", "&#123;", 1)  # else settings of the picture
    return result


def _escaped_line_start(text: str) -> str:
    """Return a line that begins no list, quote, heading, table or block."""
    if match := _LINE_LABEL.match(text):
        return f"{match[1]}\\{text[match.end(1) :]}"
    if _LINE_BULLET.match(text):
        return f"&#{ord(text[0])};{text[1:]}"
    return f"\\{text}" if _LINE_START.match(text) else text


def _mend_flanks(pieces: Sequence[Piece], written: list[str]) -> None:
    """Write letters as character references where CommonMark would not let a delimiter open or close beside them.

    A delimiter with a letter outside and punctuation inside neither opens nor closes; a reference counts as punctuation.
    """
    for at, piece in enumerate(pieces):
        if piece.kind not in ("open", "close") or piece.text[0] not in "*_~":
            continue
        outer, inner = (at - 1, at + 1) if piece.kind == "open" else (at + 1, at - 1)
        if not 0 <= outer < len(pieces) or pieces[outer].kind != "text":
            continue
        letter = pieces[outer].text[-1] if piece.kind == "open" else pieces[outer].text[0]
        inside = written[inner][:1] if piece.kind == "open" else written[inner][-1:]
        is_word_inside = bool(inside) and not _is_punctuation(inside) and not inside.isspace()
        if letter.isspace() or _is_punctuation(letter) or (piece.text != "_" and is_word_inside):
            continue
        if len(pieces[outer].text) == 1 and written[outer].startswith("&#"):
            continue  # between two delimiters
        reference = f"&#{ord(letter)};"
        written[outer] = written[outer][:-1] + reference if piece.kind == "open" else reference + written[outer][1:]


def _is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "PS"
