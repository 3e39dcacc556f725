"""API tokens of a coalition: owners make them, see their secret once and their last use, and revoke them."""

from flask import Blueprint, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from letterhub.clock import now
from letterhub.commands.accounts.api_tokens import create_api_token, revoke_api_token
from letterhub.domain.accounts.api_tokens import NAME_LENGTH, ApiScope, TokenLifetime
from letterhub.domain.accounts.roles import Role
from letterhub.queries.accounts import StaffContext
from letterhub.queries.api_tokens import api_tokens_of
from letterhub.web.access import redirect_to, staff_only
from letterhub.web.forms import CommandForm, choice_field, clean_line, new_idempotency_key, select_choices

bp = Blueprint("api_tokens", __name__)

SCOPE_NAMES = {
    ApiScope.READ_LETTERS: _l("Read letters, their drafts, revisions and figures"),
    ApiScope.WRITE_LETTERS: _l("Create letters, and save drafts of their texts"),
    ApiScope.READ_SIGNATURES: _l("Read signatures with their email addresses and evidence"),
    ApiScope.WRITE_SIGNATURES: _l("Publish and decline signatures"),
    ApiScope.READ_CONTACTS: _l("Read contacts"),
    ApiScope.WRITE_CONTACTS: _l("Add contacts"),
    ApiScope.READ_INVITATIONS: _l("Read invitations"),
    ApiScope.WRITE_INVITATIONS: _l("Invite organizations by email"),
    ApiScope.READ_EDITIONS: _l("Read editions, their files and deliveries"),
    ApiScope.WRITE_EDITIONS: _l("Freeze editions"),
    ApiScope.WRITE_DELIVERIES: _l("Record deliveries, and email signatories their copies"),
    ApiScope.WRITE_IMPORTS: _l("Import signatories and contacts from tables, with previews"),
}


class ApiTokenForm(CommandForm):
    """Form for a new token: which program it is for, what that may do, and for how long."""

    name = StringField(
        _l("For which program"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter which program the token is for.")), Length(max=NAME_LENGTH)],
    )
    scopes = SelectMultipleField(
        _l("What it may do"),
        choices=select_choices(SCOPE_NAMES),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[DataRequired(_l("Check at least one thing that the program may do."))],
    )
    lifetime = choice_field(
        _l("Works for"),
        {TokenLifetime.QUARTER: _l("90 days"), TokenLifetime.MONTH: _l("30 days"), TokenLifetime.YEAR: _l("A year")},
    )


@bp.get("")
@staff_only(Role.OWNER)
def index(staff: StaffContext) -> ResponseReturnValue:
    """List the tokens with their last use."""
    return _render_page(staff, ApiTokenForm(formdata=None))


@bp.post("")
@staff_only(Role.OWNER)
def create(staff: StaffContext) -> ResponseReturnValue:
    """Create a token, and show its secret: only the hash is stored, so it can't be shown again."""
    form = ApiTokenForm()
    if form.validate():
        scopes, lifetime = [ApiScope(scope) for scope in form.scopes.data], TokenLifetime(form.lifetime.data)
        with form.showing_errors():
            form_token = request.form.get("form_token", "")
            secret = create_api_token(staff, form.name.data, scopes, lifetime, now(), form_token)
            return _render_page(staff, ApiTokenForm(formdata=None), secret, form.name.data)
    return _render_page(staff, form), 422


@bp.post("/<int:token_id>/revoke")
@staff_only(Role.OWNER)
def delete(staff: StaffContext, token_id: int) -> ResponseReturnValue:
    """Revoke a token."""
    if token_id not in {token.id for token in api_tokens_of(staff.coalition_id, now())}:
        abort(404)
    revoke_api_token(staff, token_id, now())
    flash(_("The token no longer works."), "good")
    return redirect_to(staff, ".index")


def _render_page(staff: StaffContext, form: ApiTokenForm, secret: str = "", name: str = "") -> str:
    """Render the list, with the secret of a token that was just created."""
    return render_template(
        "staff/api/tokens.html", staff=staff, form=form, secret=secret, name=name, scope_names=SCOPE_NAMES,
        tokens=api_tokens_of(staff.coalition_id, now()), once=new_idempotency_key(),
    )  # fmt: skip
