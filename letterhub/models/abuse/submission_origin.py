"""Origins of submissions, hashed per letter: enough to detect a flood, not to find a person."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.infrastructure.db import Base


class SubmissionOrigin(Base):
    """Origin of a signature's form. The network is a hash, different for every letter, and "" once erased. `mail_domain` is
    the registrable domain of its mailbox. `has_proof_of_work` says that it had a proof of work."""

    __tablename__ = "submission_origin"
    __table_args__ = (
        Index("ix_submission_origin_when", "letter_id", "started_at"),
        Index("ix_submission_origin_network", "letter_id", "network_hash", "started_at"),
        Index("ix_submission_origin_domain", "letter_id", "mail_domain"),
    )

    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    network_hash: Mapped[str] = mapped_column(String(64), default="")
    mail_domain: Mapped[str] = mapped_column(String(255), default="")
    has_proof_of_work: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[dt.datetime]
