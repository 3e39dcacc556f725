"""What the press is told of a letter's names and margins, as it crosses to the press's process."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from letterhub.rendering.setting.entries import Phrase

CUT_TABLE = "cut table"  # what the press tells where words of a table had to break anywhere


@dataclass(frozen=True, slots=True)
class ListSection:
    """Signatories under one heading, "" where there is none: for each the phrases that stand below one another.

    `logos`, where the list shows any, has for each signatory the name of its picture's file, "" where it has none.
    """

    heading: str
    signatories: tuple[tuple[Phrase, ...], ...]
    logos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListJob:
    """A list to be set: its sections, and what stands in the margins of every page.

    `plain` says that no signatory has anything below its name; `look` is the classes of the letter's theme; `level` is the
    level of the sections' headings.
    """

    sections: tuple[ListSection, ...]
    plain: bool
    language: str
    rightward: bool
    running: str
    foot: str
    page: str
    of: str
    look: tuple[str, ...] = ()
    level: int = 3
    continued: str = "{heading} (continued)"

    @property
    def logos(self) -> bool:
        """Whether signatories stand below their logos."""
        return any(section.logos for section in self.sections)

    @property
    def count(self) -> int:
        """How many signatories are to be set."""
        return sum(len(section.signatories) for section in self.sections)

    def to_json(self) -> str:
        """The job as text: as every name passes here, each phrase is no more than its three values."""
        facts = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "sections"}
        sections = [
            (
                section.heading,
                [[(one.text, one.language, one.rightward) for one in phrases] for phrases in section.signatories],
                section.logos,
            )
            for section in self.sections
        ]
        return json.dumps({**facts, "sections": sections}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "ListJob":
        """The job that `to_json` wrote."""
        told = json.loads(text)
        sections = tuple(
            ListSection(heading, tuple([tuple([Phrase(*one) for one in phrases]) for phrases in signatories]), tuple(logos))
            for heading, signatories, logos in told.pop("sections")
        )
        return cls(sections=sections, look=tuple(told.pop("look")), **told)


def picture_name(data: bytes) -> str:
    """What the file of a logo is called beside the job: after its content, so that the same one is kept once."""
    return f"{hashlib.sha256(data).hexdigest()[:32]}.png"


def put_pictures(pictures: Iterable[bytes], folder: Path) -> None:
    """Writes the logos beside the job, each under its name."""
    for data in pictures:
        (folder / picture_name(data)).write_bytes(data)
