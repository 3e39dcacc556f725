"""Passkeys (WebAuthn): what a browser is asked for, and the check of what it answers. See docs/design/accounts/sign-in.md."""

import enum
import hashlib
import json
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from wtforms import HiddenField, ValidationError
from wtforms.validators import InputRequired, Length

from letterhub.clock import now
from letterhub.commands.accounts.passkeys import NewPasskey, spend_sign_in_challenge, use_passkey
from letterhub.domain.abuse.rate_limits import LimitedAction
from letterhub.domain.accounts.sign_in import PasskeyRefused
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.sign_in_methods import StoredPasskey, passkey_by_credential
from letterhub.web.sessions import browser_word
from letterhub.web.sign_in.login_rate_limit import RateLimitedForm

log = logging.getLogger(__name__)

PROMPT_SECONDS = 10 * 60
"""Time within which a page with a passkey button works: the longest that WebAuthn recommends where the owner is verified."""
MAX_ANSWER_LENGTH = 20_000
SITE_NAME = "Letterhub"
SIGNATURES = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]


class PasskeyPurpose(enum.StrEnum):
    """Purpose of a prompt: an answer to one is invalid for another."""

    REGISTER = "register"
    SIGN_IN = "sign-in"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class PasskeyPrompt:
    """Prompt for a browser: `options` as JSON, and the signed `token` of their challenge, which comes back with the answer."""

    options: str
    token: str


def has_passkeys() -> bool:
    """Return whether passkeys work on this site: they belong to a host name, never to an IP address."""
    try:
        ip_address(current_settings().host)
    except ValueError:
        return True
    return False


def prompt_to_register(staff: Any, passkeys: Iterable[StoredPasskey]) -> PasskeyPrompt:
    """Return a prompt that makes a passkey for an account that has these."""
    existing = list(passkeys)
    handle = existing[0].account_handle if existing else bytes_to_base64url(secrets.token_bytes(32))
    challenge = secrets.token_bytes(32)
    options = generate_registration_options(
        rp_id=current_settings().host,
        rp_name=SITE_NAME,
        user_id=base64url_to_bytes(handle),
        user_name=staff.email,
        user_display_name=staff.name or staff.email,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one.credential_id)) for one in existing],
        supported_pub_key_algs=SIGNATURES,
    )
    return PasskeyPrompt(options_to_json(options), _sign(PasskeyPurpose.REGISTER, challenge, handle, str(staff.id)))


def prompt_to_use(purpose: PasskeyPurpose, passkeys: Iterable[StoredPasskey] = ()) -> PasskeyPrompt:
    """Return a prompt for one of these passkeys, or for any that the browser knows."""
    challenge = secrets.token_bytes(32)
    options = generate_authentication_options(
        rp_id=current_settings().host,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(one.credential_id)) for one in passkeys],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return PasskeyPrompt(options_to_json(options), _sign(purpose, challenge))


def verified_registration(answer: str, token: str, staff_id: int) -> NewPasskey:
    """Return the passkey that a browser made for an account. Raises PasskeyRefused."""
    challenge, handle, account = _open(PasskeyPurpose.REGISTER, token, 3)
    settings = current_settings()
    if account != str(staff_id):
        raise PasskeyRefused(_("This page belongs to another account. Reload it and try again."))
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=settings.host,
            expected_origin=settings.public_url,
            require_user_verification=True,
            supported_pub_key_algs=SIGNATURES,
        )
    except Exception as problem:
        raise _refused(problem) from problem
    _spend(challenge)
    return NewPasskey(bytes_to_base64url(made.credential_id), handle, made.credential_public_key, made.sign_count)


def verified_use(purpose: PasskeyPurpose, answer: str, token: str) -> tuple[StoredPasskey, int]:
    """Return the passkey that answered a prompt, and its authenticator's counter. Raises PasskeyRefused."""
    (challenge,) = _open(purpose, token, 1)
    settings = current_settings()
    try:
        credential = parse_authentication_credential_json(answer)
        passkey = passkey_by_credential(bytes_to_base64url(credential.raw_id))
        if passkey is None or credential.response.user_handle != base64url_to_bytes(passkey.account_handle):
            raise PasskeyRefused(_("This site doesn’t know this passkey. It may have been removed from your account."))
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=settings.host,
            expected_origin=settings.public_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # `use_passkey` compares it with the row, locked
            require_user_verification=True,
        )
    except PasskeyRefused:
        raise
    except Exception as problem:
        raise _refused(problem) from problem
    _spend(challenge)
    return passkey, verified.new_sign_count


class PasskeyForm(RateLimitedForm, FlaskForm):  # type: ignore[misc]
    """Form with a passkey's answer. Valid, it has the `passkey`, whose use is recorded."""

    limited_action, error_field, any_account = LimitedAction.PASSKEY, "credential", True
    credential = HiddenField(
        validators=[
            InputRequired(_l("The browser sent no passkey. Try again, or sign in with your password.")),
            Length(max=MAX_ANSWER_LENGTH),
        ]
    )
    prompt = HiddenField(validators=[Length(max=1000)])
    next = HiddenField(validators=[Length(max=2000)])

    def __init__(self, purpose: PasskeyPurpose) -> None:
        super().__init__()
        self.purpose = purpose
        self.passkey: StoredPasskey | None = None

    def account(self) -> str:
        """Return the rate-limit account: the passkey that the answer names, whether or not it exists."""
        try:
            named = json.loads(self.credential.data or "")["id"]
        except (ValueError, KeyError, TypeError, RecursionError):
            named = ""
        return f"passkey {hashlib.sha256(str(named).encode(errors='replace')).hexdigest()}"

    def refusal(self) -> str:
        """Return the sentence why the form is invalid."""
        return str(next((errors[0] for errors in self.errors.values()), ""))

    def validate_credential(self, field: HiddenField) -> None:
        """Verify the answer and record the use."""
        try:
            passkey, sign_count = verified_use(self.purpose, field.data, self.prompt.data or "")
        except PasskeyRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        if not use_passkey(passkey.id, sign_count, now()):
            raise ValidationError(
                _("This passkey may have been copied, so we refused it. Sign in another way, and remove it from your account.")
            )
        self.passkey = passkey


def _serializer(purpose: PasskeyPurpose) -> URLSafeTimedSerializer:
    """Return the serializer of this browser's prompts: an answer is worth nothing in another browser."""
    settings = current_settings()
    keys = [*reversed(settings.secret_key_fallbacks), settings.secret_key]  # itsdangerous signs with the last one
    return URLSafeTimedSerializer(keys, salt=f"letterhub.passkey.{purpose}.{browser_word()}")


def _sign(purpose: PasskeyPurpose, challenge: bytes, *words: str) -> str:
    return str(_serializer(purpose).dumps([bytes_to_base64url(challenge), *words]))


def _open(purpose: PasskeyPurpose, token: str, count: int) -> list[str]:
    """Return the challenge and the words of a token that this browser was given. Raises PasskeyRefused."""
    try:
        words: list[str] = _serializer(purpose).loads(token, max_age=PROMPT_SECONDS)
    except SignatureExpired as expired:
        raise PasskeyRefused(_("This page was open for too long. Try again.")) from expired
    except BadData as bad:
        raise PasskeyRefused(_("This page is incomplete. Reload it and try again.")) from bad
    return words[:count]


def _spend(challenge: str) -> None:
    """Use a challenge up. Raises PasskeyRefused if it was used before."""
    if not spend_sign_in_challenge(hashlib.sha256(f"passkey {challenge}".encode()).hexdigest(), now()):
        raise PasskeyRefused(_("This passkey was sent twice. Try again."))


def _refused(problem: Exception) -> PasskeyRefused:
    """Return the error for an answer that is wrong or can't be read, whatever the library raised for it."""
    log.warning("a passkey was refused: %s: %s", type(problem).__name__, str(problem)[:200])
    return PasskeyRefused(_("We couldn’t verify this passkey. Try again, or sign in with your password."))
