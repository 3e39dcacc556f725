"""Invitees: the signature, if any, by which each organization is already on a letter.

The list of invitations, contacts, imported lists, reminders, counts and the invitation form all use `signatures_of_invitees`.
Only confirmed or imported signatures count, so that what strangers type changes nothing here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, or_, select

from letterhub.domain.invitations.invitation import STATE_PRECEDENCE, counts_for_invitee
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.organizations.matching import MatchVerdict, NameAndSite, compare_organizations
from letterhub.domain.organizations.names import domain_of_website, name_key
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Organization, OutboxMessage, Signature, belongs_to, root_id_of

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

    @property
    def named(self) -> NameAndSite:
        """Return its name with its website's domain."""
        return NameAndSite(self.organization, domain_of_website(self.website))


@dataclass(frozen=True, slots=True)
class SignatureOnLetter:
    """State and name of an invitee's signature."""

    state: SignatureState
    name: str


def signatures_of_invitees(letter_id: int, invitees: Sequence[Invitee]) -> tuple[SignatureOnLetter | None, ...]:
    """Return for each invitee its most relevant signature under a letter; None if there is none.

    Signatures are matched by the invitation's link, by mailbox, or by organization: the same directory entry (merged ones
    included), or the same name unless at another site. One that ended matches only by link, by mailbox, or from a mailbox at
    the same domain: nobody else may end an organization's invitation.
    """
    return tuple(
        found
        for start in range(0, len(invitees), BATCH_SIZE)
        for found in _signatures_of_batch(letter_id, invitees[start : start + BATCH_SIZE])
    )


def _signatures_of_batch(letter_id: int, invitees: Sequence[Invitee]) -> list[SignatureOnLetter | None]:
    roots = _organization_ids(letter_id, invitees)
    by_root, by_mailbox, by_number = (
        _by_organization(letter_id, roots),
        _by_mailbox(letter_id, invitees),
        _by_signature_id(letter_id, invitees),
    )
    found = []
    for place, one in enumerate(invitees):
        own: list[Row[Any]] = [
            *by_number.get(one.signature_id or 0, ()),
            *by_mailbox.get(EmailAddress(one.email).canonical, ()),
        ]
        named = [
            row
            for root in roots[place]
            for row in by_root.get(root, ())
            if counts_for_invitee(row.state, email=one.email, website=one.website, signed_from=row.email)
        ]
        counted = min((*own, *named), key=lambda row: STATE_PRECEDENCE.index(row.state), default=None)
        found.append(SignatureOnLetter(counted.state, counted.organization_name) if counted else None)
    return found


def _confirmed_signatures(letter_id: int) -> Any:
    """Return a select of all signatures ever confirmed under a letter."""
    columns = (Signature.id, Signature.state, Signature.organization_id, Signature.organization_name, Signature.email)
    return select(*columns).where(Signature.letter_id == letter_id, Signature.confirmed_at.is_not(None))


def _by_signature_id(letter_id: int, invitees: Iterable[Invitee]) -> Mapping[int, list[Row[Any]]]:
    """Return the signatures that invitations led to, by id, including unconfirmed ones."""
    numbers = {one.signature_id for one in invitees if one.signature_id}
    if not numbers:
        return {}
    columns: tuple[Any, ...] = (Signature.id, Signature.state, Signature.organization_name)
    rows = db.session.execute(select(*columns).where(Signature.letter_id == letter_id, Signature.id.in_(numbers))).all()
    return {row.id: [row] for row in rows if row.state in STATE_PRECEDENCE}


def _by_mailbox(letter_id: int, invitees: Iterable[Invitee]) -> Mapping[str, list[Row[Any]]]:
    """Return the signatures confirmed from each mailbox, or imported with its address."""
    emails = {one.email.lower() for one in invitees if one.email}
    mailed = (
        _confirmed_signatures(letter_id)
        .add_columns(OutboxMessage.canonical_recipient)
        .join(OutboxMessage, OutboxMessage.signature_id == Signature.id)
        .where(
            OutboxMessage.canonical_recipient.in_({EmailAddress(email).canonical for email in emails}),
            OutboxMessage.kind == MailKind.CONFIRM,
        )
    )
    typed = (
        _confirmed_signatures(letter_id)
        .add_columns(Signature.email.label("canonical_recipient"))
        .where(func.lower(Signature.email).in_(emails))
    )
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in (*db.session.execute(mailed), *db.session.execute(typed)):
        found[EmailAddress(row.canonical_recipient).canonical].append(row)
    return found


def _by_organization(letter_id: int, roots: Iterable[Collection[int]]) -> Mapping[int, list[Row[Any]]]:
    """Return the signatures confirmed for each organization."""
    every = {root for some in roots for root in some}
    rows = _confirmed_signatures(letter_id).add_columns(root_id_of(Organization).label("root"))
    rows = rows.join(Organization, Organization.id == Signature.organization_id).where(belongs_to(Organization, every))
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(rows):
        found[row.root].append(row)
    return found


def _organization_ids(letter_id: int, invitees: Sequence[Invitee]) -> list[set[int]]:
    """Return the directory ids of each invitee: of its own entry, and of those with its name unless at another site."""
    keys = [_keys(one.organization) for one in invitees]
    known = {one.organization_id for one in invitees if one.organization_id}
    home = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    named = Organization.name_key.in_({key for some in keys for key in some})
    near = select(Organization).where(Organization.coalition_id == home, or_(named, Organization.id.in_(known)))
    roots_by_key: dict[str, set[int]] = defaultdict(set)
    root_by_id, groups = dict[int, int](), defaultdict[int, list[NameAndSite]](list)
    for row in db.session.scalars(near):
        roots_by_key[row.name_key].add(row.effective_root_id)
        root_by_id[row.id] = row.effective_root_id
        groups[row.effective_root_id].extend(row.named)
    return [
        {root for key in some for root in roots_by_key.get(key, ()) if _is_same(one.named, groups[root])}
        | ({root_by_id[one.organization_id]} if one.organization_id in root_by_id else set())
        for one, some in zip(invitees, keys, strict=True)
    ]


def _is_same(one: NameAndSite, names: Sequence[NameAndSite]) -> bool:
    return compare_organizations([one], names).verdict is MatchVerdict.SAME


def _keys(name: str) -> set[str]:
    """Return the keys of a name with and without a legal form. Only common forms: these are candidates, compared afterward."""
    key = name_key(name)
    bare = key.rpartition(" ")[0] if key.rpartition(" ")[2] in LEGAL_FORMS else key
    return {bare, *(f"{bare} {form}" for form in LEGAL_FORMS)} if bare else set()
