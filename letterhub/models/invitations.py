"""Tables of invitations to sign, by a link to a prefilled form, of uploaded files that staff are previewing, and of imports."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, exists, or_
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.operations.render_jobs import JobState
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import Base
from letterhub.models.operations import LongJob
from letterhub.models.signature_evidence import IS_DENIED
from letterhub.models.signatures import Signature


class Invitation(Base):
    """Invitation of a mailbox to a letter, unique for both, with the prefilled line of its form.

    `signature_id` is the resulting signature, `copied_from_id` the signature of another letter that mailbox and line were
    copied from; None if staff entered them. `name_key` is the match key of the invited name, see `domain.organizations`. When
    the address is erased, `email` and `name_key` become "" and the line empty; `mailbox_hash` stays, so that nobody is invited
    twice.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("letter_id", "mailbox_hash"), Index("ix_invitation_name", "letter_id", "name_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="SET NULL"), index=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), index=True)
    email: Mapped[str] = mapped_column(String(255))
    mailbox_hash: Mapped[str] = mapped_column(String(64))
    name_key: Mapped[str] = mapped_column(String(300), default="")
    line: Mapped[dict[str, Any]]
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    invited_at: Mapped[dt.datetime]
    declined_at: Mapped[dt.datetime | None]


_ended = or_(Signature.state == SignatureState.DECLINED, IS_DENIED)
IS_KNOWN_TO_STAFF = ~exists().where(Signature.id == Invitation.copied_from_id, _ended).correlate(Invitation)
"""SQL condition: the invitation shows that staff know its mailbox. One that was copied from a signature does so no more once
that was declined or denied."""


class Upload(Base):
    """Uploaded file with its name: the import reads it from here, not from the browser again."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_at: Mapped[dt.datetime]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class SignatoryImport(LongJob):
    """File of names that staff agreed to import, and the job that adds them to the queue; `content` is the file until then.

    `expected_version` is the version hash of the rows that were shown, `lines` the numbers of the file's lines that are
    imported, and `done_rows` how many of them are done; `imported` of those were added, as the places of others were taken
    meanwhile. `actor` is an audit log reference.
    """

    __tablename__ = "signatory_import"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    expected_version: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(40))
    lines: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    done_rows: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))

    def add_batch(self, rows: int, imported: int, total: int, lease_until: dt.datetime) -> None:
        """Count a batch of rows of which so many were imported; after the last of `total` rows the job is done."""
        self.done_rows, self.imported = self.done_rows + rows, self.imported + imported
        self.report_progress(100 * self.done_rows // total, lease_until)
        if self.done_rows == total:
            self.state, self.content, self.error, self.lease_until = JobState.DONE, None, "", None
