"""Requests to the identity provider that a browser is sent away with, and what comes back of them.

See docs/design/accounts/sign-in.md.
"""

import enum
import hashlib
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from flask import session
from flask_babel import gettext as _
from flask_security import current_user

from letterhub.clock import now
from letterhub.commands.accounts.passkeys import spend_sign_in_challenge
from letterhub.domain.accounts.sign_in import CannotSignIn, ProviderIdentity, groups_in, is_strong
from letterhub.domain.line_validation import normalize_line
from letterhub.identity_provider import CALLBACK_PATH, IdentityProvider
from letterhub.infrastructure.bounded_http import ServerUnavailable, TooManyCallers
from letterhub.infrastructure.openid_connect import SignInRequest, UntrustedToken, client_of
from letterhub.infrastructure.signed_links import current_settings

log = logging.getLogger(__name__)

REQUESTS = "requests_to_provider"
"""Session key of the requests that this browser was sent away with, the latest last: state, purpose, next path, start and
account id. A list, because a session sorts the keys of an object."""
MAX_REQUESTS = 3
REQUEST_SECONDS = 15 * 60
MAX_TIME = 2**53
"""Bound of a claim's time: an integer of JSON may be too large for a float."""


class ProviderPurpose(enum.StrEnum):
    """Purpose of a request: to sign in, to link the current account, or to confirm that it is still its owner."""

    SIGN_IN = "sign-in"
    LINK = "link"
    CONFIRM = "confirm"


def current_provider() -> IdentityProvider | None:
    """Return the identity provider of the site; None if there is none."""
    return current_settings().identity_provider


def require_provider() -> IdentityProvider:
    """Return the identity provider of the site. Raises CannotSignIn if there is none."""
    if (provider := current_provider()) is None:
        raise CannotSignIn(_("This site has no sign-in provider. Sign in with your password."))
    return provider


def begin_request(purpose: ProviderPurpose, next_path: str, **more: str) -> str:
    """Return the URL of the provider for a new request, which this browser's session remembers. Raises CannotSignIn."""
    provider, state = require_provider(), secrets.token_urlsafe(24)
    try:
        url = client_of(provider).authorization_url(_request_for(state), **more)
    except (ServerUnavailable, TooManyCallers) as problem:
        raise _away(provider, problem) from problem
    account_id = current_user.id if current_user.is_authenticated else 0
    earlier = session.get(REQUESTS, [])[1 - MAX_REQUESTS :]
    session[REQUESTS] = [*earlier, [state, purpose, next_path, int(now().timestamp()), account_id]]
    return url


def take_request(state: str) -> tuple[ProviderPurpose, str, int]:
    """Return purpose, next path and account id of this browser's request, which is used up. Raises CannotSignIn."""
    waiting = session.get(REQUESTS, [])
    nothing: list[Any] = ["", "", "", 0, 0]
    found: list[Any] = next((one for one in waiting if one[0] == state), nothing)
    session[REQUESTS] = [one for one in waiting if one is not found]
    is_fresh = 0 <= now().timestamp() - found[3] + 60 <= REQUEST_SECONDS
    if not is_fresh or not spend_sign_in_challenge(hashlib.sha256(f"provider {state}".encode()).hexdigest(), now()):
        raise CannotSignIn(_("This sign-in was begun in another browser or too long ago. Begin again here."))
    _state, purpose, next_path, _started_at, account_id = found
    return ProviderPurpose(purpose), next_path, account_id


def identity_for(state: str, code: str, issuer: str, *, max_age: int = 0) -> ProviderIdentity:
    """Return whom the provider vouches for, by the code that came back. With `max_age` in seconds, they must have entered their
    password or the like there within that time. Raises CannotSignIn."""
    provider, at = require_provider(), now().timestamp()
    try:
        claims = client_of(provider).claims_for(_request_for(state), code, issuer, at)
    except (ServerUnavailable, TooManyCallers) as problem:
        raise _away(provider, problem) from problem
    except UntrustedToken as problem:
        log.warning("a sign-in by the provider was refused: %s", problem)
        raise CannotSignIn(
            _("We couldn’t verify the answer of %(name)s. Try again, or tell whoever runs this site.", name=provider.label)
        ) from problem
    if max_age and not at - max_age <= _number(claims.get("auth_time")) <= at + 60:
        raise CannotSignIn(_("%(name)s didn’t ask you to sign in again. Enter your password instead.", name=provider.label))
    return _identity_from(provider, claims)


def _identity_from(provider: IdentityProvider, claims: Mapping[str, Any]) -> ProviderIdentity:
    """Return the identity of verified claims. An address that the provider did not verify is nobody's."""
    email, name = claims.get("email"), claims.get("name") or claims.get("preferred_username")
    is_verified = claims.get("email_verified") is True and isinstance(email, str)
    return ProviderIdentity(
        issuer=provider.issuer,
        subject=claims["sub"],
        email=normalize_line(str(email)) if is_verified else "",
        name=normalize_line(name) if isinstance(name, str) else "",
        groups=groups_in(claims, provider.roles_claim),
        has_second_step=provider.has_second_step or is_strong(claims.get("amr")),
    )


def _request_for(state: str) -> SignInRequest:
    settings = current_settings()
    return SignInRequest.for_state(state, f"{settings.public_url}{CALLBACK_PATH}", settings.secret_key)


def _away(provider: IdentityProvider, problem: Exception) -> CannotSignIn:
    log.warning("the identity provider can't be used: %s", problem or "too many requests wait for it")
    return CannotSignIn(
        _("%(name)s isn’t answering right now. Try again in a minute, or sign in another way.", name=provider.label)
    )


def _number(value: object) -> float:
    """Return a time among the claims; 0 if it is none."""
    return float(value) if isinstance(value, int | float) and abs(value) < MAX_TIME else 0.0
