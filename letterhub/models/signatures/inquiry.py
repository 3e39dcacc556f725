"""Inquiries: staff ask an organization, at an address that it has published, whether a signature is its own."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.signatures.inquiries import Answer
from letterhub.infrastructure.db import Base


class Inquiry(Base):
    """Question to one address; `published_where` says where staff found it. The answer is final."""

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(255))
    published_where: Mapped[str] = mapped_column(String(300), default="")
    asked_at: Mapped[dt.datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    answer: Mapped[Answer | None]
    answered_at: Mapped[dt.datetime | None]
