"""Picturing worker: draws each page of one PDF as a picture, in a process of its own within limits on time and memory.

    python -m letterhub.intake.pdf.picturing_worker CPU_SECONDS MEMORY_BYTES < FILE

Prints JSON: of each page its picture, as PNG or JPEG, whichever is smaller, its width and height, and its text; or, as
`failed`, why there are none.

See docs/design/letter-text.md.
"""

import base64
import json
import sys
from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

from letterhub.domain.letters.pictures import MAX_ANNEX_PAGES
from letterhub.intake.pdf.worker_limits import limit_from_arguments

DOTS_PER_INCH, POINTS_PER_INCH = 150, 72
MAX_SIDE = 1654  # pixels: A4 at 150 dots per inch is 1754 high, and less is enough
JPEG_QUALITY = 85
MAX_GRAY_DIFFERENCE = 3


def main() -> None:
    """Draw the PDF on stdin and print its pages, in one line."""
    data = sys.stdin.buffer.read()
    limit_from_arguments()
    print(json.dumps(picture_pages(data)))  # noqa: T201 - for the client


def picture_pages(data: bytes) -> dict[str, Any]:
    """Return the pages of a PDF as pictures with their text; `failed` is "pages" or "damaged"."""
    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > MAX_ANNEX_PAGES:
                return {"failed": "pages"}
            document.init_forms()
            return {"pages": [_picture(page) for page in document]}
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return {"failed": "damaged"}


def _picture(page: pypdfium2.PdfPage) -> dict[str, Any]:
    """Return a page as a picture in base64, with its format, size and text."""
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, MAX_SIDE / max(page.get_size()))
    picture = page.render(scale=scale).to_pil().convert("RGB")
    media_type, content = _encode(picture)
    return {
        "media_type": media_type,
        "data": base64.b64encode(content).decode(),
        "width": picture.width,
        "height": picture.height,
        "text": page.get_textpage().get_text_range(),
    }


def _encode(picture: Image.Image) -> tuple[str, bytes]:
    """Return a picture as PNG or JPEG, whichever is smaller; in gray if it has no color."""
    red, green, blue = picture.split()
    differences = [ImageChops.difference(red, other) for other in (green, blue)]
    has_color = any(one.point(lambda light: 255 * (light > MAX_GRAY_DIFFERENCE)).getbbox() for one in differences)
    plain = picture if has_color else picture.convert("L")
    encoded = []
    for media_type, options in (("image/png", {"optimize": True}), ("image/jpeg", {"quality": JPEG_QUALITY, "optimize": True})):
        out = BytesIO()
        plain.save(out, media_type.removeprefix("image/"), **options)
        encoded.append((media_type, out.getvalue()))
    return min(encoded, key=lambda one: len(one[1]))


if __name__ == "__main__":
    main()
