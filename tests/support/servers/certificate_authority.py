"""Throwaway certificate authority for mail servers over TLS."""

import datetime as dt
import ssl
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_FROM, LONG_AGO, VALID_UNTIL = (dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (2020, 2021, 2100))
_SIGNS = x509.KeyUsage(
    digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
    data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
)  # fmt: skip


@dataclass
class CertificateAuthority:
    """Certificate authority; `folder` holds its own certificate, for clients to trust, and those of servers with their keys."""

    folder: Path

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def certificate(self) -> Path:
        """Return the path of the CA certificate, for clients to trust."""
        own = _builder("Authority for tests", self._key.public_key(), VALID_UNTIL)
        own = own.issuer_name(_name("Authority for tests"))
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        own = own.add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
        own = own.add_extension(_SIGNS, critical=True)
        path = self.folder / "authority.pem"
        path.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return path

    def server(self, address: str, until: dt.datetime = VALID_UNTIL) -> ssl.SSLContext:
        """Issue a certificate for a server at an IP address or name, and return its TLS context."""
        name = x509.IPAddress(ip_address(address)) if address[0].isdigit() else x509.DNSName(address)
        key = ec.generate_private_key(ec.SECP256R1())
        signed = _builder(address, key.public_key(), until).issuer_name(_name("Authority for tests"))
        signed = signed.add_extension(x509.SubjectAlternativeName([name]), critical=False)
        signed = signed.add_extension(  # Python 3.13 trusts nothing without
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
        )
        path = self.folder / f"server-{address}-{until.year}.pem"
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        path.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
            + signed.sign(self._key, hashes.SHA256()).public_bytes(pem)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        return context


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _builder(words: str, key: ec.EllipticCurvePublicKey, until: dt.datetime) -> x509.CertificateBuilder:
    numbered = x509.CertificateBuilder().subject_name(_name(words)).serial_number(x509.random_serial_number())
    return numbered.public_key(key).not_valid_before(VALID_FROM).not_valid_after(until)
