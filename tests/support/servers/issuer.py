"""OpenID Connect issuer on this machine: real HTTP and signed tokens, honest unless a test makes it lie."""

import json
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from urllib.request import HTTPErrorProcessor, build_opener

from joserfc import jwt
from joserfc.jwk import RSAKey

from letterhub.clock import now
from letterhub.identity_provider import IdentityProvider

CLIENT_ID, CLIENT_SECRET = "letterhub", "a secret that only the issuer and the site know"
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
Claims = dict[str, Any]


@dataclass
class Issuer:
    """Issuer whose people are signed in already: its sign-in page sends the browser back at once, as `person`.

    `tamper` changes the claims of the next tokens, `metadata` what it says about itself. With `consents` off, it refuses.
    """

    url: str
    person: Claims = field(default_factory=dict)
    tamper: Callable[[Claims], None] = lambda claims: None
    sign: Callable[["Issuer", Claims], str] = lambda issuer, claims: jwt.encode(
        {"alg": "RS256", "kid": issuer.key.kid}, claims, issuer.key
    )
    key: RSAKey = field(default_factory=lambda: KEY)
    more_keys: list[Any] = field(default_factory=list)
    metadata: Claims = field(default_factory=dict)
    info: Claims = field(default_factory=dict)
    consents: bool = True
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Claims] = field(default_factory=dict)

    def provider(self, **more: Any) -> IdentityProvider:
        """Return the settings of a site that trusts this issuer."""
        return IdentityProvider(self.url, CLIENT_ID, CLIENT_SECRET, **{"name": "Rivers SSO", **more})

    def sign_in(self, address: str) -> str:
        """Return where the sign-in page at an address sends a browser."""
        with build_opener(_KeepRedirects).open(address) as response:
            return str(response.headers["Location"])

    def configuration(self) -> Claims:
        """Return what it says about itself."""
        endpoints = {f"{name}_endpoint": f"{self.url}/{name}" for name in ("authorization", "token", "userinfo")}
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "code_challenge_methods_supported": ["S256"],
            **endpoints,
            **self.metadata,
        }

    def authorize(self, asked: Mapping[str, str]) -> str:
        """Return the redirect for a request to sign in."""
        if not self.consents:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "person": dict(self.person)}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.url})}"

    def exchange(self, form: Mapping[str, str], authorization: str) -> tuple[int, Claims]:
        """Return the status and answer of the token endpoint."""
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        named = unquote(b64decode(authorization.removeprefix("Basic ")).decode())
        if asked is None or challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if named != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return 401, {"error": "invalid_client"}
        at = int(now().timestamp())
        times = {"iat": at, "exp": at + 300, "auth_time": at}
        claims = {"iss": self.url, "aud": CLIENT_ID, "nonce": asked["nonce"], **times, **asked["person"]}
        self.tamper(claims)
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.sign(self, claims)}


class _KeepRedirects(HTTPErrorProcessor):
    """Handler that hands every answer on, also a redirect."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response


class _Server(ThreadingHTTPServer):
    """Server of one issuer."""

    issuer: Issuer


class _Handler(BaseHTTPRequestHandler):
    """Handler of the issuer's endpoints."""

    server: _Server

    def do_GET(self) -> None:
        parts, issuer = urlsplit(self.path), self.server.issuer
        issuer.asked.append(parts.path)
        documents: dict[str, Callable[[], Claims]] = {
            "/.well-known/openid-configuration": issuer.configuration,
            "/keys": lambda: {"keys": [*issuer.more_keys, issuer.key.as_dict(private=False)]},
            "/userinfo": lambda: {"sub": issuer.person.get("sub"), **issuer.info},
        }
        if parts.path == "/authorization":
            self.answer(302, b"", {"Location": issuer.authorize(dict(parse_qsl(parts.query)))})
        elif parts.path in documents:
            self.answer_json(200, documents[parts.path]())
        else:
            self.answer_json(404, {})

    def do_POST(self) -> None:
        issuer = self.server.issuer
        issuer.asked.append(self.path)
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        self.answer_json(*issuer.exchange(form, self.headers.get("Authorization", "")))

    def answer_json(self, status: int, content: Claims) -> None:
        self.answer(status, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def answer(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep quiet."""


@contextmanager
def run_issuer() -> Iterator[Issuer]:
    """Run an issuer at a free port of this machine."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
