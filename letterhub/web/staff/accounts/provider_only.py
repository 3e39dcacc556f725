"""Choice of how a coalition's team signs in: in any way, or by the identity provider only."""

from flask import Blueprint, abort, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice

from letterhub.clock import now
from letterhub.commands.accounts.provider import require_provider
from letterhub.domain.accounts.roles import Role
from letterhub.domain.accounts.sign_in import LastWayIn
from letterhub.queries.accounts import StaffContext
from letterhub.queries.sign_in_methods import link_of, unlinked_members
from letterhub.web.access import redirect_to, staff_only
from letterhub.web.sign_in.provider import current_provider

bp = Blueprint("provider_only", __name__)
ANY, ONLY = "any", "only"


class SignInRuleForm(FlaskForm):  # type: ignore[misc]
    """Form with the ways in which a team may sign in."""

    rule = RadioField(_l("Who can open this coalition’s pages"))

    def __init__(self, provider: str, rule: str) -> None:
        super().__init__(rule=rule)
        self.rule.choices = [
            SelectChoice(ANY, _("Everyone on the team, however they sign in")),
            SelectChoice(ONLY, _("Only people on the team who sign in with %(provider)s", provider=provider)),
        ]


@bp.route("", methods=["GET", "POST"])
@staff_only(Role.OWNER)
def edit(staff: StaffContext) -> ResponseReturnValue:
    """Show how the team signs in; a POST changes it."""
    provider = current_provider() or abort(404)
    form = SignInRuleForm(provider.label, ONLY if staff.provider_only else ANY)
    if form.validate_on_submit():
        try:
            require_provider(staff.coalition_id, form.rule.data == ONLY, provider.issuer, staff.actor, now())
        except LastWayIn as refusal:
            form.rule.errors = [str(refusal)]
        else:
            flash(_("Saved."), "good")
            return redirect_to(staff, "team.index")
    unlinked = unlinked_members(staff.coalition_id, provider.issuer)
    page = render_template(
        "staff/accounts/provider_only.html", staff=staff, provider=provider, form=form, unlinked=unlinked,
        is_linked=link_of(current_user.id, provider.issuer) is not None,
    )  # fmt: skip
    return page, 422 if form.errors else 200
