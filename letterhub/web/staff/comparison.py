"""Two texts side by side, part by part, for someone who has to choose between them."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from letterhub.domain.document import Addressee, Letterhead, LetterText
from letterhub.domain.drafts import different_parts

LABELS = {
    "title": _l("Title"),
    "letterhead": _l("Letterhead"),
    "date": _l("Date"),
    "via": _l("Way of delivery"),
    "addressees": _l("Addressees"),
    "re": _l("Re:"),
    "salutation": _l("Salutation"),
    "body": _l("Text"),
    "closing": _l("Closing"),
    "cc": _l("cc"),
    "language": _l("Language"),
    "paper": _l("Paper"),
    "order": _l("Order of the names"),
    "shown": _l("Printed with each name"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a letter in which two texts differ, as plain lines."""

    part: str
    label: str
    mine: str
    theirs: str


def comparison(mine: LetterText, theirs: LetterText) -> tuple[Difference, ...]:
    """Every part in which the texts differ, in the order of the paper."""
    return tuple(
        Difference(part, str(LABELS[part]), said(getattr(mine, part)), said(getattr(theirs, part)))
        for part in different_parts(mine, theirs)
    )


def said(value: Any) -> str:
    """A part of a letter as plain lines."""
    match value:
        case None:
            return ""
        case Addressee() | Letterhead():
            return "\n".join((value.name, *value.lines))
        case tuple():
            return "\n".join(map(said, value))
    return str(value)
