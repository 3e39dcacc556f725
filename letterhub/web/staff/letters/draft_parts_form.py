"""Form of the parts that were found in a draft: each line with its part, the text, and the names below it."""

import csv
import io
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Form, FormField, HiddenField, SelectField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.language_guess import guess_language
from letterhub.domain.letters.letter_document import LetterText
from letterhub.intake.letters.draft_file import read_word_draft
from letterhub.intake.letters.found_lines import FoundLine, FoundParts, PartKind, line_markdown, with_lines
from letterhub.intake.letters.letter_parts import subject_of
from letterhub.web.forms import ColumnIntegerField, IndexedFieldList, choice_field, uploaded_name
from letterhub.web.staff.letters.letter_forms import (
    LANGUAGES,
    MAX_BODY_LENGTH,
    clean_body,
    language_choices,
    line_field,
    lines_field,
    non_empty_lines,
)

DEFAULT_CLOSING = "Respectfully,"
MAX_LINES = 120
MAX_NAMES_LENGTH = 40_000
EMPTY_LINES = 2
"""Empty lines below those that were found, to add one that was missed."""

PART_LABELS = {
    PartKind.TEXT: _l("Text of the letter"),
    PartKind.LETTERHEAD: _l("Letterhead"),
    PartKind.DATE: _l("Date"),
    PartKind.VIA: _l("Sent via"),
    PartKind.ADDRESSEE: _l("Addressee"),
    PartKind.ADDRESS: _l("Address line"),
    PartKind.RE: _l("Re:"),
    PartKind.SALUTATION: _l("Salutation"),
    PartKind.CLOSING: _l("Closing"),
    PartKind.NAME: _l("Name below the letter"),
    PartKind.CC: _l("cc"),
    PartKind.ENCLOSURE: _l("Enclosure"),
    PartKind.LEAVE_OUT: _l("Leave out"),
}


def pasted_field(label: Any) -> TextAreaField:
    """Return a field for a whole draft as text."""
    return TextAreaField(label, filters=[clean_body], validators=[Length(max=MAX_BODY_LENGTH)])


def read_chosen_draft(file: FileField, pasted: TextAreaField, title: str) -> tuple[LetterText | None, tuple[str, ...]]:
    """Return the draft that was chosen or pasted, None for neither, and notes. Raises ValidationError."""
    text = (pasted.data or "").strip()
    if file.data and text:
        raise ValidationError(_("Choose a file or paste the text, not both."))
    if text:
        draft = LetterText(title=title, body=text)
        return replace(draft, title=title or subject_of(draft)), ()
    if not file.data:
        return None, ()
    try:
        return read_word_draft(file.data.read(), uploaded_name(file.data)[-60:] or _("The file"), title)
    except UserFacingError as refusal:
        raise ValidationError(str(refusal)) from refusal


class DraftLineForm(Form):  # type: ignore[misc]
    """Subform of a line: its part and its words. `asked`: we were not certain of its part."""

    part = choice_field(_l("Part"), PART_LABELS)
    words = line_field(_l("Line"))
    asked = HiddenField()


class DraftPartsForm(FlaskForm):  # type: ignore[misc]
    """Form of the parts of a draft. `form_token` is the idempotency key of a new letter; `version`, the draft's to change."""

    form_token = HiddenField()
    version = ColumnIntegerField(widget=HiddenInput())
    notes = HiddenField(validators=[Length(max=8_000)])
    title = line_field(_l("Title"), InputRequired(_l("Enter a title. You can change it until the letter opens.")))
    before = IndexedFieldList(FormField(DraftLineForm), max_entries=MAX_LINES)
    body = TextAreaField(_l("Text"), filters=[clean_body], validators=[Length(max=MAX_BODY_LENGTH)])
    after = IndexedFieldList(FormField(DraftLineForm), max_entries=MAX_LINES)
    names = lines_field(_l("Names below the letter"), MAX_NAMES_LENGTH)
    adds_names = BooleanField(_l("Show these names as signatures to import, once the letter is saved"))
    language = SelectField(_l("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = language_choices(dict.fromkeys((*LANGUAGES, self.language.data or "en")))

    def as_text(self, base: LetterText) -> LetterText:
        """Return a text with the parts as they were decided; a part without lines stays as it is in `base`."""
        before, after = _lines(self.before), _lines(self.after)
        own = [line_markdown(line.text) for line in before if line.kind is PartKind.TEXT]
        rest = [line_markdown(line.text) for line in after if line.kind is PartKind.TEXT]
        body = "\n\n".join([*own, (self.body.data or "").strip(), *rest]).strip()
        text = with_lines(replace(base, title=self.title.data, body=body, language=self.language.data), (*before, *after))
        return replace(text, closing=text.closing or DEFAULT_CLOSING)

    @property
    def signatories(self) -> tuple[str, ...]:
        """Names below the letter, each as "organization; signer; title"."""
        moved = (line.text for line in (*_lines(self.before), *_lines(self.after)) if line.kind is PartKind.NAME)
        return (*non_empty_lines(self.names.data or ""), *moved)

    def names_table(self) -> bytes:
        """Return the names as a CSV file for the import of signatures."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(("Organization", "Signer", "Title"))
        for name in self.signatories:
            cells = [cell.strip() for cell in name.split(";", 2)]
            writer.writerow([*cells, *[""] * (3 - len(cells))])
        return out.getvalue().encode("utf-8-sig")


def draft_parts_form(
    found: FoundParts, title: str, notes: tuple[str, ...], *, form_token: str = "", version: int = 0, language: str = ""
) -> DraftPartsForm:
    """Return the form filled with what was found in a draft, ignoring the request."""
    names = [line.text for line in found.after if line.kind is PartKind.NAME]
    after = [line for line in found.after if line.kind is not PartKind.NAME]
    return DraftPartsForm(
        formdata=None,
        data={
            "form_token": form_token,
            "version": version,
            "notes": "\n".join(map(str, (*notes, *found.remarks)))[:8_000],
            "title": title,
            "before": [*map(_line_data, found.before), *_empty_lines(PartKind.ADDRESSEE)],
            "body": found.body,
            "after": [*map(_line_data, after), *_empty_lines(PartKind.CC)],
            "names": "\n".join(names),
            "adds_names": bool(names),
            "language": language or guess_language(found.body) or "en",
        },
    )


def _line_data(line: FoundLine) -> dict[str, str]:
    return {"part": str(line.kind), "words": line.text, "asked": "" if line.certain else "1"}


def _empty_lines(part: PartKind) -> list[dict[str, str]]:
    return [{"part": str(part), "words": "", "asked": ""}] * EMPTY_LINES


def _lines(fields: IndexedFieldList) -> list[FoundLine]:
    """Return the lines of a list of subforms that have words."""
    return [FoundLine(PartKind(entry["part"]), entry["words"]) for entry in fields.data if entry["words"]]
