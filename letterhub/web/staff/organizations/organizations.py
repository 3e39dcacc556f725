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
from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.errors import UserFacingError
from letterhub.domain.line_validation import normalize_line
from letterhub.queries.accounts import StaffContext
from letterhub.queries.audit.log import actions_on
from letterhub.queries.organizations.directory import OrganizationProfile, directory_page, organization_profile
from letterhub.rendering.letter.signatory_list import logo_view
from letterhub.web.access import accepts_large_body, redirect_to, staff_only
from letterhub.web.forms import parse_integer
from letterhub.web.staff.audit.log_messages import entry_sentence
from letterhub.web.staff.organizations.organization_forms import LogoForm, OrganizationForm, VouchForOrganizationForm

bp = Blueprint("organizations", __name__)
FILTERS = ("question", "unvouched")


@bp.get("")
@staff_only(Role.REVIEWER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """List the organizations by name."""
    query, filter_name = normalize_line(request.args.get("q", ""))[:200], request.args.get("only", "")
    filter_name = filter_name if filter_name in FILTERS else ""
    page = directory_page(staff.coalition_id, query, filter_name, request.args.get("page", 1, parse_integer))
    return render_template("staff/organizations/index.html", staff=staff, found=page, words=query, only=filter_name)


@bp.get("/<int:organization_id>")
@staff_only(Role.REVIEWER)
def detail(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """Show one organization. A merged one redirects to the organization it belongs to."""
    profile = _profile_or_404(staff, organization_id)
    if profile.id != organization_id:
        return redirect(url_for(".detail", coalition=staff.coalition_slug, organization_id=profile.id))
    return _render_page(staff, profile, VouchForOrganizationForm())


@bp.route("/<int:organization_id>/edit", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def edit(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """Show the edit form; a POST saves it."""
    profile = _profile_or_404(staff, organization_id)
    form = OrganizationForm(
        name=profile.name,
        other_names="\n".join(profile.other_names),
        more_domains="\n".join(profile.more_domains),
        section=profile.section,
        country=profile.country,
    )
    if not form.validate_on_submit():
        page = render_template("staff/organizations/edit.html", staff=staff, profile=profile, form=form)
        return page, 422 if form.errors else 200
    edit_organization(staff, profile.id, form.to_description(), now())
    flash(_("Saved."), "good")
    return redirect_to(staff, ".detail", organization_id=profile.id)


@bp.post("/<int:organization_id>/verify")
@staff_only(Role.REVIEWER)
def vouch(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """Record that the current user vouches for the organization."""
    profile, form = _profile_or_404(staff, organization_id), VouchForOrganizationForm()
    if not form.validate_on_submit():
        return _render_page(staff, profile, form), 422
    vouch_for_organization(staff, profile.id, form.why.data, now())
    flash(_("%(name)s is marked as verified.", name=profile.name), "good")
    return redirect_to(staff, ".detail", organization_id=profile.id)


@bp.post("/<int:organization_id>/remove-verification")
@staff_only(Role.REVIEWER)
def end_vouch(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """End the vouching for the organization."""
    profile = _profile_or_404(staff, organization_id)
    end_organization_vouch(staff, profile.id, now())
    flash(_("%(name)s is no longer marked as verified.", name=profile.name), "good")
    return redirect_to(staff, ".detail", organization_id=profile.id)


@bp.post("/<int:organization_id>/logo")
@staff_only(Role.REVIEWER)
@accepts_large_body
def upload_logo(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """Save the organization's logo."""
    profile, form = _profile_or_404(staff, organization_id), LogoForm()
    if not form.validate_on_submit():
        return _render_page(staff, profile, VouchForOrganizationForm(formdata=None), form), 422
    set_logo(staff, profile.id, form.picture, now())
    flash(_("The logo of %(name)s was saved. Letters that show logos print it from now on.", name=profile.name), "good")
    return redirect_to(staff, ".detail", organization_id=profile.id)


@bp.post("/<int:organization_id>/remove-logo")
@staff_only(Role.REVIEWER)
def delete_logo(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """Remove the organization's logo."""
    profile = _profile_or_404(staff, organization_id)
    set_logo(staff, profile.id, None, now())
    flash(_("The logo of %(name)s was removed. Frozen editions keep what they show.", name=profile.name), "good")
    return redirect_to(staff, ".detail", organization_id=profile.id)


@bp.get("/<int:organization_id>/merge")
@staff_only(Role.REVIEWER)
def search_related(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """Search for organizations to merge with, or to make the parent."""
    profile, query = _profile_or_404(staff, organization_id), normalize_line(request.args.get("q", ""))[:200]
    page = directory_page(staff.coalition_id, query) if query else None
    return render_template("staff/organizations/compare.html", staff=staff, profile=profile, found=page, words=query)


@bp.route("/<int:organization_id>/merge/<int:other_id>", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def merge(staff: StaffContext, organization_id: int, other_id: int) -> ResponseReturnValue:
    """Show two organizations side by side; a POST merges them."""
    first, second = _profile_or_404(staff, organization_id), _profile_or_404(staff, other_id)
    if first.id == second.id:
        return redirect_to(staff, ".detail", organization_id=first.id)
    if not FlaskForm().validate_on_submit():
        reasons = next((question.reasons for question in first.questions if question.other_id == second.id), ())
        return render_template("staff/organizations/merge.html", staff=staff, first=first, second=second, why=reasons)
    merge_organizations(staff, first.id, second.id, now())
    flash(_("%(other)s is now part of %(name)s. You can separate it again below.", other=second.name, name=first.name), "good")
    return redirect_to(staff, ".detail", organization_id=first.id)


@bp.post("/<int:organization_id>/different/<int:other_id>")
@staff_only(Role.REVIEWER)
def declare_different(staff: StaffContext, organization_id: int, other_id: int) -> ResponseReturnValue:
    """Record that two organizations are different."""
    first, second = _profile_or_404(staff, organization_id), _profile_or_404(staff, other_id)
    if first.id != second.id:
        mark_as_different(staff, first.id, second.id, now())
        flash(
            _(
                "%(name)s and %(other)s are marked as different. You won’t be asked again.",
                name=first.name,
                other=second.name,
            ),
            "good",
        )
    return redirect_to(staff, ".detail", organization_id=first.id)


@bp.post("/<int:organization_id>/separate")
@staff_only(Role.REVIEWER)
def unmerge(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """Separate a merged organization again."""
    profile = _profile_or_404(staff, organization_id)
    try:
        name = undo_merge(staff, organization_id, now())
    except UserFacingError as refusal:
        flash(str(refusal), "doubt")
        return redirect_to(staff, ".detail", organization_id=profile.id)
    flash(_("%(other)s is a separate organization again.", other=name), "good")
    return redirect_to(staff, ".detail", organization_id=organization_id)


@bp.post("/<int:organization_id>/add-known-name")
@staff_only(Role.REVIEWER)
def adopt_name(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """Add the name of a merged entry to the organization's names."""
    profile = _profile_or_404(staff, organization_id)
    add_other_name(staff, organization_id, now())
    flash(_("This name is now a known name of %(name)s.", name=profile.name), "good")
    return redirect_to(staff, ".detail", organization_id=profile.id)


@bp.post("/<int:organization_id>/parent")
@staff_only(Role.REVIEWER)
def update_parent(staff: StaffContext, organization_id: int) -> ResponseReturnValue:
    """Set the parent organization; without an id, remove it."""
    profile = _profile_or_404(staff, organization_id)
    parent_id = request.form.get("parent", None, parse_integer)
    try:
        set_parent(staff, profile.id, _profile_or_404(staff, parent_id).id if parent_id else None, now())
    except UserFacingError as refusal:
        flash(str(refusal), "doubt")
    return redirect_to(staff, ".detail", organization_id=profile.id)


def _profile_or_404(staff: StaffContext, organization_id: int) -> OrganizationProfile:
    return organization_profile(staff.coalition_id, organization_id) or abort(404)


def _render_page(
    staff: StaffContext, profile: OrganizationProfile, form: VouchForOrganizationForm, logo_form: LogoForm | None = None
) -> str:
    """Render the organization with its forms and the log of all its entries, newest first."""
    actions = [
        (action.at, entry_sentence(action))
        for entry in profile.entries
        for action in actions_on(
            ReferenceKind.COALITION.reference(staff.coalition_id), ReferenceKind.ORGANIZATION.reference(entry.id)
        )
    ]
    logo_form = logo_form or LogoForm(formdata=None)
    return render_template(
        "staff/organizations/detail.html", staff=staff, profile=profile, form=form, logo_form=logo_form,
        acts=sorted(actions, reverse=True), logo=logo_view(profile.logo) if profile.logo else None,
    )  # fmt: skip
