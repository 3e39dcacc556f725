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
from letterhub.web.login_rate_limit import RateLimitedForm
from letterhub.web.passwords import PasswordLengthMixin, normalize_password

ROLE_CHOICES = [
    SelectChoice(Role.REVIEWER, _("Reviewer: decides which names appear")),
    SelectChoice(Role.ORGANIZER, _("Organizer: writes letters as well")),
    SelectChoice(Role.OWNER, _("Owner: also chooses who is on the team")),
]


class InviteStaffForm(FlaskForm):  # type: ignore[misc]
    """Form for the address and role of a new member."""

    email = EmailField(
        _("Email address"), validators=[DataRequired(_("Give the address that the invitation goes to.")), Length(max=254)]
    )
    role = RadioField(_("Role"), choices=ROLE_CHOICES, default=Role.REVIEWER)


class RoleForm(FlaskForm):  # type: ignore[misc]
    """Form for another role."""

    role = RadioField(_("Role"), choices=ROLE_CHOICES)


class JoinForm(PasswordLengthMixin, RateLimitedForm, FlaskForm):  # type: ignore[misc]
    """Form for the name and password of a new account."""

    act, error_field = LimitedAction.CHOOSE, "password"

    name = StringField(
        _("Your name"),
        filters=[clean_line],
        validators=[DataRequired(_("Give the name that colleagues know you by.")), Length(max=200)],
    )
    password = PasswordField(
        _("Password"),
        validators=[
            DataRequired(_("Give a password.")),
            Length(min=MIN_PASSWORD_LENGTH, message=_("Choose a password of at least 12 characters.")),
        ],
    )
    password_again = PasswordField(
        _("Repeat the password"),
        validators=[EqualTo("password", _("The two are not the same. Type the password twice."))],
    )

    def __init__(self, staff_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.staff_id = staff_id

    def account(self) -> str:
        """Return the rate-limit account of the invited person."""
        return f"invited {self.staff_id}"

    def validate(self, **kwargs: Any) -> bool:
        """Validate the fields and normalize the password as sign-in does."""
        right = super().validate(**kwargs)
        self.password.data = normalize_password(self.password.data or "")
        return right
