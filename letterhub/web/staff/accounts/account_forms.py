"""Form of the account page."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from letterhub.web.forms import clean_line


class AccountNameForm(FlaskForm):  # type: ignore[misc]
    """Form for the user's name."""

    name = StringField(
        _("Your name"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter the name that colleagues know you by.")), Length(max=200)],
    )
