"""The library's forms for signing in, passwords and second steps, with our words on their fields."""

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

from letterhub.domain.allowances import LimitedAct
from letterhub.web.allowances import CountedForm, typed_account
from letterhub.web.passwords import BoundedPasswords

LONGEST_ADDRESS = 254


def _say(form: Form, **labels: str) -> None:
    for name, label in labels.items():
        form[name].label.text = label


class SignInForm(BoundedPasswords, CountedForm, LoginForm):
    """Address and password."""

    act, beside = LimitedAct.PASSWORD, ""  # beside a field the library would make it one sentence with a wrong password

    def account(self) -> str:
        """The one that is asked for, whether there is such an account or not."""
        return typed_account(self.email.data)

    def way_out(self) -> str:
        """Nobody can lock out whoever reads the account's mail."""
        return str(_("To sign in right away, ask for a link to choose a new password."))

    def tell(self, _field: Field, sentence: str) -> None:
        """Above the form, as for `beside`."""
        self.form_errors.append(sentence)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, email=_("Email address"), password=_("Password"))
        del self.remember


class ForgottenForm(CountedForm, FlaskForm):  # type: ignore[misc]
    """The address that a link is mailed to."""

    act, beside = LimitedAct.RESET, "email"
    email = EmailField(
        _later("Email address"),
        filters=[lambda typed: (typed or "").strip()[: LONGEST_ADDRESS + 1]],
        validators=[
            DataRequired(_later("Enter your email address.")),
            Length(max=LONGEST_ADDRESS, message=_later("This is too long for an email address. Check its spelling.")),
        ],
    )

    def account(self) -> str:
        """The one that is asked for, whether there is such an account or not."""
        return typed_account(self.email.data)


class NewPasswordForm(BoundedPasswords, CountedForm, ResetPasswordForm):
    """A new password, for whoever holds the mailed link."""

    act, beside = LimitedAct.CHOOSE, "password"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password=_("New password"), password_confirm=_("Repeat the new password"))


class OtherPasswordForm(BoundedPasswords, CountedForm, ChangePasswordForm):
    """The password so far, and another."""

    act, beside = LimitedAct.PASSWORD, "password"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            password=_("Current password"),
            new_password=_("New password"),
            new_password_confirm=_("Repeat the new password"),
        )


class PasswordAgainForm(BoundedPasswords, CountedForm, VerifyForm):
    """Repeat the password, before something that matters."""

    act, beside = LimitedAct.PASSWORD, "password"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password=_("Password"))


class CodeForm(CountedForm, TwoFactorVerifyCodeForm):
    """A code from an authenticator app."""

    act, beside = LimitedAct.CODE, "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code from the app"))


class RecoveryCodeForm(CountedForm, MfRecoveryForm):
    """One of the codes that were kept for this day."""

    act, beside = LimitedAct.CODE, "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=_("Recovery code"))


class SetupForm(TwoFactorSetupForm):
    """Which way to take: "authenticator", or "disable". The buttons say it, so that there is nothing to choose."""

    setup = HiddenField()


class RescueForm(TwoFactorRescueForm):
    """The other ways in: a recovery code, where there are some. The library's mail to an administrator is not one of them."""

    help_setup = RadioField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help_setup.choices = []


FORMS: Mapping[str, Any] = {
    "login_form": SignInForm,
    "reset_password_form": NewPasswordForm,
    "change_password_form": OtherPasswordForm,
    "verify_form": PasswordAgainForm,
    "two_factor_verify_code_form": CodeForm,
    "two_factor_setup_form": SetupForm,
    "two_factor_rescue_form": RescueForm,
    "mf_recovery_form": RecoveryCodeForm,
}
