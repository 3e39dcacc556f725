"""Secrets and signatures of webhooks in the form of Standard Webhooks (https://www.standardwebhooks.com)."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence

SECRET_PREFIX = "whsec_"  # noqa: S105 - how every secret begins
SECRET_BYTES = 32


def new_secret(random_bytes: Callable[[int], bytes]) -> str:
    """Return a new secret of 256 bits: "whsec_…" in base64."""
    return SECRET_PREFIX + b64encode(random_bytes(SECRET_BYTES)).decode()


def signature_headers(message_id: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Return the headers that identify and sign a request. `timestamp` is in seconds since 1970; each secret signs, so that
    a receiver verifies with the old or the new one."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = (hmac.digest(b64decode(secret.removeprefix(SECRET_PREFIX)), signed, hashlib.sha256) for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{b64encode(signature).decode()}" for signature in signatures),
    }
