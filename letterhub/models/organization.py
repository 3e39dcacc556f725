"""An organization, as one deployment knows it: made when it first signs, the same one when it signs again."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import String, UniqueConstraint, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from letterhub.db import Base
from letterhub.domain.organizations import domain_of_website, name_key

Site = tuple[str, str]
"""What organizations are told apart by: the key of the name, and the domain."""


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


def organizations_named(session: Session, names: Mapping[Site, str], at: dt.datetime) -> dict[Site, tuple[int, bool]]:
    """The numbers of many organizations, and which are seen for the first time: in few statements, for some hundreds at most.

    They are made in one order by everyone, so that two who make the same ones never wait for each other in a circle.
    """
    before = _known(session, names)
    missing = [
        {"name": names[site], "name_key": site[0], "domain": site[1], "created_at": at}
        for site in sorted(names)
        if site not in before
    ]
    if not missing:
        return {site: (number, False) for site, number in before.items()}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(Organization).values(missing).on_conflict_do_nothing().returning(Organization.id)
    ours = set(session.scalars(made))
    return {site: (number, number in ours) for site, number in _known(session, names).items()}


def _known(session: Session, names: Mapping[Site, str]) -> dict[Site, int]:
    found = session.execute(
        select(Organization.name_key, Organization.domain, Organization.id).where(
            tuple_(Organization.name_key, Organization.domain).in_(list(names))
        )
    )
    return {(row.name_key, row.domain): row.id for row in found}
