"""A logo from an uploaded image: PNG, JPEG or WebP by content, small, and re-encoded. See docs/design/letters.md."""

import warnings
from io import BytesIO

from PIL import Image, ImageFile, UnidentifiedImageError

from letterhub.domain.i18n import _
from letterhub.domain.letters.document import Logo
from letterhub.intake.errors import FileRefused
from letterhub.intake.images.image_inspection import count_jpeg_scans, trailing_data

MAX_IMAGE_BYTES = 2 * 2**20
MAX_PIXELS = 4_000_000
_FORMATS = ("PNG", "JPEG", "WEBP")
MAX_JPEG_SCANS = 32  # a progressive JPEG has about ten; each costs as much as decoding it once
_SMALL_MAX_SIZE = (480, 240)  # above a name, 300 dots per inch on paper
_SMALL_PALETTE_BYTES = 12_000  # bytes: a list may have hundreds of them
_MAX_SIZE = (800, 400)  # twice what a letterhead shows on a screen, and 400 dots per inch on paper
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


def _read_image(data: bytes, file: str, description: str, pixels: tuple[int, int], palette_bytes: int) -> Logo:
    """Return an image as a PNG of at most a width and height, with 256 colors if it is larger than `palette_bytes`."""
    if len(data) > MAX_IMAGE_BYTES:
        raise file_too_large(file)
    if count_jpeg_scans(data) > MAX_JPEG_SCANS or trailing_data(data):
        raise FileRefused(file, _("this file contains more than a picture. Open it, save it again as a PNG, and use that."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Logo("image/png", _reencode(data, file, pixels, palette_bytes), description)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(file) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):  # Pillow raises SyntaxError for a broken PNG
        raise FileRefused(file, _("this picture cannot be used. Please use a PNG, JPEG or WebP file.")) from None


def file_too_large(file: str) -> FileRefused:
    """Return the refusal of an image of more than 2 MB."""
    return FileRefused(file, _("the picture is larger than %(most)s MB.", most=MAX_IMAGE_BYTES // 2**20))


def _too_many_pixels(file: str) -> FileRefused:
    return FileRefused(file, _("the picture has more than %(most)s megapixels.", most=MAX_PIXELS // 1_000_000))


def _reencode(data: bytes, file: str, pixels: tuple[int, int], palette_bytes: int) -> bytes:
    """Return an image as PNG bytes: scaled down, on white, without metadata."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # another library may have set it for the whole process
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise _too_many_pixels(file)
        plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    plain.thumbnail(pixels)
    flattened = Image.new(
        "RGB", plain.size, "white"
    )  # as on paper: dark ink on a transparent ground is invisible on a dark screen
    flattened.paste(plain, mask=plain if plain.mode == "RGBA" else None)
    png = _encode_png(flattened)
    return png if len(png) < palette_bytes else _encode_png(flattened.quantize())


def _encode_png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
