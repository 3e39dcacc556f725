"""Forms for publishing a change of a signed text, and for the age limit of consent."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from letterhub.domain.letters.revisions import REASON_LENGTH, ChangeKind, TextChange
from letterhub.domain.signatures.consent_renewal import MAX_CONSENT_DAYS, MIN_CONSENT_DAYS
from letterhub.web.converters import ColumnIntegerField
from letterhub.web.forms import CommandForm, clean_line

CHANGE_KIND_LABELS = {
    ChangeKind.TYPO: _l("A typo: what the letter says is the same"),
    ChangeKind.SUBSTANCE: _l("A change of substance: the letter says something different"),
}


class PublishChangeForm(CommandForm):
    """Form for the kind and reason of a change. `version` and `expected_version` identify the two texts that were compared."""

    version = HiddenField()
    expected_version = HiddenField()
    kind = RadioField(
        _l("What kind of change is it?"),
        choices=[SelectChoice(kind, said) for kind, said in CHANGE_KIND_LABELS.items()],
        validators=[DataRequired(_l("Choose whether this corrects a typo or changes what the letter says."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[clean_line],
        validators=[
            DataRequired(_l("Enter the reason. Everyone who reads the letter’s history sees it.")),
            Length(max=REASON_LENGTH),
        ],
    )

    @property
    def change(self) -> TextChange:
        """Return the kind and reason as a value."""
        return TextChange(ChangeKind(self.kind.data), self.reason.data)


class ConsentAgeForm(CommandForm):
    """Form for the number of days after which consent is old."""

    days = ColumnIntegerField(
        _l("Ask again after (days)"),
        validators=[InputRequired(_l("Enter a number of days.")), NumberRange(MIN_CONSENT_DAYS, MAX_CONSENT_DAYS)],
    )
