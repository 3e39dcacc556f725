"""Logos and pictures from uploaded images and local files: PNG, JPEG or WebP by content, small, and re-encoded.

See docs/design/letters.md.
"""

import sys
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Logo
from letterhub.domain.letters.pictures import Picture
from letterhub.intake.errors import FileRefused

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
        at, kind = len(_PNG), b""
        while at < len(data) and kind != b"IEND":
            kind = data[at + 4 : at + 8]
            at += 12 + int.from_bytes(data[at : at + 4], "big")
        return at if kind == b"IEND" else len(data)
    if data.startswith(_JPEG):
        return next((after for marker, after in _jpeg_markers(data) if marker == _END_OF_IMAGE), len(data))
    if data.startswith(_RIFF):
        size = int.from_bytes(data[4:8], "little")
        return 8 + size + size % 2
    return len(data)


def _jpeg_markers(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield each marker of a JPEG with the offset after its segment."""
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


MAX_IMAGE_BYTES = 2 * 2**20
MAX_PIXELS = 4_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")
MAX_JPEG_SCANS = 32  # a progressive JPEG has about ten; each costs as much as decoding it once
_SMALL_MAX_SIZE = (480, 240)  # above a name, 300 dots per inch on paper
_SMALL_PALETTE_BYTES = 12_000  # bytes: a list may have hundreds of them
_MAX_SIZE = (800, 400)  # twice what a letterhead shows on a screen, and 400 dots per inch on paper
_FIGURE_MAX_SIZE = (1650, 2100)  # 300 dots per inch on paper
_FIGURE_BYTES = 400_000  # bytes: from here on a figure is a JPEG
_JPEG_QUALITY = 88
_SVG_HEAD = 2_000  # bytes in which an SVG drawing says what it is
_SIGNATURE_MAX_SIZE = (900, 300)  # 300 dots per inch on paper
_PAPER_LIGHT, _INK_RANGE, _FAINT = 225, 120, 40
"""Lightness of 255 from which on a pixel is paper; how much darker full ink is; opacity of 255 that counts as ink."""
_PALETTE_BYTES = 150_000  # bytes: from here on an image is reduced to 256 colors, as it is sent with every page of its letter


def read_logo(data: bytes, file: str, description: str) -> Logo:
    """Return the image as a PNG of nothing but its pixels; `description` is its alternative text.

    Raises FileRefused for every other format, for more than 2 MB or 4 megapixels, and for a file that is something else as
    well, or is built to exhaust the CPU.
    """
    return _read_image(data, file, description, _MAX_SIZE, _PALETTE_BYTES)


def read_small_logo(data: bytes, file: str) -> Logo:
    """Return the image as `read_logo` does, for a list where the name below says what it shows."""
    return _read_image(data, file, "", _SMALL_MAX_SIZE, _SMALL_PALETTE_BYTES)


def read_picture(data: bytes, file: str, name: str) -> Picture:
    """Return an image as a picture of a letter's text: a PNG, or a JPEG if it is a large photograph.

    Raises FileRefused as `read_logo` does, and for an SVG drawing.
    """
    if b"<svg" in data[:_SVG_HEAD].lower():
        raise FileRefused(
            file, _("this is an SVG drawing, which a letter can’t hold. Save it as a PNG some 1,600 pixels wide, and use that.")
        )
    logo = _read_image(data, file, "", _FIGURE_MAX_SIZE, _FIGURE_BYTES, is_photograph=True)
    return Picture(name, logo.media_type, logo.data)


def read_signature_picture(data: bytes, file: str) -> Logo:
    """Return a scanned signature as a PNG of its ink on a transparent ground, cut to the ink.

    White and nearly white paper becomes transparent. Raises FileRefused as `read_logo` does, and for a picture without ink.
    """
    whole = _read_image(data, file, "", (MAX_PIXELS, MAX_PIXELS), sys.maxsize)
    with Image.open(BytesIO(whole.data)) as scan:
        ink = _ink(scan.convert("RGB"), file)
    ink.thumbnail(_SIGNATURE_MAX_SIZE)
    return Logo("image/png", _encode_png(ink), "")


def _ink(scan: Image.Image, file: str) -> Image.Image:
    """Return the ink of a scan: each pixel is as opaque as it is dark."""
    darkness = scan.convert("L").point(lambda light: max(0, min(255, (_PAPER_LIGHT - light) * 255 // _INK_RANGE)))
    box = darkness.point(lambda dark: 255 * (dark > _FAINT)).getbbox()
    if box is None:
        raise FileRefused(file, _("there is no signature in this picture. Sign in black or blue on white paper."))
    scan.putalpha(darkness)
    return scan.crop(box)


def _read_image(
    data: bytes, file: str, description: str, pixels: tuple[int, int], palette_bytes: int, *, is_photograph: bool = False
) -> Logo:
    """Return an image as a PNG. `pixels` are its largest width and height; from `palette_bytes` on it has 256 colors, or is a
    JPEG if it may be a photograph.
    """
    if len(data) > MAX_IMAGE_BYTES:
        raise file_too_large(file)
    if count_jpeg_scans(data) > MAX_JPEG_SCANS or trailing_data(data):
        raise FileRefused(file, _("this file contains more than a picture. Open it, save it again as a PNG, and use that."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            flattened = _decode(data, file, pixels)
            content = _encode_png(flattened)
            if len(content) >= palette_bytes and is_photograph:
                return Logo("image/jpeg", _encode_jpeg(flattened), description)
            small = content if len(content) < palette_bytes else _encode_png(flattened.quantize())
            return Logo("image/png", small, description)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(file) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):  # Pillow raises SyntaxError for a broken PNG
        raise FileRefused(file, _("this picture cannot be used. Please use a PNG, JPEG or WebP file.")) from None


def file_too_large(file: str) -> FileRefused:
    """Return the refusal of an image of more than 2 MB."""
    return FileRefused(file, _("the file is larger than %(most)s MB.", most=MAX_IMAGE_BYTES // 2**20))


def _too_many_pixels(file: str) -> FileRefused:
    return FileRefused(file, _("the picture has more than %(most)s megapixels.", most=MAX_PIXELS // 1_000_000))


def _decode(data: bytes, file: str, pixels: tuple[int, int]) -> Image.Image:
    """Return an image scaled down, on white, without metadata."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # another library may have set it for the whole process
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise _too_many_pixels(file)
        plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    plain.thumbnail(pixels)
    # on white, as on paper: dark ink on a transparent ground is invisible on a dark screen
    flattened = Image.new("RGB", plain.size, "white")
    flattened.paste(plain, mask=plain if plain.mode == "RGBA" else None)
    return flattened


def _encode_png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _encode_jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return out.getvalue()


class ImageUnavailable(Exception):
    """Raised when an image cannot be read. The message ends a sentence: "names a logo that …"."""


def read_local_image(folder: Path, name: str) -> bytes:
    """Return the content of an image that a file in `folder` names; symbolic links must lead into the folder.

    Raises ImageUnavailable; FileRefused for more than 2 MB, which are not read.
    """
    try:
        home = folder.resolve(strict=True)
        place = (home / name).resolve(strict=True)
        if not place.is_relative_to(home):
            raise ImageUnavailable(_("is not in the folder of this file: %(name)s.", name=name))
        if not place.is_file():  # reading a pipe would block, a device never end
            raise ImageUnavailable(_("cannot be read: %(name)s.", name=name))
        if place.stat().st_size > MAX_IMAGE_BYTES:
            raise file_too_large(name)
        with place.open("rb") as picture:
            return picture.read(MAX_IMAGE_BYTES + 1)  # it may have grown meanwhile
    except (OSError, RuntimeError, ValueError):  # a link to itself is a RuntimeError, a NUL a ValueError
        raise ImageUnavailable(_("cannot be read: %(name)s.", name=name)) from None
