"""Forms for a new letter, by title or Word draft, and for pasted text."""

from dataclasses import replace
from pathlib import PurePath

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, ValidationError
from wtforms.validators import InputRequired, NumberRange

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.document import LetterText
from letterhub.intake.letters.word_draft import read_word_draft
from letterhub.web.column_integers import ColumnIntegerField
from letterhub.web.forms import clean_line, new_idempotency_key
from letterhub.web.staff.letters.letter_forms import line_field

DEFAULT_CLOSING = "Respectfully,"


class PasteForm(FlaskForm):  # type: ignore[misc]
    """Form for pasted HTML. The site's limit on forms bounds its size."""

    html = StringField(validators=[InputRequired()])
    first_note = ColumnIntegerField(validators=[NumberRange(1, 99_999)])


class NewLetterForm(FlaskForm):  # type: ignore[misc]
    """Form for a new letter. `form_token` is its idempotency key."""

    title = line_field(_l("Title"))
    draft = FileField(_l("Start from a Word draft (.docx)"))
    form_token = HiddenField(default=new_idempotency_key)

    draft_text: LetterText | None = None
    notes: tuple[str, ...] = ()

    def validate_title(self, field: StringField) -> None:
        """Require a title if there is no draft."""
        if not field.data and not self.draft.data:
            raise ValidationError(_("Enter a title. You can change it until the letter opens."))

    def validate_draft(self, field: FileField) -> None:
        """Read the draft if one was chosen."""
        if not field.data:
            return
        name = clean_line(PurePath((field.data.filename or "").replace("\\", "/")).name)[-60:] or _("The file")
        try:
            self.draft_text, self.notes = read_word_draft(field.data.read(), name, self.title.data or "")
        except UserFacingError as refusal:
            raise ValidationError(str(refusal)) from refusal

    def as_text(self) -> LetterText:
        """Return the initial text. A typed title takes precedence over the draft's."""
        return replace(self.draft_text or LetterText(title=self.title.data or "", body=""), closing=DEFAULT_CLOSING)
