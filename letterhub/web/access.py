"""Who may enter: every view wears one of these, and a view that wears none is not served."""

import enum
import functools
import hmac
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import abort, current_app, request
from flask_security import current_user

from letterhub.domain.allowances import ip_of
from letterhub.domain.roles import Role
from letterhub.here import settings_here
from letterhub.queries.staff import Desk, desk_of
from letterhub.values import LOOPBACK

View = TypeVar("View", bound=Callable[..., Any])


UNDER_LOOPBACK = "letterhub.under_loopback"  # in the environ of a request for which AnyHost put in the site's host name
HANDED_ON = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


LARGEST_UPLOAD = 4 * 1024 * 1024
"""Bytes of a form with a file or a letter's text. A Word draft or a table is smaller; every other form is far smaller."""
LARGEST_FORM = 64 * 1024
LARGEST_STAFF_FORM = 1024 * 1024


class Audience(enum.StrEnum):
    """Who may open a page that no role is asked for."""

    EVERYONE = "everyone"
    LINK_HOLDER = "link-holder"
    SIGNED_IN = "signed-in"
    OPERATOR = "operator"


def open_to(entry: Audience) -> Callable[[View], View]:
    """Marks a view as open to everyone, to whoever holds a mailed link, to anyone signed in, or to the operator's programs."""

    def worn(view: View) -> View:
        if entry in (Audience.EVERYONE, Audience.LINK_HOLDER):
            view.entry = entry  # type: ignore[attr-defined]
            return view

        @functools.wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Any:
            if entry is Audience.OPERATOR:
                return view(*args, **kwargs) if _is_operator() else abort(403)
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            return view(*args, **kwargs)

        entered.entry = entry  # type: ignore[attr-defined]
        return entered  # type: ignore[return-value]

    return worn


def takes_much(view: View) -> View:
    """Marks a view as one that takes a file or a letter's text: the forms of all others may be small alone."""
    view.largest_body = LARGEST_UPLOAD  # type: ignore[attr-defined]
    return view


def largest_body(view: object) -> int:
    """Return how many bytes may be sent to a view: few to one that strangers reach, as each is read and looked through."""
    otherwise = LARGEST_STAFF_FORM if isinstance(getattr(view, "entry", None), Role) else LARGEST_FORM
    return int(getattr(view, "largest_body", otherwise))


def _is_operator() -> bool:
    """Whether a program shows the token, or shows none and asks from this very machine, under a name that only it has.

    A request under the site's own host name may be one that a proxy here handed on without saying so.
    """
    settings = settings_here()
    if "Authorization" in request.headers and settings.metrics_token:
        shown = request.headers["Authorization"].removeprefix("Bearer ")
        return hmac.compare_digest(shown.encode(), settings.metrics_token.encode())
    return is_from_here(request.environ) and (request.environ.get(UNDER_LOOPBACK, False) or settings.host in LOOPBACK)


def is_from_here(environ: Mapping[str, Any]) -> bool:
    """Whether a request comes from this very machine and nobody handed it on: a proxy here speaks for the whole world."""
    near = ip_of(environ.get("REMOTE_ADDR", ""))
    return near is not None and near.is_loopback and not any(name in environ for name in HANDED_ON)


def staff_only(role: Role) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Lets in members of the coalition in the address whose role covers `role`, and hands the view their Desk first.

    Strangers are sent to sign in; another coalition's staff see no such page; a lower role is told so (403).
    """

    def worn(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def entered(*, coalition: str, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            desk: Desk | None = desk_of(current_user.id, coalition)
            if desk is None:
                abort(404)
            if not desk.role.covers(role):
                abort(403)
            return view(desk, **kwargs)

        entered.entry = role  # type: ignore[attr-defined]
        return entered

    return worn
