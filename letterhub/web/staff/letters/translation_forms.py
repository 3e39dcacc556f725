"""Forms of translations: a new one, by language or from a Word draft, and the parts of one."""

from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import FormField, SelectChoice, SelectField, TextAreaField, ValidationError
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.drafts import MAX_ADDRESSEES
from letterhub.domain.letters.letter_document import Addressee, LetterText
from letterhub.domain.letters.translations import TRANSLATED_PARTS, parts_to_translate
from letterhub.intake.letters.draft_file import read_word_draft
from letterhub.intake.letters.letter_parts import place_parts
from letterhub.web.forms import ColumnIntegerField, CommandForm, IndexedFieldList, uploaded_name
from letterhub.web.staff.letters.letter_forms import (
    LANGUAGES,
    MAX_BODY_LENGTH,
    AddresseeForm,
    clean_body,
    language_name,
    line_field,
    lines_field,
    non_empty_lines,
)

LINES = ("cc", "enclosures")


class NewTranslationForm(CommandForm):
    """Form for a new translation: its language, and a Word draft if there is one."""

    language = SelectField(_l("Language"))
    draft = FileField(_l("Start from a Word draft (.docx)"))

    text: LetterText | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, taken: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.language.choices = [SelectChoice(tag, language_name(tag)) for tag in LANGUAGES if tag not in taken]

    def validate_draft(self, field: FileField) -> None:
        """Read the draft if one was chosen."""
        if not field.data:
            return
        name = uploaded_name(field.data)[-60:] or _("The file")
        try:
            draft, notes = read_word_draft(field.data.read(), name)
            self.text, _parts, remarks = place_parts(draft)
            self.notes = (*remarks, *notes)
        except UserFacingError as refusal:
            raise ValidationError(str(refusal)) from refusal
        if self.text.pictures:
            raise ValidationError(_("This file has pictures. A translation shows those of the original: remove them here."))

    def as_text(self) -> LetterText:
        """Return the text that the translation begins with."""
        return replace(self.text or LetterText(title="", body=""), language=self.language.data)


class TranslationForm(CommandForm):
    """Form of the parts of a translation. `version` is the saved version that it edits."""

    version = ColumnIntegerField(widget=HiddenInput())
    title = line_field(_l("Title"))
    date_words = line_field(_l("Date in words"))
    via = line_field(_l("Sent via"))
    addressees = IndexedFieldList(FormField(AddresseeForm), max_entries=MAX_ADDRESSEES)
    re = line_field(_l("Re:"))
    short_subject = line_field(_l("Short subject"))
    salutation = line_field(_l("Salutation"))
    body = TextAreaField(_l("Text"), filters=[clean_body], validators=[Length(max=MAX_BODY_LENGTH)])
    closing = line_field(_l("Closing"))
    cc = lines_field(_l("cc, one per line"))
    enclosures = lines_field(_l("Enclosures, one per line"))

    def as_text(self, before: LetterText, original: LetterText) -> LetterText:
        """Return the typed text; parts that the original does not have stay as they were saved before."""
        typed: dict[str, Any] = {part: self[part].data for part in TRANSLATED_PARTS if part not in (*LINES, "addressees")}
        typed |= {part: non_empty_lines(self[part].data) for part in LINES}
        entries = (Addressee(entry["name"], non_empty_lines(entry["lines"])) for entry in self.addressees.data)
        typed["addressees"] = tuple(entries)
        return replace(before, **{part: typed[part] for part in parts_to_translate(original)})


def translation_form_from(text: LetterText, version: int, original: LetterText) -> TranslationForm:
    """Return the form filled with a translation, ignoring the request; it has as many addressees as the original."""
    missing = len(original.addressees) - len(text.addressees)
    addressees = (*text.addressees, *(Addressee("") for _ in range(missing)))
    parts = {part: getattr(text, part) for part in TRANSLATED_PARTS}
    lines = {part: "\n".join(parts[part]) for part in LINES}
    entries = [{"name": addressee.name, "lines": "\n".join(addressee.lines)} for addressee in addressees]
    return TranslationForm(formdata=None, data={"version": version, **parts, **lines, "addressees": entries})
