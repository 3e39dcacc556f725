"""Invitees: the signature, if any, by which each organization is already on a letter.

The list of invitations, contacts, imported lists, reminders, counts and the invitation form all use `signatures_of`. Only
confirmed or imported signatures count, so that what strangers type changes nothing here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, or_, select

from letterhub.domain.invitations.invitation import COUNTS_MOST, is_of_invitee
from letterhub.domain.mail.email_addresses import mailbox_of
from letterhub.domain.mail.outgoing_mail import MailKind
from letterhub.domain.organizations.matching import Named, Verdict, compare_all
from letterhub.domain.organizations.names import domain_of_website, name_key
from letterhub.domain.states import SignatureState
from letterhub.infrastructure.db import db
from letterhub.models import Letter, Organization, OutboxLine, Signature, is_of, root_of

AT_ONCE = 500
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
    def named(self) -> Named:
        """Return its name with its website's domain."""
        return Named(self.organization, domain_of_website(self.website))


@dataclass(frozen=True, slots=True)
class OnLetter:
    """State and name of an invitee's signature."""

    state: SignatureState
    name: str


def signatures_of(letter_id: int, invitees: Sequence[Invitee]) -> tuple[OnLetter | None, ...]:
    """Return for each invitee its most relevant signature under a letter; None if there is none.

    Signatures are matched by the invitation's link, by mailbox, or by organization: the same directory entry (merged ones
    included), or the same name unless at another site. One that ended matches only by link, by mailbox, or from a mailbox at
    the same domain: nobody else may end an organization's invitation.
    """
    return tuple(
        found for start in range(0, len(invitees), AT_ONCE) for found in _found(letter_id, invitees[start : start + AT_ONCE])
    )


def _found(letter_id: int, invitees: Sequence[Invitee]) -> list[OnLetter | None]:
    roots = _roots_of(letter_id, invitees)
    by_root, by_mailbox, by_number = (
        _by_root(letter_id, roots),
        _by_mailbox(letter_id, invitees),
        _by_number(letter_id, invitees),
    )
    found = []
    for place, one in enumerate(invitees):
        own: list[Row[Any]] = [*by_number.get(one.signature_id or 0, ()), *by_mailbox.get(mailbox_of(one.email), ())]
        named = [
            row
            for root in roots[place]
            for row in by_root.get(root, ())
            if is_of_invitee(row.state, email=one.email, website=one.website, signed_from=row.email)
        ]
        counted = min((*own, *named), key=lambda row: COUNTS_MOST.index(row.state), default=None)
        found.append(OnLetter(counted.state, counted.organization_name) if counted else None)
    return found


def _signed(letter_id: int) -> Any:
    """Return a select of all signatures ever confirmed under a letter."""
    columns = (Signature.id, Signature.state, Signature.organization_id, Signature.organization_name, Signature.email)
    return select(*columns).where(Signature.letter_id == letter_id, Signature.confirmed_at.is_not(None))


def _by_number(letter_id: int, invitees: Iterable[Invitee]) -> Mapping[int, list[Row[Any]]]:
    """Return the signatures that invitations led to, by id, including unconfirmed ones."""
    numbers = {one.signature_id for one in invitees if one.signature_id}
    if not numbers:
        return {}
    columns: tuple[Any, ...] = (Signature.id, Signature.state, Signature.organization_name)
    rows = db.session.execute(select(*columns).where(Signature.letter_id == letter_id, Signature.id.in_(numbers))).all()
    return {row.id: [row] for row in rows if row.state in COUNTS_MOST}


def _by_mailbox(letter_id: int, invitees: Iterable[Invitee]) -> Mapping[str, list[Row[Any]]]:
    """Return the signatures confirmed from each mailbox, or imported with its address."""
    emails = {one.email.lower() for one in invitees if one.email}
    mailed = (
        _signed(letter_id)
        .add_columns(OutboxLine.mailbox)
        .join(OutboxLine, OutboxLine.signature_id == Signature.id)
        .where(OutboxLine.mailbox.in_(set(map(mailbox_of, emails))), OutboxLine.kind == MailKind.CONFIRM)
    )
    typed = _signed(letter_id).add_columns(Signature.email.label("mailbox")).where(func.lower(Signature.email).in_(emails))
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in (*db.session.execute(mailed), *db.session.execute(typed)):
        found[mailbox_of(row.mailbox)].append(row)
    return found


def _by_root(letter_id: int, roots: Iterable[Collection[int]]) -> Mapping[int, list[Row[Any]]]:
    """Return the signatures confirmed for each organization."""
    every = {root for some in roots for root in some}
    rows = _signed(letter_id).add_columns(root_of(Organization).label("root"))
    rows = rows.join(Organization, Organization.id == Signature.organization_id).where(is_of(Organization, every))
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(rows):
        found[row.root].append(row)
    return found


def _roots_of(letter_id: int, invitees: Sequence[Invitee]) -> list[set[int]]:
    """Return the directory ids of each invitee: of its own entry, and of those with its name unless at another site."""
    keys = [_keys(one.organization) for one in invitees]
    known = {one.organization_id for one in invitees if one.organization_id}
    home = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    named = Organization.name_key.in_({key for some in keys for key in some})
    near = select(Organization).where(Organization.coalition_id == home, or_(named, Organization.id.in_(known)))
    roots_by_key: dict[str, set[int]] = defaultdict(set)
    root_by_id, groups = dict[int, int](), defaultdict[int, list[Named]](list)
    for row in db.session.scalars(near):
        roots_by_key[row.name_key].add(row.stands_for)
        root_by_id[row.id] = row.stands_for
        groups[row.stands_for].extend(row.named)
    return [
        {root for key in some for root in roots_by_key.get(key, ()) if _is_same(one.named, groups[root])}
        | ({root_by_id[one.organization_id]} if one.organization_id in root_by_id else set())
        for one, some in zip(invitees, keys, strict=True)
    ]


def _is_same(one: Named, names: Sequence[Named]) -> bool:
    return compare_all([one], names).verdict is Verdict.SAME


def _keys(name: str) -> set[str]:
    """Return the keys of a name with and without a legal form. Only common forms: these are candidates, compared afterward."""
    key = name_key(name)
    bare = key.rpartition(" ")[0] if key.rpartition(" ")[2] in LEGAL_FORMS else key
    return {bare, *(f"{bare} {form}" for form in LEGAL_FORMS)} if bare else set()
