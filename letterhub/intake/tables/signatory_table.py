"""Signatories from a CSV file of any program: rows as plain values with line and problems. See docs/design/tables-in.md."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice
from pathlib import Path

from letterhub.domain.letters.document import SECTION_ORDER, Kind, Logo, Signatory
from letterhub.domain.line_validation import one_line, trouble_with_line
from letterhub.domain.sentence_ends import ended
from letterhub.domain.spreadsheet_escaping import freed
from letterhub.intake.errors import FileRefused
from letterhub.intake.file_types import check_is_text
from letterhub.intake.images.logo import read_small_logo
from letterhub.intake.letters.local_images import NotBeside, picture_beside
from letterhub.intake.tables.columns import Columns, columns_of, recognized
from letterhub.intake.tables.encodings import decoded
from letterhub.intake.tables.listing_consent import PermissionColumn, doubt_in
from letterhub.intake.tables.table_lint import garbled, spellings_of_sections

MOST_ROWS = 10_000
MOST_COLUMNS = 16_384  # the limit of spreadsheets, which write them all if somebody once touched the edge of a sheet
MOST_QUESTIONS = 20
MOST_REMARKS = 100
"""Limit on the columns of a kind that are read: each is repeated with every row."""
LONGEST_REMARK = 300
_LONGEST_HEADING = 200
_HEADER_WITHIN = 20
_KNOWN_ENOUGH = 2
_LONGEST_TITLE = 60
_SEPARATORS = ",;\t|"
_YES = frozenset({"yes", "y", "true", "1", "x", "lead", "oui", "sí", "si", "ja", "sim"})
_NO = frozenset({"no", "n", "false", "0", "non", "nein", "não", "nie", "declined"})
_KINDS = {
    "": None,
    "organization": Kind.ORGANIZATION,
    "organisation": Kind.ORGANIZATION,
    "group": Kind.ORGANIZATION,
    "individual": Kind.INDIVIDUAL,
    "person": Kind.INDIVIDUAL,
}
_SUM = re.compile(r"(?:grand )?(?:total|sum|count)s?\s*[:=]?\s*[\d,.]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in a row: the column as the file calls it, and a sentence in lower case."""

    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its line in the file, its signatory, the problems that keep it from import, and its remarks."""

    line: int
    signatory: Signatory
    email: str
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatoryTable:
    """A parsed file of signatories. `notes` say in sentences what was left out."""

    rows: tuple[TableRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]


def read_signatories(data: bytes, file: str, folder: Path | None = None) -> SignatoryTable:
    """Return the signatories of a CSV file in any common encoding, separator and column order.

    Logo files are read from `folder`, if given. Raises FileRefused if the file as a whole cannot be read; problems of single
    rows are listed with them.
    """
    check_is_text(data, file)
    text = decoded(data, file)
    separator, header_at = _shape(text, file)
    records = list(islice(_records(text, separator, file), MOST_ROWS + header_at + 2))
    header, body = records[header_at], records[header_at + 1 :]
    if len(body) > MOST_ROWS:
        raise FileRefused(file, f"the file has more than {MOST_ROWS:,} rows.")
    columns = columns_of(header.cells)
    _check_columns(columns, header, file)
    titles = list(_titles(records[:header_at], header, file))
    notes = [*_notes_on_titles(titles, header), *columns.notes]
    if folder is None and "logo" in columns.places:
        notes.append("Logos are not read from a table: add each on the page of its organization.")
    headings = [_told(heading) for heading in header.cells]
    questions = [PermissionColumn(at, headings[at], doubt_in(header.cells[at])) for at in columns.permissions]
    rows = [_row(record, headings, columns, questions, folder) for record in _filled(body, notes)]
    spelled, on_sections = spellings_of_sections([row.signatory.section for row in rows])
    rows = [_in_section(row, spelled.get(row.signatory.section, "")) for row in rows]
    notes += [*on_sections, *garbled((row.line, row.signatory) for row in rows)]
    return SignatoryTable(tuple(rows), tuple(notes))


def _in_section(row: TableRow, spelled: str) -> TableRow:
    return replace(row, signatory=replace(row.signatory, section=spelled)) if spelled else row


def _check_columns(columns: Columns, header: _Record, file: str) -> None:
    asked, written = len(columns.permissions), len(columns.remarks)
    if asked > MOST_QUESTIONS:
        sentence = f"{asked:,} columns ask whether a row may be listed. At most {MOST_QUESTIONS} are read: delete the others."
        raise FileRefused(file, sentence, line=header.line)
    if written > MOST_REMARKS:
        sentence = f"{written:,} columns are for notes and comments. At most {MOST_REMARKS} are read: delete the others."
        raise FileRefused(file, sentence, line=header.line)


def _told(heading: str) -> str:
    """Return a heading cut to the length that is repeated with every row."""
    heading = heading.strip()
    return heading if len(heading) <= _LONGEST_HEADING else f"{heading[:_LONGEST_HEADING]}…"


def signatories_or_refused(table: SignatoryTable, file: str) -> tuple[Signatory, ...]:
    """Return all signatories of a table. Raises FileRefused for the first row that has a problem."""
    for row in table.rows:
        for problem in row.problems:
            raise FileRefused(file, problem.sentence, line=row.line, column=problem.column)
    return tuple(row.signatory for row in table.rows)


def _shape(text: str, file: str) -> tuple[str, int]:
    """Return the separator, and the index of the header: the first record that names who signed and one more field.

    Not the one that names the most: somebody may have typed headings as answers. If no record names two fields, one is enough.
    """
    found = [
        (known < _KNOWN_ENOUGH, record.line, -known, separator, at)
        for separator in _SEPARATORS
        for at, record in enumerate(_first_records(text, separator, file))
        if (known := recognized(record.cells))
    ]
    if not found:
        sentence = "no heading says who signed. The first row must name the columns, such as organization and signer_name."
        raise FileRefused(file, sentence, line=1)
    *_, separator, at = min(found, key=lambda one: one[:3])
    return separator, at


def _titles(above: Sequence[_Record], header: _Record, file: str) -> Iterator[str]:
    """Yield titles and notes above the header. Raises FileRefused if they may be rows of names."""
    for record in above:
        cells = _written(record)
        if len(cells) > 1 or (cells and (len(_written(header)) == 1 or recognized(cells))):
            sentence = (
                f"this reads like the row of headings, but line {record.line}, above it, would be lost. If these are the "
                "headings, delete what comes above them. If not, name the columns in the first row, such as organization "
                "and signer_name."
            )
            raise FileRefused(file, sentence, line=header.line)
        yield from cells


def _written(record: _Record) -> list[str]:
    return [cell.strip() for cell in record.cells if cell.strip()]


def _first_records(text: str, separator: str, file: str) -> list[_Record]:
    records: list[_Record] = []
    try:
        records.extend(islice(_records(text, separator, file), _HEADER_WITHIN))
    except FileRefused:
        return records
    return records


def _records(text: str, separator: str, file: str) -> Iterator[_Record]:
    """Yield the records of a table with the line that each begins on; blank lines are records without cells."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise FileRefused(file, f"the row has more than {MOST_COLUMNS:,} columns.", line=line)
            yield _Record(line, cells)
            line = reader.line_num + 1
    except csv.Error as problem:
        raise FileRefused(file, _sentence(str(problem)), line=line) from None


def _sentence(problem: str) -> str:
    if "unexpected end" in problem:
        return "a quotation mark opens here and never closes."
    if "expected after" in problem:
        return "a quotation mark stands inside a cell. Inside quotes, write it twice."
    return "this row cannot be read as a row of a table."


def _notes_on_titles(titles: Sequence[str], header: _Record) -> Iterator[str]:
    if titles:
        told = ", ".join(f"“{one_line(title)[:_LONGEST_TITLE]}”" for title in titles)
        yield f"Line {header.line} names the columns. Left out above it: {ended(told)}"


def _filled(body: Sequence[_Record], notes: list[str]) -> Iterator[_Record]:
    """Yield the records that are not blank; a line of totals at the end is left out, with a note."""
    for record in body:
        cells = _written(record)
        if len(cells) == 1 and record is body[-1] and _SUM.fullmatch(cells[0]):
            notes.append(f"Line {record.line} looks like a total and was left out.")
        elif cells:
            yield record


def _row(
    record: _Record, header: Sequence[str], columns: Columns, questions: Iterable[PermissionColumn], folder: Path | None
) -> TableRow:
    values = {field: one_line(freed(columns.cell(record.cells, field))) for field in columns.places}
    problems = [*_surplus(record, header)]
    kind = _KINDS.get(values.get("kind", "").casefold(), Kind.ORGANIZATION)
    if values.get("kind", "").casefold() not in _KINDS:
        problems.append(Problem(columns.heading(header, "kind"), "must be organization or individual."))
    if values.get("lead", "").casefold() not in _YES | _NO | {""}:
        problems.append(Problem(columns.heading(header, "lead"), "must be yes, or empty."))
    logo, trouble_with_logo = _logo(values.get("logo", ""), folder)
    if trouble_with_logo:
        problems.append(Problem(columns.heading(header, "logo"), trouble_with_logo))
    signatory = replace(_signatory(values, kind), logo=logo)
    problems += _unnamed(signatory, kind, columns.heading(header, "organization"))
    problems += _not_permitted(record, questions)
    for field, value in values.items():
        if trouble := trouble_with_line(value):
            problems.append(Problem(columns.heading(header, field), f"the text {trouble}."))
    return TableRow(record.line, signatory, values.get("email", ""), tuple(problems), _remarks(record, header, columns))


def _remarks(record: _Record, header: Sequence[str], columns: Columns) -> tuple[str, ...]:
    """Return the contents of columns that have no field, each under its heading."""
    written = ((header[at], one_line(record.cells[at])) for at in columns.remarks if at < len(record.cells))
    return tuple(
        f"{heading}{'' if heading.endswith('?') else ':'} {text[:LONGEST_REMARK]}" for heading, text in written if text
    )


def _not_permitted(record: _Record, questions: Iterable[PermissionColumn]) -> Iterator[Problem]:
    for asked in questions:
        answer = record.cells[asked.at] if asked.at < len(record.cells) else ""
        if trouble := asked.trouble_with(one_line(freed(answer))):
            yield Problem(asked.heading, trouble)


def _surplus(record: _Record, header: Sequence[str]) -> Iterator[Problem]:
    """Yield a problem if there are more cells than headings: a value was split, or a separator is not quoted."""
    if any(cell.strip() for cell in record.cells[len(header) :]):
        sentence = f"the row has {len(record.cells)} cells where the header has {len(header)}."
        yield Problem(header[-1], sentence)


def _signatory(values: dict[str, str], kind: Kind | None) -> Signatory:
    organization = values.get("organization", "")
    person = " ".join(filter(None, (values.get("first_name"), values.get("last_name")))) or values.get("signer_name", "")
    town = ", ".join(filter(None, map(values.get, ("city", "state", "country"))))
    section = values.get("section", "")
    return Signatory(
        organization=organization,
        signer_name=person,
        signer_title=values.get("signer_title", ""),
        location=values.get("location", "") or town,
        kind=kind or (Kind.INDIVIDUAL if person and not organization else Kind.ORGANIZATION),
        url=values.get("url", ""),
        affiliation=values.get("affiliation", ""),
        section=section.casefold() if section.casefold() in SECTION_ORDER else section,
        lead=values.get("lead", "").casefold() in _YES,
        sort_name=values.get("sort_name", ""),
    )


def _logo(name: str, folder: Path | None) -> tuple[Logo | None, str]:
    """Return the logo that a row names by its file, or the problem with it."""
    if not (name and folder):
        return None, ""
    try:
        return read_small_logo(picture_beside(folder, name), name), ""
    except NotBeside as trouble:
        return None, f"names a logo that {trouble}"
    except FileRefused as refusal:
        return None, str(refusal)


def _unnamed(signatory: Signatory, kind: Kind | None, column: str) -> Iterator[Problem]:
    if not signatory.name:
        yield Problem(column, "the row names nobody.")
    elif kind is Kind.ORGANIZATION and not signatory.organization:
        yield Problem(column, "the row is of kind organization and names none.")
