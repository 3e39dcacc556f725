"""Layout fields of a letter: how densely its text is set on paper."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField

from letterhub.domain.letters.document import Figures, Margins, TextSize


class LayoutFields:
    """Form mixin with margins, size, figures and justification."""

    margins = SelectField(
        _l("Margins"),
        default=Margins.WIDE,
        choices=[
            SelectChoice(Margins.WIDE, _l("1.5 inches, the easiest to read")),
            SelectChoice(Margins.MEDIUM, _l("1.25 inches")),
            SelectChoice(Margins.NARROW, _l("1 inch, the most on a page")),
        ],
    )
    size = SelectField(
        _l("Size on paper"),
        default=TextSize.TWELVE,
        choices=[SelectChoice(TextSize.TWELVE, _l("12 points")), SelectChoice(TextSize.ELEVEN, _l("11 points"))],
    )
    figures = SelectField(
        _l("Figures in the text"),
        default=Figures.THEME,
        choices=[
            SelectChoice(Figures.THEME, _l("Theme default")),
            SelectChoice(Figures.OLD_STYLE, _l("Old-style, as high as small letters")),
            SelectChoice(Figures.LINING, _l("Lining, as high as capitals")),
        ],
    )
    justify = BooleanField(_l("Make all lines equally long on paper"))

    def layout_choices(self) -> dict[str, Any]:
        """Return the choices as parts of a letter's text."""
        return {
            "margins": Margins(self.margins.data),
            "size": TextSize(self.size.data),
            "figures": Figures(self.figures.data),
            "justify": self.justify.data,
        }
