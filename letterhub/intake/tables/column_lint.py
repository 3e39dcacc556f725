"""Lint of columns that are not used: cells without a heading, and answers that may say who must not be listed.

See docs/design/tables-in.md.
"""

from collections.abc import Iterator, Sequence

from letterhub.domain.i18n import _, ngettext
from letterhub.domain.line_validation import normalize_line
from letterhub.intake.tables.columns import ColumnMap
from letterhub.intake.tables.listing_consent import answers_no, answers_yes
from letterhub.intake.tables.table_lint import MAX_QUOTED_LENGTH, list_of_lines
from letterhub.intake.tables.workbooks import Record


def unused_column_notes(body: Sequence[Record], header: Sequence[str], columns: ColumnMap) -> Iterator[str]:
    """Yield notes on columns that are not used and hold texts without a heading, or yes and no."""
    for at, (heading, field) in enumerate(zip(header, columns.fields, strict=True)):
        if field:
            continue
        cells = [(row.line, row.cells[at]) for row in body if at < len(row.cells) and row.cells[at].strip()]
        if cells and not heading.strip():
            line, cell = cells[0]
            yield ngettext(
                "Column %(number)s has no heading and is not used: “%(cell)s” in line %(line)s.",
                "Column %(number)s has no heading and is not used: %(num)s cells, such as “%(cell)s” in line %(line)s.",
                len(cells), number=at + 1, cell=normalize_line(cell)[:MAX_QUOTED_LENGTH], line=line,
            )  # fmt: skip
        elif all(answers_no(cell) or answers_yes(cell) for _line, cell in cells) and (  # ends at the first other answer
            lines := [line for line, cell in cells if answers_no(cell)]
        ):
            yield _(
                "“%(heading)s” is not used, and answered with no: %(lines)s. If no means that the row may not be listed, "
                "rename the column “Consent”.",
                heading=normalize_line(heading)[:MAX_QUOTED_LENGTH], lines=list_of_lines(lines),
            )  # fmt: skip
