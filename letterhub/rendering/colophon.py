"""What an edition says of itself below its last line: which one it is, and where a copy can be held against it."""

from dataclasses import dataclass

import segno

from letterhub.domain.document import EditionMark
from letterhub.rendering.words import Words

_SCALE = 8


@dataclass(frozen=True, slots=True)
class Colophon:
    """The words before the check page's address, the address without its scheme, the link, and its code as a picture."""

    sentence: str
    shown: str
    link: str
    code: str
    described: str


def colophon(mark: EditionMark | None, said: Words) -> Colophon | None:
    """The colophon of an edition that has a check page; None for any other document."""
    if mark is None or not mark.address:
        return None
    code = segno.make(mark.address, error="m", micro=False).png_data_uri(scale=_SCALE, border=0)
    return Colophon(
        sentence=said.check,
        shown=mark.address.partition("://")[2] or mark.address,
        link=mark.address,
        code=code,
        described=said.code,
    )
