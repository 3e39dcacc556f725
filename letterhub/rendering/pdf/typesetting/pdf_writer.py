"""PDF writer: serializes each object once, compresses streams once, and packs small objects together."""

import hashlib
from collections.abc import Mapping
from typing import Any, BinaryIO

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


_OBJECTS_PER_STREAM = 8000  # objects in one stream: a reader unpacks them all to see one


def write_packed_pdf(pdf: Any, output: BinaryIO, *_ignored: object) -> None:
    """Write a whole PDF, in place of `pydyf.PDF.write`: always packed, and identified by the hash of its content."""
    if pdf.info:
        pdf.add_object(pdf.info)
    parts: list[bytes] = []
    digest = hashlib.sha256()
    size = _append(parts, digest, b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n", 0)
    places: list[tuple[int, int, int]] = [(0, 0, 0xFFFF)] * len(pdf.objects)  # rows of the cross-reference stream
    small: list[tuple[int, bytes]] = []
    for number, pdf_object in enumerate(pdf.objects[1:], start=1):
        if pdf_object.compressible:
            small.append((number, pdf_object.data))
        else:
            places[number] = (1, size, 0)
            size = _append(parts, digest, b"%d 0 obj\n%s\nendobj\n" % (number, pdf_object.data), size)
    for start in range(0, len(small), _OBJECTS_PER_STREAM):
        batch = small[start : start + _OBJECTS_PER_STREAM]
        holder = len(places)
        places.append((1, size, 0))
        for index, (number, _) in enumerate(batch):
            places[number] = (2, holder, index)
        size = _append(parts, digest, _object_stream(holder, batch), size)
    places.append((1, size, 0))
    _append(parts, digest, _xref_stream(pdf, places, digest.hexdigest()[:32].encode()), size)
    parts.append(b"startxref\n%d\n%%%%EOF\n" % size)
    output.writelines(parts)


def _append(parts: list[bytes], digest: Any, part: bytes, size: int) -> int:
    """Add a part to a file of a size, and to the hash of its content; return the new size."""
    parts.append(part)
    digest.update(part)
    return size + len(part)


def _object_stream(number: int, objects: list[tuple[int, bytes]]) -> bytes:
    """Return an object stream: objects after a list of their numbers and offsets."""
    heads, place = [], 0
    for object_number, data in objects:
        heads.append(b"%d %d" % (object_number, place))
        place += len(data) + 1
    head = b" ".join(heads) + b"\n"
    content = zlib_ng.compress(head + b"\n".join([data for _, data in objects]), COMPRESSION_LEVEL)
    attributes = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (len(objects), len(head), len(content))
    return b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, attributes, content)


def _xref_stream(pdf: pydyf.PDF, places: list[tuple[int, int, int]], identifier: bytes) -> bytes:
    """Return the cross-reference stream with the offset of every object, itself the last of them."""
    content = zlib_ng.compress(
        b"".join([b"%c%b%b" % (kind, first.to_bytes(5, "big"), second.to_bytes(2, "big")) for kind, first, second in places]),
        COMPRESSION_LEVEL,
    )
    attributes = b"/Type/XRef/Size %d/W[1 5 2]/Root %s/ID[<%s><%s>]" % (
        len(places),
        pdf.catalog.reference,
        identifier,
        identifier,
    )
    if pdf.info:
        attributes += b"/Info " + pdf.info.reference
    attributes += b"/Filter/FlateDecode/Length %d" % len(content)
    return b"%d 0 obj\n<<%s>>\nstream\n%s\nendstream\nendobj\n" % (len(places) - 1, attributes, content)
