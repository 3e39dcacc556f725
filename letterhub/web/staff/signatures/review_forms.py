"""Forms of reviewers: declining and correcting signatures."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.line_validation import line_error
from letterhub.domain.signatures.review import Correction
from letterhub.domain.signatures.signing import Section
from letterhub.queries.signatures.review import SignatureDetails
from letterhub.web.forms import clean_line

MAX_LENGTH = 200


def _printable(_form: FlaskForm, field: StringField) -> None:
    trouble = line_error(field.data or "")
    if trouble:
        raise ValidationError(f"{field.label.text} {trouble}.")


class DeclineForm(FlaskForm):  # type: ignore[misc]
    """Form for the reason of a decline."""

    reason = StringField(
        _("Why"),
        filters=[clean_line],
        validators=[DataRequired(_("Say why in a few words. The reason stays in the record.")), Length(max=500)],
        id="why",
    )


def _line_field(label: str, *validators: object) -> StringField:
    return StringField(label, filters=[clean_line], validators=[*validators, Length(max=MAX_LENGTH), _printable])


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """Form that corrects a line and its sort position. `seen` is the version of the line that the page showed."""

    organization = _line_field(_("Organization"))
    signer_name = _line_field(_("Signer"))
    signer_title = _line_field(_("Title"))
    location = _line_field(_("Place"))
    affiliation = _line_field(_("Affiliation"))
    section = SelectField(_("Section"))
    sort_name = _line_field(_("Sorted as"))
    lead = BooleanField(_("Lead organization: listed first"))
    seen = HiddenField()

    def __init__(self, name: SignatureDetails) -> None:
        line = name.signatory
        self.kind = line.kind
        section = line.section if line.kind is SignatoryKind.ORGANIZATION else ""
        super().__init__(
            organization=line.organization, signer_name=line.signer_name, signer_title=line.signer_title,
            location=line.location, affiliation=line.affiliation, section=section, sort_name=line.sort_name,
            lead=line.lead, seen=name.mark,
        )  # fmt: skip
        known = {
            "": _("None"),
            Section.INTERNATIONAL: _("International"),
            Section.NATIONAL: _("National"),
            Section.STATE: _("State"),
            Section.LOCAL: _("Local"),
        }
        self.section.choices = [(str(key), label) for key, label in known.items()]
        if section not in known:
            self.section.choices.append((section, section))

    def validate_organization(self, field: StringField) -> None:
        """Require a name if an organization signs."""
        if self.kind is SignatoryKind.ORGANIZATION and not field.data:
            raise ValidationError(_("An organization needs a name to be in the list."))

    def validate_signer_name(self, field: StringField) -> None:
        """Require a name if an individual signs."""
        if self.kind is SignatoryKind.INDIVIDUAL and not field.data:
            raise ValidationError(_("A person needs a name to be in the list."))

    def to_correction(self) -> Correction:
        """Return the input as a value."""
        return Correction(
            organization=self.organization.data, signer_name=self.signer_name.data, signer_title=self.signer_title.data,
            location=self.location.data, affiliation=self.affiliation.data, section=self.section.data,
            sort_name=self.sort_name.data, lead=self.lead.data,
        )  # fmt: skip
