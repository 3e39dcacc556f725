"""Notices to staff about published or seconded names that changed without them."""

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.signatures.events import SignatureEvent
from letterhub.infrastructure.db import Base


class StaffNotice(Base):
    """Notice on the dashboard until somebody acknowledges it. `name` is the organization's at the time, "" for an
    individual."""

    __tablename__ = "staff_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    event: Mapped[SignatureEvent]
    name: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[dt.datetime]
    acknowledged_at: Mapped[dt.datetime | None]
