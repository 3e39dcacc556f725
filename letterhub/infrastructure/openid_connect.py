"""OpenID Connect client: finds out about the issuer, sends people there, and verifies what comes back.

What the issuer says about itself is cached; of its tokens,
only those with a signature of its published keys count. See docs/design/accounts/sign-in.md.
"""

import hmac
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlencode

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from letterhub.identity_provider import IdentityProvider
from letterhub.infrastructure.bounded_http import BoundedCaller, JsonObject, ServerUnavailable

DISCOVERY_SECONDS = 3600.0
RETRY_SECONDS = 15.0
"""Time after a failure in which the provider is not asked again about itself."""
KEYS_RETRY_SECONDS = 60.0
"""Least time between two looks for a new key: anyone can invent the name of a key."""
LEEWAY = 60
MAX_TOKEN_AGE = 600
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a private key. Never `none`, and never a shared secret."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class UntrustedToken(Exception):
    """Raised for an answer or a token that does not prove who signs in; the message says why, for the log."""


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """Request to sign in that a browser was sent away with. `state` names it, `nonce` comes back in the token; the verifier
    of PKCE follows from the state and the site's key, and never leaves the server before the code comes back."""

    state: str
    nonce: str
    redirect_uri: str
    verifier: str = field(repr=False)

    @classmethod
    def for_state(cls, state: str, redirect_uri: str, secret: str) -> "SignInRequest":
        """Return the request that a random `state` names."""

        def derive(purpose: str) -> str:
            digest = hmac.digest(secret.encode(), f"openid connect {purpose}\0{state}".encode(), "sha256")
            return urlsafe_b64encode(digest).decode().rstrip("=")

        return cls(state, derive("nonce"), redirect_uri, derive("verifier"))


class OpenIdClient:
    """Client of one provider, with a cache of what the provider says about itself."""

    def __init__(self, provider: IdentityProvider) -> None:
        self.provider = provider
        self._caller = BoundedCaller()
        self._metadata: JsonObject | None = None
        self._metadata_until = self._failed_until = self._keys_until = self._keys_asked_at = 0.0
        self._failure = ""
        self._keys: KeySet | None = None

    def authorization_url(self, sign_in: SignInRequest, **more: str) -> str:
        """Return the URL that a browser opens to sign in. Raises ServerUnavailable, TooManyCallers."""
        metadata = self._metadata or self._caller.within_time(self._discover)
        supported = metadata.get("prompt_values_supported")
        if more.get("prompt") == "select_account" and not (isinstance(supported, list) and "select_account" in supported):
            del more["prompt"]  # some providers refuse it with an error, oidc-provider and Logto among them
        parameters = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": sign_in.redirect_uri,
            "scope": self.provider.scopes,
            "state": sign_in.state,
            "nonce": sign_in.nonce,
            "code_challenge": create_s256_code_challenge(sign_in.verifier),
            "code_challenge_method": "S256",
            **more,
        }
        endpoint = metadata["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"

    def claims_for(self, sign_in: SignInRequest, code: str, issuer: str, at: float) -> JsonObject:
        """Return the verified claims of whoever signed in, for the code that came back. `issuer` is the one that the answer
        names, "" if it names none. Raises UntrustedToken, ServerUnavailable, TooManyCallers."""
        return self._caller.within_time(lambda: self._claims_for(sign_in, code, issuer, at))

    def check(self) -> int:
        """Return the number of the issuer's usable keys, asked for anew. Raises ServerUnavailable."""
        self._metadata_until = self._failed_until = 0.0
        return len(self._caller.within_time(lambda: self._key_set(self._discover(), refresh=True)).keys)

    def _claims_for(self, sign_in: SignInRequest, code: str, issuer: str, at: float) -> JsonObject:
        metadata = self._discover()
        self._check_answering_issuer(metadata, issuer)
        tokens = self._exchange(metadata, sign_in, code)
        claims = self._verify(metadata, tokens, sign_in.nonce, at)
        needed = {"email", self.provider.roles_claim} if self.provider.roles else {"email"}
        if metadata.get("userinfo_endpoint") and not needed <= claims.keys():
            claims = self._with_info(str(metadata["userinfo_endpoint"]), str(tokens.get("access_token", "")), claims)
        return claims

    def _check_answering_issuer(self, metadata: JsonObject, issuer: str) -> None:
        """Raise UntrustedToken if the answer came from another issuer (RFC 9207), or does not say so although it should."""
        if issuer and issuer != self.provider.issuer:
            raise UntrustedToken("the answer names another issuer")
        if not issuer and metadata.get("authorization_response_iss_parameter_supported") is True:
            raise UntrustedToken("the answer does not name its issuer")

    def _exchange(self, metadata: JsonObject, sign_in: SignInRequest, code: str) -> JsonObject:
        """Return the tokens for a code. Raises UntrustedToken if the provider refuses it."""
        supported = metadata.get("token_endpoint_auth_methods_supported")
        is_basic = not isinstance(supported, list) or not supported or "client_secret_basic" in supported
        method = "client_secret_basic" if is_basic else "client_secret_post"
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": sign_in.redirect_uri,
            "code_verifier": sign_in.verifier,
        }
        auth = ClientAuth(
            self.provider.client_id, self.provider.client_secret, method if self.provider.client_secret else "none"
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url, headers, body = auth.prepare("POST", str(metadata["token_endpoint"]), headers, urlencode(form))
        tokens = self._caller.fetch_json(url, headers, body)
        if not isinstance(tokens.get("id_token"), str):
            raise UntrustedToken(f"the provider gave no token: {str(tokens.get('error', ''))[:100]}")
        return tokens

    def _verify(self, metadata: JsonObject, tokens: JsonObject, nonce: str, at: float) -> JsonObject:
        """Return the claims of an ID token whose signature, issuer, audience, times and nonce are right."""
        try:
            token = self._decode(metadata, tokens["id_token"])
            claims = CodeIDToken(
                token.claims,
                token.header,
                {"iss": {"essential": True, "value": self.provider.issuer}, "aud": {"value": self.provider.client_id}},
                {"nonce": nonce, "client_id": self.provider.client_id, "access_token": tokens.get("access_token")},
            )
            claims.validate(now=int(at), leeway=LEEWAY)
            if at - claims["iat"] > MAX_TOKEN_AGE:
                raise UntrustedToken("the token is old")
        except (UntrustedToken, ServerUnavailable):
            raise
        except Exception as problem:  # whatever the libraries raise for claims of unusual types
            raise UntrustedToken(f"{type(problem).__name__}: {str(problem)[:200]}") from problem
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255 or not claims["sub"].isprintable():
            raise UntrustedToken("the token names nobody")
        return dict(claims)

    def _decode(self, metadata: JsonObject, token: str) -> jwt.Token:
        """Decode a token by the issuer's keys, which are asked for again if it is signed by an unknown one."""
        try:
            return jwt.decode(token, self._key_set(metadata), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if time.monotonic() < self._keys_asked_at + KEYS_RETRY_SECONDS:
                raise
            return jwt.decode(token, self._key_set(metadata, refresh=True), algorithms=ALGORITHMS)

    def _with_info(self, endpoint: str, access_token: str, claims: JsonObject) -> JsonObject:
        """Return the claims with those of the userinfo endpoint, which may not contradict the token: an address and whether it
        is verified come from one of them."""
        found = self._caller.fetch_json(endpoint, {"Authorization": f"Bearer {access_token}"})
        if found.get("sub") != claims["sub"]:
            raise UntrustedToken("the userinfo endpoint speaks of somebody else")
        (found if "email" in claims else claims).pop("email_verified", None)
        return found | claims

    def _discover(self) -> JsonObject:
        """Return what the issuer says about itself, from the cache for an hour. Raises ServerUnavailable."""
        at = time.monotonic()
        if self._metadata is not None and at < self._metadata_until:
            return self._metadata
        if at < self._failed_until:
            if self._metadata is not None:
                return self._metadata
            raise ServerUnavailable(self._failure)
        try:
            metadata = self._caller.fetch_json(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            self._check_metadata(metadata)
        except ServerUnavailable as problem:
            self._failed_until, self._failure = time.monotonic() + RETRY_SECONDS, str(problem)
            if self._metadata is not None:
                return self._metadata
            raise
        self._metadata, self._metadata_until = metadata, at + DISCOVERY_SECONDS
        return metadata

    def _check_metadata(self, metadata: JsonObject) -> None:
        if metadata.get("issuer") != self.provider.issuer:
            raise ServerUnavailable(f"it says that its address is {str(metadata.get('issuer'))[:200]}, letter by letter")
        for name in (*ENDPOINTS, "userinfo_endpoint"):
            url = metadata.get(name, "")
            if (url or name in ENDPOINTS) and not (isinstance(url, str) and self.provider.may_call(url)):
                raise ServerUnavailable(f"its {name} is no https:// address")
        methods = metadata.get("code_challenge_methods_supported")
        if isinstance(methods, list) and "S256" not in methods:
            raise ServerUnavailable("it supports no PKCE with S256")

    def _key_set(self, metadata: JsonObject, *, refresh: bool = False) -> KeySet:
        """Return the issuer's public keys, from the cache for an hour. Raises ServerUnavailable."""
        if self._keys is None or refresh or time.monotonic() > self._keys_until:
            self._keys_asked_at = time.monotonic()
            found = self._caller.fetch_json(str(metadata["jwks_uri"])).get("keys")
            keys = [key for one in found for key in _read_key(one)] if isinstance(found, list) else []
            if not keys:
                raise ServerUnavailable("it publishes no key for signatures that can be read")
            self._keys, self._keys_until = KeySet(keys), time.monotonic() + DISCOVERY_SECONDS
        return self._keys


def _read_key(key: object) -> list[Key]:
    """Read a published key; [] if it is not for signatures, or of a kind that the library can't read."""
    if not (isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"):
        return []
    try:
        return list(KeySet.import_key_set({"keys": [key]}).keys)
    except Exception:  # noqa: BLE001 - whatever the library raises for unusual keys
        return []


@lru_cache(maxsize=8)
def client_of(provider: IdentityProvider) -> OpenIdClient:
    """Return the client of a provider, one in each process."""
    return OpenIdClient(provider)
