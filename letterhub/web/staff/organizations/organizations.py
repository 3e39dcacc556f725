"""Organization directory: the list, and the page of one organization with its names, signatures and open questions."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from letterhub.clock import now
from letterhub.commands.organizations.directory import (
    add_name,
    describe_organization,
    keep_logo,
    merge_organizations,
    set_parent,
    take_out,
    take_vouching_back,
    tell_apart,
    vouch_for,
)
from letterhub.domain.accounts.roles import Role
from letterhub.domain.audit.references import Reference
from letterhub.domain.errors import Refused
from letterhub.domain.line_validation import one_line
from letterhub.queries.accounts.staff import Desk
from letterhub.queries.audit.log import acts_upon
from letterhub.queries.organizations.directory import Profile, directory, profile_of
from letterhub.rendering.letter.theme import logo_view
from letterhub.web.access import staff_only, takes_much
from letterhub.web.converters import whole_number
from letterhub.web.staff.audit.messages import sentence
from letterhub.web.staff.organizations.organization_forms import DescribeForm, LogoForm, VouchForOrganizationForm

pages = Blueprint("organizations", __name__)
ONLY = ("question", "unvouched")


@pages.get("")
@staff_only(Role.REVIEWER)
def listed(desk: Desk) -> ResponseReturnValue:
    """List the organizations by name."""
    words, only = one_line(request.args.get("q", ""))[:200], request.args.get("only", "")
    only = only if only in ONLY else ""
    found = directory(desk.coalition_id, words, only, request.args.get("page", 1, whole_number))
    return render_template("staff/organizations/index.html", desk=desk, found=found, words=words, only=only)


@pages.get("/<int:number>")
@staff_only(Role.REVIEWER)
def one(desk: Desk, number: int) -> ResponseReturnValue:
    """Show one organization. A merged one redirects to the organization it belongs to."""
    profile = _profile(desk, number)
    if profile.id != number:
        return redirect(url_for(".one", coalition=desk.coalition, number=profile.id))
    return _page(desk, profile, VouchForOrganizationForm())


@pages.route("/<int:number>/edit", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def edit(desk: Desk, number: int) -> ResponseReturnValue:
    """Show the edit form; a POST saves it."""
    profile = _profile(desk, number)
    form = DescribeForm(
        name=profile.name,
        other_names="\n".join(profile.other_names),
        more_domains="\n".join(profile.more_domains),
        scope=profile.scope,
        country=profile.country,
    )
    if not form.validate_on_submit():
        page = render_template("staff/organizations/edit.html", desk=desk, profile=profile, form=form)
        return page, 422 if form.errors else 200
    describe_organization(desk, profile.id, form.as_described(), now())
    flash(_("Saved."), "good")
    return _back(desk, profile.id)


@pages.post("/<int:number>/vouch")
@staff_only(Role.REVIEWER)
def vouch(desk: Desk, number: int) -> ResponseReturnValue:
    """Record that the current user vouches for the organization."""
    profile, form = _profile(desk, number), VouchForOrganizationForm()
    if not form.validate_on_submit():
        return _page(desk, profile, form), 422
    vouch_for(desk, profile.id, form.why.data, now())
    flash(_("You vouch for %(name)s.", name=profile.name), "good")
    return _back(desk, profile.id)


@pages.post("/<int:number>/unvouch")
@staff_only(Role.REVIEWER)
def unvouch(desk: Desk, number: int) -> ResponseReturnValue:
    """End the vouching for the organization."""
    profile = _profile(desk, number)
    take_vouching_back(desk, profile.id, now())
    flash(_("Nobody vouches for %(name)s any more.", name=profile.name), "good")
    return _back(desk, profile.id)


@pages.post("/<int:number>/logo")
@staff_only(Role.REVIEWER)
@takes_much
def logo(desk: Desk, number: int) -> ResponseReturnValue:
    """Save the organization's logo."""
    profile, form = _profile(desk, number), LogoForm()
    if not form.validate_on_submit():
        return _page(desk, profile, VouchForOrganizationForm(formdata=None), form), 422
    keep_logo(desk, profile.id, form.picture, now())
    flash(_("The logo of %(name)s is saved. Letters that show logos print it from now on.", name=profile.name), "good")
    return _back(desk, profile.id)


@pages.post("/<int:number>/no-logo")
@staff_only(Role.REVIEWER)
def no_logo(desk: Desk, number: int) -> ResponseReturnValue:
    """Remove the organization's logo."""
    profile = _profile(desk, number)
    keep_logo(desk, profile.id, None, now())
    flash(_("The logo of %(name)s is removed. Frozen editions keep what they show.", name=profile.name), "good")
    return _back(desk, profile.id)


@pages.get("/<int:number>/beside")
@staff_only(Role.REVIEWER)
def beside(desk: Desk, number: int) -> ResponseReturnValue:
    """Search for organizations to merge with, or to make the parent."""
    profile, words = _profile(desk, number), one_line(request.args.get("q", ""))[:200]
    found = directory(desk.coalition_id, words) if words else None
    return render_template("staff/organizations/compare.html", desk=desk, profile=profile, found=found, words=words)


@pages.route("/<int:number>/with/<int:other>", methods=["GET", "POST"])
@staff_only(Role.REVIEWER)
def together(desk: Desk, number: int, other: int) -> ResponseReturnValue:
    """Show two organizations side by side; a POST merges them."""
    first, second = _profile(desk, number), _profile(desk, other)
    if first.id == second.id:
        return _back(desk, first.id)
    if not FlaskForm().validate_on_submit():
        why = next((asked.reasons for asked in first.questions if asked.other_id == second.id), ())
        return render_template("staff/organizations/merge.html", desk=desk, first=first, second=second, why=why)
    merge_organizations(desk, first.id, second.id, now())
    flash(_("%(other)s is now part of %(name)s. You can separate it again below.", other=second.name, name=first.name), "good")
    return _back(desk, first.id)


@pages.post("/<int:number>/two/<int:other>")
@staff_only(Role.REVIEWER)
def two(desk: Desk, number: int, other: int) -> ResponseReturnValue:
    """Record that two organizations are different."""
    first, second = _profile(desk, number), _profile(desk, other)
    if first.id != second.id:
        tell_apart(desk, first.id, second.id, now())
        flash(
            _(
                "%(name)s and %(other)s are different organizations. You will not be asked again.",
                name=first.name,
                other=second.name,
            ),
            "good",
        )
    return _back(desk, first.id)


@pages.post("/<int:number>/take-out")
@staff_only(Role.REVIEWER)
def out(desk: Desk, number: int) -> ResponseReturnValue:
    """Separate a merged organization again."""
    profile = _profile(desk, number)
    try:
        name = take_out(desk, number, now())
    except Refused as refusal:
        flash(str(refusal), "doubt")
        return _back(desk, profile.id)
    flash(_("%(other)s stands on its own again.", other=name), "good")
    return _back(desk, number)


@pages.post("/<int:number>/called")
@staff_only(Role.REVIEWER)
def called(desk: Desk, number: int) -> ResponseReturnValue:
    """Add the name of a merged entry to the organization's names."""
    profile = _profile(desk, number)
    add_name(desk, number, now())
    flash(_("The directory knows %(name)s by this name now.", name=profile.name), "good")
    return _back(desk, profile.id)


@pages.post("/<int:number>/parent")
@staff_only(Role.REVIEWER)
def parent(desk: Desk, number: int) -> ResponseReturnValue:
    """Set the parent organization; without an id, remove it."""
    profile = _profile(desk, number)
    above = request.form.get("parent", None, whole_number)
    try:
        set_parent(desk, profile.id, _profile(desk, above).id if above else None, now())
    except Refused as refusal:
        flash(str(refusal), "doubt")
    return _back(desk, profile.id)


def _profile(desk: Desk, number: int) -> Profile:
    return profile_of(desk.coalition_id, number) or abort(404)


def _page(desk: Desk, profile: Profile, form: VouchForOrganizationForm, bringing: LogoForm | None = None) -> str:
    acts = [
        (act.at, sentence(act))
        for entry in profile.entries
        for act in acts_upon(Reference.COALITION.to(desk.coalition_id), Reference.ORGANIZATION.to(entry.id))
    ]
    bringing = bringing or LogoForm(formdata=None)
    return render_template(
        "staff/organizations/detail.html", desk=desk, profile=profile, form=form, bringing=bringing,
        acts=sorted(acts, reverse=True), logo=logo_view(profile.logo) if profile.logo else None,
    )  # fmt: skip


def _back(desk: Desk, number: int) -> ResponseReturnValue:
    return redirect(url_for("organizations.one", coalition=desk.coalition, number=number), 303)
