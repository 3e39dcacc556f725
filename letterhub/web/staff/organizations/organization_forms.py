"""Forms of the organization directory."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from letterhub.domain.errors import UserFacingError
from letterhub.domain.line_validation import normalize_line
from letterhub.domain.organizations.directory import OrganizationUpdate
from letterhub.domain.organizations.matching import identifies_organization
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.intake.images import read_small_logo
from letterhub.web.forms import SCOPE_LABELS, clean_line, select_choices, uploaded_name

MAX_NAMES = 20
MAX_NAME_LENGTH = 300


class OrganizationForm(FlaskForm):  # type: ignore[misc]
    """Form for an organization's names, domains, section and country."""

    name = StringField(
        _("Name"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter the name that your staff know it by.")), Length(max=MAX_NAME_LENGTH)],
    )
    other_names = TextAreaField(_("Other names and acronyms"))
    more_domains = TextAreaField(_("Other email domains"))
    section = SelectField(_("Scope"), choices=select_choices(SCOPE_LABELS, empty=_("Not known")))
    country = StringField(_("Country"), filters=[clean_line], validators=[Length(max=100)])

    def validate_other_names(self, _field: TextAreaField) -> None:
        """Limit the number and length of names."""
        names = self.names
        if len(names) > MAX_NAMES or any(len(name) > MAX_NAME_LENGTH for name in names):
            raise ValidationError(_("Enter up to 20 names, one per line, with at most 300 characters each."))

    def validate_more_domains(self, _field: TextAreaField) -> None:
        """Require domains, and refuse those where anyone can have a mailbox."""
        if public_domains := [
            line for line in self._typed_lines(self.more_domains) if not identifies_organization(domain_of_website(line))
        ]:
            sentence = _("Anyone can use %(domain)s. Enter the organization’s own domains, such as example.org.")
            raise ValidationError(sentence % {"domain": public_domains[0][:100]})
        if len(self.domains) > MAX_NAMES:
            raise ValidationError(_("Enter up to 20 domains, one per line."))

    @property
    def domains(self) -> tuple[str, ...]:
        """Return the registered domains without duplicates."""
        return tuple(dict.fromkeys(domain_of_website(line) for line in self._typed_lines(self.more_domains)))

    @staticmethod
    def _typed_lines(field: TextAreaField) -> list[str]:
        """Return the non-empty lines of a field, of an email address only its domain."""
        lines = (normalize_line(line).rpartition("@")[2] for line in (field.data or "").splitlines())
        return [line for line in lines if line]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the other names without duplicates."""
        typed = (normalize_line(line) for line in (self.other_names.data or "").splitlines())
        return tuple(dict.fromkeys(line for line in typed if line))

    def to_description(self) -> OrganizationUpdate:
        """Return the input as a value."""
        return OrganizationUpdate(self.name.data, self.names, self.section.data, self.country.data, self.domains)


class LogoForm(FlaskForm):  # type: ignore[misc]
    """Form for an organization's logo."""

    logo = FileField(_("Picture"), validators=[FileRequired(_("Choose the picture first."))])

    def validate_logo(self, field: FileField) -> None:
        """Require a small image."""
        if field.data:
            try:
                self.picture = read_small_logo(field.data.read(), uploaded_name(field.data)[-60:] or _("The file"))
            except UserFacingError as refusal:
                raise ValidationError(str(refusal)) from refusal


class VouchForOrganizationForm(FlaskForm):  # type: ignore[misc]
    """Form for the reason of vouching for an organization."""

    why = StringField(
        _("How did you verify it?"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter how you verified it: a call, a visit, a letterhead.")), Length(max=500)],
    )
