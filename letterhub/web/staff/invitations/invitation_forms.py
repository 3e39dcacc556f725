"""Form for inviting an organization by name."""

from flask_babel import lazy_gettext as _
from wtforms import StringField, ValidationError
from wtforms.validators import DataRequired, Length

from letterhub.domain.letters.document import Kind, Signatory
from letterhub.domain.organizations.names import NotAWebsite, website_of
from letterhub.web.forms import RefusableForm, tidy


class InviteOrganizationForm(RefusableForm):
    """Form for the organization and its address. The recipient may change every line."""

    organization = StringField(
        _("Organization"),
        filters=[tidy],
        validators=[DataRequired(_("Give the name of the organization.")), Length(max=300)],
    )
    website = StringField(_("Website"), filters=[tidy], validators=[Length(max=300)])
    signer_name = StringField(_("Who should sign"), filters=[tidy], validators=[Length(max=300)])
    signer_title = StringField(_("Title"), filters=[tidy], validators=[Length(max=300)])
    email = StringField(
        _("Email"), filters=[tidy], validators=[DataRequired(_("Give the address to write to.")), Length(max=254)]
    )

    def validate_website(self, field: StringField) -> None:
        """Require a website URL or nothing."""
        try:
            field.data = website_of(field.data)
        except NotAWebsite as refusal:
            raise ValidationError(str(refusal)) from refusal

    def as_line(self) -> Signatory:
        """Return the line that prefills the signing form."""
        return Signatory(
            self.organization.data, self.signer_name.data, self.signer_title.data, kind=Kind.ORGANIZATION, url=self.website.data
        )
