"""Forms of reviewers: declining and correcting signatures."""

from dataclasses import replace

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from letterhub.domain.letters.document import Signatory, SignatoryKind
from letterhub.domain.line_validation import line_error
from letterhub.domain.signatures.line_fields import STAFF_FIELDS
from letterhub.domain.signatures.signing import Section
from letterhub.queries.signatures.review import SignatureDetails
from letterhub.web.forms import clean_line


def _check_printable(_form: FlaskForm, field: StringField) -> None:
    problem = line_error(field.data or "")
    if problem:
        raise ValidationError(f"{field.label.text} {problem}.")


class DeclineForm(FlaskForm):  # type: ignore[misc]
    """Form for the reason of a decline."""

    reason = StringField(
        _("Reason"),
        filters=[clean_line],
        validators=[DataRequired(_("Enter a reason. It goes into the activity log.")), Length(max=500)],
        id="why",
    )


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """Form that corrects a line and its sort position: each of STAFF_FIELDS.

    `expected_version` is the version of the line as shown.
    """

    section = SelectField(_("Scope"))
    lead = BooleanField(_("Lead organization: listed first"))
    expected_version = HiddenField()

    def __init__(self, signature: SignatureDetails) -> None:
        self.line = signature.signatory
        section = self.line.section if self.line.kind is SignatoryKind.ORGANIZATION else ""
        data = {line_field.key: getattr(self.line, line_field.key) for line_field in STAFF_FIELDS} | {
            "section": section,
            "expected_version": signature.line_version,
        }
        super().__init__(data=data)
        section_labels = {
            "": _("None"),
            Section.INTERNATIONAL: _("International"),
            Section.NATIONAL: _("National"),
            Section.STATE: _("State"),
            Section.LOCAL: _("Local"),
        }
        self.section.choices = [(str(key), label) for key, label in section_labels.items()]
        if section not in section_labels:
            self.section.choices.append((section, section))

    def validate_organization(self, field: StringField) -> None:
        """Require a name if an organization signs."""
        if self.line.kind is SignatoryKind.ORGANIZATION and not field.data:
            raise ValidationError(_("Enter the name of the organization."))

    def validate_signer_name(self, field: StringField) -> None:
        """Require a name if an individual signs."""
        if self.line.kind is SignatoryKind.INDIVIDUAL and not field.data:
            raise ValidationError(_("Enter the name of the person."))

    def to_line(self) -> Signatory:
        """Return the line as corrected."""
        return replace(self.line, **{line_field.key: self[line_field.key].data for line_field in STAFF_FIELDS})


for _line_field in STAFF_FIELDS:
    if _line_field.key not in ("section", "lead"):
        _validators = [Length(max=_line_field.max_length), _check_printable]
        setattr(CorrectionForm, _line_field.key, StringField(_line_field.label, filters=[clean_line], validators=_validators))
