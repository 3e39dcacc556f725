"""Invitations of organizations to sign a letter: who may be invited, and the outcome."""

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

from letterhub.domain.errors import UserFacingError
from letterhub.domain.i18n import _, join_sentences
from letterhub.domain.letters.letter_document import SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress, own_domain
from letterhub.domain.organizations.name_keys import name_key
from letterhub.domain.organizations.websites import domain_of_website
from letterhub.domain.signatures.signatory_import import ParsedRow, PlannedRow, RowOutcome
from letterhub.domain.states import SignatureState

MAX_INVITATIONS_AT_ONCE = 500
REMINDER_DELAY = dt.timedelta(days=3)
MAX_REMINDERS = 3


class AlreadyOnLetter(UserFacingError):
    """Raised for an organization that has signed the letter."""

    field = "organization"


class CannotInvite(UserFacingError):
    """Raised for an organization or mailbox that cannot be invited now."""

    field = "email"


class MailboxNotProven(UserFacingError):
    """Raised when an invitation's link does not prove that its holder reads the invited mailbox."""


class AnswerReasonMissing(UserFacingError):
    """Raised for a "no" without its reason."""

    field = "reason"


class InviteeAnswer(enum.StrEnum):
    """Answer of an organization that staff wrote down, as they heard it by phone or read it in an email."""

    PROMISED = "promised"
    REFUSED = "refused"


class InvitationOutcome(enum.StrEnum):
    """Outcome of an invitation; the first one that applies, in this order."""

    SIGNED = "signed"
    IN_REVIEW = "in-review"
    OUTDATED = "outdated"  # it signed an earlier text
    DECLINED = "declined"  # the invitee wants no invitations
    REFUSED = "refused"  # as staff wrote down
    PROMISED = "promised"  # as staff wrote down
    WITHDRAWN = "withdrawn"
    TURNED_DOWN = "turned-down"  # by staff
    UNCONFIRMED = "unconfirmed"  # the form behind the link was submitted, not confirmed
    BOUNCED = "bounced"
    OPENED = "opened"  # a weak sign: programs that check mail open links too
    REMINDED = "reminded"
    WAITING = "waiting"


STATE_PRECEDENCE = (
    SignatureState.PUBLISHED, SignatureState.CONFIRMED, SignatureState.OUTDATED, SignatureState.WITHDRAWN,
    SignatureState.DECLINED, SignatureState.PENDING,
)  # fmt: skip
"""Signature states that decide an invitation's outcome, by descending precedence."""
ENDED_STATES = frozenset({SignatureState.WITHDRAWN, SignatureState.DECLINED})
OUTCOME_BY_STATE = {
    SignatureState.PUBLISHED: InvitationOutcome.SIGNED,
    SignatureState.CONFIRMED: InvitationOutcome.IN_REVIEW,
    SignatureState.OUTDATED: InvitationOutcome.OUTDATED,
    SignatureState.WITHDRAWN: InvitationOutcome.WITHDRAWN,
    SignatureState.DECLINED: InvitationOutcome.TURNED_DOWN,
    SignatureState.PENDING: InvitationOutcome.UNCONFIRMED,
}
OUTCOMES_WITH_SIGNATURE = frozenset({InvitationOutcome.SIGNED, InvitationOutcome.IN_REVIEW, InvitationOutcome.OUTDATED})
"""Outcomes where the letter has a signature of the organization."""
UNANSWERED = frozenset({InvitationOutcome.WAITING, InvitationOutcome.REMINDED, InvitationOutcome.OPENED})
"""Outcomes of invitations that wait for an answer, and after which a reminder may be sent."""
OPEN_OUTCOMES = UNANSWERED | {InvitationOutcome.BOUNCED, InvitationOutcome.PROMISED}
"""Outcomes after which an invitation may still be sent."""


def invitation_outcome(
    signed: SignatureState | None,
    *,
    declined: bool = False,
    answer: InviteeAnswer | None = None,
    bounced: bool = False,
    opened: bool = False,
    reminded: bool = False,
) -> InvitationOutcome:
    """Return the outcome of an invitation. `signed` is the state of the organization's signature, None without one;
    `declined` and `bounced` are about its mailbox; `answer` is what staff wrote down.

    `queries.invitations.outcomes` says the same in SQL.
    """
    outcome = OUTCOME_BY_STATE.get(signed) if signed else None
    if outcome in OUTCOMES_WITH_SIGNATURE:
        return outcome
    if declined:
        return InvitationOutcome.DECLINED
    if answer:
        return InvitationOutcome(answer)
    if outcome:
        return outcome
    if bounced:
        return InvitationOutcome.BOUNCED
    if opened:
        return InvitationOutcome.OPENED
    return InvitationOutcome.REMINDED if reminded else InvitationOutcome.WAITING


def is_reminder_due(outcome: InvitationOutcome, mailed_at: dt.datetime, reminders: int, at: dt.datetime) -> bool:
    """Return whether an invitation is unanswered some days after its last email, and had fewer reminders than it may get."""
    return outcome in UNANSWERED and reminders < MAX_REMINDERS and mailed_at <= at - REMINDER_DELAY


def check_not_on_letter(name: str, signed_as: str, outcome: InvitationOutcome) -> None:
    """Raise AlreadyOnLetter if the `outcome` of inviting an organization says that the letter has its signature already.

    `name` is the name to invite, and `signed_as` the one it signed under.
    """
    display_name = (
        name if name_key(name) == name_key(signed_as) else _("%(name)s, as “%(signed_as)s,”", name=name, signed_as=signed_as)
    )
    match outcome:
        case InvitationOutcome.SIGNED:
            raise AlreadyOnLetter(_("%(name)s is already on this letter.", name=display_name))
        case InvitationOutcome.IN_REVIEW:
            raise AlreadyOnLetter(_("%(name)s has already signed and is waiting for review.", name=display_name))
        case InvitationOutcome.OUTDATED:
            raise AlreadyOnLetter(
                _(
                    "%(name)s signed an earlier text of this letter and was asked by email to confirm the new one.",
                    name=display_name,
                )
            )


def counts_for_invitee(state: SignatureState, *, email: str, website: str, signed_from: str) -> bool:
    """Return whether a signature for an organization counts as the invitee's; `email` and `website` are the invitee's.

    One that was withdrawn or declined counts only if it was confirmed at a domain of the invitee: signing elsewhere in its
    name, and withdrawing, must not end its invitation.
    """
    if state not in ENDED_STATES:
        return state in STATE_PRECEDENCE
    domain = own_domain(signed_from)
    return bool(domain) and domain in (EmailAddress(email).domain, domain_of_website(website))


class InvitationRowOutcome(enum.StrEnum):
    """Outcome of a row in a file of organizations to invite."""

    INVITED = "invited"
    CONTACT_ONLY = "contact-only"  # added to the contacts, and not invited
    INVITED_BEFORE = "invited-before"
    SIGNED = "signed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class InviteeFacts:
    """Facts about an organization to invite: whether its mailbox was `invited` before or is `suppressed`; where
    else it was `invited_in` under its name, "" for nowhere, and whether it `declined` there, or `refused` as staff wrote down;
    the `outcome` of its signature, None without one; and the `earlier_line` of the file with the same mailbox."""

    invited: bool = False
    invited_in: str = ""
    declined: bool = False
    refused: bool = False
    suppressed: bool = False
    outcome: InvitationOutcome | None = None
    earlier_line: int | None = None


NO_ADDRESS = _("There is no email address to send an invitation to.")
ADDED_TO_CONTACTS = _("It goes to your contacts.")
SKIP_REASONS = {
    InvitationOutcome.SIGNED: "",
    InvitationOutcome.IN_REVIEW: _("Its signature is waiting for review."),
    InvitationOutcome.OUTDATED: _("It signed an earlier text and was asked to confirm the new one."),
    InvitationOutcome.WITHDRAWN: _("It signed this letter and then withdrew."),
    InvitationOutcome.TURNED_DOWN: _("Its signature was declined."),
}
"""Reasons why an organization is not invited; "" if it is simply on the letter."""


def plan_invitation(row: PlannedRow[RowOutcome], facts: InviteeFacts) -> PlannedRow[InvitationRowOutcome]:
    """Return a row of a file with its outcome: invited, or the reason why not. The row's outcome as an import says whether it
    is valid."""
    parsed = row.parsed
    if row.outcome is RowOutcome.PROBLEM:
        return PlannedRow(parsed, InvitationRowOutcome.SKIPPED, row.sentence)
    if row.outcome is RowOutcome.DUPLICATE:
        return PlannedRow(parsed, InvitationRowOutcome.CONTACT_ONLY, row.sentence)
    if parsed.signatory.kind is not SignatoryKind.ORGANIZATION:
        return PlannedRow(
            parsed, InvitationRowOutcome.SKIPPED, _("Only organizations can be invited. Individuals sign with the form.")
        )
    if facts.outcome in SKIP_REASONS:
        outcome = InvitationRowOutcome.SIGNED if facts.outcome in OUTCOMES_WITH_SIGNATURE else InvitationRowOutcome.SKIPPED
        return PlannedRow(parsed, outcome, SKIP_REASONS[facts.outcome])
    if facts.suppressed or facts.declined:
        return PlannedRow(
            parsed,
            InvitationRowOutcome.SKIPPED,
            _("It asked for no more email about this letter, or its mailbox can’t be reached."),
        )
    if facts.refused:
        return PlannedRow(parsed, InvitationRowOutcome.SKIPPED, _("It said no to this letter."))
    if facts.invited or facts.invited_in:
        return PlannedRow(
            parsed,
            InvitationRowOutcome.INVITED_BEFORE,
            _("It was invited at %(email)s.", email=facts.invited_in) if facts.invited_in else "",
        )
    if facts.earlier_line is not None:
        return PlannedRow(
            parsed,
            InvitationRowOutcome.SKIPPED,
            _("Same mailbox as on line %(line)s. Each mailbox is invited once.", line=facts.earlier_line),
        )
    return PlannedRow(parsed, InvitationRowOutcome.INVITED, join_sentences(parsed.notes))


def plan_without_address(row: ParsedRow) -> PlannedRow[InvitationRowOutcome]:
    """Return the outcome of a row without an address: an organization is kept as a contact."""
    is_contact = row.signatory.organization and not row.problems
    outcome = InvitationRowOutcome.CONTACT_ONLY if is_contact else InvitationRowOutcome.SKIPPED
    return PlannedRow(row, outcome, join_sentences((NO_ADDRESS, *row.notes, *row.problems)))


def plan_contacts(rows: Sequence[PlannedRow[InvitationRowOutcome]]) -> tuple[PlannedRow[InvitationRowOutcome], ...]:
    """Return the rows of a list, those that are kept as contacts saying so; where nobody is invited, none is kept."""
    is_applied = any(row.outcome is InvitationRowOutcome.INVITED for row in rows)
    outcome = InvitationRowOutcome.CONTACT_ONLY if is_applied else InvitationRowOutcome.SKIPPED
    return tuple(
        replace(row, outcome=outcome, sentence=join_sentences((row.sentence, *([ADDED_TO_CONTACTS] if is_applied else []))))
        if row.outcome is InvitationRowOutcome.CONTACT_ONLY
        else row
        for row in rows
    )
