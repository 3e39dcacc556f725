"""Certificate for signing editions, loaded from a PKCS#12 file."""

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificate:
    """Certificate with its key: `content` is PKCS#12, encrypted with `password`; `owner` is its subject, `not_after`
    its expiry.
    """

    content: bytes = field(repr=False)
    password: str = field(repr=False)
    owner: str
    not_after: dt.datetime

    @property
    def fingerprint(self) -> str:
        """Eight hex digits of the certificate's hash."""
        return hashlib.sha256(self.content).hexdigest()[:8]


def load_certificate(path: str, password: str) -> Certificate:
    """Load a certificate and its key from a PKCS#12 file that a password opens.

    Raises ValueError with the rest of a sentence that begins with the name of the setting.
    """
    try:
        content = Path(path).expanduser().read_bytes()
    except (OSError, RuntimeError) as problem:
        raise ValueError(f"names a file that cannot be read: {getattr(problem, 'strerror', None) or problem}.") from problem
    try:
        key, found, _ = pkcs12.load_key_and_certificates(content, password.encode() or None)
    except ValueError as problem:
        wanted = "must name a PKCS#12 file (.p12 or .pfx) that CERTIFICATE_PASSWORD opens."
        raise ValueError(wanted) from problem
    if key is None or found is None:
        raise ValueError("must name a file that holds a certificate and its key.")
    names = [
        str(one.value)
        for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for one in found.subject.get_attributes_for_oid(kind)
    ]
    return Certificate(content, password, names[0] if names else found.subject.rfc4514_string(), found.not_valid_after_utc)
