"""Authenticator in software: makes passkeys and answers prompts as a browser with a phone does, or as a thief would."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from tests.support.servers.database_copies import SITE
from tests.support.visitor import Page

PRESENT, VERIFIED, HAS_CREDENTIAL = 1, 4, 64


@dataclass
class Authenticator:
    """Authenticator with one passkey. `origin` and `host` are what its browser says; `flags` what it did to know its owner."""

    origin: str = SITE
    host: str = "letters.example.org"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    handle: str = ""

    def register(self, options: dict[str, Any]) -> str:
        """Return the answer to a prompt for a new passkey."""
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, **point})
        credential = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cose
        data = self._data(self.flags | HAS_CREDENTIAL) + credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"])
        return self._answer(clientDataJSON=client_data, attestationObject=attestation)

    def answer(self, options: dict[str, Any], **changes: bytes) -> str:
        """Return the answer to a prompt for a passkey."""
        self.count += 1 if self.count else 0
        data, client_data = self._data(self.flags), self._client_data("webauthn.get", options["challenge"])
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client_data, "authenticatorData": data, "signature": signature}
        return self._answer(**{**parts, "userHandle": base64url_to_bytes(self.handle), **changes})

    def _data(self, flags: int) -> bytes:
        return sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, **parts: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        response = {part: bytes_to_base64url(value) for part, value in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def options_on(page: Page) -> dict[str, Any]:
    """Return the options of the passkey form on a page."""
    form = next(form for form in page.tree.iter("form") if form.get("data-passkey"))
    return json.loads(form.get("data-options") or "")  # type: ignore[no-any-return]
