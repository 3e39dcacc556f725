"""Form for what somebody told staff outside of this site: how, on which day, and what shows it."""

import datetime as dt
from contextlib import closing

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from letterhub.clock import now
from letterhub.domain.errors import UserFacingError
from letterhub.domain.signatures.added_names import MAX_NOTE_LENGTH, AgreementMethod, EvidenceFile, check_agreed_on
from letterhub.domain.signatures.signing import utc_to_local
from letterhub.intake.evidence_files import read_evidence_file
from letterhub.queries.letters.letter_header import LetterHeader
from letterhub.web.forms import CommandForm, select_choices, uploaded_name

METHOD_CHOICES = select_choices(
    {
        AgreementMethod.EMAIL: _l("By email"),
        AgreementMethod.PHONE: _l("By phone"),
        AgreementMethod.PAPER: _l("On paper"),
        AgreementMethod.MEETING: _l("In person"),
    },
    empty=_l("Choose…"),
)


class AgreementForm(CommandForm):
    """Form for how and when somebody agreed, with a note and a file. `today` is the day at the letter's place."""

    method = SelectField(
        _l("How they said yes"), choices=METHOD_CHOICES, validators=[InputRequired(_l("Choose how they said yes."))]
    )
    agreed_on = DateField(_l("When"), validators=[InputRequired(_l("Enter the day they said yes."))])
    note = TextAreaField(_l("Note"), validators=[Length(max=MAX_NOTE_LENGTH)])
    file = FileField(_l("Email, scan or other proof"))

    def __init__(self, header: LetterHeader, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.today: dt.date = utc_to_local(now(), header.deadline_zone)[0]
        self.agreed_on.render_kw = {"max": self.today.isoformat()}
        self.evidence_file: EvidenceFile | None = None

    def validate_agreed_on(self, field: DateField) -> None:
        """Require a day that is not to come."""
        try:
            check_agreed_on(field.data, self.today)
        except UserFacingError as refusal:
            raise ValidationError(str(refusal)) from refusal

    def validate_file(self, field: FileField) -> None:
        """Require an email, a text, a PDF or a picture, or nothing."""
        if field.data:
            try:
                with closing(field.data) as upload:
                    self.evidence_file = read_evidence_file(upload.read(), uploaded_name(upload)[-200:] or _("The file"))
            except UserFacingError as refusal:
                raise ValidationError(str(refusal)) from refusal
