"""Access control decorators, one for each view (`blueprints.init_app` refuses others); a staff view's letter, redirect
and errors."""

import enum
import functools
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from letterhub.domain.abuse.rate_limits import parse_ip
from letterhub.domain.accounts.roles import Role
from letterhub.domain.accounts.sign_in import SignInMethod
from letterhub.domain.errors import UserFacingError
from letterhub.infrastructure.signed_links import current_settings
from letterhub.queries.accounts import StaffContext, find_staff_context
from letterhub.queries.letters.letter_header import LetterHeader, find_letter_header
from letterhub.queries.sign_in_methods import link_of
from letterhub.setting_parsers import LOOPBACK
from letterhub.web.sessions import current_method

View = TypeVar("View", bound=Callable[..., Any])


HOST_WAS_REPLACED = "letterhub.under_loopback"  # environ key, set where OperationsHostMiddleware replaced the Host header
FORWARDING_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


MAX_UPLOAD_BYTES = 4 * 1024 * 1024
"""Bytes of a form with a file or a letter's text. A Word draft or a table is smaller; other forms are far smaller."""
MAX_FORM_BYTES = 64 * 1024
"""Bytes of a public form: few, because each body is read and checked."""
MAX_STAFF_FORM_BYTES = 1024 * 1024


class Audience(enum.StrEnum):
    """Audiences of pages that need no staff role: programs with an API token; the last two are machines or people on the
    server, who scrape metrics, and accounts of people who run the site."""

    EVERYONE = "everyone"
    TOKEN = "token"  # noqa: S105
    LINK_HOLDER = "link-holder"
    SIGNED_IN = "signed-in"
    OPERATOR = "operator"
    SITE_OPERATOR = "site-operator"


def open_to(audience: Audience) -> Callable[[View], View]:
    """Return a decorator that opens a view to everyone, holders of a mailed link, signed-in users, or operators; to others who
    are signed in, the site's pages do not exist."""

    def decorator(view: View) -> View:
        if audience in (Audience.EVERYONE, Audience.LINK_HOLDER):
            view.entry = audience  # type: ignore[attr-defined]
            return view

        @functools.wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if audience is Audience.OPERATOR:
                return view(*args, **kwargs) if _is_operator() else abort(403)
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            if audience is Audience.SITE_OPERATOR and not current_user.is_operator:
                abort(404)
            return view(*args, **kwargs)

        wrapper.entry = audience  # type: ignore[attr-defined]
        return wrapper  # type: ignore[return-value]

    return decorator


def accepts_large_body(view: View) -> View:
    """Mark a view as one that accepts a file or a letter's text. All other views accept small forms only."""
    view.max_body_bytes = MAX_UPLOAD_BYTES  # type: ignore[attr-defined]
    return view


def _is_operator() -> bool:
    """Return whether a request carries the metrics token, or carries none and comes from this machine under a loopback name.

    A request under the site's own host name may have been forwarded by a local proxy that sent no forwarding header.
    """
    settings = current_settings()
    if "Authorization" in request.headers and settings.metrics_token:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        return hmac.compare_digest(token.encode(), settings.metrics_token.encode())
    return is_local_request(request.environ) and (request.environ.get(HOST_WAS_REPLACED, False) or settings.host in LOOPBACK)


def is_local_request(environ: Mapping[str, Any]) -> bool:
    """Return whether a request comes directly from this machine. Through a local proxy, requests come from anywhere."""
    remote_ip = parse_ip(environ.get("REMOTE_ADDR", ""))
    return remote_ip is not None and remote_ip.is_loopback and not any(name in environ for name in FORWARDING_HEADERS)


def staff_only(role: Role) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that admits members of the URL's coalition whose role covers `role`.

    The view gets their StaffContext as its first argument. Anonymous visitors are sent to sign in, staff of other coalitions
    get 404, and members with a lower role get 403. Where the coalition opens by the identity provider only, members who signed
    in otherwise get 403, with a button. The coalition's former addresses lead to its present one.
    """

    def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def wrapper(*, coalition: str, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            staff: StaffContext | None = find_staff_context(current_user.id, coalition)
            if staff is None:
                abort(404)
            if staff.provider_only and current_method() is not SignInMethod.PROVIDER:
                return _ask_for_provider(staff), 403
            if not staff.role.covers(role):
                abort(403)
            if staff.coalition_slug != coalition:  # it has another address by now; a form is sent there again
                address = url_for(request.endpoint or "", coalition=staff.coalition_slug, **kwargs)
                query = request.query_string.decode("latin-1")
                return redirect(f"{address}?{query}" if query else address, 308)
            return view(staff, **kwargs)

        wrapper.entry = role  # type: ignore[attr-defined]
        wrapper.max_body_bytes = getattr(view, "max_body_bytes", MAX_STAFF_FORM_BYTES)  # type: ignore[attr-defined]
        return wrapper

    return decorator


def _ask_for_provider(staff: StaffContext) -> str:
    """Return the page that says that the coalition opens by the provider only, with the button."""
    provider = current_settings().identity_provider
    is_linked = provider is not None and link_of(staff.staff_id, provider.issuer) is not None
    next_path = request.full_path.rstrip("?") if request.method == "GET" else f"/staff/{staff.coalition_slug}/"
    return render_template(
        "staff/accounts/provider_needed.html", staff=staff, provider=provider, is_linked=is_linked, next_path=next_path
    )


def get_letter_or_404(staff: StaffContext, slug: str) -> LetterHeader:
    """Return the header of the coalition's letter. Aborts with 404 if there is none."""
    return find_letter_header(staff.coalition_id, slug) or abort(404)


def redirect_to(staff: StaffContext, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Redirect to a page of the coalition once a form was processed, with GET (303)."""
    return redirect(url_for(endpoint, coalition=staff.coalition_slug, **values), 303)


@contextmanager
def flash_errors(done: str = "") -> Iterator[None]:
    """Run a block, and show on the next page its error, or the sentence that says what it has done; the code behind the block
    goes on."""
    try:
        yield
        if done:
            flash(done, "good")
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
