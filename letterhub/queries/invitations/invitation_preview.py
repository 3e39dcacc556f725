"""Preview of inviting a list: the outcome of each row of a file, and who was invited before."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from letterhub.domain.invitations.contact_list import contact_problems, contact_remarks, row_tags
from letterhub.domain.invitations.invitation import (
    InvitationOutcome,
    InvitationRowOutcome,
    InviteeAnswer,
    InviteeFacts,
    invitation_outcome,
    plan_contacts,
    plan_invitation,
    plan_without_address,
)
from letterhub.domain.mail.email_addresses import EmailAddress
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.signatures.signatory_import import FilePreview, ParsedRow, PlannedRow
from letterhub.infrastructure.db import db
from letterhub.infrastructure.signed_links import hash_mailbox
from letterhub.intake.tables.choices import TableChoices
from letterhub.intake.tables.target_fields import INVITATION_FIELDS
from letterhub.models import Invitation
from letterhub.queries.invitations.invitations import suppressions_by_mailbox
from letterhub.queries.invitations.invitees import BATCH_SIZE, Invitee, signatures_of_invitees
from letterhub.queries.mail.unsubscriptions import unsubscribed_mailboxes
from letterhub.queries.signatures.signatory_import import TableOwner, parse_rows, plan_rows, uploaded_file


def invitation_preview(letter_id: int, upload_id: int) -> FilePreview[InvitationRowOutcome] | None:
    """Return the preview of inviting an upload's organizations, one per mailbox; None if the letter has no such upload."""
    upload = uploaded_file(TableOwner(letter_id), upload_id)
    if upload is None:
        return None
    choices = TableChoices.from_facts(upload.choices)
    parsed_rows, notes = parse_rows(upload.content, upload.file_name, choices, INVITATION_FIELDS)
    rows = tuple(map(_with_contact_facts, parsed_rows))
    rows_with_email = [row for row in rows if row.email]
    plans_by_line = {row.parsed.line: row for row in plan_rows(letter_id, rows_with_email)}
    signatures = signatures_of_invitees(
        letter_id, [Invitee(row.signatory.organization, row.signatory.website, row.email) for row in rows_with_email]
    )
    outcomes_by_line = {
        row.line: invitation_outcome(signature.state)
        for row, signature in zip(rows_with_email, signatures, strict=True)
        if signature
    }
    names = (row.signatory.organization for row in rows_with_email)
    earlier_invitations = EarlierInvitations(letter_id, names, (row.email for row in rows_with_email))
    lines_by_mailbox: dict[str, int] = {}
    planned: list[PlannedRow[InvitationRowOutcome]] = []
    for row in rows:
        plan = plans_by_line.get(row.line)
        if plan is None:
            planned.append(plan_without_address(row))
            continue
        key = hash_mailbox(letter_id, EmailAddress(row.email))
        facts = earlier_invitations.facts_about(row, outcomes_by_line.get(row.line), lines_by_mailbox.get(key))
        planned.append(plan_invitation(plan, facts))
        if planned[-1].outcome is InvitationRowOutcome.INVITED:
            lines_by_mailbox[key] = row.line
    return FilePreview(upload.file_name, plan_contacts(planned), notes, upload.uploaded_at, (InvitationRowOutcome.INVITED,))


def _with_contact_facts(row: ParsedRow) -> ParsedRow:
    """Return a row that shows what it has for the contact, and what of that no contact can hold."""
    problems = (*row.problems, *contact_problems(row, row_tags(row)))
    return replace(row, remarks=tuple(contact_remarks(row)), problems=problems)


class EarlierInvitations:
    """Earlier invitations to a letter of the organizations with these `names` and the mailboxes in `emails`, and the
    mailboxes that get no mail.

    All are read at the start, in batches: a file has some hundreds of rows.
    """

    def __init__(self, letter_id: int, names: Iterable[str], emails: Iterable[str]) -> None:
        self._letter_id = letter_id
        keys = list({name_key(name) for name in names})
        hashes = list({hash_mailbox(letter_id, EmailAddress(email)) for email in emails})
        invitations = select(Invitation.name_key, Invitation.email, Invitation.mailbox_hash)
        invitations = invitations.add_columns(Invitation.declined_at, Invitation.answer)
        invitations = invitations.where(Invitation.letter_id == letter_id)
        self._invited_mailboxes, self._invitation_by_name = set[str](), dict[str, Row[Any]]()
        for start in range(0, max(len(keys), len(hashes)), BATCH_SIZE):
            some = slice(start, start + BATCH_SIZE)
            by_mailbox = invitations.where(Invitation.mailbox_hash.in_(hashes[some]))
            self._invited_mailboxes |= {row.mailbox_hash for row in db.session.execute(by_mailbox)}
            by_name = invitations.where(Invitation.name_key.in_(keys[some]), Invitation.name_key != "")
            self._invitation_by_name |= {row.name_key: row for row in db.session.execute(by_name.order_by(Invitation.id))}
        self._suppressed_hashes, self._unsubscribed_mailboxes = (
            suppressions_by_mailbox(letter_id).keys(),
            unsubscribed_mailboxes(letter_id),
        )

    def is_invited(self, organization: str, email: str) -> bool:
        """Return whether an organization was invited, by name or at this mailbox."""
        return (
            name_key(organization) in self._invitation_by_name
            or hash_mailbox(self._letter_id, EmailAddress(email)) in self._invited_mailboxes
        )

    def facts_about(self, row: ParsedRow, outcome: InvitationOutcome | None, earlier_line: int | None) -> InviteeFacts:
        """Return what is known of the organization of a file's row.

        `outcome` is that of its signature, None if it has none; `earlier_line` is that line of the file with the same mailbox.
        """
        mailbox_hash = hash_mailbox(self._letter_id, EmailAddress(row.email))
        address_hash = hash_mailbox(self._letter_id, EmailAddress(row.email), as_spelled=True)
        namesake = self._invitation_by_name.get(name_key(row.signatory.organization))
        is_suppressed = mailbox_hash in self._suppressed_hashes or address_hash in self._suppressed_hashes
        return InviteeFacts(
            invited=mailbox_hash in self._invited_mailboxes,
            invited_in=namesake.email if namesake else "",
            declined=bool(namesake and namesake.declined_at),
            refused=bool(namesake and namesake.answer is InviteeAnswer.REFUSED),
            suppressed=is_suppressed or row.email in self._unsubscribed_mailboxes,
            outcome=outcome,
            earlier_line=earlier_line,
        )
