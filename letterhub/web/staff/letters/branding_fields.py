"""Branding fields: theme, typeface and color, for one letter or a coalition's new letters."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, StringField, ValidationError

from letterhub.domain.letters.branding import InvalidColor, parse_accent
from letterhub.domain.letters.document import PaperSize, Theme, Typeface

PAPER_CHOICES = [SelectChoice(PaperSize.LETTER, _l("US Letter")), SelectChoice(PaperSize.A4, _l("A4"))]


class BrandingFields:
    """Form mixin with theme, typeface, color and paper."""

    theme = SelectField(
        _l("Theme"),
        default=Theme.CLASSIC,
        choices=[
            SelectChoice(Theme.CLASSIC, _l("Classic: centered letterhead")),
            SelectChoice(Theme.MODERN, _l("Modern: everything aligned left")),
            SelectChoice(Theme.PLAIN, _l("Plain: no color or lines, as in agency letters")),
        ],
    )
    face = SelectField(
        _l("Typeface"),
        default=Typeface.THEME,
        choices=[
            SelectChoice(Typeface.THEME, _l("Theme default")),
            SelectChoice(Typeface.SERIF, _l("Serif: Source Serif")),
            SelectChoice(Typeface.SANS, _l("Sans serif: Source Sans")),
        ],
    )
    accent = StringField(_l("Accent color"), default="", filters=[lambda typed: (typed or "").strip()])
    paper = SelectField(_l("Paper"), default=PaperSize.LETTER, choices=PAPER_CHOICES)

    def validate_accent(self, field: StringField) -> None:
        """Require a color that is dark enough for text."""
        try:
            field.data = parse_accent(field.data)
        except InvalidColor as refusal:
            raise ValidationError(str(refusal)) from refusal
