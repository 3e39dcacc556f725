"""Form of a recipient profile that a coalition writes."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from letterhub.domain.editions.delivery_emails import ATTACHABLE
from letterhub.domain.editions.recipient_profiles import MB, NOTE_LENGTH, PROFILE_NAME_LENGTH, SOURCE_LENGTH, RecipientProfile
from letterhub.domain.letters.drafts import normalize_body
from letterhub.domain.letters.letter_document import PaperSize
from letterhub.web.forms import ColumnIntegerField, CommandForm, clean_line, returned_number

MIN_NAME_LENGTH = 12
MEGABYTES = [Optional(), NumberRange(Decimal("0.1"), 1000, _l("Enter a number of MB from %(min)s to %(max)s."))]


def _count(label: Any, least: int, most: int) -> ColumnIntegerField:
    sentence = _l("Enter a number from %(min)s to %(max)s.")
    return ColumnIntegerField(label, validators=[Optional(), NumberRange(least, most, sentence)])


class RecipientProfileForm(CommandForm):
    """Form for what a recipient takes; an empty field is no limit. `version` is that of the profile that the page showed."""

    name = StringField(
        _l("Recipient"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter a name.")), Length(max=PROFILE_NAME_LENGTH)],
    )
    paper = SelectField(
        _l("Paper"),
        choices=[
            SelectChoice("", _l("Any")),
            SelectChoice(str(PaperSize.LETTER), _l("US Letter")),
            SelectChoice(str(PaperSize.A4), _l("A4")),
        ],
    )
    most_files = _count(_l("Most files"), 1, 100)
    file_limit = DecimalField(_l("Size of each file (MB)"), validators=MEGABYTES)
    total_limit = DecimalField(_l("Size of all files together (MB)"), validators=MEGABYTES)
    text_limit = _count(_l("Characters that its form takes"), 100, 1_000_000)
    formats = SelectMultipleField(_l("Formats"), choices=[SelectChoice(str(one), str(one)) for one in ATTACHABLE])
    needs_person = BooleanField(_l("A named person with a title for each organization"))
    name_length = _count(_l("Most characters of a file name"), MIN_NAME_LENGTH, 255)
    plain_names = BooleanField(_l("File names of plain letters, digits and hyphens only"))
    names_sender = BooleanField(_l("File names begin with our name"))
    note = TextAreaField(
        _l("Note"), filters=[lambda typed: normalize_body(typed or "").strip()], validators=[Length(max=NOTE_LENGTH)]
    )
    source = StringField(_l("Where this comes from"), filters=[clean_line], validators=[Length(max=SOURCE_LENGTH)])
    checked_on = DateField(_l("Checked on"), validators=[Optional()])
    version = HiddenField()

    def to_profile(self) -> RecipientProfile:
        """Return the profile as a value; it has no key."""
        return RecipientProfile(
            key="", name=self.name.data, paper=PaperSize(self.paper.data) if self.paper.data else None,
            file_limit=_bytes(self.file_limit.data), total_limit=_bytes(self.total_limit.data),
            most_files=self.most_files.data, text_limit=self.text_limit.data,
            formats=tuple(one for one in ATTACHABLE if one in self.formats.data), needs_person=self.needs_person.data,
            name_length=self.name_length.data, plain_names=self.plain_names.data, names_sender=self.names_sender.data,
            note=self.note.data, source=self.source.data, checked_on=self.checked_on.data,
        )  # fmt: skip

    @property
    def expected_version(self) -> int:
        """Return the version that the page showed; 0, which no profile has, if it was tampered with."""
        return returned_number(self.version.data, 0)


def profile_form(profile: RecipientProfile, version: int = 0) -> RecipientProfileForm:
    """Return the form with what a profile says."""
    data = {name: getattr(profile, name) for name in RecipientProfile.__dataclass_fields__ if name != "key"}
    for name in ("file_limit", "total_limit"):
        data[name] = Decimal(data[name]) / MB if data[name] else None
    texts = {"name": str(profile.name), "note": str(profile.note), "formats": [str(one) for one in profile.formats]}
    return RecipientProfileForm(formdata=None, data=data | texts | {"paper": str(profile.paper or ""), "version": str(version)})


def _bytes(megabytes: Decimal | None) -> int | None:
    return int(megabytes * MB) if megabytes else None
