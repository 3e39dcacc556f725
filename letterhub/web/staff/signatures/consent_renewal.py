"""Consent renewal: signatories whose consent is old, asking them, and the age limit."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms.validators import InputRequired, NumberRange

from letterhub.clock import now
from letterhub.commands.signatures.consent_renewal import request_consent_renewal, set_consent_days
from letterhub.domain.accounts.roles import Role
from letterhub.domain.signatures.consent import MAX_CONSENT_DAYS, MIN_CONSENT_DAYS
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.signatures.consent_renewal import old_consents
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.forms import ColumnIntegerField, CommandForm

bp = Blueprint("consent_renewal", __name__)


class ConsentAgeForm(CommandForm):
    """Form for the number of days after which consent is old."""

    days = ColumnIntegerField(
        _l("Ask again after (days)"),
        validators=[InputRequired(_l("Enter a number of days.")), NumberRange(MIN_CONSENT_DAYS, MAX_CONSENT_DAYS)],
    )


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """List the signatories whose consent is old, oldest first."""
    return _render_page(staff, get_letter_or_404(staff, slug))


@bp.post("/send-requests")
@staff_only(Role.ORGANIZER)
def send_requests(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Mail all signatories who may be asked."""
    with flash_errors():
        count = request_consent_renewal(get_letter_or_404(staff, slug).letter_id, actor=staff.actor, at=now())
        flash(
            ngettext("One signatory is being asked by email.", "%(num)s signatories are being asked by email.", count), "good"
        )
    return redirect_to(staff, ".index", slug=slug)


@bp.post("/age-limit")
@staff_only(Role.ORGANIZER)
def update_age_limit(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Set the number of days after which consent is old."""
    header, form = get_letter_or_404(staff, slug), ConsentAgeForm()
    if not form.validate():
        return _render_page(staff, header, form), 422
    set_consent_days(header.letter_id, form.days.data, actor=staff.actor, at=now())
    flash(_("Saved."), "good")
    return redirect_to(staff, ".index", slug=slug)


def _render_page(staff: StaffContext, header: LetterHeader, form: ConsentAgeForm | None = None) -> str:
    """Render the signatories with old consent, and the form for the age limit."""
    consents = old_consents(header.letter_id, now())
    return render_template(
        "staff/signatures/consent_renewal.html", staff=staff, header=header, consents=consents,
        may_ask=staff.role.covers(Role.ORGANIZER), form=form or ConsentAgeForm(formdata=None, data={"days": consents.days}),
    )  # fmt: skip
