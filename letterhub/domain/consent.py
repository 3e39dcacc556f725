"""What was before a signatory when it signed: the line, the sentences with a box or a button, and the text by its hash."""

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ShownConsent:
    """What a page showed to whoever signed: the line as it prints, name and detail; what the ticked box and the button said.

    `language` is that of the page's own words, as a code such as "en".
    """

    printed: tuple[str, str]
    box: str
    button: str
    language: str


def facts_of_consent(shown: ShownConsent, revision: int, sha256: str, at: dt.datetime) -> dict[str, Any]:
    """What was shown as plain values: with the number and the hash of the text, and the moment in UTC."""
    return {
        "revision": revision,
        "text_sha256": sha256,
        "printed": list(shown.printed),
        "box": shown.box,
        "button": shown.button,
        "language": shown.language,
        "at": at.astimezone(dt.UTC).isoformat(),
    }
