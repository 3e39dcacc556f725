"""The library's forms for signing in, passwords and second steps, with our words on their fields."""

from typing import Any

from flask_babel import gettext as _
from flask_security.forms import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.recovery_codes import MfRecoveryForm
from wtforms import Form


def _say(form: Form, **labels: str) -> None:
    for name, label in labels.items():
        form[name].label.text = label


class SignInForm(LoginForm):  # type: ignore[misc]
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, email=_("E-mail address"), password=_("Password"))
        del self.remember


class ForgottenForm(ForgotPasswordForm):  # type: ignore[misc]
    """The address that a link is mailed to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, email=_("E-mail address"))


class NewPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    """A new password, for whoever holds the mailed link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password=_("New password"), password_confirm=_("The new password once more"))


class OtherPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    """The password so far, and another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            password=_("Password so far"),
            new_password=_("New password"),
            new_password_confirm=_("The new password once more"),
        )


class PasswordAgainForm(VerifyForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password=_("Password"))


class CodeForm(TwoFactorVerifyCodeForm):  # type: ignore[misc]
    """A code from an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code from the app"))


class RecoveryCodeForm(MfRecoveryForm):  # type: ignore[misc]
    """One of the codes that were kept for this day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code=_("Recovery code"))


class RescueForm(TwoFactorRescueForm):  # type: ignore[misc]
    """The other ways in: a recovery code, where there are some. The library's mail to an administrator is not one of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help_setup.choices = []


FORMS = {
    "login_form": SignInForm,
    "forgot_password_form": ForgottenForm,
    "reset_password_form": NewPasswordForm,
    "change_password_form": OtherPasswordForm,
    "verify_form": PasswordAgainForm,
    "two_factor_verify_code_form": CodeForm,
    "two_factor_rescue_form": RescueForm,
    "mf_recovery_form": RecoveryCodeForm,
}
