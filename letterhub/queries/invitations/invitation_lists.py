"""Preview of inviting a list: the outcome of each row of a file, and who was invited before."""

from dataclasses import dataclass

from sqlalchemy import select

from letterhub.domain.invitations.imports import Given, mark_of_rows
from letterhub.domain.invitations.invitation import NO_ADDRESS, Came, InvitedRow, KnownBefore, Prospect, came_of, invited_row
from letterhub.domain.organizations.names import name_key
from letterhub.infrastructure.db import db
from letterhub.mail.address_hashes import address_fingerprint, mailbox_fingerprint
from letterhub.models import Invitation
from letterhub.queries.invitations.imports import fates_of, given_in, upload_of
from letterhub.queries.invitations.invitations import stops_of
from letterhub.queries.invitations.invitees import Invitee, signatures_of


@dataclass(frozen=True, slots=True)
class InvitingRehearsal:
    """Preview of inviting a file's organizations. `notes` say what of the file as a whole was left out."""

    file: str
    rows: tuple[InvitedRow, ...]
    notes: tuple[str, ...]

    def of(self, prospect: Prospect) -> tuple[InvitedRow, ...]:
        """Return the rows with this outcome."""
        return tuple(row for row in self.rows if row.prospect is prospect)

    @property
    def invited(self) -> tuple[InvitedRow, ...]:
        """Return the rows that would be invited."""
        return self.of(Prospect.INVITED)

    @property
    def mark(self) -> str:
        """Return the version hash of the rows that would be invited."""
        return mark_of_rows(row.given for row in self.invited)


def inviting_rehearsal(letter_id: int, upload_id: int) -> InvitingRehearsal | None:
    """Return the preview of inviting an upload's organizations, one per mailbox; None if the letter has no such upload."""
    upload = upload_of(letter_id, upload_id)
    if upload is None:
        return None
    rows, notes = given_in(upload.content, upload.file)
    reached = [row for row in rows if row.email]
    told = {row.given.line: row for row in fates_of(letter_id, reached)}
    signed = signatures_of(letter_id, [Invitee(row.signatory.organization, row.signatory.url, row.email) for row in reached])
    came = {row.line: came_of(found.state) for row, found in zip(reached, signed, strict=True) if found}
    before, earlier, fated = Before(letter_id), dict[str, int](), []
    for row in rows:
        one = told.get(row.line)
        if one is None:
            fated.append(InvitedRow(row, Prospect.LEFT, " ".join((NO_ADDRESS, *row.notes))))
            continue
        key = mailbox_fingerprint(letter_id, row.email)
        fated.append(invited_row(one, before.of(row, came.get(row.line), earlier.get(key))))
        if fated[-1].prospect is Prospect.INVITED:
            earlier[key] = row.line
    return InvitingRehearsal(upload.file, tuple(fated), notes)


class Before:
    """Lookup of a letter's earlier invitations, by mailbox and name, and of suppressed mailboxes."""

    def __init__(self, letter_id: int) -> None:
        self._letter_id = letter_id
        columns = (Invitation.mailbox_key, Invitation.line, Invitation.email, Invitation.declined_at)
        rows = db.session.execute(select(*columns).where(Invitation.letter_id == letter_id)).all()
        self._mailboxes = {row.mailbox_key for row in rows}
        self._names = {name_key(row.line.get("organization", "")): row for row in rows if row.line}
        self._stopped = stops_of(letter_id).keys()

    def invited(self, organization: str, email: str) -> bool:
        """Return whether an organization was invited, by name or at this mailbox."""
        return name_key(organization) in self._names or mailbox_fingerprint(self._letter_id, email) in self._mailboxes

    def of(self, row: Given, came: Came | None, earlier: int | None) -> KnownBefore:
        """Return what is known of the organization of a row."""
        keys = mailbox_fingerprint(self._letter_id, row.email), address_fingerprint(self._letter_id, row.email)
        same = self._names.get(name_key(row.signatory.organization))
        return KnownBefore(
            invited=keys[0] in self._mailboxes,
            invited_at=same.email if same else "",
            declined=bool(same and same.declined_at),
            stopped=not self._stopped.isdisjoint(keys),
            came=came,
            earlier=earlier,
        )
