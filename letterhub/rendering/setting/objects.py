"""Objects of a PDF that cost little to write: ready bytes, and streams that are packed once and fast."""

from collections.abc import Mapping
from typing import Any

import pydyf
from zlib_ng import zlib_ng

LEVEL = 6


class Ready(pydyf.Object):  # type: ignore[misc]
    """An object whose bytes are at hand already."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data


class Packed(pydyf.Object):  # type: ignore[misc]
    """A compressed stream."""

    __slots__ = ("data",)
    compressible = False

    def __init__(self, content: bytes, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        packed = zlib_ng.compress(content, LEVEL)
        head = pydyf.Dictionary({**(extra or {}), "Filter": "/FlateDecode", "Length": len(packed)})
        self.data = head.data + b"\nstream\n" + packed + b"\nendstream"


def find(pdf: pydyf.PDF, reference: bytes) -> Any:
    """The object that a reference, `b"12 0 R"`, stands for."""
    return pdf.objects[int(bytes(reference).split()[0])]
