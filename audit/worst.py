"""Worst-case inputs: sent into every field, repeated to its size limit, and files that are costly to parse."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

WORST_TEXTS = {
    "a letter": "a", "blanks": " ", "marks on one letter": "\u0301", "letters with marks": "a\u0301",
    "ligatures that unfold": "ﷺ", "marks out of order": "\u0301\u0323", "Hangul to compose": "\u1100\u1161\u11a8",
    "flags": "🇺", "joiners": "\u200d", "right to left": "א", "overrides": "\u202e", "elements": "<div>",
    "entities": "&amp;", "quotes": '"', "brackets": "[", "braces": "{{", "parentheses": "(", "backslashes": "\\",
    "commas": ",", "lines": "\n", "words": "a b ", "names": "Aa Bb, ", "dots": "a.", "hosts": "a.com ",
    "hosts in hosts": "a.a-", "mailboxes": "a@", "mailbox of hosts": "a@b.c ", "punycode": "xn--a.",
    "labels of letters": "ü.", "percent": "%41", "figures": "9", "minus": "-1", "schemes": "http://", "slashes": "/",
    "colons": ":", "controls": "\x00\x1b", "tabs": "\t", "hyphens": "-", "telephone": "800-555-", "equal signs": "=",
    "capitals": "Ǆİ", "ideographs": "請", "fraktur": "𝕰", "look-alikes": "аеос",
}  # fmt: skip
MARKDOWN = {
    "emphasis": "*a **a ", "emphasis between letters": "a*b_c", "underscores": "_a__a", "open links": "[a](",
    "images": "![a](b) ", "references": "[a][b] ", "open brackets": "[[[", "notes": "[^1] ", "code": "`a``",
    "quotes in quotes": "> ", "lists": "- a\n", "lists in lists": "- - ", "numbers": "1. a\n\n",
    "tables": "|a|a|\n|-|-|\n", "wide table": "|a", "rules": "***\n", "headings": "# a\n", "paragraphs": "a\n\n",
    "breaks": "a  \n", "escapes": "\\*", "comments": "<!--", "tags": "<b>", "tags with values": "<a b='",
    "links by themselves": "http://a.b ", "quotation marks": "\"a' ", "fences": "~~~\n",
    "entities of all kinds": "&#x41;&amp;", "placeholders": "{{count}} ", "labels": "(a) a\n(b) b\n",
    "indented": "     a\n", "bullets": "• a\n", "open emphasis": "*a ", "strong": "**a", "autolinks": "<http://a>",
    "definitions": "[a]: b\n", "apostrophes": "'a", "dashes": "a -- b ... ",
}  # fmt: skip
HTML = {
    **{f"open {tag}": f"<{tag}>" for tag in "div p b i a span ul li table td tr ol blockquote section font h1 s pre".split()},
    "tables in tables": "<table><tr><td>", "lists in lists": "<ul><li>", "paragraphs in bold": "<b><p>",
    "links around blocks": "<a><div>", "bold misnested": "<b><i></b>", "forms": "<form><input>",
    "closed paragraphs": "<p>a</p>", "end tags": "</p>", "breaks": "<br>",
    "styles": '<span style="font-weight:bold;mso-list:l0 level1 lfo1">a</span>',
    "styled paragraphs": '<p style="margin-left:36pt">a</p>', "many attributes": "<p " + "a=b " * 500 + ">",
    "rows": "<table><tr><td>a</td></tr></table>", "wide row": "<td>a</td>",
    "spans of columns": '<table><tr><td colspan=1000 rowspan=1000>a</td></tr></table>', "svg": "<svg><path>",
    "math": "<math><mi>", "select": "<select><option>", "comments": "<!--a-->", "open comment": "<!-",
    "less than": "<", "entities": "&lt;", "no entity": "&a", "notes": '<a href="#_ftn1" name="_ftnref1">[1]</a>',
    "links": '<a href="http://a.b">a</a>', "anchors": '<a name="a"></a>',
    "style sheets": "<style>p{color:red}</style>", "templates": "<template><p>", "items": "<li>a</li>",
    "headings": "<h2>a</h2>", "adoption": "<a><b><i><u><s><em><p>", "font sizes": '<font size="7"><p>',
}  # fmt: skip


def repeat_to_size(pattern: str, size: int) -> str:
    """Return the pattern repeated to `size` bytes of UTF-8, or to a form that sends each byte as it is."""
    return pattern * max(size // max(len(pattern.encode()), 1), 1)


def _docx(body: str, **parts: str) -> tuple[bytes, str]:
    """Return a Word document with this body and these other parts."""
    names = {
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        **{f"word/{name}.xml": text for name, text in parts.items()},
    }
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in names.items():
            package.writestr(name, text)
    return buffer.getvalue(), "draft.docx"


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TEXT = "<w:r><w:t>a</w:t></w:r>"
_UNPACKED = 11 * 2**20


def _repeat(piece: str, size: int = _UNPACKED) -> str:
    return piece * (size // len(piece))


def _styles(count: int) -> str:
    based = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:name w:val="s{n}"/><w:basedOn w:val="s{n + 1}"/></w:style>'
        for n in range(count)
    )
    return f'<w:styles xmlns:w="{_W}">{based}</w:styles>'


def _numbering(count: int) -> str:
    lists = "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
        f'</w:abstractNum><w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>'
        for n in range(1, count)
    )
    return f'<w:numbering xmlns:w="{_W}">{lists}</w:numbering>'


def _notes(count: int) -> str:
    return (
        f'<w:footnotes xmlns:w="{_W}">'
        + "".join(f'<w:footnote w:id="{n}"><w:p>{_TEXT}</w:p></w:footnote>' for n in range(1, count))
        + "</w:footnotes>"
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *, more: bytes = b"") -> tuple[bytes, str]:
    rows = zlib.compress(b"".join(b"\0" + b"\x7f\x40\x20" * width for _row in range(height)), 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + more + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")
    return data, "logo.png"


def _csv(row: str, size: int = 3_900_000, head: str = "organization,name,title,email,website\n") -> tuple[bytes, str]:
    return (head + row * (size // len(row.encode()))).encode(), "names.csv"


FILES: dict[str, Callable[[], tuple[bytes, str]]] = {
    "docx of empty paragraphs": lambda: _docx(_repeat("<w:p/>")),
    "docx of paragraphs": lambda: _docx(_repeat(f"<w:p>{_TEXT}</w:p>")),
    "docx of runs": lambda: _docx(f"<w:p>{_repeat(_TEXT)}</w:p>"),
    "docx of bold and plain runs": lambda: _docx(
        f"<w:p>{_repeat(f'<w:r><w:rPr><w:b/></w:rPr><w:t>a</w:t></w:r>{_TEXT}')}</w:p>"
    ),
    "docx of tabs": lambda: _docx(f"<w:p>{_repeat('<w:r><w:tab/></w:r>')}</w:p>"),
    "docx of breaks": lambda: _docx(f"<w:p>{_repeat('<w:r><w:br/></w:r>')}</w:p>"),
    "docx of unknown elements": lambda: _docx(_repeat("<w:x/>")),
    "docx of deep elements": lambda: _docx("<w:sdt>" * 100_000 + "</w:sdt>" * 100_000),
    "docx of tables in tables": lambda: _docx("<w:tbl><w:tr><w:tc>" * 5_000 + "</w:tc></w:tr></w:tbl>" * 5_000),
    "docx of cells": lambda: _docx(f"<w:tbl><w:tr>{_repeat(f'<w:tc><w:p>{_TEXT}</w:p></w:tc>')}</w:tr></w:tbl>"),
    "docx of rows": lambda: _docx(f"<w:tbl>{_repeat(f'<w:tr><w:tc><w:p>{_TEXT}</w:p></w:tc></w:tr>')}</w:tbl>"),
    "docx of spans": lambda: _docx(
        "<w:tbl>" + _repeat('<w:tr><w:tc><w:tcPr><w:gridSpan w:val="9999"/></w:tcPr><w:p/></w:tc></w:tr>') + "</w:tbl>"
    ),
    "docx of one long text": lambda: _docx(f"<w:p><w:r><w:t>{'*a_ ' * 2_500_000}</w:t></w:r></w:p>"),
    "docx of text at the limit": lambda: _docx(f"<w:p><w:r><w:t>{'*a_[' * 99_000}</w:t></w:r></w:p>"),
    "docx of styles upon styles": lambda: _docx(
        "".join(f'<w:p><w:pPr><w:pStyle w:val="s{n % 9000}"/></w:pPr>{_TEXT}</w:p>' for n in range(20_000)),
        styles=_styles(9_000),
    ),
    "docx of lists": lambda: _docx(
        "".join(
            f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{n % 9}"/><w:numId w:val="{n % 9000}"/></w:numPr></w:pPr>{_TEXT}</w:p>'
            for n in range(20_000)
        ),
        numbering=_numbering(9_000),
    ),
    "docx of notes": lambda: _docx(
        "<w:p>" + "".join(f'<w:r><w:footnoteReference w:id="{n}"/></w:r>' for n in range(1, 20_000)) + "</w:p>",
        footnotes=_notes(20_000),
    ),
    "docx of one note": lambda: _docx(
        "<w:p>" + _repeat('<w:r><w:footnoteReference w:id="1"/></w:r>') + "</w:p>", footnotes=_notes(2)
    ),
    "docx of fields": lambda: _docx("<w:p>" + _repeat('<w:r><w:fldChar w:fldCharType="begin"/></w:r>') + "</w:p>"),
    "docx of links": lambda: _docx(f"<w:p>{_repeat(f'<w:hyperlink>{_TEXT}</w:hyperlink>')}</w:p>"),
    "docx of insertions": lambda: _docx(f"<w:p>{_repeat(f'<w:ins>{_TEXT}</w:ins>')}</w:p>"),
    "docx of many parts": lambda: _docx("<w:p/>", **{f"x{n}": "" for n in range(3_900)}),
    "zip bomb": lambda: _docx(" " * 60 * 2**20),
    "CSV of rows": lambda: _csv("A,B,C,a@b.example,https://b.example\n"),
    "CSV of short rows": lambda: _csv("A\n"),
    "CSV of the same": lambda: _csv("Example Alliance,Nia,Dir,n@a.example,a.example\n"),
    "CSV of cells": lambda: _csv(","),
    "CSV of quotes": lambda: _csv('"'),
    "CSV of open quotes": lambda: _csv('"a\n'),
    "CSV of lines": lambda: _csv("\n"),
    "CSV of columns": lambda: _csv("\n", 10, "organization," * 300_000 + "\n"),
    "CSV of marks": lambda: _csv("a\u0301"),
    "CSV of long names": lambda: _csv("A" * 290 + ",B,C,a@b.example,\n"),
    "CSV of ligatures": lambda: _csv("ﷺ" * 100 + ",B,C,a@b.example,\n"),
    "CSV of odd bytes": lambda: (b"\x81\x8d\x8f" * 1_300_000, "names.csv"),
    "CSV of mailboxes": lambda: _csv("A,B,C," + "a@b.example;" * 200 + ",\n"),
    "PNG of four megapixels": lambda: _png(2_000, 2_000),
    "PNG that is wide": lambda: _png(65_000, 60),
    "PNG that is too large": lambda: _png(20_000, 2_000),
    "PNG of many chunks": lambda: _png(10, 10, more=_chunk(b"tEXt", b"a\0b") * 100_000),
    "PNG with a packed text": lambda: _png(10, 10, more=_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * 60 * 2**20, 9))),
    "nothing but zeros": lambda: (b"\0" * 3_900_000, "logo.png"),
}
