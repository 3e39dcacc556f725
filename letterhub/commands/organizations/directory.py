"""Organization directory: describe, vouch, merge, split, and mark as different. See docs/design/organizations.md."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from letterhub.domain.audit.references import Reference
from letterhub.domain.letters.document import Logo
from letterhub.domain.organizations.directory import (
    Described,
    NotInDirectory,
    NotItsParent,
    NotMerged,
    check_merging,
    check_vouching,
)
from letterhub.domain.organizations.matching import KEYS_VERSION, goes_by
from letterhub.domain.organizations.names import sort_key
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import Likeness, Organization, OrganizationLogo, is_of, learn, remember, take_turn
from letterhub.queries.accounts.staff import Desk

AT_ONCE = 200


@one_transaction
def describe_organization(desk: Desk, number: int, described: Described, at: dt.datetime) -> None:
    """Save what staff write about an organization; a changed name is compared with the others. Raises NotInDirectory."""
    row = _root(desk, number)
    before = _facts_of(row)
    names = dict.fromkeys((*described.other_names, row.name))
    names.pop(described.name, None)
    row.name, row.sort_key, row.other_names = described.name, sort_key(described.name), list(names)
    row.scope, row.country, row.more_domains = described.scope, described.country, list(described.domains)
    _settle_names(row)
    after = _facts_of(row)
    changed = [fact for fact in after if after[fact] != before[fact]]
    if {"name", "other_names", "domains"}.intersection(changed):
        learn(db.session(), desk.coalition_id, [row], at)
    if changed:
        was, has = {fact: before[fact] for fact in changed}, {fact: after[fact] for fact in changed}
        _remember(desk, row, "described", at, was, has)


@one_transaction
def add_name(desk: Desk, number: int, at: dt.datetime) -> None:
    """Add a name that an organization signed by to its known names. Raises NotInDirectory."""
    entry = db.session.get(Organization, number)
    if entry is None or entry.coalition_id != desk.coalition_id:
        raise NotInDirectory("This organization is not in your directory.")
    row = _root(desk, entry.stands_for)
    before = _facts_of(row)
    row.other_names = [*dict.fromkeys((*row.other_names, entry.name))]
    _settle_names(row)
    learn(db.session(), desk.coalition_id, [row], at)
    _remember(desk, row, "described", at, {"other_names": before["other_names"]}, {"other_names": list(row.other_names)})


@one_transaction
def vouch_for(desk: Desk, number: int, why: str, at: dt.datetime) -> None:
    """Vouch for an organization: that it exists, and is who it says. Raises VouchNeedsReason."""
    row = _root(desk, number)
    check_vouching(why)
    row.vouched_at, row.vouched_by_id, row.vouched_why = at, desk.staff_id, why.strip()
    _remember(desk, row, "vouched for", at, after={"reason": row.vouched_why})


@one_transaction
def take_vouching_back(desk: Desk, number: int, at: dt.datetime) -> None:
    """Take back the vouch for an organization."""
    row = _root(desk, number)
    if row.vouched_at is not None:
        was = {"reason": row.vouched_why}
        row.vouched_at, row.vouched_by_id, row.vouched_why = None, None, ""
        _remember(desk, row, "vouch taken back", at, was)


@one_transaction
def keep_logo(desk: Desk, number: int, logo: Logo | None, at: dt.datetime) -> None:
    """Set or replace an organization's logo; None removes it. Raises NotInDirectory."""
    row = _root(desk, number)
    held = db.session.get(OrganizationLogo, row.id)
    if held is not None:
        db.session.delete(held)
        db.session.flush()
    if logo is not None:
        db.session.add(OrganizationLogo(organization_id=row.id, media_type=logo.media_type, content=logo.data, kept_at=at))
        told = {"size": len(logo.data), "sha256": hashlib.sha256(logo.data).hexdigest()}
        _remember(desk, row, "given a logo", at, after=told)
    elif held is not None:
        _remember(desk, row, "logo taken away", at)


@one_transaction
def merge_organizations(desk: Desk, into: int, other: int, at: dt.datetime) -> None:
    """Merge the organization `other` into the first, whose name both go by. Raises NotInDirectory, CannotMerge."""
    first, second = _root(desk, into), _root(desk, other)
    check_merging(first.id, second.id)
    for row in _rows_of(second):
        row.root_id = first.id
        row.other_name = False  # staff have now decided by which names it signs
    second.merged_into_id = first.id
    _remember(desk, second, "merged", at, after={"into": first.name})


@one_transaction
def take_out(desk: Desk, number: int, at: dt.datetime) -> str:
    """Undo a merge, regardless of later merges: the organization stands alone again, with what it had before. Return its name.

    A question about the two that was open before the merge stays open; otherwise they are marked as different. Raises
    NotMerged.
    """
    take_turn(db.session(), desk.coalition_id)
    row = db.session.get(Organization, number)
    if row is None or row.coalition_id != desk.coalition_id:
        raise NotInDirectory("This organization is not in your directory.")
    if row.root_id is None:
        raise NotMerged(f"{row.name} already stands on its own. Nothing was changed.")
    first = db.session.get_one(Organization, row.root_id)
    own = _below(row, list(_rows_of(first)))
    for one in own:
        one.root_id = None if one is row else row.id
    row.merged_into_id, row.other_name = None, False
    db.session.flush()
    if not _asked(first, row):
        _call_two(first, row, desk.staff_id, at)
    _remember(desk, row, "taken out", at, before={"into": first.name})
    return row.name


@one_transaction
def tell_apart(desk: Desk, one: int, other: int, at: dt.datetime) -> None:
    """Mark two organizations as different, so that staff are not asked again. Raises NotInDirectory, CannotMerge."""
    first, second = _root(desk, one), _root(desk, other)
    check_merging(first.id, second.id)
    asked = _asked(first, second)
    for likeness in asked:
        likeness.two_at, likeness.two_by_id = at, desk.staff_id
    if not asked:
        _call_two(first, second, desk.staff_id, at)
    _remember(desk, first, "told apart", at, after={"other": second.name})


@one_transaction
def set_parent(desk: Desk, number: int, parent: int | None, at: dt.datetime) -> None:
    """Set or clear the parent of a chapter. Raises NotInDirectory, NotItsParent."""
    row = _root(desk, number)
    above = _root(desk, parent) if parent is not None else None
    before = db.session.get(Organization, row.parent_id) if row.parent_id else None
    if above is not None and row.id in _line_of(above):
        raise NotItsParent(f"{above.name} cannot be the parent of {row.name}: it is the same, or one of its chapters.")
    row.parent_id = above.id if above else None
    was, has = before.name if before else "", above.name if above else ""
    if was != has:
        _remember(desk, row, "given a parent", at, {"parent": was}, {"parent": has})


@one_transaction
def learn_organizations(at: dt.datetime) -> int:
    """Re-index a batch of organizations whose matching keys are missing or outdated; return how many."""
    old = select(Organization.coalition_id).where(Organization.keyed_by < KEYS_VERSION).limit(1)
    coalition_id = db.session.scalar(old)
    if coalition_id is None:
        return 0
    take_turn(db.session(), coalition_id)
    rows = db.session.scalars(
        select(Organization)
        .where(Organization.coalition_id == coalition_id, Organization.keyed_by < KEYS_VERSION)
        .order_by(Organization.id)
        .limit(AT_ONCE)
    ).all()
    for row in rows:
        row.sort_key = sort_key(row.name)
    learn(db.session(), coalition_id, rows, at)
    return len(rows)


def _root(desk: Desk, number: int) -> Organization:
    """Return an organization of the coalition, locked against merges and splits."""
    take_turn(db.session(), desk.coalition_id)
    row = db.session.get(Organization, number)
    if row is None or row.coalition_id != desk.coalition_id or row.root_id is not None:
        raise NotInDirectory("This organization was merged into another one, or is not in your directory.")
    return row


def _rows_of(row: Organization) -> list[Organization]:
    return list(db.session.scalars(select(Organization).where(is_of(Organization, [row.id])).order_by(Organization.id)))


def _below(row: Organization, rows: list[Organization]) -> list[Organization]:
    """Return an organization with all that were merged into it, directly or not."""
    found = [row]
    for one in found:
        found += [each for each in rows if each.merged_into_id == one.id]
    return found


def _line_of(row: Organization) -> list[int]:
    """Return the ids of an organization and its ancestors; stops at a cycle."""
    line = [row.id]
    while row.parent_id and row.parent_id not in line:
        row = db.session.get_one(Organization, row.parent_id)
        line += [row.id, row.stands_for]
    return line


def _asked(one: Organization, other: Organization) -> list[Likeness]:
    """Return the likeness questions about two organizations, by any of their merged entries."""
    mine, its = ([row.id for row in _rows_of(each)] for each in (one, other))
    pairs = (Likeness.one_id.in_(mine) & Likeness.other_id.in_(its)) | (Likeness.one_id.in_(its) & Likeness.other_id.in_(mine))
    return list(db.session.scalars(select(Likeness).where(pairs)))


def _call_two(one: Organization, other: Organization, staff_id: int, at: dt.datetime) -> None:
    first, second = sorted((one.id, other.id))
    db.session.add(Likeness(one_id=first, other_id=second, reasons=[], found_at=at, two_at=at, two_by_id=staff_id))


def _facts_of(row: Organization) -> Mapping[str, Any]:
    return {
        "name": row.name, "other_names": list(row.other_names), "domains": list(row.more_domains), "section": row.scope,
        "country": row.country,
    }  # fmt: skip


def _settle_names(first: Organization) -> None:
    """Clear the "other name" flag where the directory now knows the name."""
    for row in _rows_of(first):
        row.other_name = row.other_name and not goes_by(row.name, (first.name, *first.other_names))


def _remember(
    desk: Desk,
    row: Organization,
    action: str,
    at: dt.datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    chain, subject = Reference.COALITION.to(desk.coalition_id), Reference.ORGANIZATION.to(row.id)
    remember(db.session(), chain, desk.actor, action, at=at, subject=subject, before=before, after=after)
