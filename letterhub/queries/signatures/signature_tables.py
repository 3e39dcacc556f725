"""Table of a letter's signatures for an export: the line, its state, which version was agreed to and how, and answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.questions.answers import answer_cells
from letterhub.domain.questions.question import Questions
from letterhub.domain.signatures.line_fields import LINE_FIELDS
from letterhub.infrastructure.db import streaming_connection
from letterhub.models import Signature
from letterhub.queries.changes.exports import REPLY_COLUMNS, notice_cell
from letterhub.queries.signatures.review import SignatureSearch, filtered_ids, search_statement

TABLE_COLUMNS: Mapping[str, ColumnElement[str] | InstrumentedAttribute[str]] = {
    **{field.key: getattr(Signature, field.column) for field in LINE_FIELDS},
    "kind": type_coerce(Signature.kind, String),
    "section": case((Signature.kind == SignatoryKind.ORGANIZATION, Signature.section), else_=""),
    "lead": case((Signature.lead, "yes"), else_=""),
    "lead_order": case((Signature.lead_order > 0, cast(Signature.lead_order, String)), else_=""),
    "status": type_coerce(Signature.state, String),
    **REPLY_COLUMNS,
}
"""Columns of the exported table, as text built by the database, as a table may have a million cells."""


def table_rows(
    letter_id: int, search: SignatureSearch, columns: Sequence[str], questions: Questions = ()
) -> Iterator[Sequence[Sequence[str]]]:
    """Yield batches of rows for all names that a search finds, in alphabetical order: columns, of which the last
    is that of the notice, then answers to questions."""
    query = search_statement(letter_id, search)
    chosen_ids = set(filtered_ids(query, search.filter)) if search.filter else None
    cells: list[Any] = [*(TABLE_COLUMNS[column] for column in columns), Signature.answers]
    with streaming_connection() as connection:
        table = query.with_only_columns(*cells) if chosen_ids is None else query.add_columns(*cells)
        ordered = table.order_by(Signature.sort_key, Signature.id).execution_options(yield_per=500)
        for rows in connection.execute(ordered).partitions():
            found = rows if chosen_ids is None else [row[1:] for row in rows if row[0] in chosen_ids]
            yield [(*row[:-2], notice_cell(row[-2]), *answer_cells(questions, row[-1])) for row in found]
