"""The list job: a letter's names and margins, serialized for the PDF worker."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import NamedTuple

from letterhub.domain.digits import LATIN
from letterhub.domain.interface_languages import primary_subtag
from letterhub.domain.letters.letter_document import LAYOUT_VERSION
from letterhub.rendering.pdf.typesetting.entries import ListPhrase

_PERSIAN_DIGITS = ("fa", "ps", "mzn", "lrc")  # likewise in letter-layout-4.css
TABLE_CUT_EVENT = "cut table"  # event of the worker: words of a table had to break anywhere


@dataclass(frozen=True, slots=True)
class ListSection:
    """Signatories under one heading, "" for none: for each its phrases from top to bottom.

    `logos`, if the list shows any, has for each signatory the name of its image file, "" for none.
    """

    heading: str
    signatories: tuple[tuple[ListPhrase, ...], ...]
    logos: tuple[str, ...] = ()


class TextPart(NamedTuple):
    """The letter in one language, printed before the list together with others: the id of its article, and the text in the
    margins of its pages as in `ListJob`."""

    id: str
    language: str
    is_rtl: bool
    running: str
    foot: str
    page: str
    of: str
    digits: str

    def job(self, whole: "ListJob") -> "ListJob":
        """Return a job with the language and margins of this part."""
        return replace(whole, **{name: value for name, value in self._asdict().items() if name != "id"})


@dataclass(frozen=True, slots=True)
class ListJob:
    """A list to be typeset: its sections, and the text in the margins of every page.

    `plain`: no signatory has anything below its name; `look` is the CSS classes of the letter's theme; `level` is the level of
    the sections' headings; `layout` is the version of the rules that the whole page is rendered by. `draft_label` stands at the
    head of every page of a draft copy, whose lines are numbered; "" for any other letter. `parts` are those of a letter in
    several languages; the margins of the pages of its list are the job's own.
    `digits` is the numbering system of the page numbers.
    """

    sections: tuple[ListSection, ...]
    plain: bool
    language: str
    is_rtl: bool
    running: str
    foot: str
    page: str
    of: str
    look: tuple[str, ...] = ()
    level: int = 3
    continued: str = "{heading} (continued)"
    layout: int = LAYOUT_VERSION
    draft_label: str = ""
    parts: tuple[TextPart, ...] = ()
    digits: str = LATIN

    @property
    def logos(self) -> bool:
        """True if signatories have logos above them."""
        return any(section.logos for section in self.sections)

    @property
    def has_localized_forms(self) -> bool:
        """False since layout 4 for languages of Persian digits, 4, 6 and 7 of which Noto Naskh Arabic draws as Urdu does."""
        return self.layout < 4 or primary_subtag(self.language) not in _PERSIAN_DIGITS

    @property
    def count(self) -> int:
        """The number of signatories."""
        return sum(len(section.signatories) for section in self.sections)

    def to_json(self) -> str:
        """Return the job as JSON; each phrase is an array of its three values, as there are many."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "sections"}
        sections = [
            (
                section.heading,
                [[(phrase.text, phrase.language, phrase.is_rtl) for phrase in phrases] for phrases in section.signatories],
                section.logos,
            )
            for section in self.sections
        ]
        return json.dumps({**values, "sections": sections}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ListJob":
        """Return the job that `to_json` wrote."""
        values = json.loads(text)
        sections = tuple(
            ListSection(
                heading, tuple([tuple([ListPhrase(*phrase) for phrase in phrases]) for phrases in signatories]), tuple(logos)
            )
            for heading, signatories, logos in values.pop("sections")
        )
        parts = tuple(TextPart(*part) for part in values.pop("parts"))
        return cls(sections=sections, look=tuple(values.pop("look")), parts=parts, **values)


def logo_file_name(data: bytes) -> str:
    """Return the file name of a logo in the job's folder: the hash of its content, so that each is written once."""
    return f"{hashlib.sha256(data).hexdigest()[:32]}.png"


def write_logos(pictures: Iterable[bytes], folder: Path) -> None:
    """Write the logos to the job's folder, each under its name."""
    for data in pictures:
        (folder / logo_file_name(data)).write_bytes(data)
