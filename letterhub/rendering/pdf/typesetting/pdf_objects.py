"""Fast PDF objects: serialized bytes, and streams that are compressed once."""

from collections.abc import Mapping
from typing import Any

import pydyf
from zlib_ng import zlib_ng

COMPRESSION_LEVEL = 6


class SerializedObject(pydyf.Object):  # type: ignore[misc]
    """An object that is serialized already."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data


class CompressedStream(pydyf.Object):  # type: ignore[misc]
    """A compressed stream."""

    __slots__ = ("data",)
    compressible = False

    def __init__(self, content: bytes, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        packed = zlib_ng.compress(content, COMPRESSION_LEVEL)
        head = pydyf.Dictionary({**(extra or {}), "Filter": "/FlateDecode", "Length": len(packed)})
        self.data = head.data + b"\nstream\n" + packed + b"\nendstream"


def resolve_reference(pdf: pydyf.PDF, reference: bytes) -> Any:
    """Return the object of a reference such as `b"12 0 R"`."""
    return pdf.objects[int(bytes(reference).split()[0])]
