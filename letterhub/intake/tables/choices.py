"""Choices on how a table is read, by staff or on the command line: what the file itself does not say. Stored with an upload."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

ONE_COLUMN = "none"
SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class TableChoices:
    """Choices on how a table is read; "" and None leave it to the file.

    `header_line` is the line of the headings, 0 if there are none. `columns` are fields by the position of their column, "" for
    one that is left out; `named` are fields by the heading or the number (from 1) of theirs.
    """

    encoding: str = ""
    sheet: str = ""
    separator: str = ""
    header_line: int | None = None
    columns: Mapping[int, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)

    def to_facts(self) -> dict[str, Any]:
        """Return the choices as plain values, for the database."""
        return asdict(self) | {"columns": {str(at): key for at, key in self.columns.items()}}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "TableChoices":
        """Return the choices that were stored."""
        return cls(**{**facts, "columns": {int(at): key for at, key in facts.get("columns", {}).items()}})


AS_IT_IS = TableChoices()
