"""What the press is told of a letter's names and margins, as it crosses to the press's process."""

import json
from dataclasses import dataclass, fields

from letterhub.rendering.setting.entries import Phrase


@dataclass(frozen=True, slots=True)
class Section:
    """Signatories under one heading, "" where there is none: for each the phrases that stand below one another."""

    heading: str
    signatories: tuple[tuple[Phrase, ...], ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A list to be set: its sections, and what stands in the margins of every page.

    `plain` says that no signatory has anything below its name; `look` is the classes of the letter's theme; `level` is the
    level of the sections' headings.
    """

    sections: tuple[Section, ...]
    plain: bool
    language: str
    rightward: bool
    running: str
    foot: str
    page: str
    of: str
    look: tuple[str, ...] = ()
    level: int = 3

    @property
    def count(self) -> int:
        """How many signatories are to be set."""
        return sum(len(section.signatories) for section in self.sections)

    def to_json(self) -> str:
        """The job as text: as every name passes here, each phrase is no more than its three values."""
        facts = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "sections"}
        sections = [
            (section.heading, [[(one.text, one.language, one.rightward) for one in phrases] for phrases in section.signatories])
            for section in self.sections
        ]
        return json.dumps({**facts, "sections": sections}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Job":
        """The job that `to_json` wrote."""
        told = json.loads(text)
        sections = tuple(
            Section(heading, tuple([tuple([Phrase(*one) for one in phrases]) for phrases in signatories]))
            for heading, signatories in told.pop("sections")
        )
        return cls(sections=sections, look=tuple(told.pop("look")), **told)
