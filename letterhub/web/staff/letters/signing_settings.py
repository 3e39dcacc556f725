"""Settings tab: deadline, signing rules, and opening, closing and withdrawing a letter."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.letters.lifecycle import (
    change_signing_settings,
    close_letter,
    open_letter,
    reopen_letter,
    take_late_names,
    withdraw_letter,
)
from letterhub.commands.letters.scheduled_openings import cancel_opening, schedule_opening
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.signing_settings import SigningSettingsChanged, settings_version
from letterhub.domain.signatures.signing import DeadlinePassed, utc_to_local
from letterhub.domain.states import LetterState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.drafting.sign_offs import sign_off_list
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.queries.letters.scheduled_openings import opening_plan
from letterhub.queries.letters.signing_settings import signing_overview, suggested_slug
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.dates import full_datetime
from letterhub.web.forms import parse_integer
from letterhub.web.staff.letters.signing_settings_forms import (
    DEFAULT_OPENING_TIME,
    LateNamesForm,
    OpeningForm,
    SigningSettingsForm,
    signing_settings_form_from,
)

bp = Blueprint("signing_settings", __name__)
OPENING_FIELDS = ("csrf_token", "slug", "opens_date", "opens_time", "later", "deadline_date", "deadline_time", "deadline_zone")


@bp.get("")
@staff_only(Role.REVIEWER)
def edit(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the signing settings and the available actions."""
    return _render_page(staff, slug)


@bp.post("")
@staff_only(Role.ORGANIZER)
def update(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Save the signing settings."""
    header, form = get_letter_or_404(staff, slug), SigningSettingsForm()
    if form.validate():
        try:
            change_signing_settings(
                header.letter_id, form.to_signing_settings(), form.expected_version.data, actor=staff.actor, at=now()
            )
            flash(_("Saved."), "good")
            return redirect_to(staff, ".edit", slug=slug)
        except UserFacingError as refusal:
            form.add_error(refusal)
            if isinstance(refusal, SigningSettingsChanged):  # with the current version the form can be sent again
                form.expected_version.data = settings_version(signing_overview(header.letter_id, now()).signing_settings)
    return _render_page(staff, slug, signing_settings=form), 422


@bp.post("/open")
@staff_only(Role.ORGANIZER)
def open_for_signing(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Ask for address and deadline once, then open the letter with the settings that were sent."""
    header, form = get_letter_or_404(staff, slug), SigningSettingsForm()
    if not form.validate():
        return _render_page(staff, slug, signing_settings=form), 422
    if "slug" not in request.form and header.state is LetterState.DRAFT:
        return _render_opening_page(staff, header, form, _opening_form(header))
    opening_form = OpeningForm()
    if header.state is LetterState.DRAFT and not opening_form.validate():
        return _render_opening_page(staff, header, form, opening_form), 422
    try:
        if "later" in request.form:
            return _schedule(staff, header, form, opening_form)
        open_letter(
            header.letter_id, request.form.get("version", 0, parse_integer), form.to_signing_settings(),
            form.expected_version.data,
            slug=opening_form.slug.data or "", actor=staff.actor, staff_id=staff.staff_id, at=now(),
        )  # fmt: skip
    except UserFacingError as refusal:
        (opening_form if refusal.field in opening_form else form).add_error(refusal)
        if isinstance(refusal, SigningSettingsChanged):
            form.expected_version.data = settings_version(signing_overview(header.letter_id, now()).signing_settings)
        if refusal.field in OPENING_FIELDS:
            return _render_opening_page(staff, header, form, opening_form), 422
        return _render_page(staff, slug, signing_settings=form), 422
    flash(_("The letter is open. Anyone can read and sign it now."), "good")
    return redirect_to(staff, ".edit", slug=get_letter_or_404(staff, slug).slug)


def _schedule(
    staff: StaffContext, header: LetterHeader, form: SigningSettingsForm, opening_form: OpeningForm
) -> ResponseReturnValue:
    """Have the letter opened at the hour that was chosen. Raises UserFacingError."""
    opens_at = opening_form.opens_at(form.deadline_zone.data)
    schedule_opening(
        header.letter_id, opens_at, form.to_signing_settings(), form.expected_version.data,
        slug=opening_form.slug.data or "", actor=staff.actor, staff_id=staff.staff_id, at=now(),
    )  # fmt: skip
    flash(_("The letter opens %(when)s.", when=full_datetime(opens_at, form.deadline_zone.data)), "good")
    return redirect_to(staff, ".edit", slug=header.slug)


def _opening_form(header: LetterHeader) -> OpeningForm:
    """Return the form with the hour and address that were chosen before, or a suggested address."""
    plan = opening_plan(header.letter_id)
    day, time = utc_to_local(plan.opens_at, header.deadline_zone) if plan else (None, DEFAULT_OPENING_TIME)
    slug = plan.slug if plan else suggested_slug(header.title)
    return OpeningForm(formdata=None, data={"slug": slug, "opens_date": day, "opens_time": time})


@bp.post("/cancel-opening")
@staff_only(Role.ORGANIZER)
def cancel(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Cancel the scheduled opening: the letter stays a draft."""
    with flash_errors():
        cancel_opening(get_letter_or_404(staff, slug).letter_id, actor=staff.actor, at=now())
        flash(_("The letter no longer opens by itself."), "good")
    return redirect_to(staff, ".edit", slug=slug)


@bp.post("/close")
@staff_only(Role.ORGANIZER)
def close(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Close the letter for new signatures."""
    with flash_errors():
        close_letter(get_letter_or_404(staff, slug).letter_id, actor=staff.actor, at=now())
        flash(_("The letter is closed. Anyone who signed in time can still confirm."), "good")
    return redirect_to(staff, ".edit", slug=slug)


@bp.post("/reopen")
@staff_only(Role.ORGANIZER)
def reopen(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Open the letter again. A passed deadline is an error at its field."""
    letter_id = get_letter_or_404(staff, slug).letter_id
    try:
        reopen_letter(letter_id, actor=staff.actor, at=now())
        flash(_("The letter is open again."), "good")
    except DeadlinePassed as refusal:
        form = signing_settings_form_from(signing_overview(letter_id, now()))
        form.add_error(refusal)
        return _render_page(staff, slug, signing_settings=form), 422
    except UserFacingError as refusal:
        flash(str(refusal), "stop")
    return redirect_to(staff, ".edit", slug=slug)


@bp.post("/late-names")
@staff_only(Role.ORGANIZER)
def open_late(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Open the form under a delivered letter, for its next edition."""
    header, form = get_letter_or_404(staff, slug), LateNamesForm()
    if form.validate():
        try:
            take_late_names(header.letter_id, form.deadline_at(header.deadline_zone), actor=staff.actor, at=now())
            flash(_("The form is open again. Names that come now are for the next edition."), "good")
            return redirect_to(staff, ".edit", slug=slug)
        except UserFacingError as refusal:
            if refusal.field not in form:
                flash(str(refusal), "stop")
                return redirect_to(staff, ".edit", slug=slug)
            form.add_error(refusal)
    return _render_page(staff, slug, late_names=form), 422


@bp.get("/withdraw")
@staff_only(Role.ORGANIZER)
def confirm_withdraw(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show what withdrawing means, and ask for confirmation."""
    return render_template("staff/letters/withdraw.html", staff=staff, header=get_letter_or_404(staff, slug))


@bp.post("/withdraw")
@staff_only(Role.ORGANIZER)
def withdraw(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Withdraw the letter for good."""
    with flash_errors():
        withdraw_letter(get_letter_or_404(staff, slug).letter_id, actor=staff.actor, at=now())
        flash(_("The letter is withdrawn."), "good")
    return redirect_to(staff, ".edit", slug=slug)


def _render_page(
    staff: StaffContext,
    slug: str,
    signing_settings: SigningSettingsForm | None = None,
    late_names: LateNamesForm | None = None,
) -> str:
    """Render the tab; one of its forms may hold rejected input."""
    header = get_letter_or_404(staff, slug)
    overview = signing_overview(header.letter_id, now())
    return render_template(
        "staff/letters/signing_settings.html",
        staff=staff,
        header=header,
        terms=overview,
        may_decide=staff.role.covers(Role.ORGANIZER),
        signing_settings=signing_settings or signing_settings_form_from(overview),
        late_names=late_names or LateNamesForm(formdata=None),
    )


def _render_opening_page(
    staff: StaffContext, header: LetterHeader, signing_settings: SigningSettingsForm, opening_form: OpeningForm
) -> str:
    """Render the page that asks before a letter opens. Settings that it does not show are hidden fields."""
    hidden_fields = [(name, value) for name, value in request.form.items(multi=True) if name not in OPENING_FIELDS]
    return render_template(
        "staff/letters/open.html",
        staff=staff,
        header=header,
        signing_settings=signing_settings,
        address=opening_form,
        hidden_fields=hidden_fields,
        sign_offs=sign_off_list(header.letter_id, now()),
    )
