"""Reviewed names: each exactly as staff published it, with the domain of its mailbox."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ForeignKey, Index, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.names import domain_of_website
from letterhub.infrastructure.db import Base
from letterhub.models.signatures.signature import Signature


class ReviewedName(Base):
    """Decision of staff that published an organization's name, as it was written then.

    `domain` is that of the mailbox if it equals the website's, else ""; `site` is the domain of the website. `reviewed_by` is
    an audit log reference. The row outlives the signature and its address.
    """

    __tablename__ = "reviewed_name"
    __table_args__ = (Index("ix_reviewed_name_name", "coalition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id"))
    name: Mapped[str] = mapped_column(String(300))
    domain: Mapped[str] = mapped_column(String(255), default="")
    site: Mapped[str] = mapped_column(String(255), default="")
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="SET NULL"), index=True)
    reviewed_by: Mapped[str] = mapped_column(String(40))
    reviewed_at: Mapped[dt.datetime]


def record_review(session: Session, signature: Signature, coalition_id: int, reviewer: str, at: dt.datetime) -> None:
    """Record that staff published an organization's name as it is written now."""
    if signature.kind is not SignatoryKind.ORGANIZATION:
        return
    delete_reviews(session, [signature.id])
    domain = EmailAddress(signature.email).domain if signature.is_from_own_site else ""
    session.add(
        ReviewedName(
            coalition_id=coalition_id, name=signature.organization_name, domain=domain,
            site=domain_of_website(signature.website), signature_id=signature.id, reviewed_by=reviewer, reviewed_at=at,
        )
    )  # fmt: skip


def delete_reviews(session: Session, signature_ids: Collection[int]) -> None:
    """Delete the reviews of signatures, when staff reversed their decision or an organization denied one."""
    if rows := [{"number": number} for number in signature_ids]:  # a bulk decline may exceed the parameters of one statement
        session.connection().execute(delete(ReviewedName).where(ReviewedName.signature_id == bindparam("number")), rows)


def delete_reviews_like(session: Session, signature: Signature, coalition_id: int) -> None:
    """Delete all reviews of a denied signature's name from the same domain.

    If its address is erased, its own review holds the domain.
    """
    own = select(ReviewedName.domain).where(ReviewedName.signature_id == signature.id)
    domains = {*session.scalars(own), EmailAddress(signature.email).domain}
    session.execute(
        delete(ReviewedName).where(
            ReviewedName.coalition_id == coalition_id, ReviewedName.name == signature.organization_name,
            ReviewedName.domain.in_(domains),
        )
    )  # fmt: skip
    delete_reviews(session, [signature.id])
