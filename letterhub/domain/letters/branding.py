"""Branding defaults of a coalition, and how a new letter takes them."""

from dataclasses import dataclass, replace

from letterhub.domain.letters.document import Letterhead, LetterText, PaperSize, Theme, Typeface

DEFAULT_ACCENT = "#1f3a68"
"""Default accent color: a letter without an accent stores "", and the style sheets use this one."""


@dataclass(frozen=True, slots=True)
class BrandingDefaults:
    """Branding of a coalition: name and lines of the letterhead, theme, typeface, accent color and paper.

    `accent` is a color as #rrggbb, "" for the default.
    """

    name: str
    lines: tuple[str, ...] = ()
    theme: Theme = Theme.CLASSIC
    face: Typeface = Typeface.THEME
    accent: str = ""
    paper: PaperSize = PaperSize.LETTER

    def apply_to(self, text: LetterText) -> LetterText:
        """Return a new text with this branding in the parts it has not set."""
        plain = LetterText("", "")
        return replace(
            text,
            letterhead=Letterhead(self.name, self.lines) if text.letterhead == plain.letterhead else text.letterhead,
            theme=self.theme if text.theme is plain.theme else text.theme,
            face=self.face if text.face is plain.face else text.face,
            accent=text.accent or self.accent,
            paper=self.paper if text.paper is plain.paper else text.paper,
        )
