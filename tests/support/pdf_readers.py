"""Readers of rendered files: the text of a PDF, its structure, and its validity."""

import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import html5lib
import lxml.etree
import pikepdf

from tests.support.missing import skip_missing

XHTML = "{http://www.w3.org/1999/xhtml}"


def require_program(name: str, package: str) -> str:
    """Return the path of a program that a test needs."""
    path = shutil.which(name)
    if path is None:
        skip_missing(f"{name} is not installed: on Debian, apt-get install {package}.")
    return path


def text_of_pdf(path: Path, *, as_drawn: bool = False) -> str:
    """Return the text that a reader can copy out of a PDF; `as_drawn` is the drawing order, not one guessed from positions."""
    how = ["-raw"] if as_drawn else []
    return subprocess.check_output([require_program("pdftotext", "poppler-utils"), *how, str(path), "-"], text=True)


class PdfWord(NamedTuple):
    """Word of a PDF: its page, from 0, and its position there, in points from the top left."""

    page: int
    text: str
    left: float
    right: float
    bottom: float


def words_of_pdf(path: Path) -> list[PdfWord]:
    """Return each word of a PDF, in the order of its pages."""
    output = subprocess.check_output([require_program("pdftotext", "poppler-utils"), "-bbox", str(path), "-"])
    pages = lxml.etree.fromstring(output, lxml.etree.HTMLParser()).iter("page")
    return [
        PdfWord(number, str(word.text), *(float(word.get(edge)) for edge in ("xmin", "xmax", "ymax")))
        for number, page in enumerate(pages)
        for word in page.iter("word")
    ]


def parts_out_of_order(text: str, parts: Iterable[str]) -> list[str]:
    """Return the parts that do not follow the part before them in a text."""
    place, absent = 0, []
    for part in parts:
        found = text.find(part, place)
        if found < 0:
            absent.append(part)
        else:
            place = found + len(part)
    return absent


def pdf_info(path: Path) -> dict[str, str]:
    """Return the fields that pdfinfo reports of a PDF."""
    lines = subprocess.check_output([require_program("pdfinfo", "poppler-utils"), str(path)], text=True).splitlines()
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def qpdf_errors(path: Path) -> str:
    """Return the errors that qpdf finds in a PDF; "" where it is valid."""
    checked = subprocess.run(
        [require_program("qpdf", "qpdf"), "--check", str(path)], capture_output=True, text=True, check=False
    )
    return "" if checked.returncode == 0 and "WARNING" not in checked.stderr else checked.stdout + checked.stderr


def without_spaces(text: str) -> str:
    """Return a text without spaces, hyphens and direction marks, which line breaking and copying out may change."""
    letters = (
        letter
        for letter in unicodedata.normalize("NFKC", text)
        if unicodedata.category(letter)[0] not in "ZC" and letter != "-"
    )
    return "".join(letters)


def names_in_html(page: bytes) -> Counter[str]:
    """Return the names of the signatories on a page, with repetitions."""
    tree = html5lib.parse(page, transport_encoding="utf-8")
    found = (element for element in tree.iter(f"{XHTML}span") if element.get("class") == "signatory-name")
    return Counter(" ".join("".join(element.itertext()).split()) for element in found)


def signatory_list_in_html(page: bytes) -> list[str]:
    """Return the lines of a page's list of signatories: section headings, names, and the lines below them."""
    tree = html5lib.parse(page, transport_encoding="utf-8")
    classes = ("signatories-heading", "signatory-name", "signatory-detail")
    return [" ".join("".join(element.itertext()).split()) for element in tree.iter() if element.get("class") in classes]


def fonts_of_pdf(path: Path) -> list[str]:
    """Return each font of a PDF, as pdffonts lists it."""
    return subprocess.check_output([require_program("pdffonts", "poppler-utils"), str(path)], text=True).splitlines()[2:]


def attachments_of_pdf(path: Path) -> list[str]:
    """Return the names of the files attached to a PDF."""
    with pikepdf.open(path) as paper:
        return list(paper.attachments)


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Style of a text: typeface without spaces, size in points, color from 0 to 255, bold or not, italic or not."""

    face: str
    size: float
    color: tuple[int, ...]
    strong: bool
    slanted: bool

    def is_like(self, other: "TextStyle") -> bool:
        """Return whether both look the same: within the measuring error of a quarter of a point and one step of a color."""
        same = (self.strong, self.slanted) == (other.strong, other.slanted)
        near = all(abs(mine - theirs) <= 1 for mine, theirs in zip(self.color, other.color, strict=True))
        return same and near and abs(self.size - other.size) <= 0.25 and self.face.startswith(other.face)


def text_styles_of_pdf(path: Path) -> list[tuple[str, TextStyle]]:
    """Return the texts of a PDF in the order of its pages, each with its style."""
    output = subprocess.check_output(
        [require_program("pdftohtml", "poppler-utils"), "-xml", "-stdout", "-zoom", "3", "-i", str(path)]
    )
    pages = lxml.etree.fromstring(output, lxml.etree.XMLParser(recover=True, resolve_entities=False))
    fonts = {font.get("id"): font for font in pages.iter("fontspec")}
    return [("".join(text.itertext()), _look(text, fonts[text.get("font")])) for text in pages.iter("text")]


def _look(text: Any, font: Any) -> TextStyle:
    face = "".join(letter for letter in font.get("family").partition("+")[2] if letter.isalnum())
    color = tuple(bytes.fromhex(font.get("color").lstrip("#")))
    return TextStyle(face, int(font.get("size")) / 3, color, text.find(".//b") is not None, text.find(".//i") is not None)
