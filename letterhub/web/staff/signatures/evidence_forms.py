"""Forms for evidence: vouching, and asking another address."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from letterhub.web.forms import CommandForm, clean_line


class VouchForSignatureForm(FlaskForm):  # type: ignore[misc]
    """Form for the reason of vouching. `expected_version` is the version of the line that the page showed."""

    reason = StringField(
        _("How did you verify it?"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter how you verified it.")), Length(max=500)],
        id="vouch-reason",
    )
    expected_version = HiddenField(id="vouch-version")


class InquiryForm(CommandForm):
    """Form for the address to ask and where it is published. `sure` confirms an address at another domain."""

    address = StringField(
        _("Email address"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter an address that the organization publishes.")), Length(max=254)],
    )
    address_source = StringField(
        _("Where is it published?"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter where you found it, such as the address of the page.")), Length(max=300)],
    )
    sure = BooleanField(_("The organization itself publishes this address. Ask anyway."))
    expected_version = HiddenField()
