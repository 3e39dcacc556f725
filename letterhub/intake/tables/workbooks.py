"""Workbooks of spreadsheets: XLSX, XLS and ODS, each read by a process of its own with limits. See docs/design/tables-in.md."""

import json
import logging
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from letterhub.domain.i18n import _
from letterhub.intake.archives import DamagedArchive, opened_archive
from letterhub.intake.errors import FileRefused

LOG = logging.getLogger(__name__)
_WORKER = Path(__file__).with_name("workbook_worker.py")
_TOO_MUCH = _("the spreadsheet needs more memory or time than one file may use. Delete what is far below or beside the names.")
_FAILURES = {
    "password": _("the spreadsheet is protected by a password. Save a copy without one."),
    "damaged": _("the spreadsheet is damaged, or not what its name says. Open it, and save it again as .xlsx."),
    "memory": _TOO_MUCH,
    "time": _TOO_MUCH,
}
_LIMIT_SIGNALS = frozenset({-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV})


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """Limits for reading one workbook: seconds of CPU, bytes of memory, unpacked bytes, rows of the chosen sheet."""

    cpu_seconds: int
    memory_bytes: int
    unpacked_bytes: int
    max_rows: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a table: the line that it begins on, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Sheet of a workbook, with its first rows."""

    name: str
    is_visible: bool
    first_rows: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a workbook, and all rows of the chosen one; `chosen` is "" where there are several to choose from."""

    sheets: tuple[Sheet, ...]
    chosen: str
    rows: tuple[Record, ...]


def read_workbook(data: bytes, file: str, sheet: str, limits: WorkbookLimits) -> Workbook:
    """Return a workbook with the rows of a sheet. Raises FileRefused if it is damaged, protected, or more than the limits."""
    check_archive(data, file, limits.unpacked_bytes)
    found = _run_reader(data, file, sheet, limits)
    if failed := found.get("failed"):
        LOG.info("a workbook was refused: %s", found.get("detail", failed))
        raise FileRefused(file, _FAILURES[failed])
    sheets = tuple(Sheet(one["name"], one["visible"], _records(one["rows"])) for one in found["sheets"])
    return Workbook(sheets, found["sheet"].get("name", ""), _records(found["sheet"].get("rows", ())))


def check_archive(data: bytes, file: str, unpacked_bytes: int) -> None:
    """Raise FileRefused for an archive that is damaged, or says that it unpacks to more than so many bytes."""
    if not data.startswith(b"PK"):
        return
    try:
        with opened_archive(data) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            protected = any(part.flag_bits & 1 for part in archive.infolist())
    except DamagedArchive:
        raise FileRefused(file, _FAILURES["damaged"]) from None
    if protected:
        raise FileRefused(file, _FAILURES["password"])
    if unpacked > unpacked_bytes:
        raise FileRefused(
            file,
            _(
                "the spreadsheet unpacks to %(size)s MB, more than the %(most)s MB that one file may have. Delete what is far "
                "below or beside the names, and pictures.",
                size=f"{unpacked // 2**20:,}",
                most=f"{unpacked_bytes // 2**20:,}",
            ),
        )


def _run_reader(data: bytes, file: str, sheet: str, limits: WorkbookLimits) -> dict[str, Any]:
    """Return what the reader's process found; raise FileRefused if it met a limit."""
    order = {
        "sheet": sheet,
        "max_rows": limits.max_rows,
        "cpu_seconds": limits.cpu_seconds,
        "memory_bytes": limits.memory_bytes,
    }
    program = [sys.executable, "-I", str(_WORKER)]
    try:
        result = subprocess.run(  # noqa: S603 - our own program
            program, input=json.dumps(order).encode() + b"\n" + data, capture_output=True, timeout=limits.cpu_seconds * 6,
            check=False, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise FileRefused(file, _FAILURES["time"]) from None
    if result.returncode:
        LOG.info("the reader of a workbook ended with %s: %s", result.returncode, result.stderr[-500:])
        raise FileRefused(file, _FAILURES["memory" if result.returncode in _LIMIT_SIGNALS else "damaged"])
    return dict(json.loads(result.stdout))


def _records(rows: Any) -> tuple[Record, ...]:
    return tuple(Record(line, cells) for line, cells in rows)
