"""Organization directory: describe, vouch, merge, split, and mark as different. See docs/design/organizations.md."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from letterhub.domain.audit.log import ReferenceKind
from letterhub.domain.i18n import _
from letterhub.domain.letters.letter_document import Logo
from letterhub.domain.organizations.directory import (
    InvalidParent,
    NotInDirectory,
    NotMerged,
    OrganizationUpdate,
    check_merge,
    check_vouch_reason,
)
from letterhub.domain.organizations.matching import KEYS_VERSION, has_name
from letterhub.domain.organizations.name_keys import sort_key
from letterhub.infrastructure.db import db, one_transaction
from letterhub.models import (
    Organization,
    OrganizationLogo,
    PossibleDuplicate,
    append_audit_entry,
    belongs_to,
    index_for_matching,
    lock_directory,
)
from letterhub.queries.accounts import StaffContext

BATCH_SIZE = 200


@one_transaction
def edit_organization(staff: StaffContext, organization_id: int, update: OrganizationUpdate, at: dt.datetime) -> None:
    """Save what staff write about an organization; a changed name is compared with the others. Raises NotInDirectory."""
    row = _lock_root(staff, organization_id)
    before = _audit_facts(row)
    names = dict.fromkeys((*update.other_names, row.name))
    names.pop(update.name, None)
    row.name, row.sort_key, row.other_names = update.name, sort_key(update.name), list(names)
    row.section, row.country, row.more_domains = update.section, update.country, list(update.domains)
    _clear_other_name_flags(row)
    after = _audit_facts(row)
    changed = [fact for fact in after if after[fact] != before[fact]]
    if {"name", "other_names", "domains"}.intersection(changed):
        index_for_matching(db.session(), staff.coalition_id, [row], at)
    if changed:
        old_values, new_values = {fact: before[fact] for fact in changed}, {fact: after[fact] for fact in changed}
        _append_audit_entry(staff, row, "described", at, old_values, new_values)


@one_transaction
def add_other_name(staff: StaffContext, organization_id: int, at: dt.datetime) -> None:
    """Add a name that an organization signed by to its known names. Raises NotInDirectory."""
    entry = db.session.get(Organization, organization_id)
    if entry is None or entry.coalition_id != staff.coalition_id:
        raise NotInDirectory(_("This organization is not in your directory."))
    row = _lock_root(staff, entry.effective_root_id)
    before = _audit_facts(row)
    row.other_names = [*dict.fromkeys((*row.other_names, entry.name))]
    _clear_other_name_flags(row)
    index_for_matching(db.session(), staff.coalition_id, [row], at)
    _append_audit_entry(
        staff, row, "described", at, {"other_names": before["other_names"]}, {"other_names": list(row.other_names)}
    )


@one_transaction
def vouch_for_organization(staff: StaffContext, organization_id: int, reason: str, at: dt.datetime) -> None:
    """Vouch for an organization: that it exists, and is who it says. Raises VouchReasonMissing."""
    row = _lock_root(staff, organization_id)
    check_vouch_reason(reason)
    row.vouched_at, row.vouched_by_id, row.vouch_reason = at, staff.staff_id, reason.strip()
    _append_audit_entry(staff, row, "vouched for", at, after={"reason": row.vouch_reason})


@one_transaction
def end_organization_vouch(staff: StaffContext, organization_id: int, at: dt.datetime) -> None:
    """Take back the vouch for an organization."""
    row = _lock_root(staff, organization_id)
    if row.vouched_at is not None:
        before = {"reason": row.vouch_reason}
        row.vouched_at, row.vouched_by_id, row.vouch_reason = None, None, ""
        _append_audit_entry(staff, row, "vouch taken back", at, before)


@one_transaction
def set_logo(staff: StaffContext, organization_id: int, logo: Logo | None, at: dt.datetime) -> None:
    """Set or replace an organization's logo; None removes it. Raises NotInDirectory."""
    row = _lock_root(staff, organization_id)
    stored_logo = db.session.get(OrganizationLogo, row.id)
    if stored_logo is not None:
        db.session.delete(stored_logo)
        db.session.flush()
    if logo is not None:
        db.session.add(OrganizationLogo(organization_id=row.id, media_type=logo.media_type, content=logo.data, stored_at=at))
        facts = {"size": len(logo.data), "sha256": hashlib.sha256(logo.data).hexdigest()}
        _append_audit_entry(staff, row, "given a logo", at, after=facts)
    elif stored_logo is not None:
        _append_audit_entry(staff, row, "logo taken away", at)


@one_transaction
def merge_organizations(staff: StaffContext, into: int, other: int, at: dt.datetime) -> None:
    """Merge the organization `other` into the first, whose name both go by. Raises NotInDirectory, CannotMerge."""
    first, second = _lock_root(staff, into), _lock_root(staff, other)
    check_merge(first.id, second.id)
    for row in _merged_entries(second):
        row.root_id = first.id
        row.merged_by_other_name = False  # staff have now decided by which names it signs
    second.merged_into_id = first.id
    _append_audit_entry(staff, second, "merged", at, after={"into": first.name})


@one_transaction
def undo_merge(staff: StaffContext, organization_id: int, at: dt.datetime) -> str:
    """Undo a merge, regardless of later merges: the organization stands alone again, with what it had before. Return its name.

    A question about the two that was open before the merge stays open; otherwise they are marked as different. Raises
    NotMerged.
    """
    lock_directory(db.session(), staff.coalition_id)
    row = db.session.get(Organization, organization_id)
    if row is None or row.coalition_id != staff.coalition_id:
        raise NotInDirectory(_("This organization is not in your directory."))
    if row.root_id is None:
        raise NotMerged(_("%(name)s is not merged into another organization, so nothing was changed.", name=row.name))
    root = db.session.get_one(Organization, row.root_id)
    entries, entries_of_root = [row], _merged_entries(root)
    for entry in entries:  # grows by what was merged into it, directly or not
        entries += [other for other in entries_of_root if other.merged_into_id == entry.id]
    for entry in entries:
        entry.root_id = None if entry is row else row.id
    row.merged_into_id, row.merged_by_other_name = None, False
    db.session.flush()
    if not _likenesses_between(root, row):
        _add_difference(root, row, staff.staff_id, at)
    _append_audit_entry(staff, row, "taken out", at, before={"into": root.name})
    return row.name


@one_transaction
def mark_as_different(staff: StaffContext, one: int, other: int, at: dt.datetime) -> None:
    """Mark two organizations as different, so that staff are not asked again. Raises NotInDirectory, CannotMerge."""
    first, second = _lock_root(staff, one), _lock_root(staff, other)
    check_merge(first.id, second.id)
    questions = _likenesses_between(first, second)
    for question in questions:
        question.dismissed_at, question.dismissed_by_id = at, staff.staff_id
    if not questions:
        _add_difference(first, second, staff.staff_id, at)
    _append_audit_entry(staff, first, "told apart", at, after={"other": second.name})


@one_transaction
def set_parent(staff: StaffContext, organization_id: int, parent: int | None, at: dt.datetime) -> None:
    """Set or clear the parent of a chapter. Raises NotInDirectory, InvalidParent."""
    row = _lock_root(staff, organization_id)
    parent_row = _lock_root(staff, parent) if parent is not None else None
    old_parent = db.session.get(Organization, row.parent_id) if row.parent_id else None
    if parent_row is not None and row.id in _ancestor_ids(parent_row):
        raise InvalidParent(
            _(
                "%(parent)s can’t be the parent of %(name)s: it is the same organization, or one of its chapters.",
                parent=parent_row.name,
                name=row.name,
            )
        )
    row.parent_id = parent_row.id if parent_row else None
    old_name, new_name = old_parent.name if old_parent else "", parent_row.name if parent_row else ""
    if old_name != new_name:
        _append_audit_entry(staff, row, "given a parent", at, {"parent": old_name}, {"parent": new_name})


@one_transaction
def reindex_organizations(at: dt.datetime) -> int:
    """Re-index a batch of organizations whose matching keys are missing or outdated; return how many."""
    statement = select(Organization.coalition_id).where(Organization.keys_version < KEYS_VERSION).limit(1)
    coalition_id = db.session.scalar(statement)
    if coalition_id is None:
        return 0
    lock_directory(db.session(), coalition_id)
    rows = db.session.scalars(
        select(Organization)
        .where(Organization.coalition_id == coalition_id, Organization.keys_version < KEYS_VERSION)
        .order_by(Organization.id)
        .limit(BATCH_SIZE)
    ).all()
    for row in rows:
        row.sort_key = sort_key(row.name)
    index_for_matching(db.session(), coalition_id, rows, at)
    return len(rows)


def _lock_root(staff: StaffContext, organization_id: int) -> Organization:
    """Return an organization of the coalition, locked against merges and splits."""
    lock_directory(db.session(), staff.coalition_id)
    row = db.session.get(Organization, organization_id)
    if row is None or row.coalition_id != staff.coalition_id or row.root_id is not None:
        raise NotInDirectory(_("This organization was merged into another one, or is not in your directory."))
    return row


def _merged_entries(row: Organization) -> list[Organization]:
    return list(db.session.scalars(select(Organization).where(belongs_to(Organization, [row.id])).order_by(Organization.id)))


def _ancestor_ids(row: Organization) -> list[int]:
    """Return the ids of an organization and its ancestors; stops at a cycle."""
    ids = [row.id]
    while row.parent_id and row.parent_id not in ids:
        row = db.session.get_one(Organization, row.parent_id)
        ids += [row.id, row.effective_root_id]
    return ids


def _likenesses_between(one: Organization, other: Organization) -> list[PossibleDuplicate]:
    """Return the likeness questions about two organizations, by any of their merged entries."""
    ids, other_ids = ([entry.id for entry in _merged_entries(root)] for root in (one, other))
    pairs = (PossibleDuplicate.one_id.in_(ids) & PossibleDuplicate.other_id.in_(other_ids)) | (
        PossibleDuplicate.one_id.in_(other_ids) & PossibleDuplicate.other_id.in_(ids)
    )
    return list(db.session.scalars(select(PossibleDuplicate).where(pairs)))


def _add_difference(one: Organization, other: Organization, staff_id: int, at: dt.datetime) -> None:
    """Record that staff found two organizations to be different, though no question about them was open."""
    first, second = sorted((one.id, other.id))
    db.session.add(
        PossibleDuplicate(one_id=first, other_id=second, reasons=[], found_at=at, dismissed_at=at, dismissed_by_id=staff_id)
    )


def _audit_facts(row: Organization) -> Mapping[str, Any]:
    """Return what staff can write about an organization, as plain values for the audit log."""
    return {
        "name": row.name, "other_names": list(row.other_names), "domains": list(row.more_domains), "section": row.section,
        "country": row.country,
    }  # fmt: skip


def _clear_other_name_flags(first: Organization) -> None:
    """Clear the flag "merged by another name" of the merged entries whose names the organization now goes by."""
    for row in _merged_entries(first):
        row.merged_by_other_name = row.merged_by_other_name and not has_name(row.name, (first.name, *first.other_names))


def _append_audit_entry(
    staff: StaffContext,
    row: Organization,
    action: str,
    at: dt.datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    chain, subject = ReferenceKind.COALITION.reference(staff.coalition_id), ReferenceKind.ORGANIZATION.reference(row.id)
    append_audit_entry(db.session(), chain, staff.actor, action, at=at, subject=subject, before=before, after=after)
