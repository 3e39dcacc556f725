"""Invitees: the signature, if any, by which each organization is already on a letter.

Inviting by name, from contacts, by a list, and past signatories checks it; the outcome of an invitation is in `outcomes`.
Only confirmed or imported signatures count, so that what strangers type changes nothing here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from letterhub.domain.invitations.invitation import STATE_PRECEDENCE, counts_for_invitee
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.organizations.matching import MatchVerdict, NameAndSite, compare_organizations
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import (
    Letter,
    Organization,
    OutboxMessage,
    Signature,
    belongs_to,
    is_confirmed_beside_its_index,
    root_id_of,
)

BATCH_SIZE = 500
LEGAL_FORMS = ("inc", "incorporated", "llc", "ltd", "limited", "corp", "corporation")


@dataclass(frozen=True, slots=True)
class Invitee:
    """Organization at a mailbox; with its id in the directory and the signature its invitation led to, if known."""

    organization: str
    website: str
    email: str
    organization_id: int | None = None
    signature_id: int | None = None


@dataclass(frozen=True, slots=True)
class SignatureOnLetter:
    """State and name of an invitee's signature."""

    state: SignatureState
    name: str


def signatures_of_invitees(letter_id: int, invitees: Sequence[Invitee]) -> tuple[SignatureOnLetter | None, ...]:
    """Return for each invitee its most relevant signature under a letter; None if there is none.

    Signatures are matched by the invitation's link, by mailbox, or by organization: the same directory entry (merged ones
    included), or, where its entry is unknown, the same name unless at another site. One that ended matches only by link, by
    mailbox, or from a mailbox at the same domain: nobody else may end an organization's invitation.
    """
    return tuple(
        signature
        for start in range(0, len(invitees), BATCH_SIZE)
        for signature in _signatures_of_batch(letter_id, invitees[start : start + BATCH_SIZE])
    )


def _signatures_of_batch(letter_id: int, invitees: Sequence[Invitee]) -> list[SignatureOnLetter | None]:
    """Return `signatures_of_invitees` for few enough invitees for one statement."""
    roots = _root_ids(letter_id, invitees)
    by_root = _rows_by_root(letter_id, roots)
    by_mailbox = _rows_by_mailbox(letter_id, invitees)
    by_signature_id = _rows_by_signature_id(letter_id, invitees)
    signatures = []
    for position, invitee in enumerate(invitees):
        own_rows: list[Row[Any]] = [
            *by_signature_id.get(invitee.signature_id or 0, ()),
            *by_mailbox.get(EmailAddress(invitee.email).canonical, ()),
        ]
        organization_rows = [
            row
            for root in roots[position]
            for row in by_root.get(root, ())
            if counts_for_invitee(row.state, email=invitee.email, website=invitee.website, signed_from=row.email)
        ]
        all_rows = (*own_rows, *organization_rows)
        best_row = min(all_rows, key=lambda row: (STATE_PRECEDENCE.index(row.state), row.id), default=None)
        signatures.append(SignatureOnLetter(best_row.state, best_row.organization_name) if best_row else None)
    return signatures


def _select_confirmed(letter_id: int) -> Any:
    """Return a select of all signatures ever confirmed under a letter, to be found by other indexes than the letter's."""
    columns = (Signature.id, Signature.state, Signature.organization_id, Signature.organization_name, Signature.email)
    return select(*columns).where(Signature.letter_id + 0 == letter_id, Signature.confirmed_at.is_not(None))


def _rows_by_signature_id(letter_id: int, invitees: Iterable[Invitee]) -> Mapping[int, list[Row[Any]]]:
    """Return the signatures that the invitations of these invitees led to, by id, including unconfirmed ones."""
    signature_ids = {invitee.signature_id for invitee in invitees if invitee.signature_id}
    if not signature_ids:
        return {}
    columns: tuple[Any, ...] = (Signature.id, Signature.state, Signature.organization_name)
    rows = db.session.execute(select(*columns).where(Signature.letter_id == letter_id, Signature.id.in_(signature_ids))).all()
    return {row.id: [row] for row in rows if row.state in STATE_PRECEDENCE}


def _rows_by_mailbox(letter_id: int, invitees: Iterable[Invitee]) -> Mapping[str, list[Row[Any]]]:
    """Return the signatures confirmed from each mailbox, or imported with its address."""
    emails = {invitee.email.lower() for invitee in invitees if invitee.email}
    mailed_query = (
        _select_confirmed(letter_id)
        .add_columns(OutboxMessage.canonical_recipient)
        .join(OutboxMessage, OutboxMessage.signature_id == Signature.id)
        .where(
            OutboxMessage.canonical_recipient.in_({EmailAddress(email).canonical for email in emails}),
            OutboxMessage.kind == MailKind.CONFIRM,
        )
    )
    typed_query = _select_confirmed(letter_id).add_columns(Signature.email.label("canonical_recipient"))
    typed_query = typed_query.where(Signature.email.in_(emails))
    rows_by_mailbox: dict[str, list[Row[Any]]] = defaultdict(list)
    queries = mailed_query, typed_query, _select_mixed_case(letter_id, emails)
    for row in (row for query in queries for row in db.session.execute(query)):
        rows_by_mailbox[EmailAddress(row.canonical_recipient).canonical].append(row)
    return rows_by_mailbox


def _select_mixed_case(letter_id: int, emails: Collection[str]) -> Any:
    """Return a select of the confirmed signatures with one of these addresses that was typed in mixed case."""
    columns = (Signature.id, Signature.state, Signature.organization_id, Signature.organization_name, Signature.email)
    return select(*columns, Signature.email.label("canonical_recipient")).where(
        Signature.letter_id == letter_id, Signature.email != func.lower(Signature.email), is_confirmed_beside_its_index(),
        func.lower(Signature.email).in_(emails),
    )  # fmt: skip


def _rows_by_root(letter_id: int, roots: Iterable[Collection[int]]) -> Mapping[int, list[Row[Any]]]:
    """Return the signatures confirmed for each of these organizations, merged entries included, by the main entry's id."""
    root_ids = {root for ids in roots for root in ids}
    if not root_ids:
        return {}
    query = _select_confirmed(letter_id).add_columns(root_id_of(Organization).label("root"))
    query = query.join(Organization, Organization.id == Signature.organization_id).where(belongs_to(Organization, root_ids))
    rows_by_root: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(query):
        rows_by_root[row.root].append(row)
    return rows_by_root


def _root_ids(letter_id: int, invitees: Sequence[Invitee]) -> list[set[int]]:
    """Return, for each invitee, the ids of its organization in the directory: its own entry's if that is known, otherwise those
    of entries with its name unless at another site. Of merged entries, the main one counts.
    """
    keys = [_candidate_keys(invitee.organization) for invitee in invitees]
    entry_ids = {invitee.organization_id for invitee in invitees if invitee.organization_id}
    coalition_id = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    has_key = Organization.name_key.in_({key for organization_keys in keys for key in organization_keys})
    has_id = and_(Organization.coalition_id + 0 == coalition_id, Organization.id.in_(entry_ids))  # "+ 0": use no index on it
    query = select(Organization).where(or_(and_(Organization.coalition_id == coalition_id, has_key), has_id))
    roots_by_key: dict[str, set[int]] = defaultdict(set)
    root_by_id, names_by_root = dict[int, int](), defaultdict[int, list[NameAndSite]](list)
    for row in db.session.scalars(query):
        roots_by_key[row.name_key].add(row.effective_root_id)
        root_by_id[row.id] = row.effective_root_id
        names_by_root[row.effective_root_id].extend(row.names_and_sites)
    roots_of_invitees = []
    for invitee, organization_keys in zip(invitees, keys, strict=True):
        if invitee.organization_id in root_by_id:
            roots_of_invitees.append({root_by_id[invitee.organization_id]})
            continue
        candidates = {root for key in organization_keys for root in roots_by_key.get(key, ())}
        invitee_names = [NameAndSite(invitee.organization, domain_of_website(invitee.website))]
        roots = {
            root
            for root in candidates
            if compare_organizations(invitee_names, names_by_root[root]).verdict is MatchVerdict.SAME
        }
        roots_of_invitees.append(roots)
    return roots_of_invitees


def _candidate_keys(name: str) -> set[str]:
    """Return the keys of a name without a legal form and with each common one; empty if nothing of it is left.

    Organizations with these keys are only candidates, compared afterward.
    """
    key = name_key(name)
    beginning, _space, last_word = key.rpartition(" ")
    short_key = beginning if last_word in LEGAL_FORMS else key
    if not short_key:
        return set()
    return {short_key, *(f"{short_key} {form}" for form in LEGAL_FORMS)}
