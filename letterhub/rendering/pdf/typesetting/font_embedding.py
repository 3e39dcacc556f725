"""Font embedding: each font subset to the glyphs that were drawn, with the text of each glyph (ToUnicode)."""

import hashlib
from collections.abc import Iterator

import pydyf
import uharfbuzz as hb

from letterhub.rendering.pdf.typesetting.fonts import FontFace
from letterhub.rendering.pdf.typesetting.pdf_writer import CompressedStream

_CMAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
"""
_CMAP_FOOT = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
_CMAP_BLOCK_SIZE = 100  # the most that one bfchar block may hold


def embed_font(pdf: pydyf.PDF, face: FontFace) -> bytes:
    """Embed the used glyphs of a font in a PDF and return the font's reference."""
    data = _subset(face)
    is_cff = data[:4] == b"OTTO"
    file = CompressedStream(data, {"Subtype": "/OpenType"} if is_cff else {"Length1": len(data)})
    pdf.add_object(file)
    name = _subset_name(face, data)
    descriptor = _descriptor(face, name)
    descriptor["FontFile3" if is_cff else "FontFile2"] = file.reference
    pdf.add_object(descriptor)
    to_unicode = CompressedStream(_cmap(face))
    pdf.add_object(to_unicode)
    system = pydyf.Dictionary({"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0})
    descendant = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/CIDFontType0" if is_cff else "/CIDFontType2",
            "BaseFont": name,
            "CIDSystemInfo": system,
            "FontDescriptor": descriptor.reference,
            "W": pydyf.Array(_widths(face)),
        }
    )
    if not is_cff:
        descendant["CIDToGIDMap"] = "/Identity"
    pdf.add_object(descendant)
    font = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([descendant.reference]),
            "ToUnicode": to_unicode.reference,
        }
    )
    pdf.add_object(font)
    return bytes(font.reference)


def _subset(face: FontFace) -> bytes:
    """Return the font file with the used glyphs alone, which keep their ids."""
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(face.drawn)
    wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
        int.from_bytes(tag, "big") for tag in (b"GSUB", b"GPOS", b"GDEF", b"BASE", b"DSIG", b"MATH", b"STAT", b"kern")
    )
    wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.DESUBROUTINIZE
    return bytes(hb.subset(face.face, wanted).blob.data)


def _subset_name(face: FontFace, data: bytes) -> bytes:
    """Return "/ABCDEF+SourceSerif4-Semibold": the prefix tells one subset from another."""
    prefix = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(data).digest()[:6])
    return f"/{prefix}+{face.path.stem.replace(' ', '')}".encode()


def _descriptor(face: FontFace, name: bytes) -> pydyf.Dictionary:
    """Return the font descriptor, in 1/1000 em; its bounding box, cap height and stem width are estimates."""
    extents = face.font.get_font_extents("ltr")
    ascent, descent = round(extents.ascender * face.scale), round(extents.descender * face.scale)
    return pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": name,
            "FontFamily": pydyf.String(face.path.stem.partition("-")[0]),
            "Flags": 4,
            "FontBBox": pydyf.Array([-1000, descent, 3000, ascent]),
            "ItalicAngle": 0,
            "Ascent": ascent,
            "Descent": descent,
            "CapHeight": round(ascent * 0.7),
            "StemV": 80,
        }
    )


def _widths(face: FontFace) -> Iterator[object]:
    """Yield each drawn glyph, then an array with its width in 1/1000 em."""
    for glyph, (width, _) in sorted(face.drawn.items()):
        yield glyph
        yield pydyf.Array([f"{round(width * face.scale, 3):g}"])


def _cmap(face: FontFace) -> bytes:
    """Return the ToUnicode map: the text of each glyph, in blocks of a hundred."""
    rows = [
        b"<%04x> <%s>\n" % (glyph, text.encode("utf-16-be", "replace").hex().encode())
        for glyph, text in sorted(face.texts.items())
        if text
    ]
    blocks = (rows[start : start + _CMAP_BLOCK_SIZE] for start in range(0, len(rows), _CMAP_BLOCK_SIZE))
    return (
        _CMAP_HEAD + b"".join(b"%d beginbfchar\n%sendbfchar\n" % (len(block), b"".join(block)) for block in blocks) + _CMAP_FOOT
    )
