"""Blocklist matches: names that share an organization, mailbox or domain with a blocked one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, exists, select

from letterhub.domain.abuse.blocklist import blocklist_keys, mailbox_blocklist_key
from letterhub.domain.letters.letter_document import Signatory
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import blocklist_hashes
from letterhub.models import BlocklistEntry

MAX_FILTERED = 100


_IS_ANYTHING_BLOCKED = select(exists().where(BlocklistEntry.letter_id == bindparam("letter")))


def blocklist_matches(letter_id: int, keys_by_signature: Iterable[tuple[int, tuple[str, ...]]]) -> frozenset[int]:
    """Return the ids of signatures that share a blocklist key with another signature, which is blocked.

    `keys_by_signature` yields the id and the blocklist keys of each signature; it is read only if the letter has a blocklist.
    """
    if not db.session.scalar(_IS_ANYTHING_BLOCKED, {"letter": letter_id}):
        return frozenset()
    hashes_by_signature = {number: blocklist_hashes(letter_id, keys) for number, keys in keys_by_signature}
    query = select(BlocklistEntry.key, BlocklistEntry.signature_id).where(BlocklistEntry.letter_id == letter_id)
    if len(hashes_by_signature) <= MAX_FILTERED:  # for more, the letter's whole blocklist is read
        query = query.where(BlocklistEntry.key.in_({key for hashes in hashes_by_signature.values() for key in hashes}))
    blocked_ids_by_hash: dict[str, set[int]] = defaultdict(set)
    for row in db.session.execute(query):
        blocked_ids_by_hash[row.key].add(row.signature_id)
    return frozenset(
        signature_id
        for signature_id, hashes in hashes_by_signature.items()
        if any(blocked_ids_by_hash.get(key_hash, set()) - {signature_id} for key_hash in hashes)
    )


def blocklist_matches_of_rows(rows: Sequence[Row[Any]]) -> frozenset[int]:
    """Return the `blocklist_matches` among signatures of one letter, given as rows with their names, website and address."""
    if not rows:
        return frozenset()
    names = ((row, Signatory(row.organization_name, row.signer_name, kind=row.kind).name) for row in rows)
    return blocklist_matches(
        rows[0].letter_id, ((row.id, blocklist_keys(row.kind, name, row.website, row.email)) for row, name in names)
    )


def blocked_mailboxes(letter_id: int, emails: Collection[str], since: dt.datetime | None) -> frozenset[str]:
    """Return those of the addresses whose mailboxes are blocked under a letter; only blocks after `since`, if given."""
    emails_by_hash = {blocklist_hashes(letter_id, [mailbox_blocklist_key(email)])[0]: email for email in emails if email}
    if not emails_by_hash:
        return frozenset()
    query = select(BlocklistEntry.key).where(BlocklistEntry.letter_id == letter_id, BlocklistEntry.key.in_(emails_by_hash))
    if since is not None:
        query = query.where(BlocklistEntry.blocked_at > since)
    return frozenset(emails_by_hash[key_hash] for key_hash in db.session.scalars(query))
