"""Forms of the team: inviting, roles, and accepting an invitation."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from letterhub.domain.abuse.rate_limits import LimitedAction
from letterhub.domain.accounts.roles import Role
from letterhub.web.flask_security_config import MIN_PASSWORD_LENGTH
from letterhub.web.forms import clean_line
from letterhub.web.passwords import PasswordLengthMixin, normalize_password
from letterhub.web.sign_in.login_rate_limit import RateLimitedForm

ROLE_CHOICES = [
    SelectChoice(Role.REVIEWER, _("Reviewer: reviews signatures")),
    SelectChoice(Role.ORGANIZER, _("Organizer: also writes letters")),
    SelectChoice(Role.OWNER, _("Owner: also manages the team")),
]


ROLE_NAMES = {Role.REVIEWER: _("reviewer"), Role.ORGANIZER: _("organizer"), Role.OWNER: _("owner")}


class InviteStaffForm(FlaskForm):  # type: ignore[misc]
    """Form for the address and role of a new member."""

    email = EmailField(
        _("Email address"), validators=[DataRequired(_("Enter the address to send the invitation to.")), Length(max=254)]
    )
    role = RadioField(_("Role"), choices=ROLE_CHOICES, default=Role.REVIEWER)


class RoleForm(FlaskForm):  # type: ignore[misc]
    """Form for another role."""

    role = RadioField(_("Role"), choices=ROLE_CHOICES)


class JoinForm(PasswordLengthMixin, RateLimitedForm, FlaskForm):  # type: ignore[misc]
    """Form for the name and password of a new account."""

    limited_action, error_field = LimitedAction.CHOOSE, "password"

    name = StringField(
        _("Your name"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter the name that colleagues know you by.")), Length(max=200)],
    )
    password = PasswordField(
        _("Password"),
        validators=[
            DataRequired(_("Enter a password.")),
            Length(min=MIN_PASSWORD_LENGTH, message=_("Choose a password of at least 12 characters.")),
        ],
    )
    password_again = PasswordField(
        _("Repeat the password"),
        validators=[EqualTo("password", _("The passwords don’t match. Enter the same password twice."))],
    )

    def __init__(self, staff_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.staff_id = staff_id

    def account(self) -> str:
        """Return the rate-limit account of the invited person."""
        return f"invited {self.staff_id}"

    def validate(self, **kwargs: Any) -> bool:
        """Validate the fields and normalize the password as sign-in does."""
        is_valid = super().validate(**kwargs)
        self.password.data = normalize_password(self.password.data or "")
        return is_valid
