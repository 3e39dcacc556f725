"""Names that staff reviewed: each exactly as it was published, with the domain of the mailbox that it was published with."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ForeignKey, Index, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.db import Base
from letterhub.domain.document import Kind
from letterhub.domain.organizations import domain_of_email, domain_of_website
from letterhub.models.signature import Signature


class ReviewedName(Base):
    """One decision of staff that published an organization's name, as it was written then.

    `domain` is that of the mailbox where it was that of the website, else ""; `site` is the domain of the website.
    `reviewed_by` is the record's reference to who decided. It outlives the signature and its address.
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


def keep_review(session: Session, signature: Signature, coalition_id: int, by: str, at: dt.datetime) -> None:
    """Keeps that staff published an organization's name as it is written now."""
    if signature.kind is not Kind.ORGANIZATION:
        return
    forget_reviews(session, [signature.id])
    domain = domain_of_email(signature.email) if signature.is_from_its_site else ""
    session.add(
        ReviewedName(
            coalition_id=coalition_id, name=signature.organization_name, domain=domain,
            site=domain_of_website(signature.website), signature_id=signature.id, reviewed_by=by, reviewed_at=at,
        )
    )  # fmt: skip


def forget_reviews(session: Session, signature_ids: Collection[int]) -> None:
    """Staff took back the decisions that published these signatures, or an organization denied one of them."""
    if rows := [{"number": number} for number in signature_ids]:  # a sweep declines more than a statement takes numbers
        session.connection().execute(delete(ReviewedName).where(ReviewedName.signature_id == bindparam("number")), rows)


def forget_reviews_like(session: Session, signature: Signature, coalition_id: int) -> None:
    """An organization denied a signature: what staff published by its name from the same domain is reviewed no more.

    Once its address is erased, its own review says which domain that was.
    """
    own = select(ReviewedName.domain).where(ReviewedName.signature_id == signature.id)
    domains = {*session.scalars(own), domain_of_email(signature.email)}
    session.execute(
        delete(ReviewedName).where(
            ReviewedName.coalition_id == coalition_id, ReviewedName.name == signature.organization_name,
            ReviewedName.domain.in_(domains),
        )
    )  # fmt: skip
    forget_reviews(session, [signature.id])
