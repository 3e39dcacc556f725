"""The colophon below an edition's last line: its check page, as an address and as a QR code."""

from dataclasses import dataclass

import segno

from letterhub.domain.letters.letter_document import EditionInfo
from letterhub.rendering.letter.document_strings import DocumentStrings


@dataclass(frozen=True, slots=True)
class Colophon:
    """A colophon: its sentence, the check page's address without scheme, the full link, and its QR code."""

    sentence: str
    url_text: str
    url: str
    qr_code: str
    qr_description: str


def colophon(edition: EditionInfo, strings: DocumentStrings) -> Colophon | None:
    """Return the colophon of an edition; None if it has no check page."""
    if not edition.check_url:
        return None
    code = segno.make(edition.check_url, error="m", micro=False).png_data_uri(scale=8, border=0)
    return Colophon(
        sentence=strings.check,
        url_text=edition.check_url.partition("://")[2] or edition.check_url,
        url=edition.check_url,
        qr_code=code,
        qr_description=strings.code,
    )
