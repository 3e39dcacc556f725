"""An occasion: an hour's work that one worker of several took on, so that it is done once, however many there are."""

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base


class Occasion(Base):
    """Which hour's work of a kind was taken on last."""

    __tablename__ = "occasion"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    hour: Mapped[dt.datetime]
