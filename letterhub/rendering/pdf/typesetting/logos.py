"""Grid of logos: cells of the same height; logos go into the PDF as compressed already, in a size by their shape.

See docs/design/pdf.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt
from pathlib import Path
from typing import Any

import pydyf

from letterhub.rendering.pdf.typesetting.content_stream import ColumnBox, PageContent
from letterhub.rendering.pdf.typesetting.entries import TypesetEntry
from letterhub.rendering.pdf.typesetting.pdf_writer import resolve_reference
from letterhub.rendering.pdf.typesetting.style import ListStyle

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GRAYSCALE, _RGB, _PALETTE = 0, 2, 3


@dataclass(frozen=True, slots=True)
class PngImage:
    """An image of a width and height in pixels: its PDF attributes, and its compressed data."""

    width: int
    height: int
    attributes: dict[str, Any]
    compressed_pixels: bytes

    def size_within(self, box: float, max_width: float) -> tuple[float, float]:
        """Return width and height in points: the area of a square of side `box`, no higher, no wider than `max_width`."""
        shape = self.width / self.height
        height = min(box, box / sqrt(shape), max_width / shape)
        return height * shape, height


class PngObject(pydyf.Object):  # type: ignore[misc]
    """An image object whose data is compressed already."""

    __slots__ = ("data",)
    compressible = False

    def __init__(self, picture: PngImage) -> None:
        super().__init__()
        head = pydyf.Dictionary({**picture.attributes, "Length": len(picture.compressed_pixels)})
        self.data = head.data + b"\nstream\n" + picture.compressed_pixels + b"\nendstream"


def read_png(data: bytes) -> PngImage:
    """Return a PNG as intake writes it: gray, color or palette, not transparent. Raises ValueError for others."""
    chunks = list(_chunks(data))
    head = next((content for kind, content in chunks if kind == b"IHDR"), b"")
    if len(head) != 13 or head[9] not in (_GRAYSCALE, _RGB, _PALETTE) or head[12]:
        raise ValueError("not a picture of ours")
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    kind, depth = head[9], head[8]
    palette = b"".join(content for name, content in chunks if name == b"PLTE")
    color_space: Any = "/DeviceRGB" if kind == _RGB else "/DeviceGray"
    if kind == _PALETTE:
        color_space = pydyf.Array(["/Indexed", "/DeviceRGB", len(palette) // 3 - 1, f"<{palette.hex()}>"])
    row = pydyf.Dictionary({"Predictor": 15, "Colors": 3 if kind == _RGB else 1, "BitsPerComponent": depth, "Columns": width})
    attributes = {
        "Type": "/XObject",
        "Subtype": "/Image",
        "Width": width,
        "Height": height,
        "ColorSpace": color_space,
        "BitsPerComponent": depth,
        "Filter": "/FlateDecode",
        "DecodeParms": row,
    }
    return PngImage(width, height, attributes, b"".join(content for name, content in chunks if name == b"IDAT"))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the type and content of each chunk of a PNG; nothing if the data is not a PNG."""
    at = len(_SIGNATURE) if data.startswith(_SIGNATURE) else len(data)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


_USUAL_NAME_LINES = 3  # lines of a name: a longer one makes its own cell higher, and no other


class LogoGrid:
    """The logos of a list, by their file names in `folder`, with their resource names in the PDF."""

    def __init__(self, names: Iterable[str], folder: Path, style: ListStyle) -> None:
        self._files = {name: folder / name for name in names if name}
        self._resource_names = {name: b"G%d" % number for number, name in enumerate(self._files)}
        self._style = style

    @cached_property
    def _pictures(self) -> Mapping[str, PngImage]:
        return {name: read_png(file.read_bytes()) for name, file in self._files.items()}

    def cells(self, entries: Sequence[TypesetEntry], logos: Sequence[str]) -> Iterator[TypesetEntry]:
        """Yield the entries in cells of the same height: room for a logo, and below it for the longest name of usual length.

        A longer name makes its own cell higher; a name without a logo is centered on the logos beside it.
        """
        style, most = self._style, _USUAL_NAME_LINES * self._style.leading
        text = max((entry.height for entry in entries if entry.height <= most), default=most)
        for entry, logo in zip(entries, logos, strict=True):
            cell = style.logo_height + style.logo_gap + max(text, entry.height)
            above = style.logo_height + style.logo_gap if logo else max(0.0, (style.logo_height - entry.height) / 2)
            yield replace(entry, height=cell, above=above, logo=logo)

    def paint(self, canvas: PageContent, entry: TypesetEntry, column: ColumnBox) -> None:
        """Draw an entry's logo in the middle of its height, at the edge where its name begins."""
        if entry.logo:
            style, column_width = self._style, column.right - column.left
            width, height = size = self._pictures[entry.logo].size_within(style.logo_height, column_width)
            left = column.right - width if column.is_rtl else column.left
            canvas.picture(self._resource_names[entry.logo], left, column.top + (style.logo_height + height) / 2, size)

    def embed(self, pdf: pydyf.PDF, resources: pydyf.Dictionary) -> None:
        """Add the images to the PDF, each once."""
        if not self._files:
            return
        x_objects = resources.setdefault("XObject", pydyf.Dictionary())
        if isinstance(x_objects, bytes):
            x_objects = resolve_reference(pdf, x_objects)
        for name, picture in self._pictures.items():
            image = PngObject(picture)
            pdf.add_object(image)
            x_objects[self._resource_names[name].decode()] = image.reference
