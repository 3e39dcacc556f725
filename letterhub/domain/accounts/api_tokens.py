"""API tokens: what programs may do with one, how long it works, and how its secret is made and stored.

See docs/design/accounts/api.md.
"""

import datetime as dt
import enum
import hashlib

from letterhub.domain.abuse.rate_limits import RateLimit
from letterhub.domain.errors import UserFacingError

NAME_LENGTH = 100
MAX_API_TOKENS = 20
SECRET_PREFIX = "lhub_"  # noqa: S105 - by which scanners of leaked secrets recognize one
API_WINDOW = dt.timedelta(minutes=1)
API_RATE_LIMIT = RateLimit(burst=300, refill_interval=API_WINDOW / 300)
"""Requests of one token."""
KEY_RETENTION = dt.timedelta(days=7)
"""Time for which a write with the same idempotency key is answered from what is stored."""
MAX_KEY_LENGTH = 100


class ApiScope(enum.StrEnum):
    """Scope of an API token: what it may read or change in its coalition."""

    READ_LETTERS = "read-letters"
    WRITE_LETTERS = "write-letters"
    READ_SIGNATURES = "read-signatures"
    WRITE_SIGNATURES = "write-signatures"
    READ_CONTACTS = "read-contacts"
    WRITE_CONTACTS = "write-contacts"
    READ_INVITATIONS = "read-invitations"
    WRITE_INVITATIONS = "write-invitations"
    READ_EDITIONS = "read-editions"
    WRITE_EDITIONS = "write-editions"
    WRITE_DELIVERIES = "write-deliveries"
    WRITE_IMPORTS = "write-imports"


class TokenLifetime(enum.StrEnum):
    """Lifetime of a token: each expires."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


DAYS_BY_LIFETIME = {TokenLifetime.MONTH: 30, TokenLifetime.QUARTER: 90, TokenLifetime.YEAR: 365}


class TooManyApiTokens(UserFacingError):
    """Raised when as many tokens of a coalition work as it may have."""

    field = "name"


class InvalidApiToken(UserFacingError):
    """Raised when a token is unknown, expired or revoked, or its maker is no owner any more."""


class KeyInUse(UserFacingError):
    """Raised when a write with this idempotency key was begun before, and has no stored answer."""


class KeyReused(UserFacingError):
    """Raised when an idempotency key comes again with another request."""


def token_expires_at(lifetime: TokenLifetime, at: dt.datetime) -> dt.datetime:
    """Return when a token that is made at a moment expires."""
    return at + dt.timedelta(days=DAYS_BY_LIFETIME[lifetime])


def hash_secret(secret: str) -> str:
    """Return the hash under which a secret is stored: one round of SHA-256 suffices, as the secret is random and long."""
    return hashlib.sha256(secret.encode()).hexdigest()
