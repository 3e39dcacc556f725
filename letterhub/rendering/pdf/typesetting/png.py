"""PNG embedding: logos go into the PDF as compressed already, each in a size by its shape."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any

import pydyf

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GRAYSCALE, _RGB, _PALETTE = 0, 2, 3


@dataclass(frozen=True, slots=True)
class PngImage:
    """An image of a width and height in pixels: its PDF attributes, and its compressed data."""

    width: int
    height: int
    attributes: dict[str, Any]
    compressed_pixels: bytes

    def size_within(self, box: float, room: float) -> tuple[float, float]:
        """Return width and height in points: all images cover the same area as a square that is as high as the box."""
        shape = self.width / self.height
        height = min(box, box / sqrt(shape), room / shape)
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
    row = pydyf.Dictionary({"Predictor": 15, "Colors": 3 if kind == _RGB else 1, "BitsPerComponent": depth, "Columns": width})
    attributes = {
        "Type": "/XObject",
        "Subtype": "/Image",
        "Width": width,
        "Height": height,
        "ColorSpace": _color_space(kind, palette),
        "BitsPerComponent": depth,
        "Filter": "/FlateDecode",
        "DecodeParms": row,
    }
    return PngImage(width, height, attributes, b"".join(content for name, content in chunks if name == b"IDAT"))


def _color_space(kind: int, palette: bytes) -> Any:
    if kind == _PALETTE:
        return pydyf.Array(["/Indexed", "/DeviceRGB", len(palette) // 3 - 1, f"<{palette.hex()}>"])
    return "/DeviceRGB" if kind == _RGB else "/DeviceGray"


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE) if data.startswith(_SIGNATURE) else len(data)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
