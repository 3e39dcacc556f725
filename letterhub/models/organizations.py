"""Organizations of a coalition: created when one first signs, and found again when it signs another letter."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from letterhub.domain.organizations.matching import NameAndSite
from letterhub.infrastructure.db import Base, code_point_string


class Organization(Base):
    """Spelling of a name at the registrable domain of a site ("" for none); several rows can be one organization.

    The root row has no `root_id`; the others have its id there, and in `merged_into_id` the row that they were merged into,
    so that each merge can be undone. Staff's data about an organization is in the root row: its other names, and further
    domains of its mailboxes. `merged_by_other_name` says that a row was merged automatically, by a name that the directory
    does not have.
    """

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint("coalition_id", "name_key", "domain"),
        Index("ix_organization_list", "coalition_id", "sort_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    coalition_id: Mapped[int] = mapped_column(ForeignKey("coalition.id"))
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300))
    domain: Mapped[str] = mapped_column(String(255), default="")
    sort_key: Mapped[str] = mapped_column(code_point_string(1200), default="")
    created_at: Mapped[dt.datetime]
    root_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    other_names: Mapped[list[Any]] = mapped_column(default=list)
    more_domains: Mapped[list[Any]] = mapped_column(default=list)
    merged_by_other_name: Mapped[bool] = mapped_column(default=False)
    section: Mapped[str] = mapped_column(String(60), default="")
    country: Mapped[str] = mapped_column(String(100), default="")
    vouched_at: Mapped[dt.datetime | None]
    vouched_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    vouch_reason: Mapped[str] = mapped_column(String(500), default="")
    keys_version: Mapped[int] = mapped_column(default=0, index=True)

    @property
    def effective_root_id(self) -> int:
        """Id of the root row."""
        return self.root_id or self.id

    @property
    def names_and_sites(self) -> Iterator[NameAndSite]:
        """Pairs by which the organization is compared: each of its names with its site, and its main name with each other
        domain."""
        yield from (NameAndSite(name, self.domain) for name in (self.name, *self.other_names))
        yield from (NameAndSite(self.name, domain) for domain in self.more_domains)


class OrganizationKey(Base):
    """Match key of a name: possible matches share one, see `domain.organizations.matching`."""

    __tablename__ = "organization_key"

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class OrganizationLogo(Base):
    """Logo of an organization, for letters that show logos: a checked image, stored with the root row.

    Editions keep the logo that they printed.
    """

    __tablename__ = "organization_logo"

    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    media_type: Mapped[str] = mapped_column(String(40))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[dt.datetime]


class PossibleDuplicate(Base):
    """Two organizations that may be one: a question to staff, asked once.

    `dismissed_at` is when they answered that both exist.
    """

    __tablename__ = "possible_duplicate"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    found_at: Mapped[dt.datetime]
    dismissed_at: Mapped[dt.datetime | None]
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


def belongs_to(entry: type[Organization], roots: Collection[int] | BindParameter[Collection[int]]) -> ColumnElement[bool]:
    """Build the SQL condition that a row belongs to one of these organizations; by index, where `root_id_of` would scan."""
    return or_(entry.id.in_(roots), entry.root_id.in_(roots))


def root_id_of(entry: type[Organization]) -> ColumnElement[int]:
    """Build the SQL expression for the id of a row's root."""
    return func.coalesce(entry.root_id, entry.id)
