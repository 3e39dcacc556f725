"""An organization, as one deployment knows it: made when it first signs, the same one when it signs again."""

import datetime as dt

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.db import Base


class Organization(Base):
    """Known by its name's key and its site's registrable domain ("" where it gave none)."""

    __tablename__ = "organization"
    __table_args__ = (UniqueConstraint("name_key", "domain"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300))
    domain: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[dt.datetime]
