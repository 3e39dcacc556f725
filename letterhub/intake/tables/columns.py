"""Columns of a signatory file matched to our fields: the first of each kind, with notes on the unused ones.

See docs/design/tables-in.md.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from letterhub.domain.i18n import _
from letterhub.intake.tables.choices import AS_IT_IS, TableChoices
from letterhub.intake.tables.column_synonyms import heading_rank, is_contact_heading, match_fields, normalize_heading
from letterhub.intake.tables.target_fields import NAMING, REPEATABLE, SIGNATORY_FIELDS, target_keys

LOCATION_PARTS = ("city", "state", "country")
_CHOSEN_RANK = -1


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The column of each field, and columns with remarks; `notes` say which columns are not used.

    `fields` are those of all columns, "" for one that is left out. `consent_columns` are the columns that ask for consent to be
    listed: each must be answered.
    """

    fields: tuple[str, ...]
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


def count_known_fields(cells: Sequence[str], named: Iterable[str] = ()) -> int:
    """Return how many of our fields a row of cells names, as a header does; 0 if none of them says who signed.

    `named` are headings whose field was chosen.
    """
    known = {field for field in match_fields(cells) if field}
    chosen = {heading for heading in named if normalize_heading(heading) in set(map(normalize_heading, cells))}
    return len(known | chosen) if chosen or known & {*NAMING, "name"} else 0


def map_columns(
    header: Sequence[str], choices: TableChoices = AS_IT_IS, targets: Collection[str] = target_keys(SIGNATORY_FIELDS)
) -> ColumnMap:
    """Return the columns of a header, the first of each field or the one whose heading ranks first, with notes on the others.

    What was chosen for a column goes before its heading. A bare "Name" is the signer's if another column names an organization,
    else the organization's. `targets` are the fields that columns may be read as.
    """
    chosen = chosen_columns(header, choices)
    matched = match_fields(header)
    organization = {"organization", "affiliation"}
    has_organization = organization.intersection(matched) or organization.intersection(chosen.values())
    renamed = {"name": "signer_name" if has_organization else "organization"}
    if "remark" not in targets:
        renamed["remark"] = "notes"
    fields = [chosen.get(index, renamed.get(field, field)) for index, field in enumerate(matched)]
    fields = [field if field in targets else "" for field in fields]
    column_indexes: dict[str, int] = {}
    for index, field in enumerate(fields):
        if not field or field in REPEATABLE:
            continue
        before = column_indexes.get(field, index)
        rank, rank_before = (_CHOSEN_RANK if one in chosen else heading_rank(header[one]) for one in (index, before))
        if field not in column_indexes or rank < rank_before:
            column_indexes[field] = index
    consent_columns = tuple(index for index, field in enumerate(fields) if field == "permission")
    remarks = tuple(index for index, field in enumerate(fields) if field == "remark")
    headings = [text.strip() for text in header]
    notes = [*_column_notes(headings, fields, column_indexes), *_usage_notes(headings, fields)]
    if "permission" in targets:  # whoever is named signs
        notes += _signer_notes(headings, column_indexes)
    return ColumnMap(tuple(fields), column_indexes, consent_columns, remarks, tuple(notes))


def chosen_columns(header: Sequence[str], choices: TableChoices) -> dict[int, str]:
    """Return the fields that were chosen, by the index of their column, which a command line gives by number or heading."""
    by_heading = {normalize_heading(name): field for name, field in choices.named.items()}
    chosen = {int(name) - 1: field for name, field in choices.named.items() if name.isdecimal() and len(name) < 6}
    for index, heading in enumerate(header):
        if (normalized := normalize_heading(heading)) in by_heading:
            chosen[index] = by_heading[normalized]
    return {index: field for index, field in {**chosen, **choices.columns}.items() if index < len(header)}


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
    for part in LOCATION_PARTS:
        if part in column_indexes and "location" in column_indexes:
            yield _(
                "Column %(number)s, “%(heading)s”, is read only where column %(other)s is empty.",
                number=column_indexes[part] + 1,
                heading=headings[column_indexes[part]],
                other=column_indexes["location"] + 1,
            )


def _signer_notes(headings: Sequence[str], column_indexes: Mapping[str, int]) -> Iterator[str]:
    """Yield a note if the column of signers may be one of contact persons, who didn't sign."""
    signer_index = column_indexes.get("signer_name")
    if signer_index is not None and is_contact_heading(headings[signer_index]):
        yield _(
            "Column %(number)s, “%(heading)s”, is read as who signed. Delete it if it only says whom to ask.",
            number=signer_index + 1,
            heading=headings[signer_index],
        )


def _usage_notes(headings: Sequence[str], fields: Sequence[str]) -> Iterator[str]:
    """Yield notes on columns that are not used, and on those that are only shown."""
    if unused := [f"“{heading}”" for heading, field in zip(headings, fields, strict=True) if heading and not field]:
        yield _("These columns are not used: %(columns)s.", columns=", ".join(unused))
    if remarks := [f"“{heading}”" for heading, field in zip(headings, fields, strict=True) if field == "remark"]:
        yield _("Shown with each row and not imported: %(columns)s.", columns=", ".join(remarks))
