"""Layout fields of a letter: how densely its text is set on paper."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from letterhub.domain.letters.branding import LAYOUT_CHOICES
from letterhub.domain.letters.letter_document import Figures, Margins, TextSize
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement
from letterhub.web.forms import choice_field


class LayoutFields:
    """Form mixin with margins, size, figures, notes, links and justification, for one letter or a coalition's new letters."""

    margins = choice_field(
        _l("Margins"),
        {
            Margins.WIDE: _l("1.5 inches, the easiest to read"),
            Margins.MEDIUM: _l("1.25 inches"),
            Margins.NARROW: _l("1 inch, the most on a page"),
        },
    )
    size = choice_field(_l("Size on paper"), {TextSize.TWELVE: _l("12 points"), TextSize.ELEVEN: _l("11 points")})
    figures = choice_field(
        _l("Numerals in the text"),
        {
            Figures.THEME: _l("Theme default"),
            Figures.OLD_STYLE: _l("Old-style, as high as small letters"),
            Figures.LINING: _l("Lining, as high as capitals"),
        },
    )
    notes = choice_field(
        _l("Notes on paper"),
        {NotePlacement.FOOT: _l("At the foot of each page"), NotePlacement.END: _l("Together, after the names")},
    )
    links = choice_field(
        _l("Links on paper"),
        {
            LinkStyle.NOTES: _l("Addresses as notes"),
            LinkStyle.LIST: _l("Addresses in a list, after the names"),
            LinkStyle.NONE: _l("Only underlined, without addresses"),
        },
    )
    justify = BooleanField(_l("Make all lines equally long on paper"))

    def layout_choices(self) -> dict[str, Any]:
        """Return the choices as parts of a letter's text."""
        return {name: getattr(self, name).data for name in LAYOUT_CHOICES}
