"""Signed, single-purpose, expiring links, keyed hashes of addresses, sealed secrets, and the app's settings, which hold their
keys.

See docs/design/security.md.
"""

import datetime as dt
import enum
import hashlib
import hmac
import json
import secrets
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from letterhub.clock import now
from letterhub.config import Settings
from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.operations.coalition_invitations import INVITATION_LIFETIME


class Purpose(enum.StrEnum):
    """Purpose of a link: one for another purpose is invalid."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    RECONFIRM = "reconfirm"
    RENEW_CONSENT = "renew-consent"
    ANSWER = "answer"
    INVITED = "invited"
    PARTNER = "partner"
    SIGN_OFF = "sign-off"
    QUOTE = "quote"
    NEWS = "news"
    UNSUBSCRIBE = "unsubscribe"
    SUBSCRIBE = "subscribe"
    END_NOTICES = "end-notices"
    JOIN = "join"
    FOUNDING = "founding"
    DEVICE = "device"
    READER = "reader"
    FORM = "form"
    WORD_COPY = "word-copy"


LIFETIMES = {
    Purpose.CONFIRM: dt.timedelta(days=7),
    Purpose.MANAGE: dt.timedelta(days=3650),
    Purpose.RECONFIRM: dt.timedelta(days=30),
    Purpose.RENEW_CONSENT: dt.timedelta(days=30),
    Purpose.ANSWER: dt.timedelta(days=30),
    Purpose.INVITED: dt.timedelta(days=60),
    Purpose.PARTNER: dt.timedelta(days=365),
    Purpose.SIGN_OFF: dt.timedelta(days=90),
    Purpose.QUOTE: dt.timedelta(days=3650),
    Purpose.NEWS: dt.timedelta(days=3650),
    Purpose.UNSUBSCRIBE: dt.timedelta(days=3650),
    Purpose.SUBSCRIBE: dt.timedelta(days=7),
    Purpose.END_NOTICES: dt.timedelta(days=3650),
    Purpose.JOIN: dt.timedelta(days=14),
    Purpose.FOUNDING: INVITATION_LIFETIME,
    Purpose.DEVICE: dt.timedelta(days=180),
    Purpose.READER: dt.timedelta(days=1),
    Purpose.FORM: dt.timedelta(days=2),
    Purpose.WORD_COPY: dt.timedelta(days=3650),
}

EPOCH, MICROSECOND = dt.datetime(1970, 1, 1, tzinfo=dt.UTC), dt.timedelta(microseconds=1)
CLOCK_TOLERANCE = dt.timedelta(minutes=5)
"""Tolerated clock difference between machines, or of a clock that was set."""


class InvalidLink(UserFacingError):
    """Raised for a token that is malformed or for another purpose."""


class ExpiredLink(UserFacingError):
    """Raised for a valid token that has expired. `opened` is its content, so that a new one can be mailed."""

    def __init__(self, sentence: str, opened: "LinkContent") -> None:
        super().__init__(sentence)
        self.opened = opened


@dataclass(frozen=True, slots=True)
class LinkContent:
    """Content of a link: its subject, such as a signature's id and a revision number, and when it was made.

    `valid_since` is the creation time of the row with the first id; None if it was not given.
    """

    subject: tuple[int, ...]
    made_at: dt.datetime
    valid_since: dt.datetime | None = None

    def check_same_row(self, since: dt.datetime) -> None:
        """Raise InvalidLink unless the row that was created at `since` is the one that the link was made for.

        A database restored from a backup reuses ids: a newer link would open another's row.
        """
        is_older_than_row = self.made_at + CLOCK_TOLERANCE < since
        is_of_other_row = self.valid_since != since if self.valid_since else is_older_than_row
        if is_of_other_row:
            raise InvalidLink(_("This link no longer works. Use our latest email, or ask the coalition for a new link."))


class LinkSigner:
    """Signer of links. The first key signs; the others verify links from before a key rotation."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._serializers = {
            purpose: URLSafeTimedSerializer(
                list(reversed(keys)),
                salt=f"letterhub.link.{purpose}",
                signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
            )
            for purpose in Purpose
        }

    def token(self, purpose: Purpose, *subject: int, since: dt.datetime | None = None) -> str:
        """Return a token for one purpose and one subject: the id of a row that was created at `since`, and further numbers."""
        numbers = list(subject)
        payload = [numbers, (since - EPOCH) // MICROSECOND] if since else numbers
        return self._serializers[purpose].dumps(payload)

    def open(self, purpose: Purpose, token: str) -> LinkContent:
        """Return the content of a token. Raises InvalidLink, or ExpiredLink past the purpose's lifetime."""
        try:
            payload, made_at = self._serializers[purpose].loads(token, return_timestamp=True)
        except BadData as bad:
            raise InvalidLink(_("This link is incomplete. Copy all of it from the email, or ask for a new one.")) from bad
        # `token` signs the numbers alone, or with the row's creation time in microseconds
        numbers, since = payload if isinstance(payload[0], list) else (payload, None)
        opened = LinkContent(tuple(numbers), made_at, None if since is None else EPOCH + since * MICROSECOND)
        if now() - made_at > LIFETIMES[purpose]:  # one from the future is valid: the clock stepped back
            raise ExpiredLink(_("This link has expired."), opened)
        return opened


def current_link_signer() -> LinkSigner:
    """Return the link signer of the current app."""
    signer: LinkSigner = current_app.extensions["links"]
    return signer


def current_settings() -> Settings:
    """Return the settings of the current app."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def keyed_hash(*words: str) -> str:
    """Return the HMAC of the words under the site's secret key, 128 bits in hex. Without the key, words cannot be guessed."""
    key = current_settings().secret_key.encode()
    return hmac.digest(key, "\0".join(("fingerprint", *words)).encode(), "sha256")[:16].hex()


def secret_link_token(kind: str, letter_id: int, name: str, form_token: str = "") -> str:
    """Return the token of a new secret link, of 256 bits: the same for a form that is sent twice, otherwise a random one."""
    if not form_token:
        return secrets.token_urlsafe(32)
    return "".join(keyed_hash(f"{kind} {half}", str(letter_id), name, form_token) for half in ("first", "second"))


def hash_mailbox(letter_id: int, email: EmailAddress, *, as_spelled: bool = False) -> str:
    """Return the hash of a mailbox under one letter; it differs from letter to letter.

    With `as_spelled`, addresses whose host may give a "+tag" to someone else have hashes of their own.
    """
    return keyed_hash("mailbox", str(letter_id), email.spelling if as_spelled else email.canonical)


def hash_recipient(coalition_id: int, email: EmailAddress) -> str:
    """Return the hash of a mailbox among all letters of a coalition."""
    return keyed_hash("recipient", str(coalition_id), email.canonical)


def hash_erased_address(letter_id: int, email: EmailAddress) -> str:
    """Return the hash that replaces an erased address where mails to a mailbox are counted; an address with a "+tag", whose
    host may give it to someone else, has another hash than its mailbox."""
    tagged = email.spelling != email.canonical
    return keyed_hash("tagged", str(letter_id), email.canonical) if tagged else hash_mailbox(letter_id, email)


def blocklist_hashes(letter_id: int, words: Iterable[str]) -> tuple[str, ...]:
    """Return the hashes of a signature's blocklist keys under its letter."""
    return tuple(keyed_hash("turned away", str(letter_id), word) for word in words)


class UnreadableSecret(Exception):
    """Raised for a sealed secret whose key is no longer among the site's."""


def seal(secret: str) -> str:
    """Return a secret encrypted under the site's secret key, for the database."""
    return _sealer().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return a secret that was sealed under the site's present key or a fallback. Raises UnreadableSecret."""
    try:
        return _sealer().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def reseal(sealed: str) -> str:
    """Return a sealed secret encrypted anew under the present key, so that a former one may go. Raises UnreadableSecret."""
    try:
        return _sealer().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def seal_facts(facts: Mapping[str, Any], kind: str) -> str:
    """Return JSON values encrypted under the site's secret key, for others to carry: they can't read them or make their own.

    They are unsealed as the same kind alone."""
    return _sealer(kind).encrypt(zlib.compress(json.dumps(facts).encode(), 9)).decode()


def unseal_facts(sealed: str, kind: str) -> dict[str, Any]:
    """Return JSON values that were sealed as this kind. Raises UnreadableSecret."""
    try:
        facts: dict[str, Any] = json.loads(zlib.decompress(_sealer(kind).decrypt(sealed.encode())))
    except InvalidToken as error:
        raise UnreadableSecret from error
    return facts


def _sealer(kind: str = "secrets") -> MultiFernet:
    settings = current_settings()
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    derived = (hmac.digest(key.encode(), f"letterhub sealed {kind}".encode(), "sha256") for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(one)) for one in derived])
