"""Recipient profiles of a coalition: the known ones, and its own, which it writes, changes and deletes."""

from dataclasses import replace

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from letterhub.clock import now
from letterhub.commands.editions.recipient_profiles import delete_profile, save_profile
from letterhub.domain.accounts.roles import Role
from letterhub.domain.editions.delivery_emails import ATTACHABLE
from letterhub.domain.editions.known_recipients import KNOWN_RECIPIENTS
from letterhub.domain.editions.recipient_profiles import RecipientProfile, limits_sentence
from letterhub.domain.errors import UserFacingError
from letterhub.queries.accounts import StaffContext
from letterhub.queries.editions.recipient_profiles import OwnProfile, own_profiles, profiles_of_coalition
from letterhub.web.access import flash_errors, redirect_to, staff_only
from letterhub.web.staff.editions.recipient_profile_form import RecipientProfileForm, profile_form

bp = Blueprint("recipient_profiles", __name__)
MAX_SEARCH = 100


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """List the profiles with what each recipient takes, or those that a search finds."""
    search = request.args.get("q", "").strip()[:MAX_SEARCH]
    own = [one for one in own_profiles(staff.coalition_id) if search.casefold() in one.profile.name.casefold()]
    known = [one for one in KNOWN_RECIPIENTS if search.casefold() in str(one.name).casefold()]
    return render_template(
        "staff/editions/profiles.html", staff=staff, own=own, known=known, search=search, limits=limits_sentence,
        may_edit=staff.role.covers(Role.ORGANIZER),
    )  # fmt: skip


@bp.get("/new")
@staff_only(Role.ORGANIZER)
def new(staff: StaffContext) -> ResponseReturnValue:
    """Show the form, empty or with a copy of a profile."""
    copied = next((one for one in profiles_of_coalition(staff.coalition_id) if one.key == request.args.get("copy")), None)
    profile = RecipientProfile("", "")
    if copied is not None:
        profile = replace(copied, name=_("Copy of %(name)s", name=copied.name)[:100])
    return _render_form(staff, profile_form(profile))


@bp.post("/new")
@staff_only(Role.ORGANIZER)
def create(staff: StaffContext) -> ResponseReturnValue:
    """Save a new profile."""
    return _save(staff, None)


@bp.get("/<int:profile_id>")
@staff_only(Role.ORGANIZER)
def edit(staff: StaffContext, profile_id: int) -> ResponseReturnValue:
    """Show the form of an own profile."""
    own = _own_or_404(staff, profile_id)
    return _render_form(staff, profile_form(own.profile, own.version), own)


@bp.post("/<int:profile_id>")
@staff_only(Role.ORGANIZER)
def update(staff: StaffContext, profile_id: int) -> ResponseReturnValue:
    """Save an own profile."""
    return _save(staff, _own_or_404(staff, profile_id))


@bp.post("/<int:profile_id>/delete")
@staff_only(Role.ORGANIZER)
def delete(staff: StaffContext, profile_id: int) -> ResponseReturnValue:
    """Delete an own profile."""
    _own_or_404(staff, profile_id)
    with flash_errors(_("The profile was deleted.")):
        delete_profile(staff.coalition_id, profile_id, actor=staff.actor, at=now())
    return redirect_to(staff, ".index")


def _save(staff: StaffContext, own: OwnProfile | None) -> ResponseReturnValue:
    form = RecipientProfileForm()
    if form.validate():
        try:
            save_profile(
                staff.coalition_id,
                form.to_profile(),
                own.id if own else None,
                form.expected_version,
                actor=staff.actor,
                at=now(),
            )
            flash(_("The profile was saved."), "good")
            return redirect_to(staff, ".index")
        except UserFacingError as refusal:
            form.add_error(refusal)
            if refusal.field == "version" and own:  # with the current version the form can be sent again
                form.version.data = str(own.version)
    return _render_form(staff, form, own), 422


def _own_or_404(staff: StaffContext, profile_id: int) -> OwnProfile:
    return next((one for one in own_profiles(staff.coalition_id) if one.id == profile_id), None) or abort(404)


def _render_form(staff: StaffContext, form: RecipientProfileForm, own: OwnProfile | None = None) -> str:
    """Render the form of a new profile, or of an own one."""
    return render_template("staff/editions/profile.html", staff=staff, form=form, own=own, formats=ATTACHABLE)
