"""Blocklist: keys of declined signatures, so that the same signer does not return unnoticed."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from letterhub.domain.abuse.blocklist import BlockReason
from letterhub.infrastructure.db import Base
from letterhub.models.signatures.signature import Signature


class BlocklistEntry(Base):
    """Key by which a declined signature is recognized under its letter.

    `key` is a hash, which outlives the line and the address. Several addresses may deny one signature, each with rows of its
    own.
    """

    __tablename__ = "blocklist_entry"
    __table_args__ = (Index("ix_blocklist_entry_key", "letter_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    reason: Mapped[BlockReason]
    blocked_at: Mapped[dt.datetime]


def is_blocklisted(
    keys: Collection[str], since: dt.datetime | None = None, but: BlockReason | None = None
) -> ColumnElement[bool]:
    """Build the SQL condition that another signature of the letter with one of these keys was declined; after `since`, and
    for another reason than `but`, if given."""
    entry = aliased(BlocklistEntry)
    query = select(entry.id).where(
        entry.letter_id == Signature.letter_id, entry.key.in_(keys), entry.signature_id != Signature.id
    )  # fmt: skip
    if since is not None:
        query = query.where(entry.blocked_at > since)
    if but is not None:
        query = query.where(entry.reason != but)
    return query.correlate(Signature).exists()
