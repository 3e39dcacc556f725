"""Blocklist matches: names that share an organization, mailbox or domain with a blocked one; one query for many names."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from letterhub.domain.abuse.blocklist import blocklist_keys, mailbox_blocklist_key
from letterhub.domain.letters.document import Signatory
from letterhub.infrastructure.db import db
from letterhub.mail.address_hashes import blocklist_hashes
from letterhub.models import BlocklistEntry

MAX_FILTERED = 100


def blocklist_matches(letter_id: int, known_by: Mapping[int, tuple[str, ...]]) -> frozenset[int]:
    """Return the ids of signatures that match another blocked one. `known_by` has the blocklist keys of each."""
    asked = select(BlocklistEntry.key, BlocklistEntry.signature_id).where(BlocklistEntry.letter_id == letter_id)
    if len(known_by) <= MAX_FILTERED:
        asked = asked.where(
            BlocklistEntry.key.in_({key for own in known_by.values() for key in blocklist_hashes(letter_id, own)})
        )
    turned: dict[str, set[int]] = defaultdict(set)
    for row in db.session.execute(asked):
        turned[row.key].add(row.signature_id)
    if not turned:
        return frozenset()
    marked = ((number, blocklist_hashes(letter_id, words)) for number, words in known_by.items())
    return frozenset(number for number, own in marked if any(turned.get(key, set()) - {number} for key in own))


def blocklist_matches_of_rows(rows: Sequence[Row[Any]]) -> frozenset[int]:
    """Return the same for rows of one letter that have the columns of a line."""
    names = ((row, Signatory(row.organization_name, row.signer_name, kind=row.kind).name) for row in rows)
    known_by = {row.id: blocklist_keys(row.kind, name, row.website, row.email) for row, name in names}
    return blocklist_matches(rows[0].letter_id, known_by) if rows else frozenset()


def blocked_mailboxes(letter_id: int, emails: Collection[str], since: dt.datetime | None) -> frozenset[str]:
    """Return those of the addresses whose mailboxes are blocked under a letter; only blocks after `since`, if given."""
    keys = {blocklist_hashes(letter_id, [mailbox_blocklist_key(email)])[0]: email for email in emails if email}
    asked = select(BlocklistEntry.key).where(BlocklistEntry.letter_id == letter_id, BlocklistEntry.key.in_(keys))
    if since is not None:
        asked = asked.where(BlocklistEntry.blocked_at > since)
    return frozenset(keys[key] for key in db.session.scalars(asked)) if keys else frozenset()
