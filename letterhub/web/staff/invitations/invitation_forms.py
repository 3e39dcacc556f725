"""Form for inviting an organization by name."""

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from letterhub.domain.letters.letter_document import Signatory, SignatoryKind
from letterhub.domain.organizations.websites import InvalidWebsite, parse_website
from letterhub.web.forms import SCOPE_LABELS, CommandForm, clean_line, select_choices


class InviteOrganizationForm(CommandForm):
    """Form for the organization and its address. The recipient may change every line."""

    organization = StringField(
        _("Organization"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter the name of the organization.")), Length(max=300)],
    )
    website = StringField(_("Website"), filters=[clean_line], validators=[Length(max=300)])
    signer_name = StringField(_("Who should sign"), filters=[clean_line], validators=[Length(max=300)])
    signer_title = StringField(_("Title"), filters=[clean_line], validators=[Length(max=300)])
    section = SelectField(_("Scope"), choices=select_choices(SCOPE_LABELS, empty=_("None")), validators=[Optional()])
    email = StringField(
        _("Email"), filters=[clean_line], validators=[DataRequired(_("Enter the address to write to.")), Length(max=254)]
    )

    def validate_website(self, field: StringField) -> None:
        """Require a website URL or nothing."""
        try:
            field.data = parse_website(field.data)
        except InvalidWebsite as refusal:
            raise ValidationError(str(refusal)) from refusal

    def to_line(self) -> Signatory:
        """Return the line that prefills the signing form."""
        return Signatory(
            self.organization.data,
            self.signer_name.data,
            self.signer_title.data,
            kind=SignatoryKind.ORGANIZATION,
            website=self.website.data,
            section=self.section.data or "",
        )
