"""Rendered files as lines of text that two versions of a file can be compared by: HTML, Word, PDF."""

import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO

import pikepdf

WORD_PARTS = re.compile(r"word/(document|footnotes|numbering|header\d*|footer\d*)\.xml")
BLOCK = re.compile(r"(?=<w:(?:p|tbl|tblGrid|tr|tc|sectPr|footnote|abstractNum|num|lvl)[ >])")
LEFT_OUT = {
    "/CIDSet", "/CIDToGIDMap", "/ColorSpace", "/ExtGState", "/Filter", "/Length", "/P", "/Parent",
    "/W2",
}  # fmt: skip
"""Entries of a PDF that repeat what others say, that are the same in each, or that only compress."""
COMPOSED = (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)
LINE_ENDS = {"Tj", "TJ", "f", "S", "Do", "EMC", "BDC"}


def html_lines(page: str) -> list[str]:
    """Return a page, an element on each line, without what is embedded."""
    return re.sub(r'data:[^"]{40,}', "data:…", page).replace("><", ">\n<").splitlines()


def word_lines(content: bytes) -> list[str]:
    """Return the parts of a Word file that belong to its letter, a paragraph on each line."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        parts = {name: package.read(name).decode() for name in sorted(package.namelist()) if WORD_PARTS.fullmatch(name)}
    lines = []
    for name, part in parts.items():
        text = re.sub(r' (xmlns:\w+|mc:Ignorable)="[^"]*"', "", part)
        lines += [name, *BLOCK.sub("\n", text.partition("?>")[2]).split("\n")]
    return lines


def pdf_lines(content: bytes) -> list[str]:
    """Return what a PDF holds: its objects by name, and what each page paints, with text as it can be copied."""
    with pikepdf.open(BytesIO(content)) as pdf:
        numbers: dict[tuple[int, int], int] = {}
        return [*_object_lines("Info", pdf.trailer.get("/Info", ""), numbers), *_object_lines("Root", pdf.Root, numbers)]


def _object_lines(name: str, value: object, numbers: dict[tuple[int, int], int], depth: int = 0) -> Iterator[str]:
    margin = " " * depth
    if not isinstance(value, COMPOSED) or name == "/W":
        yield f"{margin}{name} {_text(value)}"
        return
    if value.is_indirect:
        if value.objgen in numbers:
            yield f"{margin}{name} = {numbers[value.objgen]}"
            return
        numbers[value.objgen] = len(numbers)
        name = f"{name} #{numbers[value.objgen]}"
    entries = list(enumerate(value)) if isinstance(value, pikepdf.Array) else sorted(value.items())
    listed = [(str(key), one) for key, one in entries if key not in LEFT_OUT]
    if not any(isinstance(one, COMPOSED) for _, one in listed):
        yield f"{margin}{name} [{' '.join(_text(one) if key.isdigit() else f'{key} {_text(one)}' for key, one in listed)}]"
    else:
        yield f"{margin}{name}"
        for key, one in listed:
            yield from _object_lines(key, one, numbers, depth + 1)
    yield from (f"{margin} {line}" for line in _stream_lines(value))


def _stream_lines(value: pikepdf.Object) -> Iterator[str]:
    if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/Page":
        yield from _painted(value, {font: _letters(one) for font, one in value.Resources.get("/Font", {}).items()})
    elif isinstance(value, pikepdf.Stream) and value.get("/Type") == "/Metadata":
        yield from value.read_bytes().decode().splitlines()


def _painted(page: pikepdf.Dictionary, fonts: dict[str, dict[bytes, str]]) -> Iterator[str]:
    """Yield the instructions of a page, with text in place of its glyphs; a line ends with a text or a drawn shape."""
    letters: dict[bytes, str] = {}
    line: list[str] = []
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "Tf":
            letters = fonts[str(operands[0])]
        if name in ("Tj", "TJ"):
            parts = operands[0] if name == "TJ" else operands
            line.append("".join(_word(one, letters) if isinstance(one, pikepdf.String) else f"<{_text(one)}>" for one in parts))
        else:
            line.append(" ".join((*map(_text, operands), name)))
        if name in LINE_ENDS:
            yield "  ".join(line)
            line = []
    yield "  ".join(line)


def _word(glyphs: pikepdf.String, letters: dict[bytes, str]) -> str:
    read = bytes(glyphs)
    return "".join(letters.get(read[at : at + 2], "□") for at in range(0, len(read), 2))


def _letters(font: pikepdf.Dictionary) -> dict[bytes, str]:
    """Return the text of each glyph of a font."""
    if "/ToUnicode" not in font:
        return {}
    pairs = re.findall(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>\s*$", font.ToUnicode.read_bytes(), re.M)
    return {bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _text(value: object) -> str:
    if isinstance(value, float | Decimal):
        return f"{round(float(value), 1):g}"
    if isinstance(value, pikepdf.Array):
        return f"[{' '.join(map(_text, value))}]"
    if isinstance(value, COMPOSED):
        return " ".join(_object_lines("", value, {}))
    return str(value)
