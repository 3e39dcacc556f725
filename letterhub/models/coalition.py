"""A coalition: the group that hosts letters and has staff, and the look that its letters begin with."""

import datetime as dt
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base
from letterhub.domain.document import Face, Paper, Theme
from letterhub.domain.looks import INK_BLUE, House


class Coalition(Base):
    """Everything else belongs to one coalition.

    `address` is the lines of its letterhead; `accent`, a color as #rrggbb, `theme`, `face` and `paper` are what a new letter
    begins with. `contact` is the public address of its mailbox, to which answers to mails about its letters go; "" for none.
    """

    __tablename__ = "coalition"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[list[Any]] = mapped_column(default=list)
    accent: Mapped[str] = mapped_column(String(7), default=INK_BLUE)
    theme: Mapped[Theme] = mapped_column(default=Theme.CLASSIC)
    face: Mapped[Face] = mapped_column(default=Face.THEME)
    paper: Mapped[Paper] = mapped_column(default=Paper.LETTER)
    contact: Mapped[str] = mapped_column(String(254), default="", server_default="")
    created_at: Mapped[dt.datetime]

    @property
    def house(self) -> House:
        """The look of its new letters."""
        accent = "" if self.accent == INK_BLUE else self.accent
        return House(self.name, tuple(self.address), self.theme, self.face, accent, self.paper)

    def take_on(self, house: House) -> None:
        """Gives new letters another look."""
        self.address, self.accent = list(house.lines), house.accent or INK_BLUE
        self.theme, self.face, self.paper = house.theme, house.face, house.paper
