"""Signatures and checks of mail servers: DKIM (RFC 6376) on the way out; DKIM, SPF and DMARC on arrival."""

import base64
import hashlib
import ipaddress
import re
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.utils import parseaddr

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

LookUp = Callable[[str], Sequence[str]]
SIGNED = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
"""Fields that a mail server signs, where an email has them."""


def dkim_record(key: rsa.RSAPrivateKey) -> str:
    """Return the TXT record of a key."""
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def dkim_sign(raw: bytes, key: rsa.RSAPrivateKey, domain: str, selector: str) -> bytes:
    """Return an email with a DKIM signature above it, by relaxed canonicalization of head and body."""
    head, body = _parts(raw)
    names = [name for name in SIGNED if _last_field(head, name)]
    tags = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector}; h={':'.join(names)}; bh={_body_hash(body)}; b="
    signature = key.sign(_signed_head(head, names, f"DKIM-Signature: {tags}"), padding.PKCS1v15(), hashes.SHA256())
    return f"DKIM-Signature: {tags}{base64.b64encode(signature).decode()}\r\n".encode() + raw


def dkim_domain(raw: bytes, look_up: LookUp) -> str:
    """Return the domain whose DKIM signature an email bears, by the key in the DNS; "" if none holds."""
    head, body = _parts(raw)
    field = _last_field(head, "DKIM-Signature")
    tags = _tags(field.partition(":")[2])
    for record in look_up(f"{tags.get('s')}._domainkey.{tags.get('d')}") if tags else ():
        public = serialization.load_der_public_key(base64.b64decode(_tags(record)["p"]))
        assert isinstance(public, rsa.RSAPublicKey)
        unsigned = re.sub(r"(;\s*b=)[^;]*", r"\1", field)
        signed = _signed_head(head, tags["h"].split(":"), unsigned)
        try:
            public.verify(base64.b64decode(tags["b"]), signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            continue
        return tags["d"] if tags["bh"] == _body_hash(body) else ""
    return ""


def spf_passes(sender: str, address: str, look_up: LookUp) -> bool:
    """Return whether the domain of an envelope's sender allows an address to send, by ip4, ip6 and all (RFC 7208)."""
    for record in look_up(sender.rpartition("@")[2]):
        for term in record.split(" ")[1:] if record.startswith("v=spf1") else ():
            kind, _, value = term.lstrip("+-~?").partition(":")
            if kind == "all" or (kind in {"ip4", "ip6"} and ipaddress.ip_address(address) in ipaddress.ip_network(value)):
                return term[0] not in "-~?"
    return False


def dmarc_passes(raw: bytes, sender: str, address: str, look_up: LookUp) -> bool:
    """Return whether SPF or DKIM pass for exactly the domain of the From field, which has a policy (RFC 7489)."""
    domain = parseaddr(message_from_bytes(raw)["From"])[1].rpartition("@")[2]
    has_policy = any(record.startswith("v=DMARC1") for record in look_up(f"_dmarc.{domain}"))
    by_spf = sender.rpartition("@")[2] == domain and spf_passes(sender, address, look_up)
    return has_policy and (by_spf or dkim_domain(raw, look_up) == domain)


def _parts(raw: bytes) -> tuple[list[str], bytes]:
    """Return the fields of an email's head, each with its folded lines, and its body."""
    head, _, body = raw.partition(b"\r\n\r\n")
    return re.split(r"\r\n(?![ \t])", head.decode("ascii")), body


def _last_field(head: Sequence[str], name: str) -> str:
    return next((field for field in reversed(head) if field.lower().startswith(f"{name.lower()}:")), "")


def _tags(text: str) -> dict[str, str]:
    """Return the tags of a signature or a key, without white space."""
    pairs = (part.partition("=") for part in re.sub(r"\s", "", text).split(";") if "=" in part)
    return {name: value for name, _, value in pairs}


def _relaxed(field: str) -> bytes:
    name, _, value = field.partition(":")
    text = re.sub(r"[ \t\r\n]+", " ", value).strip()
    return f"{name.strip().lower()}:{text}".encode()


def _signed_head(head: Sequence[str], names: Sequence[str], unsigned: str) -> bytes:
    fields = [_last_field(head, name) for name in names]
    return b"".join(_relaxed(field) + b"\r\n" for field in fields if field) + _relaxed(unsigned)


def _body_hash(body: bytes) -> str:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return base64.b64encode(hashlib.sha256(b"".join(line + b"\r\n" for line in lines)).digest()).decode()
