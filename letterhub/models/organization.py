"""An organization, as one deployment knows it: made when it first signs, the same one when it signs again."""

import datetime as dt

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.db import Base
from letterhub.domain.organizations import domain_of_website, name_key


class Organization(Base):
    """Known by its name's key and its site's registrable domain ("" where it gave none)."""

    __tablename__ = "organization"
    __table_args__ = (UniqueConstraint("name_key", "domain"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300))
    domain: Mapped[str] = mapped_column(String(255), default="")
    created_at: Mapped[dt.datetime]


def organization_named(session: Session, name: str, website: str, at: dt.datetime) -> tuple[Organization, bool]:
    """The organization of this name and site, and whether it is seen for the first time: then it is made, in the caller's
    transaction. Where two make it at once, both get the one that the database kept.
    """
    key, domain = name_key(name), domain_of_website(website)
    known = select(Organization).where(Organization.name_key == key, Organization.domain == domain)
    if found := session.scalar(known):
        return found, False
    made = Organization(name=name, name_key=key, domain=domain, created_at=at)
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        return session.scalars(known).one(), False
    return made, True
