"""Evidence that a signatory agreed: an email, a text, a PDF or a picture, known by its content, stored unchanged, never shown.

See docs/design/signatures.md.
"""

from email import policy
from email.parser import BytesHeaderParser

from letterhub.domain.i18n import _
from letterhub.domain.signatures.added_names import MAX_DOCUMENT_BYTES, EvidenceFile
from letterhub.intake.errors import FileRefused

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_EMAIL_HEADERS = ("From", "Date")


def read_evidence_file(content: bytes, name: str) -> EvidenceFile:
    """Return a file with its type. Raises FileRefused for an empty or large one, and for other types."""
    if not content:
        raise FileRefused(name, _("this file is empty."))
    if len(content) > MAX_DOCUMENT_BYTES:
        raise FileRefused(name, _("this file is larger than %(most)s MB.", most=MAX_DOCUMENT_BYTES // 2**20))
    media_type = _media_type(content)
    if not media_type:
        raise FileRefused(name, _("this isn’t an email (.eml), text, PDF, PNG, JPEG or WebP file."))
    return EvidenceFile(name, media_type, content)


def _media_type(content: bytes) -> str:
    """Return the media type of a file's content; "" if it is none of those accepted."""
    for start, media_type in _SIGNATURES:
        if content.startswith(start):
            return media_type
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if b"\0" in content:
        return ""
    headers = BytesHeaderParser(policy=policy.compat32).parsebytes(content[:65_536])
    if all(headers[header] for header in _EMAIL_HEADERS):
        return "message/rfc822"
    try:
        content.decode()
    except UnicodeDecodeError:
        return ""
    return "text/plain"
