"""Reader of Word files, OpenDocument texts and web pages, for comparing them: their text, and a hash of how they are drawn.

See docs/design/editions.md.
"""

from letterhub.domain.editions.file_comparison import FileText, UnreadableFile
from letterhub.domain.editions.file_formats import FileFormat
from letterhub.domain.i18n import _
from letterhub.intake.pdf.reader import STRANGERS_FILE
from letterhub.intake.pdf.workers import WorkerLimits, run_worker

_FAILURE_SENTENCES = {
    "kind": _("This is not a PDF, Word or OpenDocument text, web page or plain text, and we compare the words of those only."),
    "characters": _("This file holds far more text than any letter of ours, so we didn’t compare it."),
    "damaged": _("This file is damaged, or takes too much time or memory to read. Download it again, then check that copy."),
    "limits": _("This file takes more time or memory to read than we spend on one file, so we couldn’t compare it."),
}


def unreadable_kind() -> UnreadableFile:
    """Return the refusal of a file whose words we do not compare."""
    return UnreadableFile(str(_FAILURE_SENTENCES["kind"]))


def read_document(data: bytes, limits: WorkerLimits = STRANGERS_FILE) -> tuple[FileText, FileFormat]:
    """Return what a document holds and which kind it is, read in a process of its own. Nothing is kept.

    Raises UnreadableFile.
    """
    content = run_worker("documents.copy_worker", data, limits)
    if "failed" in content:
        raise UnreadableFile(str(_FAILURE_SENTENCES[content["failed"]]))
    text = FileText(
        tuple(content["pages"]), tuple(content["drawings"]), catalog=content["catalog"], extras=tuple(content["extras"])
    )
    return text, FileFormat(content["kind"])
