"""Reader of PDF files, for comparing them: the text of each page, and how it is drawn.

See docs/design/editions.md.
"""

from letterhub.domain.editions.file_comparison import FileText, UnreadableFile
from letterhub.domain.i18n import _
from letterhub.intake.pdf.workers import WorkerLimits, run_worker

STRANGERS_FILE = WorkerLimits(cpu_seconds=0.95, wall_seconds=20)
OWN_FILE = WorkerLimits(cpu_seconds=20, wall_seconds=60)
"""Limits for a file of an edition, which is read once and whose size staff know."""

_FAILURE_SENTENCES = {
    "password": _("This PDF opens with a password only, so we can’t read it."),
    "pages": _("This PDF has more than 1,000 pages. We read shorter ones only."),
    "characters": _("This PDF holds far more text than any letter of ours, so we didn’t compare it."),
    "damaged": _("This PDF is damaged, or takes too much time or memory to read. Download it again, then check that copy."),
    "limits": _("This PDF takes more time or memory to read than we spend on one file, so we couldn’t compare it."),
}


def is_pdf(data: bytes) -> bool:
    """Return whether a file begins as a PDF does: some have other bytes first."""
    return b"%PDF-" in data[:1024]


def read_pdf(data: bytes, limits: WorkerLimits = STRANGERS_FILE) -> FileText:
    """Return what a PDF holds, read in a process of its own. Neither is kept. Raises UnreadableFile."""
    content = run_worker("pdf.reading_worker", data, limits)
    if "failed" in content:
        raise UnreadableFile(str(_FAILURE_SENTENCES[content["failed"]]))
    return FileText(**content | {name: tuple(content[name]) for name in ("pages", "drawings")})
