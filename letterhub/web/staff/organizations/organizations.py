"""Organization directory: the list, and the page of one organization with its names, signatures and open questions."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from letterhub.clock import now
from letterhub.commands.organizations.directory import (
    add_other_name,
    edit_organization,
    end_organization_vouch,
    mark_as_different,
    merge_organizations,
    set_logo,
    set_parent,
    undo_merge,
    vouch_for_organization,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.references import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.line_validation import normalize_line
from letterhub.queries.accounts.staff import StaffContext
from letterhub.queries.audit.log import actions_on
from letterhub.queries.organizations.directory import OrganizationProfile, directory_page, organization_profile
from letterhub.rendering.letter.theme import logo_view
from letterhub.web.access import accepts_large_body, staff_only
from letterhub.web.converters import parse_integer
from letterhub.web.staff.audit.messages import entry_sentence
from letterhub.web.staff.organizations.organization_forms import LogoForm, OrganizationForm, VouchForOrganizationForm

bp = Blueprint("organizations", __name__)
FILTERS = ("question", "unvouched")


@bp.get("")
@staff_only(Role.REVIEWER)
def listed(desk: StaffContext) -> ResponseReturnValue:
    """List the organizations by name."""
    words, only = normalize_line(request.args.get("q", ""))[:200], request.args.get("only", "")
    only = only if only in FILTERS else ""
    found = directory_page(desk.coalition_id, words, only, request.args.get("page", 1, parse_integer))
    return render_template("staff/organizations/index.html", desk=desk, found=found, words=words, only=only)


@bp.get("/<int:number>")
@staff_only(Role.REVIEWER)
def one(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Show one organization. A merged one redirects to the organization it belongs to."""
    profile = _profile_or_404(desk, number)
    if profile.id != number:
        return redirect(url_for(".one", coalition=desk.coalition, number=profile.id))
    return _render_page(desk, profile, VouchForOrganizationForm())


@bp.route("/<int:number>/edit", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def edit(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Show the edit form; a POST saves it."""
    profile = _profile_or_404(desk, number)
    form = OrganizationForm(
        name=profile.name,
        other_names="\n".join(profile.other_names),
        more_domains="\n".join(profile.more_domains),
        scope=profile.scope,
        country=profile.country,
    )
    if not form.validate_on_submit():
        page = render_template("staff/organizations/edit.html", desk=desk, profile=profile, form=form)
        return page, 422 if form.errors else 200
    edit_organization(desk, profile.id, form.to_description(), now())
    flash(_("Saved."), "good")
    return _redirect_to_organization(desk, profile.id)


@bp.post("/<int:number>/vouch")
@staff_only(Role.REVIEWER)
def vouch(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Record that the current user vouches for the organization."""
    profile, form = _profile_or_404(desk, number), VouchForOrganizationForm()
    if not form.validate_on_submit():
        return _render_page(desk, profile, form), 422
    vouch_for_organization(desk, profile.id, form.why.data, now())
    flash(_("You vouch for %(name)s.", name=profile.name), "good")
    return _redirect_to_organization(desk, profile.id)


@bp.post("/<int:number>/unvouch")
@staff_only(Role.REVIEWER)
def unvouch(desk: StaffContext, number: int) -> ResponseReturnValue:
    """End the vouching for the organization."""
    profile = _profile_or_404(desk, number)
    end_organization_vouch(desk, profile.id, now())
    flash(_("Nobody vouches for %(name)s any more.", name=profile.name), "good")
    return _redirect_to_organization(desk, profile.id)


@bp.post("/<int:number>/logo")
@staff_only(Role.REVIEWER)
@accepts_large_body
def logo(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Save the organization's logo."""
    profile, form = _profile_or_404(desk, number), LogoForm()
    if not form.validate_on_submit():
        return _render_page(desk, profile, VouchForOrganizationForm(formdata=None), form), 422
    set_logo(desk, profile.id, form.picture, now())
    flash(_("The logo of %(name)s is saved. Letters that show logos print it from now on.", name=profile.name), "good")
    return _redirect_to_organization(desk, profile.id)


@bp.post("/<int:number>/no-logo")
@staff_only(Role.REVIEWER)
def no_logo(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Remove the organization's logo."""
    profile = _profile_or_404(desk, number)
    set_logo(desk, profile.id, None, now())
    flash(_("The logo of %(name)s is removed. Frozen editions keep what they show.", name=profile.name), "good")
    return _redirect_to_organization(desk, profile.id)


@bp.get("/<int:number>/beside")
@staff_only(Role.REVIEWER)
def beside(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Search for organizations to merge with, or to make the parent."""
    profile, words = _profile_or_404(desk, number), normalize_line(request.args.get("q", ""))[:200]
    found = directory_page(desk.coalition_id, words) if words else None
    return render_template("staff/organizations/compare.html", desk=desk, profile=profile, found=found, words=words)


@bp.route("/<int:number>/with/<int:other>", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def together(desk: StaffContext, number: int, other: int) -> ResponseReturnValue:
    """Show two organizations side by side; a POST merges them."""
    first, second = _profile_or_404(desk, number), _profile_or_404(desk, other)
    if first.id == second.id:
        return _redirect_to_organization(desk, first.id)
    if not FlaskForm().validate_on_submit():
        why = next((asked.reasons for asked in first.questions if asked.other_id == second.id), ())
        return render_template("staff/organizations/merge.html", desk=desk, first=first, second=second, why=why)
    merge_organizations(desk, first.id, second.id, now())
    flash(_("%(other)s is now part of %(name)s. You can separate it again below.", other=second.name, name=first.name), "good")
    return _redirect_to_organization(desk, first.id)


@bp.post("/<int:number>/two/<int:other>")
@staff_only(Role.REVIEWER)
def two(desk: StaffContext, number: int, other: int) -> ResponseReturnValue:
    """Record that two organizations are different."""
    first, second = _profile_or_404(desk, number), _profile_or_404(desk, other)
    if first.id != second.id:
        mark_as_different(desk, first.id, second.id, now())
        flash(
            _(
                "%(name)s and %(other)s are different organizations. You will not be asked again.",
                name=first.name,
                other=second.name,
            ),
            "good",
        )
    return _redirect_to_organization(desk, first.id)


@bp.post("/<int:number>/take-out")
@staff_only(Role.REVIEWER)
def out(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Separate a merged organization again."""
    profile = _profile_or_404(desk, number)
    try:
        name = undo_merge(desk, number, now())
    except UserFacingError as refusal:
        flash(str(refusal), "doubt")
        return _redirect_to_organization(desk, profile.id)
    flash(_("%(other)s stands on its own again.", other=name), "good")
    return _redirect_to_organization(desk, number)


@bp.post("/<int:number>/called")
@staff_only(Role.REVIEWER)
def called(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Add the name of a merged entry to the organization's names."""
    profile = _profile_or_404(desk, number)
    add_other_name(desk, number, now())
    flash(_("The directory knows %(name)s by this name now.", name=profile.name), "good")
    return _redirect_to_organization(desk, profile.id)


@bp.post("/<int:number>/parent")
@staff_only(Role.REVIEWER)
def parent(desk: StaffContext, number: int) -> ResponseReturnValue:
    """Set the parent organization; without an id, remove it."""
    profile = _profile_or_404(desk, number)
    above = request.form.get("parent", None, parse_integer)
    try:
        set_parent(desk, profile.id, _profile_or_404(desk, above).id if above else None, now())
    except UserFacingError as refusal:
        flash(str(refusal), "doubt")
    return _redirect_to_organization(desk, profile.id)


def _profile_or_404(desk: StaffContext, number: int) -> OrganizationProfile:
    return organization_profile(desk.coalition_id, number) or abort(404)


def _render_page(
    desk: StaffContext, profile: OrganizationProfile, form: VouchForOrganizationForm, logo_form: LogoForm | None = None
) -> str:
    acts = [
        (act.at, entry_sentence(act))
        for entry in profile.entries
        for act in actions_on(ReferenceKind.COALITION.to(desk.coalition_id), ReferenceKind.ORGANIZATION.to(entry.id))
    ]
    logo_form = logo_form or LogoForm(formdata=None)
    return render_template(
        "staff/organizations/detail.html", desk=desk, profile=profile, form=form, logo_form=logo_form,
        acts=sorted(acts, reverse=True), logo=logo_view(profile.logo) if profile.logo else None,
    )  # fmt: skip


def _redirect_to_organization(desk: StaffContext, number: int) -> ResponseReturnValue:
    return redirect(url_for("organizations.one", coalition=desk.coalition, number=number), 303)
