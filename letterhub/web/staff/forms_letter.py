"""The form that a letter is written in: its parts in the order of the paper."""

from collections.abc import Iterable
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional, Regexp
from wtforms.widgets import HiddenInput

from letterhub.domain.document import Addressee, Letterhead, LetterText, Order, Paper, Shown
from letterhub.domain.drafts import MOST_ADDRESSEES, many_lines, marks_of
from letterhub.domain.lines import one_line, trouble_with_line

LONGEST_BODY = 400_000
LONGEST_LIST = 4_000
LANGUAGE_TAG = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
LANGUAGES = "en es fr de pt it nl pl uk ru el ar he hi zh-Hans zh-Hant ja ko vi fil ht".split()


def line(value: str | None) -> str:
    """A field of one line as it is kept."""
    return one_line(value or "")


def lines(value: str | None) -> str:
    """A field of several lines as it is kept."""
    return many_lines(value or "")


def printable(_form: Form, field: StringField) -> None:
    """Refuses a line that cannot be printed, and says why."""
    for each in (field.data or "").split("\n"):
        if trouble := trouble_with_line(each):
            raise ValidationError(_("“%(start)s…” %(trouble)s.", start=each[:30], trouble=trouble))


def one(label: Any, *more: Any) -> StringField:
    """A field of one line."""
    return StringField(label, filters=[line], validators=[printable, *more])


def several(label: Any, longest: int = LONGEST_LIST) -> TextAreaField:
    """A field of several lines, each of which prints as one."""
    return TextAreaField(label, filters=[lines], validators=[Length(max=longest), printable])


class TitleForm(FlaskForm):  # type: ignore[misc]
    """What a new letter begins with."""

    title = one(_l("Title"), DataRequired(_l("Give the letter a title; you can change it until it opens.")))


class AddresseeForm(Form):  # type: ignore[misc]
    """One inside address."""

    name = one(_l("Name or office"))
    lines = several(_l("Address, line by line"))


class LetterForm(FlaskForm):  # type: ignore[misc]
    """Everything of a letter that is signed. `version` is the save that the text builds upon, `base` marks its parts."""

    version = IntegerField(widget=HiddenInput())
    base = StringField(widget=HiddenInput(), validators=[Length(max=LONGEST_LIST)])
    title = one(_l("Title"))
    letterhead_name = one(_l("Name"))
    letterhead_lines = several(_l("Lines below the name"))
    date = DateField(_l("Date"), validators=[Optional()])
    via = one(_l("Way of delivery"))
    addressees = FieldList(FormField(AddresseeForm), max_entries=MOST_ADDRESSEES)
    re = one(_l("Re:"))
    salutation = one(_l("Salutation"))
    body = TextAreaField(_l("Text"), filters=[lines], validators=[Length(max=LONGEST_BODY)])
    closing = one(_l("Closing"))
    cc = several(_l("cc, one a line"))
    language = SelectField(_l("Language"), validators=[Regexp(LANGUAGE_TAG)])
    paper = SelectField(_l("Paper"), choices=[SelectChoice(Paper.LETTER, _l("US Letter")), SelectChoice(Paper.A4, _l("A4"))])
    order = SelectField(
        _l("Order of the names"),
        choices=[
            SelectChoice(Order.ALPHABETICAL, _l("Alphabetical, leads first")),
            SelectChoice(Order.SECTIONS, _l("In sections: national, state, local")),
            SelectChoice(Order.LOCATION, _l("By place")),
            SelectChoice(Order.AS_GIVEN, _l("As they came in")),
        ],
    )
    shown = SelectField(
        _l("Printed with each name"),
        choices=[
            SelectChoice(Shown.ORGANIZATION, _l("Nothing else")),
            SelectChoice(Shown.SIGNER, _l("Who signed, with title")),
            SelectChoice(Shown.LOCATION, _l("Who signed, with title and place")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = _languages(self.language.data or "en")

    def as_text(self, before: LetterText) -> LetterText:
        """The text as typed. What the form does not ask, such as the logo, stays as it was before."""
        return LetterText(
            title=self.title.data,
            body=self.body.data,
            date=self.date.data,
            via=self.via.data,
            addressees=self._addressees(),
            re=self.re.data,
            salutation=self.salutation.data,
            closing=self.closing.data,
            cc=_split(self.cc.data),
            language=self.language.data,
            paper=Paper(self.paper.data),
            order=Order(self.order.data),
            shown=Shown(self.shown.data),
            letterhead=Letterhead(self.letterhead_name.data, _split(self.letterhead_lines.data), before.letterhead.logo),
        )

    def _addressees(self) -> tuple[Addressee, ...]:
        """Every block, the empty ones too; but the one that every form begins with is none while it is empty."""
        blocks = tuple(Addressee(entry["name"], _split(entry["lines"])) for entry in self.addressees.data)
        return () if blocks == (Addressee(""),) else blocks


def form_of(text: LetterText, version: int, base: LetterText | None = None) -> LetterForm:
    """The form filled in with a text, whatever was posted; it always has room for an addressee.

    `base` is the text of that version, where the one shown is already another.
    """
    return LetterForm(
        formdata=None,
        data={
            "version": version,
            "base": marks_of(base or text),
            **{name: getattr(text, name) for name in AS_THEY_ARE},
            "letterhead_name": text.letterhead.name,
            "letterhead_lines": "\n".join(text.letterhead.lines),
            "addressees": [{"name": each.name, "lines": "\n".join(each.lines)} for each in text.addressees or (Addressee(""),)],
            "cc": "\n".join(text.cc),
        },
    )


def blank_addressee() -> AddresseeForm:
    """The block that a browser copies when one more is asked for."""
    return AddresseeForm(prefix="addressees-AT-")


AS_THEY_ARE = "title date via re salutation body closing language paper order shown".split()


def first_sentence(form: LetterForm) -> str:
    """The first thing wrong with a form, with the field it stands in."""
    for field in form:
        for sentence in _sentences(field.errors):
            return f"{field.label.text}: {sentence}"
    return ""


def _sentences(errors: Any) -> Iterable[str]:
    """Sentences, however deep the fields that they belong to are nested."""
    if isinstance(errors, str):
        yield errors
    else:
        for each in errors.values() if isinstance(errors, dict) else errors:
            yield from _sentences(each)


def _split(text: str) -> tuple[str, ...]:
    return tuple(each for each in map(one_line, text.split("\n")) if each)


def _languages(current: str) -> list[SelectChoice]:
    tags = LANGUAGES if current in LANGUAGES else [*LANGUAGES, current]
    return [SelectChoice(tag, _language_name(tag)) for tag in tags]


def _language_name(tag: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (ValueError, UnknownLocaleError):
        return tag
