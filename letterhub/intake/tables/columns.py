"""Columns of a signatory file matched to our fields: the first of each kind, with notes on the unused ones.

See docs/design/tables-in.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from letterhub.domain.i18n import _
from letterhub.intake.tables.column_synonyms import heading_rank, is_contact_heading, match_fields

_NAME_FIELDS = frozenset({"organization", "signer_name", "first_name", "last_name", "name"})
_LOCATION_PARTS = ("city", "state", "country")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The column of each field, and columns with remarks; `notes` say which columns are not used.

    `consent_columns` are the columns that ask for consent to be listed: each must be answered.
    """

    column_indexes: Mapping[str, int]
    consent_columns: tuple[int, ...]
    remarks: tuple[int, ...]
    notes: tuple[str, ...]

    def cell(self, cells: Sequence[str], field: str) -> str:
        """Return the cell of a field in a row; "" if there is none."""
        index = self.column_indexes.get(field, -1)
        return cells[index] if 0 <= index < len(cells) else ""

    def heading(self, header: Sequence[str], field: str) -> str:
        """Return the file's own heading of a field; the field's name if the file has no such column."""
        index = self.column_indexes.get(field, -1)
        return header[index].strip() if 0 <= index < len(header) else field


def count_known_fields(cells: Sequence[str]) -> int:
    """Return how many columns of a header row we know; 0 if none of them names who signed."""
    named = {field for field in match_fields(cells) if field}
    return len(named) if named & _NAME_FIELDS else 0


def map_columns(header: Sequence[str]) -> ColumnMap:
    """Return the columns of a header, the first of each field or the one whose heading ranks first, with notes on the others.

    A bare "Name" is the signer's if another column names an organization, else the organization's.
    """
    matched = match_fields(header)
    name_field = "signer_name" if {"organization", "affiliation"}.intersection(matched) else "organization"
    fields = [name_field if field == "name" else field for field in matched]
    consent_columns = tuple(index for index, field in enumerate(fields) if field == "permission")
    remarks = tuple(index for index, field in enumerate(fields) if field == "remark")
    column_indexes: dict[str, int] = {}
    for index, field in enumerate(fields):
        if field in ("", "permission", "remark"):
            continue
        if field not in column_indexes or heading_rank(header[index]) < heading_rank(header[column_indexes[field]]):
            column_indexes[field] = index
    return ColumnMap(
        column_indexes,
        consent_columns,
        remarks,
        tuple(_column_notes([text.strip() for text in header], fields, column_indexes)),
    )


def _column_notes(headings: Sequence[str], fields: Sequence[str], column_indexes: Mapping[str, int]) -> Iterator[str]:
    """Yield notes on columns that are left out, or may be read otherwise than meant."""
    for index, field in enumerate(fields):
        if field in column_indexes and column_indexes[field] != index:
            yield _(
                "Column %(number)s, “%(heading)s”, repeats column %(other)s and was left out.",
                number=index + 1,
                heading=headings[index],
                other=column_indexes[field] + 1,
            )
    for part in _LOCATION_PARTS:
        if part in column_indexes and "location" in column_indexes:
            yield _(
                "Column %(number)s, “%(heading)s”, is read only where column %(other)s is empty.",
                number=column_indexes[part] + 1,
                heading=headings[column_indexes[part]],
                other=column_indexes["location"] + 1,
            )
    signer = column_indexes.get("signer_name")
    if signer is not None and is_contact_heading(headings[signer]):
        yield _(
            "Column %(number)s, “%(heading)s”, is read as who signed. Delete it if it only says whom to ask.",
            number=signer + 1,
            heading=headings[signer],
        )
    if unused := [f"“{heading}”" for heading, field in zip(headings, fields, strict=True) if heading and not field]:
        yield _("These columns are not used: %(columns)s.", columns=", ".join(unused))
    if remarks := [f"“{heading}”" for heading, field in zip(headings, fields, strict=True) if field == "remark"]:
        yield _("Shown with each row and not imported: %(columns)s.", columns=", ".join(remarks))
