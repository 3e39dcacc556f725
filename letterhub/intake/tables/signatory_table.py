"""Signatories from a CSV file of any program: rows as plain values with line and problems. See docs/design/tables-in.md."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _, ngettext
from letterhub.domain.letters.letter_document import Logo, Signatory, SignatoryKind
from letterhub.domain.line_validation import line_error, normalize_line
from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.domain.signatures.sort_keys import MAX_LEAD_ORDER, SECTION_ORDER
from letterhub.domain.spreadsheet_escaping import unescape_cell
from letterhub.domain.unicode import join_with_commas
from letterhub.intake.errors import FileRefused
from letterhub.intake.images import ImageUnavailable, read_local_image, read_signature_picture, read_small_logo
from letterhub.intake.tables.choices import AS_IT_IS, TableChoices
from letterhub.intake.tables.column_lint import unused_column_notes
from letterhub.intake.tables.column_synonyms import normalize_heading
from letterhub.intake.tables.columns import LOCATION_PARTS, ColumnMap, map_columns
from letterhub.intake.tables.footers import take_footers
from letterhub.intake.tables.layout import TableQuestion, find_layout, non_empty_cells
from letterhub.intake.tables.list_markers import take_list_markers
from letterhub.intake.tables.listing_consent import ConsentColumn, doubtful_word
from letterhub.intake.tables.opened_table import MAX_ROWS, open_table
from letterhub.intake.tables.outline import sheet_question, table_notes
from letterhub.intake.tables.person_names import address_in_cell, is_anonymous, joined_name
from letterhub.intake.tables.table_lint import text_notes, unify_section_case
from letterhub.intake.tables.target_fields import NAMING, SIGNATORY_FIELDS, TargetField, max_value_length, target_keys
from letterhub.intake.tables.workbooks import Record

MAX_REPORTED_PROBLEMS = 200
MAX_CONSENT_COLUMNS = 20
MAX_REMARK_COLUMNS = 100
"""Limit on the columns of a kind that are read: each is repeated with every row."""
MAX_REMARK_LENGTH = 300
_MAX_HEADING_LENGTH = 200
_YES = frozenset({"yes", "y", "true", "1", "x", "lead", "oui", "sí", "si", "ja", "sim"})
_NO = frozenset({"no", "n", "false", "0", "non", "nein", "não", "nie", "declined"})
_KIND_WORDS = {
    SignatoryKind.ORGANIZATION: """organization organisation organizations organisations organizational organisational org
        group association organizacion asociacion organizacao associacao verein organizzazione associazione""".split(),
    SignatoryKind.INDIVIDUAL: """individual individuals individually person personal personally personnel myself particulier
        individu individuo persona particular einzelperson privatperson pessoa""".split(),
}
_SPREADSHEET_ERROR = re.compile(r"#(?:ERROR!|REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A problem in a row: the column as the file calls it, and a sentence in lower case."""

    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its line in the file, its signatory, the problems that keep it from import, and its remarks.

    `values` are those of all its fields by key, also of fields that no signatory has.
    """

    line: int
    signatory: Signatory
    email: str
    problems: tuple[RowProblem, ...]
    remarks: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


class BadRows(UserFacingError):
    """Raised for a table with rows that cannot be used: a line for each problem, up to a number of them."""

    def __init__(self, refusals: Sequence[str]) -> None:
        more = len(refusals) - MAX_REPORTED_PROBLEMS
        rest = [ngettext("One more problem.", "%(num)s more problems.", more)] if more > 0 else []
        super().__init__("\n".join([*refusals[:MAX_REPORTED_PROBLEMS], *rest]))


@dataclass(frozen=True, slots=True)
class SignatoryTable:
    """A parsed file of signatories. `notes` say in sentences what was left out."""

    rows: tuple[TableRow, ...]
    notes: tuple[str, ...]


def read_signatories(
    data: bytes,
    file: str,
    folder: Path | None = None,
    choices: TableChoices = AS_IT_IS,
    targets: Sequence[TargetField] = SIGNATORY_FIELDS,
) -> SignatoryTable:
    """Return the signatories of a table in any common format, encoding, separator and column order, read as chosen.

    Logo files are read from `folder`, if given. Without one the file was uploaded, and may have MAX_ROWS rows. Raises
    FileRefused if the file as a whole cannot be read, and TableQuestion if it can be read in several ways; problems of single
    rows are listed with them.
    """
    table = open_table(data, file, choices, is_upload=folder is None)
    if table.sheets and not table.sheet:
        raise TableQuestion(file, sheet_question(table))
    layout = find_layout(table, choices)
    if layout.question:
        raise layout.question
    above = layout.header_at or 0
    records = list(islice(table.records(layout.separator), None if folder else MAX_ROWS + above + 2))
    header, body = layout.header(records), list(layout.body(records))
    if len(body) > MAX_ROWS and folder is None:
        raise FileRefused(file, _("the file has more than %(most)s rows.", most=f"{MAX_ROWS:,}"))
    columns = map_columns(header.cells, choices, target_keys(targets))
    _check_columns(columns, header, file)
    notes = [*table_notes(table), *layout.notes, *columns.notes, *(() if folder else _picture_notes(columns))]
    naming = [at for key, at in columns.column_indexes.items() if key in NAMING]
    notes += [*take_footers(body, header.cells, naming), *unused_column_notes(body, header.cells, columns)]
    for at in naming:
        notes += take_list_markers(body, at)
    rows = list(_parse_rows(body, header, columns, folder))
    spellings, section_notes = unify_section_case([row.signatory.section for row in rows])
    rows = [_with_spelling(row, spellings) for row in rows]
    notes += [*section_notes, *text_notes([(row.line, row.signatory) for row in rows])]
    notes += [] if rows else [_("There are no names below the headings.")]
    return SignatoryTable(tuple(rows), tuple(notes))


def _parse_rows(body: Iterable[Record], header: Record, columns: ColumnMap, folder: Path | None) -> Iterator[TableRow]:
    """Yield the rows of a table that are not blank."""
    headings = [
        heading if len(heading) <= _MAX_HEADING_LENGTH else f"{heading[:_MAX_HEADING_LENGTH]}…"
        for heading in map(str.strip, header.cells)
    ]
    consent_columns = [ConsentColumn(at, headings[at], doubtful_word(header.cells[at])) for at in columns.consent_columns]
    for record in body:
        if non_empty_cells(record):
            yield _parse_row(record, headings, columns, consent_columns, folder)


def _picture_notes(columns: ColumnMap) -> Iterator[str]:
    if "logo" in columns.column_indexes:
        yield _("Logos are not read from a table. Add each on its organization’s page.")
    if "signature_picture" in columns.column_indexes:
        yield _("Scanned signatures are not read from a table. Add each on the page of its name.")


def _with_spelling(row: TableRow, spellings: Mapping[str, str]) -> TableRow:
    """Return a row with its section in the spelling of the whole table."""
    section = row.signatory.section
    spelling = spellings.get(section, section)
    return row if spelling == section else replace(row, signatory=replace(row.signatory, section=spelling))


def _check_columns(columns: ColumnMap, header: Record, file: str) -> None:
    """Raise FileRefused if more columns than the limits ask for consent or are for notes."""
    consent_count, remark_count = len(columns.consent_columns), len(columns.remarks)
    if consent_count > MAX_CONSENT_COLUMNS:
        sentence = _(
            "%(count)s columns ask if a row may be listed. Keep at most %(most)s.",
            count=f"{consent_count:,}",
            most=MAX_CONSENT_COLUMNS,
        )
        raise FileRefused(file, sentence, line=header.line)
    if remark_count > MAX_REMARK_COLUMNS:
        sentence = _(
            "%(count)s columns are for notes. Keep at most %(most)s.", count=f"{remark_count:,}", most=MAX_REMARK_COLUMNS
        )
        raise FileRefused(file, sentence, line=header.line)


def valid_signatories(table: SignatoryTable, file: str) -> tuple[Signatory, ...]:
    """Return all signatories of a table. Raises BadRows if some have problems, with all of them."""
    if refusals := row_refusals(table, file):
        raise BadRows(refusals)
    return tuple(row.signatory for row in table.rows)


def row_refusals(table: SignatoryTable, file: str) -> list[str]:
    """Return the problems of all rows, each with its place."""
    return [
        str(FileRefused(file, problem.sentence, line=row.line, column=problem.column))
        for row in table.rows
        for problem in row.problems
    ]


def without_bad_rows(table: SignatoryTable) -> SignatoryTable:
    """Return a table without the rows that have problems."""
    return replace(table, rows=tuple(row for row in table.rows if not row.problems))


def _parse_row(
    record: Record, header: Sequence[str], columns: ColumnMap, consent_columns: Iterable[ConsentColumn], folder: Path | None
) -> TableRow:
    """Return a record as a row: its signatory, the problems that keep it from import, and its remarks."""
    values = {field: normalize_line(unescape_cell(columns.cell(record.cells, field))) for field in columns.column_indexes}
    kind = _kind(values.get("kind", ""))
    for key in ("organization", "signer_name", "email"):
        if is_anonymous(values.get(key, "")):
            values[key] = ""
    pictures, picture_problems = _read_row_pictures(values, folder)
    signatory = _signatory(values, kind, pictures)
    problems: list[RowProblem] = []
    if any(cell.strip() for cell in record.cells[len(header) :]):  # a value was split, or a separator is not quoted
        cells, most = len(record.cells), len(header)
        sentence = _("the row has %(cells)s cells, but the header has %(headings)s.", cells=cells, headings=most)
        problems.append(RowProblem(header[-1], sentence))
    for key, sentence in (*_value_problems(values, signatory, kind), *picture_problems):
        problems.append(RowProblem(columns.heading(header, key), sentence))
    for column in consent_columns:
        answer = record.cells[column.at] if column.at < len(record.cells) else ""
        if problem := column.problem_with(normalize_line(unescape_cell(answer))):
            problems.append(RowProblem(column.heading, problem))
    for key, value in values.items():
        if error := line_error(value, max_value_length(key)):
            problems.append(RowProblem(columns.heading(header, key), _("the text %(problem)s.", problem=error)))
    email = address_in_cell(values.get("email", ""))
    return TableRow(record.line, signatory, email, tuple(problems), _remarks(record, header, columns), values)


@lru_cache(maxsize=1024)
def _kind(answer: str) -> SignatoryKind | None:
    """Return the one kind of signatory that an answer names ("As an individual"), None if it names neither or both."""
    words = set(normalize_heading(answer).split())
    named = [kind for kind, kind_words in _KIND_WORDS.items() if words.intersection(kind_words)]
    return named[0] if len(named) == 1 else None


def _value_problems(values: dict[str, str], signatory: Signatory, kind: SignatoryKind | None) -> Iterator[tuple[str, str]]:
    """Yield the fields that cannot be used, each with a sentence."""
    for key, value in values.items():
        if _SPREADSHEET_ERROR.fullmatch(value):
            yield key, _("the cell holds an error of the spreadsheet. Mend its formula, or type the text.")
    if values.get("kind") and not kind:
        yield "kind", _("must be organization or individual.")
    lead = values.get("lead", "")
    if lead and lead.casefold() not in _YES | _NO and not _lead_order(lead):
        yield "lead", _("must be yes, a place among the leads, or empty.")
    if values.get("lead_order") and not _lead_order(values["lead_order"]):
        yield "lead_order", _("must be a number from 1 to %(most)s.", most=MAX_LEAD_ORDER)
    if not signatory.name:
        yield "organization", _("the row names nobody. Enter the organization, or a person who signs for themselves.")
    elif kind is SignatoryKind.ORGANIZATION and not signatory.organization:
        yield "organization", _("the row is of kind organization but names none.")


def _remarks(record: Record, header: Sequence[str], columns: ColumnMap) -> tuple[str, ...]:
    """Return the texts of the columns for notes, each after its heading: "Comments: please call"."""
    remarks = ((header[at], normalize_line(record.cells[at])) for at in columns.remarks if at < len(record.cells))
    return tuple(
        f"{heading}{'' if heading.endswith('?') else ':'} {text[:MAX_REMARK_LENGTH]}" for heading, text in remarks if text
    )


_EMPTY_LINE = {field.key: "" for field in LINE_FIELDS}


def _signatory(values: dict[str, str], kind: SignatoryKind | None, pictures: Mapping[str, Logo]) -> Signatory:
    """Return the signatory of a row's values and pictures, by field; without a `kind`, one with only a signer's name is an
    individual."""
    line: dict[str, Any] = _EMPTY_LINE | {key: value for key, value in values.items() if key in _EMPTY_LINE}
    line["signer_name"] = joined_name(values)
    line["location"] = line["location"] or join_with_commas([values[part] for part in LOCATION_PARTS if part in values])
    line["lead_order"] = _lead_order(line["lead_order"]) or _lead_order(line["lead"])
    line["lead"] = bool(line["lead_order"]) or line["lead"].casefold() in _YES
    if line["section"].casefold() in SECTION_ORDER:
        line["section"] = line["section"].casefold()
    is_person = line["signer_name"] and not line["organization"]
    line["kind"] = kind or (SignatoryKind.INDIVIDUAL if is_person else SignatoryKind.ORGANIZATION)
    return Signatory(**line, logo=pictures.get("logo"), signature_picture=pictures.get("signature_picture"))


def _lead_order(value: str) -> int:
    """Return the place among the leads that a cell gives ("2", or "2.0" of a spreadsheet), 0 for anything else."""
    place = re.fullmatch(r"0*([1-9][0-9]{0,2})(?:\.0+)?", value) if value else None
    return int(place[1]) if place and int(place[1]) <= MAX_LEAD_ORDER else 0


_PICTURE_READERS = {"logo": read_small_logo, "signature_picture": read_signature_picture}


def _read_row_pictures(values: Mapping[str, str], folder: Path | None) -> tuple[dict[str, Logo], list[tuple[str, str]]]:
    """Return the pictures in the files that a row names, by field, and the fields of those that cannot be used, each with a
    sentence."""
    pictures, problems = dict[str, Logo](), list[tuple[str, str]]()
    for key, read in _PICTURE_READERS.items():
        if not (folder and (name := values.get(key, ""))):
            continue
        try:
            pictures[key] = read(read_local_image(folder, name), name)
        except ImageUnavailable as trouble:
            problems.append((key, _("names a file that %(problem)s", problem=str(trouble))))
        except FileRefused as refusal:
            problems.append((key, str(refusal)))
    return pictures, problems
