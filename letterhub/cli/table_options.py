"""Options of commands that read a table: what the file itself does not say."""

import functools
from collections.abc import Callable
from typing import Any

import click

from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.code_pages import ENCODING_LABELS
from letterhub.intake.tables.target_fields import PICTURE_FIELDS, SIGNATORY_FIELDS

FIELD_KEYS = tuple(field.key for field in (*SIGNATORY_FIELDS, *PICTURE_FIELDS))
LEAVE_OUT = "none"
_COLUMN = "Read a column, named by its heading or its number, as a field, or as none. May be repeated."
_ENCODING = "Encoding of a text file, such as cp1250. Guessed, with a note, if it is not given."


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options on how a table is read to a command, which gets them as its `choices`."""

    @click.option("--column", "columns", multiple=True, metavar="HEADING=FIELD", help=_COLUMN)
    @click.option("--headings", type=click.IntRange(min=0), metavar="LINE", help="Line of the headings, 0 if there are none.")
    @click.option("--encoding", type=click.Choice(sorted(ENCODING_LABELS)), metavar="NAME", help=_ENCODING)
    @click.option("--sheet", default="", help="Sheet of a spreadsheet, if it has several.")
    @functools.wraps(command)
    def wrapper(
        *args: Any, columns: tuple[str, ...], headings: int | None, encoding: str | None, sheet: str, **kwargs: Any
    ) -> Any:
        choices = TableChoices(encoding or "", sheet, header_line=headings, named=dict(map(_named_column, columns)))
        return command(*args, choices=choices, **kwargs)

    return wrapper


def _named_column(option: str) -> tuple[str, str]:
    """Return the heading and the field of a `--column`. Raises click.UsageError if the field is none of ours."""
    heading, equals, field = option.rpartition("=")
    if not equals or field not in (*FIELD_KEYS, LEAVE_OUT):
        fields = ", ".join(FIELD_KEYS)
        raise click.UsageError(f"--column {option!r} needs a heading, “=”, and one of {fields} or {LEAVE_OUT}.")
    return heading.strip(), "" if field == LEAVE_OUT else field
