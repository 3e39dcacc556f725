"""Inspection of image files: the end of the image data, and the number of scans of a JPEG."""

from collections.abc import Iterator

_PNG, _JPEG, _RIFF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"RIFF"
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_MARKERS_WITHOUT_LENGTH = frozenset({0x00, 0x01, *range(0xD0, 0xD8)})
_PADDING = b"\0\r\n\t "


def trailing_data(data: bytes) -> bytes:
    """Return the bytes after the image data, without padding; b"" if there are none, or the image has no end."""
    return data[_image_end(data) :].strip(_PADDING)


def count_jpeg_scans(data: bytes) -> int:
    """Return the number of scans of a JPEG: about ten in a progressive one, thousands in one made to exhaust the CPU."""
    return sum(marker == _START_OF_SCAN for marker, _after in _jpeg_markers(data)) if data.startswith(_JPEG) else 0


def _image_end(data: bytes) -> int:
    """Return the offset at which the image data ends; the length of the file if it has no end."""
    if data.startswith(_PNG):
        return _png_end(data)
    if data.startswith(_JPEG):
        return next((after for marker, after in _jpeg_markers(data) if marker == _END_OF_IMAGE), len(data))
    if data.startswith(_RIFF):
        size = int.from_bytes(data[4:8], "little")
        return 8 + size + size % 2
    return len(data)


def _png_end(data: bytes) -> int:
    """Return the offset after the last chunk of a PNG."""
    at = len(_PNG)
    while at < len(data):
        kind = data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND":
            return at
    return len(data)


def _jpeg_markers(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the markers of a JPEG, each with the offset after its segment."""
    at = data.find(b"\xff", len(_JPEG))
    while 0 <= at < len(data) - 1:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        at += 2
        if marker not in _MARKERS_WITHOUT_LENGTH and marker != _END_OF_IMAGE:
            at += max(int.from_bytes(data[at : at + 2], "big"), 2)
        yield marker, at
        if marker == _END_OF_IMAGE:
            return
        at = data.find(b"\xff", at)
