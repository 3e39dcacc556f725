"""How the record calls what it tells of: "letter-7", "staff-3". So no hash is of a person, and names can change or go."""

import enum
from collections.abc import Iterable

WORKER = "worker"  # who acts where no person does
OPERATOR = "operator"  # who acts at the command line


class Reference(enum.StrEnum):
    """The kinds of things that a reference leads to; the value is what it begins with."""

    COALITION = "coalition"
    EDITION = "edition"
    INQUIRY = "inquiry"
    LETTER = "letter"
    ORGANIZATION = "organization"
    SIGNATORY = "signatory"
    SIGNATURE = "signature"
    STAFF = "staff"
    SWEEP = "sweep"

    def to(self, number: int) -> str:
        """The reference to one of this kind, such as "letter-7"."""
        return f"{self}-{number}"

    @property
    def beginning(self) -> str:
        """What all references of this kind begin with, such as "letter-"."""
        return f"{self}-"

    def number_in(self, reference: str) -> int | None:
        """The number that a reference of this kind leads to; None where it is of another kind, or no reference."""
        kind, _dash, number = reference.partition("-")
        return int(number) if kind == self and number.isdecimal() else None

    def numbers_in(self, references: Iterable[str]) -> set[int]:
        """The numbers that those of this kind among the references lead to."""
        return {number for one in references if (number := self.number_in(one)) is not None}
