"""Account page: name, language, sign-in, and signing out everywhere."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user, logout_user
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from letterhub.commands.accounts.account import choose_language, rename_account
from letterhub.commands.accounts.sessions import end_sessions
from letterhub.domain.interface_languages import STAFF_LANGUAGES, own_name
from letterhub.queries.accounts import staff_contexts_of
from letterhub.queries.sign_in_methods import link_of, passkeys_of
from letterhub.web.access import Audience, open_to
from letterhub.web.forms import clean_line
from letterhub.web.languages import speak_from_now_on
from letterhub.web.sign_in.passkeys import has_passkeys
from letterhub.web.sign_in.provider import current_provider
from letterhub.web.staff.accounts.team_forms import ROLE_NAMES

bp = Blueprint("account", __name__)


class AccountNameForm(FlaskForm):  # type: ignore[misc]
    """Form for the user's name."""

    name = StringField(
        _l("Your name"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter the name that colleagues know you by.")), Length(max=200)],
    )


class LanguageForm(FlaskForm):  # type: ignore[misc]
    """Form for the language of staff's pages and emails; each is named in itself."""

    language = SelectField(
        _l("Language of these pages"),
        choices=[
            SelectChoice("", _l("As your browser asks for")),
            *(SelectChoice(language, own_name(language), render_kw={"lang": language}) for language in STAFF_LANGUAGES),
        ],
    )


@bp.route("", methods=["GET", "POST"])
@open_to(Audience.SIGNED_IN)
def edit() -> ResponseReturnValue:
    """Show the account of the current user; a POST changes its name."""
    form = AccountNameForm(name=current_user.name)
    if form.validate_on_submit():
        rename_account(current_user.id, form.name.data)
        flash(_("Your name was changed."), "good")
        return redirect(url_for("account.edit"), 303)
    provider = current_provider()
    return render_template(
        "staff/accounts/account.html", form=form, language_form=LanguageForm(language=current_user.language),
        contexts=staff_contexts_of(current_user.id), roles=ROLE_NAMES,
        provider=provider, link=link_of(current_user.id, provider.issuer) if provider else None,
        passkeys=passkeys_of(current_user.id), has_passkeys=has_passkeys(),
    )  # fmt: skip


@bp.post("/language")
@open_to(Audience.SIGNED_IN)
def change_language() -> ResponseReturnValue:
    """Change the language of the current user's pages and emails."""
    form = LanguageForm()
    if form.validate_on_submit():
        choose_language(current_user.id, form.language.data)
        speak_from_now_on(form.language.data)
        flash(_("Your language was changed."), "good")
    else:
        flash(_("Choose a language from the list."), "stop")
    return redirect(url_for("account.edit"), 303)


@bp.post("/sign-out-everywhere")
@open_to(Audience.SIGNED_IN)
def sign_out_everywhere() -> ResponseReturnValue:
    """End all sessions of the account, including this one."""
    end_sessions(current_user.id)
    logout_user()
    flash(_("You’ve been signed out on every device."), "good")
    return redirect(url_for("security.login"), 303)
