"""Choice of how a coalition's team signs in, in any way or by the identity provider only, and of who joins it by its groups."""

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice

from letterhub.clock import now
from letterhub.commands.accounts.provider import change_team_sign_in
from letterhub.domain.accounts.roles import Role
from letterhub.domain.accounts.sign_in import LastWayIn
from letterhub.identity_provider import IdentityProvider
from letterhub.queries.accounts import StaffContext
from letterhub.queries.sign_in_methods import link_of, rules_for, unlinked_members
from letterhub.web.access import redirect_to, staff_only
from letterhub.web.sign_in.provider import current_provider
from letterhub.web.staff.accounts.team_forms import ROLE_NAMES

bp = Blueprint("provider_only", __name__)
ANY, ONLY = "any", "only"
BY_GROUPS, BY_INVITATION = "groups", "invitation"


class SignInRuleForm(FlaskForm):  # type: ignore[misc]
    """Form with the ways in which a team may sign in and, if the provider's groups give roles in it, join."""

    rule = RadioField(_l("Who can open this coalition’s pages"))
    joining = RadioField(_l("Who can join the team"))

    def __init__(self, provider: IdentityProvider, staff: StaffContext, *, has_groups: bool) -> None:
        joining = BY_INVITATION if staff.invitation_only else BY_GROUPS
        super().__init__(rule=ONLY if staff.provider_only else ANY, joining=joining)
        self.rule.choices = [
            SelectChoice(ANY, _("Everyone on the team, however they sign in")),
            SelectChoice(ONLY, _("Only people on the team who sign in with %(provider)s", provider=provider.label)),
        ]
        self.joining.choices = [
            SelectChoice(BY_GROUPS, _("People in these groups, when they first sign in, and people whom an owner invites")),
            SelectChoice(BY_INVITATION, _("Only people whom an owner invites")),
        ]
        if not has_groups:
            del self.joining

    @property
    def invitation_only(self) -> bool | None:
        """Return the choice of who joins; None if there is none."""
        return self.joining.data == BY_INVITATION if self.joining else None


@bp.route("", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def edit(staff: StaffContext) -> ResponseReturnValue:
    """Show how the team signs in; a POST changes it."""
    provider = current_provider() or abort(404)
    groups = rules_for(staff.coalition_slug, provider.roles)
    form = SignInRuleForm(provider, staff, has_groups=bool(groups))
    if form.validate_on_submit():
        choice = {"provider_only": form.rule.data == ONLY, "invitation_only": form.invitation_only}
        try:
            change_team_sign_in(staff.coalition_id, provider.issuer, staff.actor, now(), **choice)
        except LastWayIn as refusal:
            form.rule.errors = [str(refusal)]
        else:
            flash(_("Saved."), "good")
            return redirect_to(staff, "team.index")
    unlinked = unlinked_members(staff.coalition_id, provider.issuer)
    page = render_template(
        "staff/accounts/provider_only.html", staff=staff, provider=provider, form=form, unlinked=unlinked,
        is_linked=link_of(current_user.id, provider.issuer) is not None, groups=groups, roles=ROLE_NAMES,
    )  # fmt: skip
    return page, 422 if form.errors else 200
