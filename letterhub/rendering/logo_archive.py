"""Logos of a letter as a ZIP file for the press."""

import datetime as dt

from letterhub.domain.letters.letter_document import Letterhead
from letterhub.domain.letters.slugs import slugify
from letterhub.rendering.office_packages import pack_zip

PACKED_AT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # the same logos are the same bytes


def logos_zip(letterhead: Letterhead) -> bytes:
    """Return the logos of a letterhead, each named after its number and description; b"" if there are none."""
    files = {
        f"{number:02}-{slugify(logo.description)}.{logo.media_type.rpartition('/')[2]}": logo.data
        for number, logo in enumerate(letterhead.logos, 1)
    }
    return pack_zip(files, PACKED_AT) if files else b""
