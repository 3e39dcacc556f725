"""Fonts for names: the bundled ones first, then any installed one that covers a character."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import uharfbuzz as hb

from letterhub.rendering.jinja import PRINT_FONTS
from letterhub.rendering.pdf.fonts import is_visible
from letterhub.rendering.subprocesses import run_program

_REGULAR, _BOLD = 80, 180  # weights as fontconfig counts them


@dataclass(eq=False)
class FontFace:
    """One font of a PDF: its coverage, its glyphs drawn so far with their widths, and their text.

    `plain` holds the glyph of each letter that became one glyph by itself when it was last drawn.
    """

    path: Path
    index: int = 0
    texts: dict[int, str] = field(default_factory=dict)
    drawn: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    plain: dict[str, int] = field(default_factory=dict)

    @cached_property
    def face(self) -> hb.Face:
        """The font as HarfBuzz reads it."""
        return _open_face(self.path, self.index)

    @cached_property
    def font(self) -> hb.Font:
        """The font scaled so that one unit is one font unit."""
        return hb.Font(self.face)

    @cached_property
    def scale(self) -> float:
        """Thousandths of an em in one font unit."""
        return 1000 / float(self.face.upem)

    @cached_property
    def codes(self) -> hb.Set:
        """The code points that the font has a glyph for."""
        return _face_code_points(self.path, self.index)

    def draw(self, glyph: int) -> tuple[int, bytes]:
        """Return a glyph's advance, in font units, and its id in hex for PDF; marks it as used."""
        self.drawn[glyph] = self.font.get_glyph_h_advance(glyph), b"%04x" % glyph
        return self.drawn[glyph]


@cache
def _open_face(path: Path, index: int) -> hb.Face:
    return hb.Face(hb.Blob.from_file_path(str(path)), index)


@cache
def _face_code_points(path: Path, index: int) -> hb.Set:
    return _open_face(path, index).unicodes


class FontRegistry:
    """The fonts of one PDF: each font file once, with the glyphs that were drawn."""

    def __init__(self) -> None:
        self._faces: dict[tuple[Path, int], FontFace] = {}

    def face(self, path: Path, index: int = 0) -> FontFace:
        """Return the font of a font file."""
        return self._faces.setdefault((path, index), FontFace(path, index))


class FontStack:
    """Font fallback stack for one weight of a style, in order of preference.

    The bundled fonts of `families` come first, then any installed font; `language` decides between those of Chinese,
    Japanese and Korean. `features` are those of OpenType that differ from a font's own; if not `localized`, it draws no forms
    for languages.
    """

    def __init__(
        self, registry: FontRegistry, families: tuple[str, ...], bold: bool, language: str = "", *, localized: bool = True
    ) -> None:
        self._registry = registry
        self.families = families
        self.bold = bold
        self.language = language
        self.features = {} if localized else {"locl": False}
        self.faces = [registry.face(path) for path in _bundled_files(families, bold)]
        self._face_indexes: dict[str, int | None] = {}

    def face_for(self, letter: str) -> int | None:
        """Return the index of the first font that covers a character; None if no font does."""
        if letter not in self._face_indexes:
            self._face_indexes[letter] = self._find_face(letter)
        return self._face_indexes[letter]

    def _find_face(self, letter: str) -> int | None:
        """Return the index of the first font that covers a character; an installed one is added to the stack for it."""
        code = ord(letter)
        for number, face in enumerate(self.faces):
            if code in face.codes:
                return number
        for entry in _by_preference(self.families, self.bold, self.language):
            if entry.covers(code):
                self.faces.append(self._registry.face(entry.path, entry.index))
                return len(self.faces) - 1
        return None


def uncovered_characters(text: str) -> tuple[str, ...]:
    """Return the visible characters of a text that no bundled or installed font can draw, each once, in order."""
    stack = _any_font()
    return tuple(dict.fromkeys(letter for letter in text if is_visible(letter) and stack.face_for(letter) is None))


@cache
def _any_font() -> FontStack:
    return FontStack(FontRegistry(), (), bold=False)


def _bundled_files(families: tuple[str, ...], bold: bool) -> Iterator[Path]:
    """Yield bundled font files in a weight, those of the named families first: "Source Serif 4" is SourceSerif4-Regular.ttf."""
    weights = ("Semibold", "Bold") if bold else ("Regular",)
    files = {path.stem: path for path in sorted(PRINT_FONTS.glob("*.ttf"))}
    named = [f"{family.replace(' ', '')}-{weight}" for family in families for weight in weights]
    rest = [stem for stem in files if stem.startswith("Noto") and stem.partition("-")[2] in weights]
    for stem in dict.fromkeys((*named, *rest)):
        if stem in files:
            yield files[stem]


@dataclass(frozen=True)
class _InstalledFont:
    """An installed font, as fontconfig lists it."""

    path: Path
    index: int
    families: tuple[str, ...]
    weight: int
    charset: str

    def covers(self, code: int) -> bool:
        return any(first <= code <= last for first, last in self._spans)

    @cached_property
    def _spans(self) -> tuple[tuple[int, int], ...]:
        pairs = (span.partition("-") for span in self.charset.split())
        return tuple((int(first, 16), int(last or first, 16)) for first, _, last in pairs)


_FC_LIST_FORMAT = (
    "%{file}\\t%{index}\\t%{family}\\t%{weight}\\t%{slant}\\t%{color}\\t%{variable}\\t%{fontformat}\\t%{charset}\\n"
)


@cache
def _installed_fonts() -> tuple[_InstalledFont, ...]:
    """Return the installed upright outline fonts; none if `fc-list` is missing."""
    try:
        result = run_program(["fc-list", "--format", _FC_LIST_FORMAT], 60)
    except FileNotFoundError:
        return ()
    result.check_returncode()
    return tuple(sorted(filter(None, map(_parse_font, result.stdout.splitlines())), key=lambda font: (font.path, font.index)))


def _parse_font(line: str) -> _InstalledFont | None:
    """Return the font of a line of `fc-list`; None for one that is slanted, colored, variable or no outline font."""
    path, index, families, weight, slant, color, variable, kind, charset = line.split("\t")
    if slant != "0" or color == "True" or variable == "True" or kind not in ("TrueType", "CFF") or int(index) > 0xFFFF:
        return None
    try:
        return _InstalledFont(Path(path), int(index), tuple(families.split(",")), round(float(weight)), charset)
    except ValueError:  # a weight that is a range belongs to a variable font
        return None


_REGIONS: Mapping[str, str] = {"ja": "JP", "ko": "KR", "zh-Hant": "TC", "zh-TW": "TC", "zh-HK": "HK"}


@cache
def _by_preference(families: tuple[str, ...], bold: bool, language: str) -> tuple[_InstalledFont, ...]:
    """Return installed fonts, best first: a family of the style, a Noto serif, the language's own forms, the weight."""
    weight = _BOLD if bold else _REGULAR
    region = _REGIONS.get(language) or _REGIONS.get(language.partition("-")[0], "SC")

    def preference(font: _InstalledFont) -> tuple[object, ...]:
        """Return a sort key: each condition puts the fonts that meet it last."""
        name = font.families[0]
        cjk = "CJK" in name
        return (
            cjk and not name.endswith(f"CJK {region}"),
            name not in families,
            not name.startswith("Noto Serif"),
            not name.startswith("Noto"),
            "Mono" in name,
            abs(font.weight - weight),
            str(font.path),
            font.index,
        )

    return tuple(sorted(_installed_fonts(), key=preference))
