"""Who may enter: every view wears one of these, and a view that wears none is not served."""

import enum
import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort, current_app
from flask_security import current_user

from letterhub.domain.roles import Role
from letterhub.queries.staff import Desk, desk_of

View = TypeVar("View", bound=Callable[..., Any])


class Entry(enum.StrEnum):
    """Who may open a page that no role is asked for."""

    EVERYONE = "everyone"
    LINK_HOLDER = "link-holder"
    SIGNED_IN = "signed-in"


def open_to(entry: Entry) -> Callable[[View], View]:
    """Marks a view as open to everyone, to whoever holds a mailed link, or to anyone signed in."""

    def worn(view: View) -> View:
        if entry is not Entry.SIGNED_IN:
            view.entry = entry  # type: ignore[attr-defined]
            return view

        @functools.wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            return view(*args, **kwargs)

        entered.entry = entry  # type: ignore[attr-defined]
        return entered  # type: ignore[return-value]

    return worn


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
