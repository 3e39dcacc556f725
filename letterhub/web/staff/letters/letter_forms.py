"""Form of the letter editor, with its fields in the order of the page."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    Form,
    FormField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from letterhub.domain.errors import UserFacingError
from letterhub.domain.interface_languages import locale_of, spoken_language
from letterhub.domain.letters.drafts import MAX_ADDRESSEES, MAX_LOGOS, normalize_body, normalize_multiline, part_hashes
from letterhub.domain.letters.letter_document import (
    Addressee,
    Letterhead,
    LetterText,
    Logo,
    SignatoryOrder,
    SignatoryStyle,
    SignatureBlocks,
)
from letterhub.domain.line_validation import line_error, normalize_line
from letterhub.intake.images import read_logo
from letterhub.rendering.editor.document_check import parse_document
from letterhub.rendering.editor.saving import document_markdown
from letterhub.web.forms import ColumnIntegerField, IndexedFieldList, choice_field, clean_line, error_sentences, uploaded_name
from letterhub.web.staff.letters.branding_fields import BrandingFields
from letterhub.web.staff.letters.figure_fields import FigureFields
from letterhub.web.staff.letters.layout_fields import LayoutFields

MAX_BODY_LENGTH = 150_000
MAX_LIST_LENGTH = 4_000
LANGUAGE_TAG_PATTERN = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
LANGUAGES = "en es fr de pt it nl pl uk ru el ar he hi zh-Hans zh-Hant ja ko vi fil ht".split()


def clean_lines(value: str | None) -> str:
    """Normalize a field of several lines."""
    return normalize_multiline((value or "")[: 2 * MAX_LIST_LENGTH])


def clean_body(value: str | None) -> str:
    """Normalize the body of a letter."""
    return normalize_body(value or "")


def printable_lines(_form: Form, field: StringField) -> None:
    """Require lines that can be printed. Raises ValidationError."""
    for printed_line in (field.data or "").split("\n"):
        if problem := line_error(printed_line):
            raise ValidationError(_("“%(start)s…” %(trouble)s.", start=printed_line[:30], trouble=problem))


def line_field(label: Any, *more: Any) -> StringField:
    """Return a field of one line."""
    return StringField(label, filters=[clean_line], validators=[printable_lines, *more])


def lines_field(label: Any, longest: int = MAX_LIST_LENGTH) -> TextAreaField:
    """Return a field of several lines, each of which prints as one."""
    return TextAreaField(label, filters=[clean_lines], validators=[Length(max=longest), printable_lines])


class AddresseeForm(Form):  # type: ignore[misc]
    """Subform of an addressee."""

    name = line_field(_l("Name or office"))
    lines = lines_field(_l("Address"))


class LetterForm(BrandingFields, LayoutFields, FigureFields, FlaskForm):  # type: ignore[misc]
    """Form of a letter. `version` is the draft version it edits, `base` the hashes of its parts, `opened` its body."""

    version = ColumnIntegerField(widget=HiddenInput())
    base = StringField(widget=HiddenInput(), validators=[Length(max=MAX_LIST_LENGTH)])
    opened = StringField(widget=HiddenInput(), filters=[clean_body], validators=[Length(max=MAX_BODY_LENGTH)])
    title = line_field(_l("Title"))
    letterhead_name = line_field(_l("Name"))
    letterhead_lines = lines_field(_l("Lines under the name"))
    logo = FileField(_l("Logo"))
    logo_description = line_field(_l("Description of the logo"))
    logo_words = IndexedFieldList(line_field(_l("Description of this logo")), max_entries=MAX_LOGOS)
    date = DateField(_l("Date"), validators=[Optional()])
    date_words = line_field(_l("Date in words"))
    via = line_field(_l("Sent via"))
    addressees = IndexedFieldList(FormField(AddresseeForm), max_entries=MAX_ADDRESSEES)
    re = line_field(_l("Re:"))
    short_subject = line_field(_l("Short subject"))
    salutation = line_field(_l("Salutation"))
    body = TextAreaField(_l("Text"), filters=[clean_body], validators=[Length(max=MAX_BODY_LENGTH)])
    document = StringField(_l("Text"), widget=HiddenInput())
    session = StringField(widget=HiddenInput())
    closing = line_field(_l("Closing"))
    cc = lines_field(_l("cc, one per line"))
    enclosures = lines_field(_l("Enclosures, one per line"))
    language = SelectField(_l("Language"), validators=[Regexp(LANGUAGE_TAG_PATTERN)])
    window = BooleanField(_l("Place the first addressee for a #10 window envelope"))
    order = choice_field(
        _l("Order of names"),
        {
            SignatoryOrder.ALPHABETICAL: _l("Alphabetical"),
            SignatoryOrder.SECTIONS: _l("By section, international to local"),
            SignatoryOrder.LOCATION: _l("By location"),
            SignatoryOrder.AS_GIVEN: _l("In the order they signed"),
        },
    )
    shown = choice_field(
        _l("Shown with each name"),
        {
            SignatoryStyle.ORGANIZATION: _l("Nothing else"),
            SignatoryStyle.SIGNER: _l("The signer’s name and title"),
            SignatoryStyle.LOCATION: _l("The signer’s name, title and location"),
            SignatoryStyle.BLOCK: _l("A signature block: the signer’s name, then title and organization"),
            SignatoryStyle.LOGOS: _l("The organization’s logo, above its name"),
        },
    )
    blocks = choice_field(
        _l("Signature blocks"),
        {
            SignatureBlocks.NONE: _l("None: everyone in one list"),
            SignatureBlocks.LEADS: _l("For the leads, above the list"),
            SignatureBlocks.ALL: _l("For everyone"),
        },
    )
    signature_lines = BooleanField(_l("Give each signature block a line to sign on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = language_choices(dict.fromkeys((*LANGUAGES, self.language.data or "en")))
        self.uploaded_logo: Logo | None = None

    def validate_document(self, field: StringField) -> None:
        """Write the document of the editor as the body, unless its steps are in a session; the body it sent was opened."""
        if not field.data or self.session.data:
            return
        try:
            document = parse_document(field.data)
            self.body.data = document_markdown(document, self.body.data, self.picture_names)
        except UserFacingError as refusal:
            raise ValidationError(str(refusal)) from refusal

    def validate_logo(self, field: FileField) -> None:
        """Read the logo if one was chosen."""
        if not field.data:
            return
        name = uploaded_name(field.data)[-60:] or _("The file")
        try:
            self.uploaded_logo = read_logo(field.data.read(), name, self.logo_description.data)
        except UserFacingError as refusal:
            raise ValidationError(str(refusal)) from refusal

    def validate_logo_description(self, field: StringField) -> None:
        """Require a description for a logo."""
        if self.logo.data and not field.data:
            raise ValidationError(_("Describe the logo for people who can’t see it. Then choose the picture again."))

    def as_text(self, before: LetterText) -> LetterText:
        """Return the typed text with its existing logos and pictures. A logo never loses its description."""
        addressees = tuple(Addressee(entry["name"], non_empty_lines(entry["lines"])) for entry in self.addressees.data)
        letterhead = Letterhead(self.letterhead_name.data, non_empty_lines(self.letterhead_lines.data))
        logos, descriptions = before.letterhead.logos, self.logo_words.data
        if len(descriptions) == len(logos):  # else logos were added or removed meanwhile
            logos = tuple(
                replace(logo, description=words or logo.description) for logo, words in zip(logos, descriptions, strict=True)
            )
        return LetterText(
            title=self.title.data,
            body=self.body.data,
            date=self.date.data,
            date_words=self.date_words.data,
            via=self.via.data,
            addressees=() if addressees == (Addressee(""),) else addressees,  # the form's initial empty block is none
            re=self.re.data,
            salutation=self.salutation.data,
            closing=self.closing.data,
            cc=non_empty_lines(self.cc.data),
            enclosures=non_empty_lines(self.enclosures.data),
            language=self.language.data,
            paper=self.paper.data,
            order=self.order.data,
            shown=self.shown.data,
            letterhead=letterhead.with_logos(logos),
            theme=self.theme.data,
            face=self.face.data,
            accent=self.accent.data,
            window=self.window.data,
            short_subject=self.short_subject.data,
            pictures=before.pictures,
            **self.layout_choices(),
            blocks=self.blocks.data,
            signature_lines=self.signature_lines.data,
        )

    def has_only_text_errors(self) -> bool:
        """Return whether all errors are in text fields, so that a save can leave those out for now."""
        return {name for name, errors in self.errors.items() if errors} <= PART_OF_TEXT_FIELD.keys()

    def to_text_without_errors(self, before: LetterText) -> LetterText:
        """Return the typed text, with the parts from before where the input is invalid."""
        invalid_parts = {PART_OF_TEXT_FIELD[name] for name in self.errors}
        return replace(self.as_text(before), **{name: getattr(before, name) for name in invalid_parts})

    def with_uploaded_logo(self, text: LetterText) -> LetterText:
        """Return the text with the uploaded logo, if any, after its other logos."""
        if not self.uploaded_logo:
            return text
        logos = (*text.letterhead.logos, self.uploaded_logo)
        return replace(text, letterhead=text.letterhead.with_logos(logos[:MAX_LOGOS]))


def letter_form_from(text: LetterText, version: int, base: LetterText | None = None) -> LetterForm:
    """Return the form filled with a text, ignoring the request; it always has an addressee.

    `base` is the text of that version if the one shown differs.
    """
    return LetterForm(formdata=None, data=letter_form_data(text, version, base))


def letter_form_data(text: LetterText, version: int, base: LetterText | None = None) -> dict[str, Any]:
    """Return the values of the form for a text, by field."""
    return {
        "version": version,
        "base": part_hashes(base or text),
        "opened": (base or text).body,
        **{name: getattr(text, name) for name in COPIED_FIELDS},
        "letterhead_name": text.letterhead.name,
        "letterhead_lines": "\n".join(text.letterhead.lines),
        "logo_words": [logo.description for logo in text.letterhead.logos],
        "addressees": [
            {"name": addressee.name, "lines": "\n".join(addressee.lines)} for addressee in text.addressees or (Addressee(""),)
        ],
        "cc": "\n".join(text.cc),
        "enclosures": "\n".join(text.enclosures),
    }


PART_OF_TEXT_FIELD = {
    **{
        name: name
        for name in "title date date_words via re short_subject salutation body closing cc enclosures addressees accent".split()
    },
    "document": "body",
    **dict.fromkeys(("letterhead_name", "letterhead_lines", "logo_words"), "letterhead"),
}
"""Part of the text that each text field belongs to."""

COPIED_FIELDS = (
    "title date date_words via re short_subject salutation body closing language paper order shown theme face accent window "
    "margins size figures notes links justify blocks signature_lines"
).split()


def first_error(form: LetterForm) -> str:
    """Return the first error of a form with the label of its field; "" without errors."""
    for field in form:
        for sentence in error_sentences(field.errors):
            return f"{str(field.label.text).removesuffix(':')}: {sentence}"
    return ""


def non_empty_lines(text: str) -> tuple[str, ...]:
    """Return the non-empty lines of a field, each normalized."""
    return tuple(line for line in map(normalize_line, text.split("\n")) if line)


def language_choices(tags: Iterable[str]) -> list[SelectChoice]:
    """Return the choices of a field by language tag."""
    return [SelectChoice(tag, language_name(tag)) for tag in tags]


def language_name(tag: str) -> str:
    """Return the name of a language in the one that is spoken now, or its tag if it has none."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale_of(spoken_language())) or tag
    except (ValueError, UnknownLocaleError):
        return tag
