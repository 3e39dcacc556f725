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

from letterhub.domain.errors import Refused
from letterhub.domain.letters.document import Addressee, Face, Letterhead, LetterText, Logo, Order, Paper, Shown, Theme
from letterhub.domain.letters.drafts import MOST_ADDRESSEES, MOST_LOGOS, body_lines, many_lines, marks_of
from letterhub.domain.line_validation import one_line, trouble_with_line
from letterhub.intake.images.logo import read_logo
from letterhub.web.converters import WholeNumberField
from letterhub.web.forms import NumberedFields, tidy
from letterhub.web.staff.letters.branding_forms import LookFields

LONGEST_BODY = 150_000
LONGEST_LIST = 4_000
LANGUAGE_TAG = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
LANGUAGES = "en es fr de pt it nl pl uk ru el ar he hi zh-Hans zh-Hant ja ko vi fil ht".split()


def lines(value: str | None) -> str:
    """Normalize a field of several lines."""
    return many_lines((value or "")[: 2 * LONGEST_LIST])


def text_of(value: str | None) -> str:
    """Normalize the body of a letter."""
    return body_lines(value or "")


def printable(_form: Form, field: StringField) -> None:
    """Require lines that can be printed. Raises ValidationError."""
    for each in (field.data or "").split("\n"):
        if trouble := trouble_with_line(each):
            raise ValidationError(_("“%(start)s…” %(trouble)s.", start=each[:30], trouble=trouble))


def one(label: Any, *more: Any) -> StringField:
    """Return a field of one line."""
    return StringField(label, filters=[tidy], validators=[printable, *more])


def several(label: Any, longest: int = LONGEST_LIST) -> TextAreaField:
    """Return a field of several lines, each of which prints as one."""
    return TextAreaField(label, filters=[lines], validators=[Length(max=longest), printable])


class AddresseeForm(Form):  # type: ignore[misc]
    """Subform of an addressee."""

    name = one(_l("Name or office"))
    lines = several(_l("Address"))


class LetterForm(LookFields, FlaskForm):  # type: ignore[misc]
    """Form of all signed parts of a letter. `version` is the draft version it edits, `base` the hashes of its parts."""

    version = WholeNumberField(widget=HiddenInput())
    base = StringField(widget=HiddenInput(), validators=[Length(max=LONGEST_LIST)])
    title = one(_l("Title"))
    letterhead_name = one(_l("Name"))
    letterhead_lines = several(_l("Lines under the name"))
    logo = FileField(_l("Logo"))
    logo_description = one(_l("What the logo shows"))
    logo_words = NumberedFields(one(_l("What this logo shows")), max_entries=MOST_LOGOS)
    date = DateField(_l("Date"), validators=[Optional()])
    via = one(_l("Sent via"))
    addressees = NumberedFields(FormField(AddresseeForm), max_entries=MOST_ADDRESSEES)
    re = one(_l("Re:"))
    salutation = one(_l("Salutation"))
    body = TextAreaField(_l("Text"), filters=[text_of], validators=[Length(max=LONGEST_BODY)])
    closing = one(_l("Closing"))
    cc = several(_l("cc, one per line"))
    language = SelectField(_l("Language"), validators=[Regexp(LANGUAGE_TAG)])
    window = BooleanField(_l("First addressee in the window of a #10 envelope"))
    order = SelectField(
        _l("Order of the names"),
        choices=[
            SelectChoice(Order.ALPHABETICAL, _l("Alphabetical")),
            SelectChoice(Order.SECTIONS, _l("By section, international to local")),
            SelectChoice(Order.LOCATION, _l("By location")),
            SelectChoice(Order.AS_GIVEN, _l("In the order they signed")),
        ],
    )
    shown = SelectField(
        _l("Shown with each name"),
        choices=[
            SelectChoice(Shown.ORGANIZATION, _l("Nothing else")),
            SelectChoice(Shown.SIGNER, _l("The signer’s name and title")),
            SelectChoice(Shown.LOCATION, _l("The signer’s name, title and location")),
            SelectChoice(Shown.BLOCK, _l("A signature block: the signer’s name, then title and organization")),
            SelectChoice(Shown.LOGOS, _l("The organization’s logo, above its name")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = _languages(self.language.data or "en")

        self.picture: Logo | None = None

    def validate_logo(self, field: FileField) -> None:
        """Read the logo if one was chosen."""
        if not field.data:
            return
        name = tidy(field.data.filename)[-60:] or _("The file")
        try:
            self.picture = read_logo(field.data.read(), name, self.logo_description.data)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal

    def validate_logo_description(self, field: StringField) -> None:
        """Require a description for a logo."""
        if self.logo.data and not field.data:
            raise ValidationError(_("Say what the logo shows, for people who cannot see it. Then choose the picture again."))

    def as_text(self, before: LetterText) -> LetterText:
        """Return the typed text with its existing logos. A logo never loses its description."""
        return LetterText(
            title=self.title.data,
            body=self.body.data,
            date=self.date.data,
            via=self.via.data,
            addressees=self._addressees(),
            re=self.re.data,
            salutation=self.salutation.data,
            closing=self.closing.data,
            cc=kept_lines(self.cc.data),
            language=self.language.data,
            paper=Paper(self.paper.data),
            order=Order(self.order.data),
            shown=Shown(self.shown.data),
            letterhead=Letterhead(self.letterhead_name.data, kept_lines(self.letterhead_lines.data)).with_logos(
                self._described(before.letterhead.logos)
            ),
            theme=Theme(self.theme.data),
            face=Face(self.face.data),
            accent=self.accent.data,
            window=self.window.data,
        )

    def half_typed(self) -> bool:
        """Return whether all errors are in text fields, so that a save can leave those out for now."""
        return {name for name, errors in self.errors.items() if errors} <= TYPED.keys()

    def as_far_as_right(self, before: LetterText) -> LetterText:
        """Return the typed text, with the parts from before where the input is invalid."""
        wrong = {TYPED[name] for name in self.errors}
        return replace(self.as_text(before), **{name: getattr(before, name) for name in wrong})

    def with_picture(self, text: LetterText) -> LetterText:
        """Return the text with the uploaded logo, if any, after its other logos."""
        if not self.picture:
            return text
        logos = (*text.letterhead.logos, self.picture)
        return replace(text, letterhead=text.letterhead.with_logos(logos[:MOST_LOGOS]))

    def _described(self, logos: tuple[Logo, ...]) -> tuple[Logo, ...]:
        """Return the logos with the typed descriptions; with their own if logos were added or removed meanwhile."""
        typed = self.logo_words.data
        if len(typed) != len(logos):
            return logos
        return tuple(replace(logo, description=words or logo.description) for logo, words in zip(logos, typed, strict=True))

    def _addressees(self) -> tuple[Addressee, ...]:
        """Return all blocks, including empty ones; but none if there is only the form's initial empty block."""
        blocks = tuple(Addressee(entry["name"], kept_lines(entry["lines"])) for entry in self.addressees.data)
        return () if blocks == (Addressee(""),) else blocks


def form_of(text: LetterText, version: int, base: LetterText | None = None) -> LetterForm:
    """Return the form filled with a text, ignoring the request; it always has an addressee.

    `base` is the text of that version if the one shown differs.
    """
    return LetterForm(
        formdata=None,
        data={
            "version": version,
            "base": marks_of(base or text),
            **{name: getattr(text, name) for name in AS_THEY_ARE},
            "letterhead_name": text.letterhead.name,
            "letterhead_lines": "\n".join(text.letterhead.lines),
            "logo_words": [logo.description for logo in text.letterhead.logos],
            "addressees": [{"name": each.name, "lines": "\n".join(each.lines)} for each in text.addressees or (Addressee(""),)],
            "cc": "\n".join(text.cc),
        },
    )


def blank_addressee() -> AddresseeForm:
    """Return the addressee block that the script copies to add one."""
    return AddresseeForm(prefix="addressees-AT-")


TYPED = {
    **{name: name for name in "title date via re salutation body closing cc addressees accent".split()},
    **dict.fromkeys(("letterhead_name", "letterhead_lines", "logo_words"), "letterhead"),
}
"""Part of the text that each text field belongs to."""

AS_THEY_ARE = "title date via re salutation body closing language paper order shown theme face accent window".split()


def first_sentence(form: LetterForm) -> str:
    """Return the first error of a form with the label of its field; "" without errors."""
    for field in form:
        for sentence in _sentences(field.errors):
            return f"{str(field.label.text).removesuffix(':')}: {sentence}"
    return ""


def _sentences(errors: Any) -> Iterable[str]:
    """Yield all sentences of nested field errors."""
    if isinstance(errors, str):
        yield errors
    else:
        for each in errors.values() if isinstance(errors, dict) else errors:
            yield from _sentences(each)


def kept_lines(text: str) -> tuple[str, ...]:
    """Return the non-empty lines of a field, each normalized."""
    return tuple(each for each in map(one_line, text.split("\n")) if each)


def _languages(current: str) -> list[SelectChoice]:
    tags = LANGUAGES if current in LANGUAGES else [*LANGUAGES, current]
    return [SelectChoice(tag, _language_name(tag)) for tag in tags]


def _language_name(tag: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (ValueError, UnknownLocaleError):
        return tag
