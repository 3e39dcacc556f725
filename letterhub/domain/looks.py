"""The look that a coalition's letters begin with, and how a new letter takes it on."""

from dataclasses import dataclass, replace

from letterhub.domain.document import Face, Letterhead, LetterText, Paper, Theme

INK_BLUE = "#1f3a68"
"""The color of a coalition that chose none: a letter says nothing of it, and our style sheets know it."""


@dataclass(frozen=True, slots=True)
class House:
    """How a coalition's letters look: its name and the lines of its letterhead, theme, face, color and paper.

    `accent` is a color as #rrggbb, "" for our own.
    """

    name: str
    lines: tuple[str, ...] = ()
    theme: Theme = Theme.CLASSIC
    face: Face = Face.THEME
    accent: str = ""
    paper: Paper = Paper.LETTER

    def on(self, text: LetterText) -> LetterText:
        """A new text in this look, where it has none of its own."""
        plain = LetterText("", "")
        return replace(
            text,
            letterhead=Letterhead(self.name, self.lines) if text.letterhead == plain.letterhead else text.letterhead,
            theme=self.theme if text.theme is plain.theme else text.theme,
            face=self.face if text.face is plain.face else text.face,
            accent=text.accent or self.accent,
            paper=self.paper if text.paper is plain.paper else text.paper,
        )
