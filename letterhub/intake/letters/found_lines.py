"""Lines of a draft with the parts of a letter that they are, and a letter made of them."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Addressee, LetterText
from letterhub.intake.documents.document_tree import Run
from letterhub.intake.documents.inline_markdown import inline_markdown
from letterhub.intake.letters.part_words import day_of, says_day


class PartKind(enum.StrEnum):
    """Part of a letter that a line is. The lines of an address continue the addressee before them."""

    LETTERHEAD = "letterhead"
    DATE = "date"
    VIA = "via"
    ADDRESSEE = "addressee"
    ADDRESS = "address"
    RE = "re"
    SALUTATION = "salutation"
    TEXT = "text"
    CLOSING = "closing"
    NAME = "name"
    CC = "cc"
    ENCLOSURE = "enclosure"
    LEAVE_OUT = "leave-out"


PART_NAMES = {
    PartKind.LETTERHEAD: _("letterhead"),
    PartKind.DATE: _("date"),
    PartKind.VIA: _("way of sending"),
    PartKind.RE: _("subject"),
    PartKind.ADDRESSEE: _("addressees"),
    PartKind.SALUTATION: _("salutation"),
    PartKind.CLOSING: _("closing"),
    PartKind.NAME: _("names"),
    PartKind.CC: _("cc"),
    PartKind.ENCLOSURE: _("enclosures"),
}


@dataclass(frozen=True, slots=True)
class FoundLine:
    """Line of a draft and its part; `certain` is False if staff should be asked.

    `kind_asked`: a name that may be a person's or an organization's.
    """

    kind: PartKind
    text: str
    certain: bool = True
    kind_asked: bool = False


@dataclass(frozen=True, slots=True)
class FoundParts:
    """Lines before the body, the body as Markdown, the lines after it, and remarks on what was found."""

    before: tuple[FoundLine, ...]
    body: str
    after: tuple[FoundLine, ...]
    remarks: tuple[str, ...] = ()


def named_parts(lines: Iterable[FoundLine]) -> tuple[str, ...]:
    """Return the names of the parts of some lines, each once."""
    kinds = {line.kind for line in lines}
    return tuple(str(name) for kind, name in PART_NAMES.items() if kind in kinds)


def line_markdown(line: str) -> str:
    """Return a plain line as a paragraph of Markdown that prints as it is."""
    return inline_markdown((Run(line),))


def with_lines(text: LetterText, lines: Iterable[FoundLine]) -> LetterText:
    """Return a text with the parts that the lines are; a part without lines stays as it was. Names are no part of a text."""
    by_kind: dict[PartKind, list[str]] = {}
    addressees: list[Addressee] = []
    for line in lines:
        by_kind.setdefault(line.kind, []).append(line.text)
        if line.kind is PartKind.ADDRESSEE or (line.kind is PartKind.ADDRESS and not addressees):
            addressees.append(Addressee(line.text))
        elif line.kind is PartKind.ADDRESS:
            addressees[-1] = replace(addressees[-1], lines=(*addressees[-1].lines, line.text))
    for kind in (PartKind.VIA, PartKind.RE, PartKind.SALUTATION, PartKind.CLOSING):
        if kind in by_kind:
            words: Any = {str(kind): " ".join(by_kind[kind])}
            text = replace(text, **words)
    if PartKind.DATE in by_kind:
        date = " ".join(by_kind[PartKind.DATE])
        text = replace(text, date=says_day(date), date_words="" if day_of(date) else date)
    if head := by_kind.get(PartKind.LETTERHEAD):
        text = replace(text, letterhead=replace(text.letterhead, name=head[0], lines=tuple(head[1:])))
    return replace(
        text,
        addressees=tuple(addressees) or text.addressees,
        cc=tuple(by_kind.get(PartKind.CC, text.cc)),
        enclosures=tuple(by_kind.get(PartKind.ENCLOSURE, text.enclosures)),
    )
