"""References of the audit log to its subjects: "letter-7", "staff-3". No hash depends on a person, so names can change or
go."""

import enum
from collections.abc import Iterable

WORKER = "worker"  # actor where no person acts
OPERATOR = "operator"  # actor on the command line


class ReferenceKind(enum.StrEnum):
    """Kind of subject of a reference; the value is its prefix."""

    COALITION = "coalition"
    EDITION = "edition"
    INQUIRY = "inquiry"
    LETTER = "letter"
    ORGANIZATION = "organization"
    SIGNATORY = "signatory"
    SIGNATURE = "signature"
    STAFF = "staff"
    BULK_DECLINE = "sweep"

    def reference(self, number: int) -> str:
        """Return the reference to a row of this kind, such as "letter-7"."""
        return f"{self}-{number}"

    @property
    def prefix(self) -> str:
        """Prefix of all references of this kind, such as "letter-"."""
        return f"{self}-"

    def id_in(self, reference: str) -> int | None:
        """Return the row id in a reference of this kind; None for another kind or an invalid reference."""
        kind, _dash, number = reference.partition("-")
        return int(number) if kind == self and number.isdecimal() else None

    def ids_in(self, references: Iterable[str]) -> set[int]:
        """Return the row ids in the references of this kind."""
        return {number for reference in references if (number := self.id_in(reference)) is not None}
