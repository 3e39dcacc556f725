"""Blocklist matches: names that share an organization, mailbox or domain with a blocked one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from letterhub.domain.abuse.bulk_decline import blocklist_keys, mailbox_blocklist_key
from letterhub.domain.letters.document import Signatory
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import blocklist_hashes
from letterhub.models import BlocklistEntry

MAX_FILTERED = 100


def blocklist_matches(letter_id: int, keys_by_signature: Mapping[int, tuple[str, ...]]) -> frozenset[int]:
    """Return the ids of signatures that match another blocked one. `keys_by_signature` has the blocklist keys of each."""
    query = select(BlocklistEntry.key, BlocklistEntry.signature_id).where(BlocklistEntry.letter_id == letter_id)
    if len(keys_by_signature) <= MAX_FILTERED:
        query = query.where(
            BlocklistEntry.key.in_({key for keys in keys_by_signature.values() for key in blocklist_hashes(letter_id, keys)})
        )
    blocked_ids: dict[str, set[int]] = defaultdict(set)
    for row in db.session.execute(query):
        blocked_ids[row.key].add(row.signature_id)
    if not blocked_ids:
        return frozenset()
    return frozenset(
        signature_id
        for signature_id, keys in keys_by_signature.items()
        if any(blocked_ids.get(key, set()) - {signature_id} for key in blocklist_hashes(letter_id, keys))
    )


def blocklist_matches_of_rows(rows: Sequence[Row[Any]]) -> frozenset[int]:
    """Return the `blocklist_matches` among rows of one letter that have the columns of a line."""
    names = ((row, Signatory(row.organization_name, row.signer_name, kind=row.kind).name) for row in rows)
    keys_by_signature = {row.id: blocklist_keys(row.kind, name, row.website, row.email) for row, name in names}
    return blocklist_matches(rows[0].letter_id, keys_by_signature) if rows else frozenset()


def blocked_mailboxes(letter_id: int, emails: Collection[str], since: dt.datetime | None) -> frozenset[str]:
    """Return those of the addresses whose mailboxes are blocked under a letter; only blocks after `since`, if given."""
    emails_by_hash = {blocklist_hashes(letter_id, [mailbox_blocklist_key(email)])[0]: email for email in emails if email}
    query = select(BlocklistEntry.key).where(BlocklistEntry.letter_id == letter_id, BlocklistEntry.key.in_(emails_by_hash))
    if since is not None:
        query = query.where(BlocklistEntry.blocked_at > since)
    return frozenset(emails_by_hash[key] for key in db.session.scalars(query)) if emails_by_hash else frozenset()
