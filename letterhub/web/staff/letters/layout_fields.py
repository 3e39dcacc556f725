"""Layout fields of a letter: how densely its text is set on paper."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField

from letterhub.domain.letters.document import Figures, Margins, TextSize
from letterhub.domain.letters.note_choices import LinkStyle, NotePlacement


class LayoutFields:
    """Form mixin with margins, size, figures, notes, links and justification."""

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
        _l("Numerals in the text"),
        default=Figures.THEME,
        choices=[
            SelectChoice(Figures.THEME, _l("Theme default")),
            SelectChoice(Figures.OLD_STYLE, _l("Old-style, as high as small letters")),
            SelectChoice(Figures.LINING, _l("Lining, as high as capitals")),
        ],
    )
    notes = SelectField(
        _l("Notes on paper"),
        default=NotePlacement.FOOT,
        choices=[
            SelectChoice(NotePlacement.FOOT, _l("At the foot of each page")),
            SelectChoice(NotePlacement.END, _l("Together, after the names")),
        ],
    )
    links = SelectField(
        _l("Links on paper"),
        default=LinkStyle.NOTES,
        choices=[
            SelectChoice(LinkStyle.NOTES, _l("Addresses as notes")),
            SelectChoice(LinkStyle.LIST, _l("Addresses in a list, after the names")),
            SelectChoice(LinkStyle.NONE, _l("Only underlined, without addresses")),
        ],
    )
    justify = BooleanField(_l("Make all lines equally long on paper"))

    def layout_choices(self) -> dict[str, Any]:
        """Return the choices as parts of a letter's text."""
        return {
            "margins": Margins(self.margins.data),
            "size": TextSize(self.size.data),
            "figures": Figures(self.figures.data),
            "notes": NotePlacement(self.notes.data),
            "links": LinkStyle(self.links.data),
            "justify": self.justify.data,
        }
