"""Bidi levels and line breaks by Unicode (UAX #9, #14), from Pango, which WeasyPrint needs too."""

import ctypes
import ctypes.util
import re
from functools import cache

_LINE_BREAK, _CURSOR = 1 << 0, 1 << 4
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = 0, 1

# Anything that can change the direction: Hebrew, Arabic and the like, their presentation forms, and the controls.
_RTL_CHARACTERS = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def has_rtl(text: str) -> bool:
    """Return whether a text holds anything that may run from right to left."""
    return not text.isascii() and _RTL_CHARACTERS.search(text) is not None


def embedding_levels(text: str, is_rtl: bool) -> list[int]:
    """Return the embedding level of each character (UAX #9), odd if right-to-left; `is_rtl` is the paragraph's direction."""
    data = text.encode("utf-8", "replace")
    base = ctypes.c_int(_RIGHT_TO_LEFT if is_rtl else _LEFT_TO_RIGHT)
    levels = _pango().pango_log2vis_get_embedding_levels(data, len(data), ctypes.byref(base))
    try:
        return levels[: len(text)] if text else []
    finally:
        _glib().g_free(levels)


def break_offsets(text: str, language: str = "") -> tuple[list[int], list[int]]:
    """Return the offsets of line breaks (UAX #14) and of grapheme clusters (UAX #29), after the first character."""
    data = text.encode("utf-8", "replace")
    count = len(text) + 1
    marks = (ctypes.c_uint32 * count)()
    pango_language = _pango().pango_language_from_string(language.encode() or b"en")
    _pango().pango_get_log_attrs(data, len(data), 0, pango_language, marks, count)
    inside = range(1, len(text))
    return [at for at in inside if marks[at] & _LINE_BREAK], [at for at in inside if marks[at] & _CURSOR]


@cache
def _pango() -> ctypes.CDLL:
    library = ctypes.CDLL(_library_path("pango-1.0"))
    library.pango_log2vis_get_embedding_levels.restype = ctypes.POINTER(ctypes.c_uint8)
    library.pango_language_from_string.restype = ctypes.c_void_p
    library.pango_get_log_attrs.argtypes = (
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_void_p,
        ctypes.POINTER(ctypes.c_uint32),
        ctypes.c_int,
    )
    return library


@cache
def _glib() -> ctypes.CDLL:
    library = ctypes.CDLL(_library_path("glib-2.0"))
    library.g_free.argtypes = (ctypes.c_void_p,)
    return library


def _library_path(name: str) -> str:
    return ctypes.util.find_library(name) or f"lib{name}.so.0"
