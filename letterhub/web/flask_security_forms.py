"""Flask-Security's forms for sign-in, passwords and two-factor codes, with labels and rate limits of this site."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from flask_security.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.recovery_codes import MfRecoveryForm
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form, HiddenField, RadioField
from wtforms.validators import DataRequired, Length

from letterhub.domain.abuse.rate_limits import LimitedAction
from letterhub.web.passwords import PasswordLengthMixin
from letterhub.web.sign_in.login_rate_limit import RateLimitedForm, normalized_account

MAX_ADDRESS_LENGTH = 254


def _set_labels(form: Form, **labels: str) -> None:
    for name, label in labels.items():
        form[name].label.text = label


class SignInForm(PasswordLengthMixin, RateLimitedForm, LoginForm):
    """Sign-in form: email address and password."""

    limited_action = LimitedAction.PASSWORD
    error_field = ""  # at a field, the library would merge it with its wrong-password sentence

    def account(self) -> str:
        """Return the normalized address that was typed, whether or not an account has it."""
        return normalized_account(self.email.data)

    def recovery_hint(self) -> str:
        """Return the sentence about the reset link, so that nobody can lock out the account's owner."""
        return str(_("To sign in right away, reset your password."))

    def show_error(self, _field: Field, sentence: str) -> None:
        """Add the sentence above the form, where rate-limit errors are too."""
        self.form_errors.append(sentence)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, email=_("Email address"), password=_("Password"))
        del self.remember


class RequestPasswordResetForm(RateLimitedForm, FlaskForm):  # type: ignore[misc]
    """Form for the address that a password reset link is mailed to."""

    limited_action, error_field = LimitedAction.RESET, "email"
    email = EmailField(
        _later("Email address"),
        filters=[lambda typed: (typed or "").strip()[: MAX_ADDRESS_LENGTH + 1]],
        validators=[
            DataRequired(_later("Enter your email address.")),
            Length(max=MAX_ADDRESS_LENGTH, message=_later("This is too long for an email address. Check its spelling.")),
        ],
    )

    def account(self) -> str:
        """Return the normalized address that was typed, whether or not an account has it."""
        return normalized_account(self.email.data)


class NewPasswordForm(PasswordLengthMixin, RateLimitedForm, ResetPasswordForm):
    """Form for a new password, reached by the mailed reset link."""

    limited_action, error_field = LimitedAction.CHOOSE, "password"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, password=_("New password"), password_confirm=_("Repeat the new password"))


class PasswordChangeForm(PasswordLengthMixin, RateLimitedForm, ChangePasswordForm):
    """Form that changes the password: the current one and a new one."""

    limited_action, error_field = LimitedAction.PASSWORD, "password"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(
            self,
            password=_("Current password"),
            new_password=_("New password"),
            new_password_confirm=_("Repeat the new password"),
        )


class ReauthenticationForm(PasswordLengthMixin, RateLimitedForm, VerifyForm):
    """Form that asks for the password again before a sensitive change."""

    limited_action, error_field = LimitedAction.PASSWORD, "password"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, password=_("Password"))


class CodeForm(RateLimitedForm, TwoFactorVerifyCodeForm):
    """Form for a code of an authenticator app."""

    limited_action, error_field = LimitedAction.CODE, "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, code=_("Code from the app"))


class RecoveryCodeForm(RateLimitedForm, MfRecoveryForm):
    """Form for a recovery code."""

    limited_action, error_field = LimitedAction.CODE, "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_labels(self, code=_("Recovery code"))


class AuthenticatorSetupForm(TwoFactorSetupForm):
    """Form whose buttons set up two-factor sign-in ("authenticator") or turn it off ("disable")."""

    setup = HiddenField()


class RescueForm(TwoFactorRescueForm):
    """Form for other ways to sign in. No choices: Flask-Security's mail to an administrator is off."""

    help_setup = RadioField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help_setup.choices = []


FORMS: Mapping[str, Any] = {
    "login_form": SignInForm,
    "reset_password_form": NewPasswordForm,
    "change_password_form": PasswordChangeForm,
    "verify_form": ReauthenticationForm,
    "two_factor_verify_code_form": CodeForm,
    "two_factor_setup_form": AuthenticatorSetupForm,
    "two_factor_rescue_form": RescueForm,
    "mf_recovery_form": RecoveryCodeForm,
}
