"""Branding fields: theme, typeface and color, for one letter or a coalition's new letters."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError

from letterhub.domain.letters.branding import InvalidColor, parse_accent
from letterhub.domain.letters.letter_document import PaperSize, Theme, Typeface
from letterhub.web.forms import choice_field


class BrandingFields:
    """Form mixin with theme, typeface, color and paper."""

    theme = choice_field(
        _l("Theme"),
        {
            Theme.CLASSIC: _l("Classic: centered letterhead"),
            Theme.MODERN: _l("Modern: everything aligned left"),
            Theme.PLAIN: _l("Plain: no color or lines, as in agency letters"),
        },
    )
    face = choice_field(
        _l("Typeface"),
        {
            Typeface.THEME: _l("Theme default"),
            Typeface.SERIF: _l("Serif: Source Serif"),
            Typeface.SANS: _l("Sans serif: Source Sans"),
        },
    )
    accent = StringField(_l("Accent color"), default="", filters=[lambda typed: (typed or "").strip()])
    paper = choice_field(_l("Paper"), {PaperSize.LETTER: _l("US Letter"), PaperSize.A4: _l("A4")})

    def validate_accent(self, field: StringField) -> None:
        """Require a color that is dark enough for text."""
        try:
            field.data = parse_accent(field.data)
        except InvalidColor as refusal:
            raise ValidationError(str(refusal)) from refusal
