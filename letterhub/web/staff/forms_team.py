"""What is typed about a coalition's staff: whom to invite, which role, and who one is when joining."""

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from letterhub.domain.allowances import LimitedAct
from letterhub.domain.roles import Role
from letterhub.web.account_settings import PASSWORD_LENGTH
from letterhub.web.allowances import CountedForm
from letterhub.web.forms import tidy
from letterhub.web.passwords import BoundedPasswords, spelled

ROLES = [
    SelectChoice(Role.REVIEWER, _("Reviewer: decides which names appear")),
    SelectChoice(Role.ORGANIZER, _("Organizer: writes letters as well")),
    SelectChoice(Role.OWNER, _("Owner: also chooses who is on the team")),
]


class InviteStaffForm(FlaskForm):  # type: ignore[misc]
    """Whom to invite, and for what."""

    email = EmailField(
        _("Email address"), validators=[DataRequired(_("Give the address that the invitation goes to.")), Length(max=254)]
    )
    role = RadioField(_("Role"), choices=ROLES, default=Role.REVIEWER)


class RoleForm(FlaskForm):  # type: ignore[misc]
    """Another role."""

    role = RadioField(_("Role"), choices=ROLES)


class JoinForm(BoundedPasswords, CountedForm, FlaskForm):  # type: ignore[misc]
    """Who joins, with an account that is new."""

    act, beside = LimitedAct.CHOOSE, "password"

    name = StringField(
        _("Your name"),
        filters=[tidy],
        validators=[DataRequired(_("Give the name that colleagues know you by.")), Length(max=200)],
    )
    password = PasswordField(
        _("Password"),
        validators=[
            DataRequired(_("Give a password.")),
            Length(min=PASSWORD_LENGTH, message=_("Choose a password of at least 12 characters.")),
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
        """The one that was made for whoever is invited."""
        return f"invited {self.staff_id}"

    def validate(self, **kwargs: Any) -> bool:
        """Gives the password the spelling that it is compared in when it signs in."""
        right = super().validate(**kwargs)
        self.password.data = spelled(self.password.data or "")
        return right
