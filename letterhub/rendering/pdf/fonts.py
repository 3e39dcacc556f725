"""Coverage of fonts: which characters the bundled fonts and the installed ones can draw. See docs/design/pdf.md."""

import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import uharfbuzz as hb

from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.domain.unicode import DEFAULT_IGNORABLE
from letterhub.rendering.jinja import PRINT_FONTS
from letterhub.rendering.subprocesses import run_program

_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{bundled}</dir><include ignore_missing="yes">/etc/fonts/fonts.conf</include></fontconfig>
"""

_SCRIPT_SAMPLES: Mapping[str, str] = {
    "Latin": "Aéßłŵ",
    "Greek": "Ωλάκης",
    "Cyrillic": "ЖыўїЋ",
    "Arabic": "سلامپچ",
    "Hebrew": "שלום",
    "Devanagari": "शान्ति",
    "Armenian": "Խաղաղ",
    "Georgian": "მშვიდ",
    "Bengali": "শান্তি",
    "Tamil": "அமைதி",
    "Thai": "สันติ",
    "Ethiopic": "ሰላም",
    "Khmer": "សន្តិ",
    "Myanmar": "ငြိမ်း",
    "Chinese": "和平組織织",
    "Japanese": "平和へのカナ",
    "Korean": "평화",
    "Emoji": "🕊🌍",
}

_BLANK_CATEGORIES = frozenset({"Cc", "Zl", "Zp", "Zs"})
_PRIVATE_USE = "Co"  # private use: differs from font to font, and PDF/A needs to know its meaning
_INVISIBLE_CHARACTERS = {
    **dict.fromkeys((0x1680, 0x2028, 0x2029), " "),
    **dict.fromkeys((*range(0x09), *range(0x0E, 0x20), *range(0x7F, 0xA0), 0x180E, *range(0x206A, 0x2070), 0xFEFF), ""),
    **dict.fromkeys((*range(0xFFF9, 0xFFFC), *range(0x1BCA0, 0x1BCA4)), ""),
}
_INVISIBLE_SINCE_LAYOUT_3 = _INVISIBLE_CHARACTERS | {0x0B: " ", 0x0C: " "}


def font_environment(folder: Path) -> dict[str, str]:
    """Return the environment for Pango and fontconfig with our fonts first; writes fonts.conf to `folder`."""
    configuration = folder / "fonts.conf"
    configuration.write_text(_CONFIGURATION.format(bundled=PRINT_FONTS), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(configuration), "HOME": str(Path.home()), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}


def script_coverage() -> Mapping[str, bool]:
    """Return, for each script, whether its letters can be drawn on paper with the fonts at hand."""
    return {script: not undrawable_characters(sample) for script, sample in _SCRIPT_SAMPLES.items()}


def undrawable_characters(text: str) -> tuple[str, ...]:
    """Return the characters of a text that no font at hand can draw, each once, in order."""
    undrawable = (
        letter
        for letter in text
        if is_visible(letter) and (ord(letter) not in _covered_code_points() or unicodedata.category(letter) == _PRIVATE_USE)
    )
    return tuple(dict.fromkeys(undrawable))


def without_invisible_characters(text: str, layout: int = LAYOUT_VERSION) -> str:
    """Return a text without invisible characters that would be drawn as missing glyphs; unusual spaces become spaces, since
    layout 3 vertical tabs and form feeds, too."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_INVISIBLE_CHARACTERS if layout < 3 else _INVISIBLE_SINCE_LAYOUT_3)


def is_visible(letter: str) -> bool:
    """Return whether a character leaves ink and is not ASCII: no space, control or variation selector. Some format characters
    leave ink, such as the signs before Arabic numbers."""
    return (
        not letter.isascii() and unicodedata.category(letter) not in _BLANK_CATEGORIES and ord(letter) not in DEFAULT_IGNORABLE
    )


def character_name(letter: str) -> str:
    """Return a character's code point and name, for people to look up: "U+10348 GOTHIC LETTER HWAIR"."""
    return f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".rstrip()


@cache
def _covered_code_points() -> hb.Set:
    """Return every code point that some font covers: by fontconfig, or by our own fonts if fontconfig is missing.

    A set of HarfBuzz takes kilobytes where one of Python takes megabytes.
    """
    covered = hb.Set()
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        for font in PRINT_FONTS.glob("*.ttf"):
            covered.update(code_points(font))
        return covered
    with tempfile.TemporaryDirectory(prefix="letterhub-fonts-") as folder:
        environment = font_environment(Path(folder))
        result = run_program([fc_list, ":", "charset"], 60, environment)
        result.check_returncode()
    for span in set(result.stdout.replace(":charset=", " ").split()):
        first, _, last = span.partition("-")
        covered.add_range(int(first, 16), int(last or first, 16))
    return covered


def code_points(font: Path) -> frozenset[int]:
    """Return the code points that a font file has a glyph for."""
    return frozenset(hb.Face(hb.Blob.from_file_path(str(font))).unicodes)
