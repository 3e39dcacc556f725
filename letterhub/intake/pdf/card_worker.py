"""Card worker: draws the first page of a PDF that this site made as a PNG, in a process of its own within limits.

    python -m letterhub.intake.pdf.card_worker CPU_SECONDS MEMORY_BYTES < FILE

Prints JSON: the `picture` in base64; or, as `failed`, why there is none.
"""

import base64
import json
import sys
from io import BytesIO
from typing import Any

import pypdfium2

from letterhub.intake.pdf.worker_limits import limit_from_arguments

DOTS_PER_INCH, POINTS_PER_INCH = 150, 72


def main() -> None:
    """Draw the PDF on stdin and print the picture, in one line."""
    data = sys.stdin.buffer.read()
    limit_from_arguments()
    print(json.dumps(draw_first_page(data)))  # noqa: T201 - for the client


def draw_first_page(data: bytes) -> dict[str, Any]:
    """Return the first page as a PNG in base64; `failed` is "damaged"."""
    out = BytesIO()
    try:
        with pypdfium2.PdfDocument(data) as document:
            picture = document[0].render(scale=DOTS_PER_INCH / POINTS_PER_INCH).to_pil().convert("RGB")
        picture.save(out, "png", optimize=True)
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return {"failed": "damaged"}
    return {"picture": base64.b64encode(out.getvalue()).decode()}


if __name__ == "__main__":
    main()
