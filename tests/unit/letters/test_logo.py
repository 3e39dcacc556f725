"""A logo is a small raster image and nothing else (S15): detected by content, re-encoded, refused in under a second."""

import random
import struct
import time
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from letterhub.intake.errors import FileRefused
from letterhub.intake.images import count_jpeg_scans, read_logo, trailing_data
from tests.unit.intake.test_letter_file import picture

MORE = "this file contains more than a picture"
NO_PICTURE = "this picture cannot be used"


def busy_jpeg(scans: int) -> bytes:
    """Return a small file whose decoder passes over four megapixels again and again."""
    out = BytesIO()
    Image.new("L", (2000, 2000), 128).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * scans + whole[-2:]


def with_chunk(kind: bytes, content: bytes) -> bytes:
    """Return a PNG with one more chunk after its header."""
    whole = picture()
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return whole[:33] + chunk + whole[33:]


def decompression_bomb(kind: bytes) -> bytes:
    """Return a PNG with a chunk that decompresses to a hundred megabytes."""
    return with_chunk(kind, b"k\0\0" + zlib.compress(b"\0" * 100_000_000, 9))


def with_empty_chunk() -> bytes:
    """Return a PNG whose second chunk claims to be empty, so that its content is read as the next chunks."""
    whole = bytearray(picture())
    whole[33:37] = bytes(4)
    return bytes(whole)


@pytest.mark.shows("S15")
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NO_PICTURE),
        (b"%!PS-Adobe-3.0 EPSF-3.0", NO_PICTURE),
        (picture(form="GIF", mode="P"), NO_PICTURE),
        (b"", NO_PICTURE),
        (picture()[:60], NO_PICTURE),
        (lambda: picture((2001, 2000), mode="1"), "more than 4 megapixels"),
        (lambda: picture((20_000, 20_000), mode="1"), "more than 4 megapixels"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 2**21, "larger than 2 MB"),
        (lambda: busy_jpeg(1000), MORE),
        (with_empty_chunk(), NO_PICTURE),
        (lambda: decompression_bomb(b"zTXt"), NO_PICTURE),
        (lambda: decompression_bomb(b"iCCP"), NO_PICTURE),
        (picture() + b"<script>alert(1)</script>", MORE),
        (picture(form="JPEG") + b"PK\x03\x04", MORE),
        (picture(form="WEBP") + b"%PDF-1.7", MORE),
    ],
    ids=[
        "svg", "eps", "gif", "empty", "cut", "large", "bomb", "heavy", "busy", "broken", "swollen text", "swollen profile",
        "png and page", "jpeg and zip", "webp and pdf",
    ],
)  # fmt: skip
def test_only_small_raster_pictures_are_logos(
    data: bytes | Callable[[], bytes], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = data() if callable(data) else data
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # WeasyPrint sets this
    started = time.process_time()
    with pytest.raises(FileRefused, match=sentence):
        read_logo(content, "logo", "Logo")
    assert time.process_time() - started < 1


@pytest.mark.shows("S15")
@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("WEBP", "RGBA")])
def test_a_logo_is_drawn_anew(form: str, mode: str) -> None:
    logo = read_logo(picture((1600, 200), mode=mode, form=form), "logo", "Logo")
    assert (logo.media_type, logo.description) == ("image/png", "Logo")
    assert Image.open(BytesIO(logo.data), formats=["PNG"]).size == (800, 100)


def test_a_logo_without_a_ground_stands_on_white_as_on_paper() -> None:
    out = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(BytesIO(read_logo(out.getvalue(), "logo", "Logo").data)).getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.shows("S15")
def test_what_came_with_a_logo_stays_behind() -> None:
    words, out = PngInfo(), BytesIO()
    words.add_text("Comment", "%PDF-1.7 <script>alert(1)</script>")
    Image.new("RGB", (20, 20)).save(out, "PNG", pnginfo=words)
    assert b"script" in out.getvalue()
    assert b"script" not in read_logo(out.getvalue(), "logo", "Logo").data


def test_a_logo_of_many_colors_is_kept_small() -> None:
    out, pixels = BytesIO(), random.Random(7).randbytes(800 * 400 * 3)
    Image.frombytes("RGB", (800, 400), pixels).save(out, "PNG")
    assert len(out.getvalue()) > 900_000
    assert len(read_logo(out.getvalue(), "logo", "Logo").data) < 400_000


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_what_follows_a_picture_is_found_and_padding_is_not(form: str) -> None:
    whole = picture((301, 7), form=form)
    assert trailing_data(whole) == trailing_data(whole + b"\0\0\n") == b""
    assert trailing_data(whole + b"\0GIF89a") == b"GIF89a"
    assert trailing_data(whole[:-9]) == b""


def test_the_scans_of_a_jpeg_are_counted() -> None:
    assert (count_jpeg_scans(picture(form="JPEG")), count_jpeg_scans(picture())) == (1, 0)
    assert count_jpeg_scans(busy_jpeg(20)) == count_jpeg_scans(busy_jpeg(0)) + 20
