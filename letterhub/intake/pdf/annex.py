"""A PDF as an annex of a letter: each page as a picture, with its text as what stands for it.

See docs/design/letter-text.md.
"""

import base64
from io import BytesIO

from PIL import Image

from letterhub.domain.i18n import _
from letterhub.domain.letters.pictures import MAX_ANNEX_PAGES, AnnexPage
from letterhub.intake.errors import FileRefused
from letterhub.intake.images import MAX_IMAGE_BYTES, file_too_large, trailing_data
from letterhub.intake.pdf.workers import WorkerLimits, run_worker

LIMITS = WorkerLimits(cpu_seconds=15, wall_seconds=60)
MAX_TOTAL_BYTES = 4 * 2**20
MEDIA_TYPES = {"image/png": "PNG", "image/jpeg": "JPEG"}


def read_pdf_annex(data: bytes, file: str) -> tuple[AnnexPage, ...]:
    """Return the pages of a PDF as pictures. Raises FileRefused for one that can't be drawn, or is too long or too large."""
    if len(data) > MAX_IMAGE_BYTES:
        raise file_too_large(file)
    content = run_worker("pdf.picturing_worker", data, LIMITS)
    failures = {
        "pages": _("this PDF has more than %(most)s pages. Send it beside the letter.", most=MAX_ANNEX_PAGES),
        "damaged": _("this PDF can’t be opened: it is damaged, or has a password."),
        "limits": _("this PDF takes too much time or memory to draw. Send it beside the letter."),
    }
    if "failed" in content:
        raise FileRefused(file, failures[content["failed"]])
    pages = tuple(
        AnnexPage(page["media_type"], base64.b64decode(page["data"]), page["height"] / page["width"], page["text"])
        for page in content["pages"]
    )
    if sum(len(page.data) for page in pages) > MAX_TOTAL_BYTES:
        raise FileRefused(file, _("the pictures of this PDF’s pages are larger than 4 MB together. Send it beside the letter."))
    if not all(is_picture(page.media_type, page.data) for page in pages):
        raise FileRefused(file, failures["damaged"])
    return pages


def is_picture(media_type: str, data: bytes) -> bool:
    """Return whether a worker's output is a picture of a format, and nothing else: the worker read a stranger's file."""
    try:
        with Image.open(BytesIO(data), formats=[MEDIA_TYPES[media_type]]) as picture:
            picture.load()
            return not trailing_data(data)
    except (OSError, ValueError, SyntaxError, KeyError):
        return False
