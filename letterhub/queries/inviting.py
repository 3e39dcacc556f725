"""Reads for inviting many: what becomes of each row of a file, and who has not answered an invitation yet."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from letterhub.db import db
from letterhub.domain.importing import Given, mark_of_rows
from letterhub.domain.invitations import NO_ADDRESS, REMINDED_AFTER, InvitedRow, KnownBefore, Prospect, invited_row
from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.mails import MailKind
from letterhub.domain.organizations import name_key
from letterhub.domain.states import SignatureState
from letterhub.mail.fingerprints import address_fingerprint, mailbox_fingerprint
from letterhub.models import Invitation, Letter, MailStop, Organization, OutboxLine, Signature, is_of, root_of
from letterhub.queries.importing import fates_of, given_in, upload_of

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class InvitingRehearsal:
    """A file as its organizations would be invited now. `notes` tell what of the file as a whole was left out."""

    file: str
    rows: tuple[InvitedRow, ...]
    notes: tuple[str, ...]

    def of(self, prospect: Prospect) -> tuple[InvitedRow, ...]:
        """The rows of which the same becomes."""
        return tuple(row for row in self.rows if row.prospect is prospect)

    @property
    def invited(self) -> tuple[InvitedRow, ...]:
        """The rows that would be invited."""
        return self.of(Prospect.INVITED)

    @property
    def mark(self) -> str:
        """The mark of the rows that would be invited."""
        return mark_of_rows(row.given for row in self.invited)


def inviting_rehearsal(letter_id: int, upload_id: int) -> InvitingRehearsal | None:
    """What inviting the organizations of an upload would do now; None where the letter has no such upload. One a mailbox."""
    upload = upload_of(letter_id, upload_id)
    if upload is None:
        return None
    rows, notes = given_in(upload.content, upload.file)
    reached = [row for row in rows if row.email]
    told = {row.given.line: row for row in fates_of(letter_id, reached)}
    here = under_letter(letter_id, [(row.signatory.organization, row.email) for row in reached])
    before, earlier, fated = _Before(letter_id), dict[str, int](), []
    for row in rows:
        one = told.get(row.line)
        if one is None:
            fated.append(InvitedRow(row, Prospect.LEFT, " ".join((NO_ADDRESS, *row.notes))))
            continue
        key = mailbox_fingerprint(letter_id, row.email)
        there = (row.signatory.organization, row.email) in here
        fated.append(invited_row(one, before.of(row, there=there, earlier=earlier.get(key))))
        if fated[-1].prospect is Prospect.INVITED:
            earlier[key] = row.line
    return InvitingRehearsal(upload.file, tuple(fated), notes)


class _Before:
    """What is known of those who were invited to a letter, or want no mail about it."""

    def __init__(self, letter_id: int) -> None:
        self._letter_id = letter_id
        columns = (Invitation.mailbox_key, Invitation.line, Invitation.email, Invitation.declined_at)
        rows = db.session.execute(select(*columns).where(Invitation.letter_id == letter_id)).all()
        self._mailboxes = {row.mailbox_key for row in rows}
        self._names = {name_key(row.line.get("organization", "")): row for row in rows if row.line}
        self._stopped = _stopped(letter_id)

    def of(self, row: Given, *, there: bool, earlier: int | None) -> KnownBefore:
        """What is known of the organization of a row."""
        keys = mailbox_fingerprint(self._letter_id, row.email), address_fingerprint(self._letter_id, row.email)
        same = self._names.get(name_key(row.signatory.organization))
        return KnownBefore(
            invited=keys[0] in self._mailboxes,
            invited_at=same.email if same else "",
            declined=bool(same and same.declined_at),
            stopped=not self._stopped.isdisjoint(keys),
            there=there,
            earlier=earlier,
        )


def unanswered(letter_id: int, at: dt.datetime) -> tuple[Invitation, ...]:
    """The invitations to a letter of which nothing came within some days, and that left once at most, the first ones first.

    Left out is where mail failed, and whoever has begun, signed, withdrawn or was declined by another way, by name or mailbox.
    """
    number = OutboxLine.facts["invitation_id"].as_integer().label("number")
    left, failed = func.count().filter(OutboxLine.cancelled_at.is_(None)), func.count(OutboxLine.failed_at)
    mailed = (
        select(number)
        .where(OutboxLine.letter_id == letter_id, OutboxLine.kind == MailKind.INVITE)
        .group_by("number")
        .having(left <= 1, failed == 0)
    )
    waiting = select(Invitation).where(
        Invitation.letter_id == letter_id,
        Invitation.email != "",
        Invitation.signature_id.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.invited_at <= at - REMINDED_AFTER,
        Invitation.id.in_(mailed),
    )
    rows = db.session.scalars(waiting.order_by(Invitation.id)).all()
    stopped, here = _stopped(letter_id), under_letter(letter_id, [_whom(row) for row in rows])
    return tuple(row for row in rows if row.mailbox_key not in stopped and _whom(row) not in here)


def _whom(row: Invitation) -> tuple[str, str]:
    return str(row.line.get("organization", "")), row.email


def _stopped(letter_id: int) -> frozenset[str]:
    return frozenset(db.session.scalars(select(MailStop.mailbox_key).where(MailStop.letter_id == letter_id)))


def under_letter(letter_id: int, them: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Those of the names with their mailboxes of which a letter has a signature, in whatever state but one that expired: under
    a spelling of the name, or of the mailbox.
    """
    return frozenset(
        one for start in range(0, len(them), AT_ONCE) for one in _under_letter(letter_id, them[start : start + AT_ONCE])
    )


def _under_letter(letter_id: int, them: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    names, boxes = {name_key(name) for name, _email in them}, {mailbox_of(email) for _name, email in them}
    here = (Signature.letter_id == letter_id, Signature.state != SignatureState.EXPIRED)
    coalition = select(Letter.coalition_id).where(Letter.id == letter_id).scalar_subquery()
    named = select(Organization.name_key, root_of(Organization)).where(
        Organization.coalition_id == coalition, Organization.name_key.in_(names)
    )
    keys: dict[int, set[str]] = {}
    for key, root in db.session.execute(named):
        keys.setdefault(root, set()).add(key)
    of_them = select(Organization.id, root_of(Organization).label("root")).where(is_of(Organization, list(keys)))
    roots = {row.id: row.root for row in db.session.execute(of_them)}
    signed = select(Signature.organization_id).where(Signature.organization_id.in_(list(roots)), *here).distinct()
    by_name = {key for number in db.session.scalars(signed) for key in keys[roots[number]]}
    by_mail = (
        select(OutboxLine.mailbox)
        .join(Signature, Signature.id == OutboxLine.signature_id)
        .where(OutboxLine.mailbox.in_(boxes), OutboxLine.letter_id == letter_id, *here)
    )
    by_file = select(Signature.email).where(func.lower(Signature.email).in_({email.lower() for _name, email in them}), *here)
    known = by_name, {*db.session.scalars(by_mail), *map(mailbox_of, db.session.scalars(by_file))}
    yield from (one for one in them if name_key(one[0]) in known[0] or mailbox_of(one[1]) in known[1])
