"""Rendered files as text: HTML and Word as lines that two versions of a file can be compared by, OpenDocument as XML."""

import re
import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

WORD_PARTS = re.compile(r"word/(document|footnotes|numbering|header\d*|footer\d*)\.xml")
BLOCK = re.compile(r"(?=<w:(?:p|tbl|tblGrid|tr|tc|sectPr|footnote|abstractNum|num|lvl)[ >])")


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


def odt_content(content: bytes, part: str = "content.xml") -> str:
    """Return a part of an OpenDocument file, as XML."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return package.read(part).decode()


def odt_root(content: bytes, part: str = "content.xml") -> ET.Element:
    """Return the root of a part of an OpenDocument file."""
    return ET.fromstring(odt_content(content, part))
