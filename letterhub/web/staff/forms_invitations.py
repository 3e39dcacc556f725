"""What staff type to invite an organization by name."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError
from wtforms.validators import DataRequired, Length

from letterhub.domain.document import Kind, Signatory
from letterhub.domain.lines import one_line
from letterhub.domain.organizations import NotAWebsite, website_of
from letterhub.domain.refusals import Refused


def _cleaned(text: str | None) -> str:
    return one_line(text or "")


class InviteForm(FlaskForm):  # type: ignore[misc]
    """Which organization is invited, and at whose mailbox. Whoever is invited may change every line."""

    organization = StringField(
        _("Organization"),
        filters=[_cleaned],
        validators=[DataRequired(_("Give the name of the organization.")), Length(max=300)],
    )
    website = StringField(_("Website"), filters=[_cleaned], validators=[Length(max=300)])
    signer_name = StringField(_("Who is to sign"), filters=[_cleaned], validators=[Length(max=300)])
    signer_title = StringField(_("Title"), filters=[_cleaned], validators=[Length(max=300)])
    email = StringField(
        _("E-mail"), filters=[_cleaned], validators=[DataRequired(_("Give the address to write to.")), Length(max=254)]
    )

    def validate_website(self, field: StringField) -> None:
        """An address of a website, or nothing."""
        try:
            field.data = website_of(field.data)
        except NotAWebsite as refusal:
            raise ValidationError(str(refusal)) from refusal

    def as_line(self) -> Signatory:
        """The line that the form begins with."""
        return Signatory(
            self.organization.data, self.signer_name.data, self.signer_title.data, kind=Kind.ORGANIZATION, url=self.website.data
        )

    def refuse(self, refusal: Refused) -> None:
        """Puts a refusal beside its field, or over the whole form where it has none."""
        if refusal.field in self:
            self[refusal.field].errors = [*self[refusal.field].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))
