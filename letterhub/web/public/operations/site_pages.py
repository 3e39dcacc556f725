"""Pages about the site itself: what it keeps of readers and signatories, and how far everyone can use it."""

from flask import Blueprint, Response, make_response, render_template

from letterhub.domain.operations.retention import CONTACT_MONTHS, NETWORK_DAYS, UNCONFIRMED_RETENTION
from letterhub.infrastructure.signed_links import current_settings
from letterhub.web.access import Audience, open_to
from letterhub.web.page_cache import cache_briefly

bp = Blueprint("site_pages", __name__)


@bp.get("/privacy")
@open_to(Audience.EVERYONE)
def privacy() -> Response:
    """Show what the site keeps, for how long by default, and whom to ask."""
    page = render_template(
        "public/operations/privacy.html", contact=current_settings().contact_email, contact_months=CONTACT_MONTHS,
        pending_days=UNCONFIRMED_RETENTION.days, network_days=NETWORK_DAYS,
    )  # fmt: skip
    return cache_briefly(make_response(page))


@bp.get("/accessibility")
@open_to(Audience.EVERYONE)
def accessibility() -> Response:
    """Show the accessibility statement; `tests/browser/` and `tests/unit/rendering/` hold what it says."""
    return cache_briefly(
        make_response(render_template("public/operations/accessibility.html", contact=current_settings().contact_email))
    )
