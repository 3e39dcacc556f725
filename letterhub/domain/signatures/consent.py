"""Consent of a signatory as it was shown when signing: the line, the checkbox and button labels, and the hash of the text."""

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ShownConsent:
    """Consent that a page showed to a signer: the printed line (name, detail), and the labels of checkbox and button.

    `language` is that of the page, as a code such as "en".
    """

    printed: tuple[str, str]
    box: str
    button: str
    language: str


def consent_facts(consent: ShownConsent, revision: int, sha256: str, at: dt.datetime) -> dict[str, Any]:
    """Return what was shown as JSON values, with the revision number and hash of the text, and the time in UTC."""
    return {
        "revision": revision,
        "text_sha256": sha256,
        "printed": list(consent.printed),
        "box": consent.box,
        "button": consent.button,
        "language": consent.language,
        "at": at.astimezone(dt.UTC).isoformat(),
    }
