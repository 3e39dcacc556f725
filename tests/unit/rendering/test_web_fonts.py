"""Fonts of an HTML file: each has the characters of its page, with the outlines of the print font."""

from io import BytesIO

import pytest
import uharfbuzz as hb
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from letterhub.rendering.jinja import PRINT_FONTS
from letterhub.rendering.letter.web_fonts import font_subset


def drawn(font: TTFont, letter: str) -> object:
    glyphs, glyph = font.getGlyphSet(), font.getBestCmap()[ord(letter)]
    pen = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(pen)
    return pen.value, font["hmtx"][glyph][0]


def shaped(font: TTFont, text: str) -> list[tuple[int, int]]:
    """Return the advance and offset of each glyph of a text, kerned, joined and with its marks."""
    file, buffer = BytesIO(), hb.Buffer()
    font.flavor = None
    font.save(file)
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(hb.Font(hb.Face(file.getvalue())), buffer)
    return [(place.x_advance, place.x_offset) for place in buffer.glyph_positions]


def features(font: TTFont) -> set[str]:
    return {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("SourceSerif4-Regular", "Aé“”ﬁΩЖ"),
        ("SourceSans3-Semibold", "Straße 7"),
        ("NotoNaskhArabic-Regular", "سلام"),
        ("NotoSerifDevanagari-Bold", "शान्ति"),
    ],
)
def test_a_cut_font_has_the_letters_asked_for_as_they_were(name: str, letters: str) -> None:
    cut = TTFont(BytesIO(font_subset(name, frozenset(map(ord, letters)), superscripts=False)))
    whole = TTFont(PRINT_FONTS / f"{name}.ttf")

    assert set(cut.getBestCmap()) == set(map(ord, letters))
    assert [drawn(cut, letter) for letter in letters] == [drawn(whole, letter) for letter in letters]
    assert shaped(cut, letters) == shaped(whole, letters)
    assert cut["head"].flags & 1 << 11  # as of every font that was WOFF2


def test_old_style_figures_and_small_capitals_stay_and_raised_figures_where_there_are_notes() -> None:
    letters = frozenset(range(0x20, 0x7F))
    plain, noted = (
        features(TTFont(BytesIO(font_subset("SourceSerif4-Regular", letters, superscripts=raised)))) for raised in (False, True)
    )
    assert plain >= {"lnum", "onum", "pnum", "smcp", "tnum", "liga"}
    assert noted - plain == {"sups"}


def test_lengths_are_those_of_the_tables_and_the_file_is_the_same_each_time() -> None:
    file = font_subset("SourceSerif4-It", frozenset(b"Rivers"), superscripts=False)
    again = font_subset.__wrapped__("SourceSerif4-It", frozenset(b"Rivers"), superscripts=False)

    assert file == again
    assert int.from_bytes(file[8:12]) == len(file)
    assert len(file) % 4 == 0
