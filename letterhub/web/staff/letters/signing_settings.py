"""Settings tab: deadline, signing rules, and closing, reopening and withdrawing a letter."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.letters.lifecycle import (
    change_signing_settings,
    close_letter,
    reopen_letter,
    take_late_names,
    withdraw_letter,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.signing_settings import SigningSettingsChanged, settings_version
from letterhub.domain.signatures.signing import DeadlinePassed
from letterhub.domain.states import LetterState
from letterhub.queries.accounts import StaffContext
from letterhub.queries.letters.signing_settings import signing_overview
from letterhub.web.access import flash_errors, get_letter_or_404, redirect_to, staff_only
from letterhub.web.staff.letters.signing_settings_forms import (
    LateNamesForm,
    SigningSettingsForm,
    signing_settings_form_from,
)

bp = Blueprint("signing_settings", __name__)


@bp.get("")
@staff_only(Role.REVIEWER)
def edit(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Show the signing settings and the available actions."""
    return _render_page(staff, slug)


@bp.post("")
@staff_only(Role.ORGANIZER)
def update(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Save the signing settings; of a draft, go on to the page before it opens if its button was pressed."""
    header, form = get_letter_or_404(staff, slug), SigningSettingsForm()
    goes_on = "opening" in request.form and header.state is LetterState.DRAFT
    if form.validate():
        try:
            change_signing_settings(
                header.letter_id, form.to_signing_settings(), form.expected_version.data, actor=staff.actor, at=now()
            )
            if goes_on:
                return redirect_to(staff, "opening.index", slug=slug)
            flash(_("Saved."), "good")
            return redirect_to(staff, ".edit", slug=slug)
        except UserFacingError as refusal:
            form.add_error(refusal)
            if isinstance(refusal, SigningSettingsChanged):  # with the current version the form can be sent again
                form.expected_version.data = settings_version(signing_overview(header.letter_id, now()).signing_settings)
    return _render_page(staff, slug, signing_settings=form), 422


@bp.post("/close")
@staff_only(Role.ORGANIZER)
def close(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Close the letter for new signatures."""
    with flash_errors(_("The letter is closed. Anyone who signed in time can still confirm.")):
        close_letter(get_letter_or_404(staff, slug).letter_id, actor=staff.actor, at=now())
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
        form = signing_settings_form_from(signing_overview(letter_id, now()).signing_settings)
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
    """Show what withdrawing means, and ask for confirmation. A draft, which nobody has signed, is deleted instead."""
    header = get_letter_or_404(staff, slug)
    if header.state is LetterState.DRAFT:
        return redirect_to(staff, "deleted_drafts.delete", slug=slug)
    return render_template("staff/letters/withdraw.html", staff=staff, header=header)


@bp.post("/withdraw")
@staff_only(Role.ORGANIZER)
def withdraw(staff: StaffContext, slug: str) -> ResponseReturnValue:
    """Withdraw the letter for good."""
    with flash_errors(_("The letter is withdrawn.")):
        withdraw_letter(get_letter_or_404(staff, slug).letter_id, actor=staff.actor, at=now())
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
        signing_settings=signing_settings or signing_settings_form_from(overview.signing_settings),
        late_names=late_names or LateNamesForm(formdata=None),
    )
