"""Tables of staff's work on signatures: names that they reviewed, and alerts on the dashboard; and the condition that another
signature has the same name."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, ForeignKey, Index, String, bindparam, delete, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.review import SignatureEvent
from letterhub.domain.states import CONFIRMED_STATES
from letterhub.infrastructure.db import Base
from letterhub.models.organizations import Organization, root_id_of
from letterhub.models.signatures import Signature


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
    """Record that staff published an organization's name as it is written now, with the domain of its mailbox if that is the
    organization's own. Earlier records of the signature are replaced; individuals have none."""
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
    """Delete all reviews of the name of a signature that its organization denied, at the same mailbox domain.

    If the address was erased, the signature's own review still has the domain.
    """
    reviewed_domains = select(ReviewedName.domain).where(ReviewedName.signature_id == signature.id)
    domains = {*session.scalars(reviewed_domains), EmailAddress(signature.email).domain}
    session.execute(
        delete(ReviewedName).where(
            ReviewedName.coalition_id == coalition_id, ReviewedName.name == signature.organization_name,
            ReviewedName.domain.in_(domains),
        )
    )  # fmt: skip
    delete_reviews(session, [signature.id])


class SignatureAlert(Base):
    """Alert on the dashboard until somebody acknowledges it. `name` is the organization's at the time, "" for an
    individual."""

    __tablename__ = "signature_alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    event: Mapped[SignatureEvent]
    name: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[dt.datetime]
    acknowledged_at: Mapped[dt.datetime | None]


def has_same_name() -> ColumnElement[bool]:
    """Build the SQL condition that the selected signature's letter has another one of an organization with the same name, or of
    the same organization under another name.

    Its site differs, so both hold a key, and staff have to say which of them is the organization. Each alternative has its own
    index: a single query scanned all organizations while others waited for the letter's lock.
    """
    other, other_organization, own_organization = aliased(Signature), aliased(Organization), aliased(Organization)
    query = (
        select(other.id)
        .join(other_organization, other_organization.id == other.organization_id)
        .join(own_organization, own_organization.coalition_id == other_organization.coalition_id)
        .where(own_organization.id == Signature.organization_id, other.id != Signature.id, other.state.in_(CONFIRMED_STATES))
        .where(other.letter_id + 0 == Signature.letter_id)  # not by index: a letter has many signatures, an organization few
        .correlate(Signature)
    )
    conditions = (
        other_organization.name_key == own_organization.name_key,
        other_organization.id == root_id_of(own_organization),
        other_organization.root_id == root_id_of(own_organization),
    )
    return or_(*(query.where(condition).exists() for condition in conditions))
