"""Signing of an edition's PDF with the operator's certificate, by a process that has the key and knows nothing of letters.

See docs/design/pdf.md.
"""

import base64
import datetime as dt
import json
import logging
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.paths import CODE
from letterhub.rendering.subprocesses import run_program
from letterhub.signing_certificate import Certificate

LOG = logging.getLogger(__name__)
SIGNING_TIMEOUT = 60.0  # seconds
_SIGNATURE = re.compile(rb"/Contents <[0-9a-fA-F]+>")


class PdfSigningFailed(UserFacingError):
    """Raised when a PDF could not be signed: it is not delivered unsigned in its place."""


def sign_pdf(pdf: bytes, certificate: Certificate, at: dt.datetime, reason: str) -> bytes:
    """Return the PDF with a signature appended, at a given time and for a reason.

    The bytes of the PDF itself stay as they are. With an RSA key, the same PDF gives the same bytes.
    Raises PdfSigningFailed and RenderingInterrupted.
    """
    request = {
        "certificate": base64.b64encode(certificate.content).decode("ascii"),
        "password": certificate.password,
        "at": at.astimezone(dt.UTC).isoformat(),
        "reason": reason,
    }
    with tempfile.TemporaryDirectory(prefix="letterhub-seal-") as name:
        folder = Path(name)
        (folder / "letter.pdf").write_bytes(pdf)
        program = [sys.executable, "-P", "-m", "letterhub.rendering.pdf.signing_worker", name]
        environment = {"PYTHONPATH": str(CODE), "TMPDIR": name, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        try:
            result = run_program(program, SIGNING_TIMEOUT, environment, stdin=json.dumps(request), folder=folder)
        except subprocess.TimeoutExpired:
            raise PdfSigningFailed(_("Signing this PDF took too long. Please try again.")) from None
        if result.returncode:
            LOG.warning("the seal ended with %s: %s", result.returncode, result.stderr[-2000:])
            raise PdfSigningFailed(
                _("We couldn’t sign this PDF with the site’s certificate. The site’s operator can fix that.")
            )
        return (folder / "sealed.pdf").read_bytes()


def equal_except_signature(first: bytes, second: bytes) -> bool:
    """Return whether two signed files are equal except for the signature's value, which some kinds of keys never give twice."""
    return _without_signature(first) == _without_signature(second)


def _without_signature(signed_pdf: bytes) -> bytes:
    """Return a signed PDF with spaces in place of its last signature."""
    *_, (start, end) = [match.span() for match in _SIGNATURE.finditer(signed_pdf)] or [(0, 0)]
    return signed_pdf[:start] + b" " * (end - start) + signed_pdf[end:]
