"""Parameters of several commands: paths of files to read or write, and how a table is read."""

import functools
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.code_pages import ENCODING_LABELS
from letterhub.intake.tables.target_fields import PICTURE_FIELDS, SIGNATORY_FIELDS

FIELD_KEYS = tuple(field.key for field in (*SIGNATORY_FIELDS, *PICTURE_FIELDS))
LEAVE_OUT = "none"
_COLUMN = "Read a column, named by its heading or its number, as a field, or as none. May be repeated."
_ENCODING = "Encoding of a text file, such as cp1250. Guessed, with a note, if it is not given."


class FilePath(click.ParamType[Path]):
    """Path of a file, checked before a command does anything: neither empty nor “-”, no folder and no device."""

    name = "file"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path. Raises click.BadParameter with a sentence."""
        path = Path(value)
        if not os.fspath(value).strip():
            self.fail("the name of the file is empty.", param, ctx)
        if os.fspath(value) == "-":
            self.fail("“-” stands for no file here. If a file is called that, enter ./-", param, ctx)
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            mode = None
        except OSError as problem:
            self.fail(f"{path} cannot be used: {problem.strerror}.", param, ctx)
        if mode is not None and stat.S_ISDIR(mode):
            self.fail(f"{path} is a folder. Enter the name of a file.", param, ctx)
        if sentence := self.problem(path, mode):
            self.fail(sentence, param, ctx)
        return path

    def problem(self, path: Path, mode: int | None) -> str:  # noqa: ARG002 - for the kinds of files below
        """Return why a path is of no use, as a sentence; "" for any other one. `mode` is None if nothing is there."""
        return ""


class InputFile(FilePath):
    """Path of a file to read. A pipe, as of `<(…)`, is one only for a command that reads it once."""

    def __init__(self, *, reads_pipes: bool = True) -> None:
        self._reads_pipes = reads_pipes

    def problem(self, path: Path, mode: int | None) -> str:
        if mode is None:
            return f"there is no file {path}."
        if not (stat.S_ISREG(mode) or (self._reads_pipes and stat.S_ISFIFO(mode))):
            return f"{path} is not a file."
        return "" if os.access(path, os.R_OK) else f"{path} cannot be read: you have no permission."


class OutputFile(FilePath):
    """Path of a file to write, which replaces what is there: never a device or a pipe."""

    def problem(self, path: Path, mode: int | None) -> str:
        return "" if mode is None or stat.S_ISREG(mode) else f"{path} is not a file, and would be replaced by one."


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
