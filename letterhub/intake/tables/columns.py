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
    """The position of each field in a row, and of columns with remarks; `notes` say which columns are not used.

    `consent_columns` are the columns that ask for consent to be listed: each must be answered.
    """

    places: Mapping[str, int]
    consent_columns: tuple[int, ...]
    remarks: tuple[int, ...]
    notes: tuple[str, ...]

    def cell(self, cells: Sequence[str], field: str) -> str:
        """Return the cell of a field in a row; "" if there is none."""
        at = self.places.get(field, -1)
        return cells[at] if 0 <= at < len(cells) else ""

    def heading(self, header: Sequence[str], field: str) -> str:
        """Return the file's own heading of a field."""
        at = self.places.get(field, -1)
        return header[at].strip() if 0 <= at < len(header) else field


def count_known_fields(cells: Sequence[str]) -> int:
    """Return how many of our fields a row of cells names, as a header does; 0 if none of them says who signed."""
    named = {field for field in match_fields(cells) if field}
    return len(named) if named & _NAME_FIELDS else 0


def map_columns(header: Sequence[str]) -> ColumnMap:
    """Return the columns of a header, the first of each field, with notes on those left out."""
    fields = _resolve_bare_name(match_fields(header))
    positions_by_kind = {
        kind: tuple(at for at, field in enumerate(fields) if field == kind) for kind in ("permission", "remark")
    }
    places = _column_positions(header, fields)
    notes = [
        *_duplicate_column_notes(header, fields, places),
        *_unused_location_notes(header, places),
        *_contact_column_notes(header, places),
    ]
    if unused := [
        f"“{heading.strip()}”" for heading, field in zip(header, fields, strict=True) if not field and heading.strip()
    ]:
        notes.append(_("These columns are not used: %(columns)s.", columns=", ".join(unused)))
    if remarks := positions_by_kind["remark"]:
        remark_headings = ", ".join(f"“{header[at].strip()}”" for at in remarks)
        notes.append(_("Shown with each row and not imported: %(columns)s.", columns=remark_headings))
    return ColumnMap(places, positions_by_kind["permission"], remarks, tuple(notes))


def _column_positions(header: Sequence[str], fields: Sequence[str]) -> dict[str, int]:
    """Return the column of each field: the first, or the one whose heading ranks first."""
    places: dict[str, int] = {}
    for at, field in enumerate(fields):
        if field in ("", "permission", "remark"):
            continue
        if field not in places or heading_rank(header[at]) < heading_rank(header[places[field]]):
            places[field] = at
    return places


def _duplicate_column_notes(header: Sequence[str], fields: Sequence[str], places: Mapping[str, int]) -> Iterator[str]:
    """Yield a note on each column of a field that another column has already."""
    for at, field in enumerate(fields):
        if field in places and places[field] != at:
            yield _(
                "Column %(number)s, “%(heading)s”, repeats column %(other)s and was left out.",
                number=at + 1,
                heading=header[at].strip(),
                other=places[field] + 1,
            )


def _unused_location_notes(header: Sequence[str], places: Mapping[str, int]) -> Iterator[str]:
    """Yield a note on each part of a location, if there is a column for the whole."""
    for part in _LOCATION_PARTS:
        if part in places and "location" in places:
            at, whole = places[part], places["location"]
            yield _(
                "Column %(number)s, “%(heading)s”, is read only where column %(other)s is empty.",
                number=at + 1,
                heading=header[at].strip(),
                other=whole + 1,
            )


def _contact_column_notes(header: Sequence[str], places: Mapping[str, int]) -> Iterator[str]:
    """Yield a note if the signer's name is read from a column of contacts."""
    at = places.get("signer_name")
    if at is not None and is_contact_heading(header[at]):
        yield _(
            "Column %(number)s, “%(heading)s”, is read as who signed. Delete it if it only says whom to ask.",
            number=at + 1,
            heading=header[at].strip(),
        )


def _resolve_bare_name(fields: Sequence[str]) -> tuple[str, ...]:
    """Replace a bare "Name": the signer's if another column names an organization, else the organization's."""
    name_field = "signer_name" if {"organization", "affiliation"}.intersection(fields) else "organization"
    return tuple(name_field if field == "name" else field for field in fields)
