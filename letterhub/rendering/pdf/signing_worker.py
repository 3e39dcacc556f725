"""Signing worker: signs one PDF with the operator's certificate (PAdES) in a process of its own.

    python -m letterhub.rendering.pdf.signing_worker FOLDER < ORDER

FOLDER holds `letter.pdf`; `sealed.pdf` is put beside it. ORDER is JSON: the certificate with its key as PKCS#12 in base64, its
password, the time of signing, and the reason. pyHanko runs nowhere else, and nothing that a stranger wrote is laid out in the
process that holds the key.
"""

import base64
import datetime as dt
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

SIGNATURE_FIELD = "Letterhub"
SIGNATURE_BYTES = (
    32_768  # bytes for the signature in hex with its certificates; fixed, as the offsets of all that follows depend on it
)


class _SignatureUpdate(IncrementalPdfFileWriter):
    """Incremental update of a finished PDF: the signature alone, the same for the same file, key and time."""

    @classmethod
    def _handle_id(cls, prev: Any) -> generic.ArrayObject:
        """Return the file's first ID and a second one made from it, where pyHanko would take a random one."""
        first_id, _ = prev.trailer["/ID"]
        first = first_id.original_bytes if isinstance(first_id, generic.TextStringObject) else bytes(first_id)
        second = hashlib.sha256(b"sealed" + first).digest()[:16]
        return generic.ArrayObject([generic.ByteStringObject(first), generic.ByteStringObject(second)])

    def _update_meta(self) -> None:
        """Leave the metadata alone: it dates the edition, not the signature."""


class _Signer(PdfSigner):
    """Signer with a given time, where pyHanko would take the current one."""

    at: dt.datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        """Return the session at the time of the edition."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


def _sign(folder: Path, request: dict[str, str]) -> None:
    """Sign `letter.pdf` in a folder with the certificate, time and reason of a request; write it as `sealed.pdf`."""
    key = SimpleSigner.load_pkcs12_data(base64.b64decode(request["certificate"]), (), request["password"].encode())
    metadata = PdfSignatureMetadata(
        field_name=SIGNATURE_FIELD, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", reason=request["reason"]
    )
    signer = _Signer(metadata, key)
    signer.at = dt.datetime.fromisoformat(request["at"])
    with (folder / "letter.pdf").open("rb") as source, (folder / "sealed.pdf").open("w+b") as target:
        signer.sign_pdf(_SignatureUpdate(source), output=target, bytes_reserved=SIGNATURE_BYTES)


if __name__ == "__main__":
    _sign(Path(sys.argv[1]), json.load(sys.stdin))
