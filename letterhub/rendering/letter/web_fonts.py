"""Print fonts cut to some characters for a web page: by HarfBuzz, packed as WOFF2.

WOFF2 may store outlines in a shorter form, which fontTools writes: a ninth less, for half a second in each letter.
"""

import struct
from functools import cache, lru_cache

import brotli
import uharfbuzz as hb

from letterhub.rendering.jinja import PRINT_FONTS
from letterhub.rendering.pdf.fonts import code_points

_FEATURES = frozenset({"lnum", "onum", "pnum", "tnum", "smcp"})
"""OpenType features of our style sheets, besides those that every text needs."""
_SUPERSCRIPTS = "sups"
_NAMED = 63
"""Flag of a table whose name is written out."""
_AS_IT_IS = 3 << 6
"""Flag of a table of outlines that is not in the shorter form."""
_OUTLINES = ("glyf", "loca")
_FROM_A_CUT = 1 << 11
"""Flag of a font that was unpacked from WOFF2."""


@cache
def font_code_points(name: str) -> frozenset[int]:
    """Return the code points that a print font has a glyph for."""
    return code_points(PRINT_FONTS / f"{name}.ttf")


@lru_cache(maxsize=32)
def font_subset(name: str, letters: frozenset[int], *, superscripts: bool) -> bytes:
    """Return a print font cut to some code points, as WOFF2, with or without raised figures and letters for notes."""
    cut = hb.SubsetInput()
    cut.flags = hb.SubsetFlags.NO_HINTING
    cut.unicode_set.update(letters)
    features = _FEATURES | {_SUPERSCRIPTS} if superscripts else _FEATURES
    cut.layout_feature_tag_set.update(int.from_bytes(feature.encode()) for feature in features)
    face = hb.Face(hb.Blob.from_file_path(str(PRINT_FONTS / f"{name}.ttf")))
    return _pack_woff2(hb.subset(face, cut).blob.data)


def _pack_woff2(font: bytes) -> bytes:
    """Return a TrueType font as WOFF2: https://www.w3.org/TR/WOFF2/."""
    version, count = struct.unpack_from(">4sH", font)
    tables = {}
    for number in range(count):
        tag, _checksum, offset, length = struct.unpack_from(">4s3L", font, 12 + 16 * number)
        tables[tag.decode()] = font[offset : offset + length]
    flags = int.from_bytes(tables["head"][16:18]) | _FROM_A_CUT
    tables["head"] = tables["head"][:16] + flags.to_bytes(2) + tables["head"][18:]
    ordered = sorted(tables.items(), key=lambda table: (table[0] in _OUTLINES, table[0]))
    directory = b"".join(_directory_entry(tag, len(data)) for tag, data in ordered)
    packed: bytes = brotli.compress(b"".join(data for _, data in ordered), mode=brotli.MODE_FONT, quality=9, lgwin=16)
    unpacked = 12 + sum(16 + len(data) + -len(data) % 4 for _, data in ordered)
    length = 48 + len(directory) + len(packed)
    header = struct.pack(">4s4sLHHLL24x", b"wOF2", version, length + -length % 4, count, 0, unpacked, len(packed))
    return header + directory + packed + bytes(-length % 4)


def _directory_entry(tag: str, length: int) -> bytes:
    """Return the entry of a table that is stored as it is: its name, and its length in digits of seven bits."""
    digits = [length >> shift & 0x7F for shift in (28, 21, 14, 7, 0) if not shift or length >> shift]
    flags = _NAMED | _AS_IT_IS if tag in _OUTLINES else _NAMED
    return bytes([flags]) + tag.encode() + bytes(digit | 0x80 for digit in digits[:-1]) + bytes(digits[-1:])
