"""Forms for publishing a change of a signed text, and for the age limit of consent."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from letterhub.domain.letters.revisions import REASON_LENGTH, Change, ChangeKind
from letterhub.domain.signatures.consent_renewal import FEWEST_DAYS, MOST_DAYS
from letterhub.web.converters import WholeNumberField
from letterhub.web.forms import RefusableForm, tidy

KINDS = {
    ChangeKind.TYPO: _l("A typo: what the letter says is the same"),
    ChangeKind.SUBSTANCE: _l("A change of substance: the letter says something else"),
}


class ChangeForm(RefusableForm):
    """Form for the kind and reason of a change. `version` and `seen` identify the two texts that were compared."""

    version = HiddenField()
    seen = HiddenField()
    kind = RadioField(
        _l("What kind of change is it?"),
        choices=[SelectChoice(kind, said) for kind, said in KINDS.items()],
        validators=[DataRequired(_l("Say whether this corrects a typo or changes what the letter says."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Give the reason. Everyone who reads the letter’s history sees it.")),
            Length(max=REASON_LENGTH),
        ],
    )

    @property
    def change(self) -> Change:
        """Return the kind and reason as a value."""
        return Change(ChangeKind(self.kind.data), self.reason.data)


class ConsentForm(RefusableForm):
    """Form for the number of days after which consent is old."""

    days = WholeNumberField(
        _l("Ask again after (days)"),
        validators=[InputRequired(_l("Give a number of days.")), NumberRange(FEWEST_DAYS, MOST_DAYS)],
    )
