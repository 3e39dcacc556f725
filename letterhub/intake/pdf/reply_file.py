"""PDF of a recipient's reply: read in a process of its own before it is stored, so that none is damaged, locked or no PDF."""

from letterhub.domain.editions.file_comparison import UnreadableFile
from letterhub.domain.i18n import _
from letterhub.domain.press.replies import MAX_FILE_NAME, MAX_REPLY_BYTES, ReplyFile
from letterhub.intake.errors import FileRefused
from letterhub.intake.pdf.reader import read_pdf


def read_reply_file(content: bytes, name: str) -> ReplyFile:
    """Return the PDF as it is, under a name that ends as a PDF's. Raises FileRefused with the reason."""
    if len(content) > MAX_REPLY_BYTES:
        raise FileRefused(name, _("this file is larger than %(most)s MB.", most=MAX_REPLY_BYTES // 2**20))
    if not content.startswith(b"%PDF-"):
        raise FileRefused(name, _("this is no PDF."))
    try:
        read_pdf(content)
    except UnreadableFile as refusal:
        raise FileRefused(name, str(refusal)) from refusal
    stem = name[:-4] if name.lower().endswith(".pdf") else name
    return ReplyFile(f"{stem[: MAX_FILE_NAME - 4] or 'reply'}.pdf", content)
