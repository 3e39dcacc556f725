"""Security of each request and response: trusted hosts, valid bodies and row ids, CSRF protection, security headers."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Request, Response, abort, current_app, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from werkzeug.routing import ValidationError as RoutingValidationError

from letterhub.config import Settings
from letterhub.web.access import HOST_WAS_REPLACED, MAX_FORM_BYTES, Audience, is_local_request
from letterhub.web.forms import MAX_INTEGER

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NO_FRAME = "'none'"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; "
    f"worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {NO_FRAME}"
)


def policy_with_style(source: str) -> str:
    """Return the Content-Security-Policy of a page that holds a style sheet of ours, named by the hash of its content."""
    return CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'self' {source}")


def embed_policy(sites: Iterable[str]) -> str:
    """Return the Content-Security-Policy of a page that these origins may show in a frame, and in which nothing can be sent."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; font-src 'self'; form-action 'none'; "
        f"base-uri 'none'; frame-ancestors {' '.join(sites) or NO_FRAME}"
    )


SECURITY_HEADERS = {
    "Cache-Control": "no-store",  # unless the view sets it
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
SECRET_LINK_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
LOOPBACK_HOSTS = ("localhost", "127.0.0.1")
LOCAL_HOST_HEADERS = ("localhost", "127.0.0.1", "[::1]")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
API_PREFIX = "/api/"
FORM_MIMETYPES = ("", "application/x-www-form-urlencoded", "multipart/form-data")

csrf = CSRFProtect()


class CacheAwareSessionInterface(SecureCookieSessionInterface):
    """Session interface that never sets a cookie on a publicly cacheable response."""

    def __init__(self, app: Flask) -> None:
        self._serializer = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:  # noqa: ARG002 - this app's own
        """Return the serializer of the app's cookies, made once."""
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the cookie, or an empty one without a cookie, as for most readers."""
        return super().open_session(app, request) if self.get_cookie_name(app) in request.cookies else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save the session to the cookie, unless shared caches may store the response."""
        if not response.cache_control.public:
            super().save_session(app, session, response)


class OperationsHostMiddleware:
    """WSGI middleware that replaces the Host header of health checks and of metrics requests from this machine.

    A load balancer asks for /healthz under any host name; all other requests must name the site's own host.
    """

    def __init__(self, app: "WSGIApplication", host: str) -> None:
        self.app, self.host = app, host

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Handle a request."""
        path = environ.get("PATH_INFO", "")
        is_health_check = path in ("/healthz", "/readyz") or path.startswith("/readyz/")
        is_local_scrape = (
            path == "/metrics"
            and is_local_request(environ)
            and re.sub(r":\d+$", "", str(environ.get("HTTP_HOST", ""))) in LOCAL_HOST_HEADERS
        )
        if is_health_check or is_local_scrape:
            environ["HTTP_HOST"] = self.host
            environ[HOST_WAS_REPLACED] = is_local_scrape
        return self.app(environ, start_response)


def init_app(app: Flask, settings: Settings) -> None:
    """Configure the security settings of the app."""
    host = settings.host
    app.config.update(
        TRUSTED_HOSTS=list(LOOPBACK_HOSTS) if host in LOOPBACK_HOSTS else [host],
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,  # unless the view accepts more
        SESSION_COOKIE_NAME="__Host-letterhub" if settings.https else "letterhub",
        SESSION_COOKIE_SECURE=settings.https,
        DEVICE_COOKIE_NAME="__Host-letterhub-device" if settings.https else "letterhub-device",
        RESPONSE_HEADERS=SECURITY_HEADERS | (HSTS if settings.https else {}),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
        WTF_I18N_ENABLED=False,  # WTForms would read its catalog for every form
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # mailed-link pages send no referrer; the token is bound to the session anyway
    )
    app.session_interface = CacheAwareSessionInterface(app)
    app.url_map.converters["int"] = RowIdConverter
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.wsgi_app = OperationsHostMiddleware(app.wsgi_app, host)  # type: ignore[method-assign]


def is_api_request() -> bool:
    """Return whether a program asks the API, whatever it asks for."""
    return request.path.startswith(API_PREFIX)


def is_same_origin(request: Request) -> bool:
    """Return whether a page of this site sent a form, by the browser's headers. A client without them is no browser."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or origin.partition("://")[2] == request.host


def check_same_origin() -> None:
    """Reject a form that no page of this site sent. Raises CSRFError.

    Browsers say where a form comes from, and no page can change that. Of a client that does not say so, or whose page keeps it
    back (`Origin: null`), the CSRF token of the session is checked.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_certain = site == "same-origin" if site is not None else f"{origin}/" == request.host_url
    if not is_certain and current_app.config["WTF_CSRF_ENABLED"] and current_app.config["WTF_CSRF_CHECK_DEFAULT"]:
        csrf.protect()


def reject_malformed() -> None:
    """Reject NUL, which PostgreSQL cannot compare, with 404 or 400, and bodies that are no form with 415.

    In form fields, NUL is removed with all other control characters by the filters of each field.
    """
    if "\0" in request.path:
        abort(404)
    if any("\0" in part for pair in request.args.items(multi=True) for part in pair):
        abort(400)
    if request.method not in SAFE_METHODS and request.mimetype not in FORM_MIMETYPES and not is_api_request():
        abort(415)  # Flask-WTF would read a JSON body as fields, of any type


def add_security_headers(response: Response) -> None:
    """Add the security headers that the view did not set. The URL of a mailed link must reach no referrer and no cache."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint == "security.reset_password" or getattr(view, "entry", None) is Audience.LINK_HOLDER:
        response.headers.update(SECRET_LINK_HEADERS)
    present = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - iterating headers yields pairs
    if not response.headers.get("Content-Security-Policy", NO_FRAME).endswith(NO_FRAME):
        present.add("x-frame-options")  # it can't name the websites that may show the page
    headers = current_app.config["RESPONSE_HEADERS"]
    response.headers.extend([(name, value) for name, value in headers.items() if name.lower() not in present])


class RowIdConverter(IntegerConverter):
    """URL converter for row ids. A larger number gives 404."""

    def __init__(self, addresses: Map) -> None:
        super().__init__(addresses, max=MAX_INTEGER)

    def to_python(self, value: str) -> int:
        """Return the number. Raises RoutingValidationError, also if it is too long to parse."""
        try:
            number: int = super().to_python(value)
        except ValueError as error:
            raise RoutingValidationError from error
        return number
