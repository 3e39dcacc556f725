"""Coalitions: groups that host letters and have staff, with their branding defaults."""

import datetime as dt
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.letters.branding import DEFAULT_ACCENT, BrandingDefaults
from letterhub.domain.letters.document import PaperSize, Theme, Typeface
from letterhub.infrastructure.db import Base


class Coalition(Base):
    """Coalition, to which everything else belongs.

    `letterhead_lines` holds the lines of its letterhead; `accent`, a color as #rrggbb, `theme`, `face` and `paper` are
    defaults of new letters. `reply_to` is the Reply-To address of mail about its letters; "" for none.
    """

    __tablename__ = "coalition"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    letterhead_lines: Mapped[list[Any]] = mapped_column(default=list)
    accent: Mapped[str] = mapped_column(String(7), default=DEFAULT_ACCENT)
    theme: Mapped[Theme] = mapped_column(default=Theme.CLASSIC)
    face: Mapped[Typeface] = mapped_column(default=Typeface.THEME)
    paper: Mapped[PaperSize] = mapped_column(default=PaperSize.LETTER)
    reply_to: Mapped[str] = mapped_column(String(254), default="", server_default="")
    created_at: Mapped[dt.datetime]

    @property
    def branding(self) -> BrandingDefaults:
        """Branding defaults of its letters."""
        accent = "" if self.accent == DEFAULT_ACCENT else self.accent
        return BrandingDefaults(self.name, tuple(self.letterhead_lines), self.theme, self.face, accent, self.paper)

    def set_branding(self, branding: BrandingDefaults) -> None:
        """Set the branding defaults."""
        self.letterhead_lines, self.accent = list(branding.lines), branding.accent or DEFAULT_ACCENT
        self.theme, self.face, self.paper = branding.theme, branding.face, branding.paper
