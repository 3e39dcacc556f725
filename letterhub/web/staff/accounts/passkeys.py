"""Passkeys of the account: add, rename, remove, and confirm by one that it is still its owner."""

import secrets

from flask import Blueprint, abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from letterhub.clock import now
from letterhub.commands.accounts.passkeys import add_passkey, remove_passkey, rename_passkey
from letterhub.domain.accounts.sign_in import LastWayIn, PasskeyRefused
from letterhub.queries.sign_in_methods import StoredPasskey, passkey_of, passkeys_of, staff_account
from letterhub.web.access import Audience, open_to
from letterhub.web.flask_security_config import safe_path
from letterhub.web.flask_security_two_factor import require_recent_sign_in
from letterhub.web.forms import clean_line
from letterhub.web.sessions import restart_session
from letterhub.web.sign_in.passkeys import (
    MAX_ANSWER_LENGTH,
    PasskeyForm,
    PasskeyPurpose,
    has_passkeys,
    prompt_to_register,
    verified_registration,
)

bp = Blueprint("passkeys", __name__)


class PasskeyNameForm(FlaskForm):  # type: ignore[misc]
    """Form for the name of a passkey."""

    name = StringField(
        _l("Name of the passkey"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter a name by which you’ll know it again.")), Length(max=60)],
    )


class NewPasskeyForm(PasskeyNameForm):
    """Form for a new passkey: its name, and what the browser answered."""

    credential = HiddenField(validators=[Length(max=MAX_ANSWER_LENGTH)])
    prompt = HiddenField(validators=[Length(max=1000)])


@bp.route("/add", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
def add() -> ResponseReturnValue:
    """Show the form; a POST adds the passkey that the browser made."""
    if not has_passkeys():
        abort(404)
    if response := require_recent_sign_in(url_for(".add")):
        return response
    form = NewPasskeyForm()
    error = ""
    if form.validate_on_submit():
        try:
            new = verified_registration(form.credential.data or "", form.prompt.data or "", current_user.id)
            add_passkey(current_user.id, new, form.name.data, now())
        except PasskeyRefused as refusal:
            error = str(refusal)
        else:
            flash(_("Passkey added. From now on, you can sign in with it."), "good")
            return redirect(url_for("account.edit"), 303)
    error = error or ("" if form.name.errors else str(next((one[0] for one in form.errors.values()), "")))
    prompt = prompt_to_register(current_user, passkeys_of(current_user.id))
    form.credential.data, form.prompt.data = "", prompt.token
    status = 422 if error or form.errors else 200
    return render_template("staff/accounts/add_passkey.html", form=form, prompt=prompt, error=error), status


@bp.route("/<int:passkey_id>", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
def edit(passkey_id: int) -> ResponseReturnValue:
    """Show one passkey; a POST renames it."""
    passkey = _passkey_or_404(passkey_id)
    form = PasskeyNameForm(name=passkey.name)
    if form.validate_on_submit():
        rename_passkey(current_user.id, passkey_id, form.name.data)
        flash(_("The passkey was renamed."), "good")
        return redirect(url_for("account.edit"), 303)
    return render_template("staff/accounts/passkey.html", form=form, passkey=passkey), 422 if form.errors else 200


@bp.route("/<int:passkey_id>/remove", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
def remove(passkey_id: int) -> ResponseReturnValue:
    """Ask for confirmation; a POST removes the passkey and signs the account out on other devices."""
    passkey = _passkey_or_404(passkey_id)
    if response := require_recent_sign_in(url_for(".remove", passkey_id=passkey_id)):
        return response
    if not FlaskForm().validate_on_submit():
        return render_template("staff/accounts/remove_passkey.html", passkey=passkey)
    try:
        remove_passkey(current_user.id, passkey_id, secrets.token_hex(32), now())
    except LastWayIn as refusal:
        flash(str(refusal), "stop")
        return redirect(url_for("account.edit"), 303)
    restart_session(staff_account(current_user.id))
    flash(_("The passkey was removed, and you’ve been signed out on other devices."), "good")
    return redirect(url_for("account.edit"), 303)


@bp.post("/confirm")
@open_to(Audience.SIGNED_IN)
def confirm() -> ResponseReturnValue:
    """Note that the account's owner is there, who answered by one of its passkeys."""
    form = PasskeyForm(PasskeyPurpose.CONFIRM)
    next_path = safe_path(form.next.data or "")
    is_own = form.validate_on_submit() and form.passkey is not None and form.passkey.staff_id == current_user.id
    if form.is_rate_limited:
        return render_template("public/accounts/sign_in_refused.html", sentence=form.refusal()), 429
    if not is_own:
        flash(form.refusal() or _("This passkey belongs to another account."), "stop")
        return redirect(url_for("security.verify", next=next_path or None), 303)
    session["fs_paa"] = now().timestamp()
    return redirect(next_path or url_for("account.edit"), 303)


def _passkey_or_404(passkey_id: int) -> StoredPasskey:
    return passkey_of(current_user.id, passkey_id) or abort(404)
