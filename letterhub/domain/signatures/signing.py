"""Signing a letter: the request, deadlines, checks of the letter and signature states, duplicates, corrections."""

import datetime as dt
import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from letterhub.domain.errors import Refused
from letterhub.domain.idempotency import key_of
from letterhub.domain.letters.document import Kind, Signatory
from letterhub.domain.letters.letter import WhoMaySign
from letterhub.domain.line_validation import loose_marks
from letterhub.domain.mail.email_addresses import mailbox_of
from letterhub.domain.organizations.names import domain_of_website, spelling_key, wording_key
from letterhub.domain.states import STANDING, LetterState, SignatureState


class Source(enum.StrEnum):
    """Source of a signature."""

    FORM = "form"
    IMPORT = "import"


class Scope(enum.StrEnum):
    """Geographic scope of an organization."""

    NATIONAL = "national"
    STATE = "state"
    LOCAL = "local"
    INTERNATIONAL = "international"


def place_of(kind: Kind, name_key: str, domain: str, email: str) -> str:
    """Return the unique key of a signatory under a letter: an organization's name and domain, or a person's mailbox."""
    if kind is Kind.INDIVIDUAL:
        return f"person|{mailbox_of(email)}" if email else f"person|{name_key}"
    return f"organization|{name_key}|{domain}"


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """Input of the signing form: the line as it will print, and the email address.

    `revision` is the number of the text that the form showed, None if unknown. `once` is the form's one-time token, "" for
    none. `no_mail_server` says that the address's domain has no mail server.
    """

    line: Signatory
    email: str
    revision: int | None
    once: str = ""
    no_mail_server: bool = False

    def key(self, letter_id: int) -> str | None:
        """Return the idempotency key of the form, whatever was typed: one token yields one signature."""
        return key_of(self.once, letter_id)


class CannotSignNow(Refused):
    """Raised when the letter accepts no signatures."""


class NotTaken(Refused):
    """Raised when the letter is for the other kind of signatory."""


class TextChanged(Refused):
    """Raised when the text that the form showed is no longer the current one."""


class AlreadySigned(Refused):
    """Raised when the organization has signed the letter already."""

    field = "organization"


class AlreadyConfirmed(Refused):
    """Raised when the signature was confirmed before, so that it can be neither confirmed nor disowned."""


class NothingChanged(Refused):
    """Raised when a correction changes nothing."""


class NotCorrectable(Refused):
    """Raised when a signature is neither listed nor on its way there."""


class ErasedAlready(Refused):
    """Raised when the personal data of a signature is erased."""


class MailedAlready(Refused):
    """Raised when enough mail has been sent to this address for now."""

    field = "email"


def check_open(state: LetterState, deadline_at: dt.datetime | None, now: dt.datetime) -> None:
    """Raise CannotSignNow unless the letter accepts signatures at this moment."""
    if state is LetterState.DRAFT:
        raise CannotSignNow("This letter is not open for signatures yet.")
    if state is LetterState.WITHDRAWN:
        raise CannotSignNow("This letter was withdrawn. It takes no signatures.")
    if state is not LetterState.OPEN or (deadline_at is not None and now > deadline_at):
        raise CannotSignNow("This letter is closed. It takes no more signatures.")


@dataclass(frozen=True, slots=True)
class Term:
    """Signing period of a letter: until its deadline or until it was closed by staff, and the grace period for confirming."""

    state: LetterState
    deadline_at: dt.datetime | None
    closed_at: dt.datetime | None
    grace: dt.timedelta

    @property
    def end(self) -> dt.datetime | None:
        """End of signing; None if not known yet."""
        return min((moment for moment in (self.deadline_at, self.closed_at) if moment is not None), default=None)


def check_confirmable(term: Term, begun_at: dt.datetime, now: dt.datetime) -> None:
    """Raise CannotSignNow unless a signature that was submitted in time may still be confirmed."""
    in_life, end = term.state in (LetterState.CLOSED, LetterState.OPEN), term.end
    if in_life and end is not None and begun_at <= end and now - end <= term.grace:
        return
    check_open(term.state, term.deadline_at, now)


def may_confirm(term: Term, begun_at: dt.datetime, now: dt.datetime) -> bool:
    """Return whether a signature that was submitted then may still be confirmed."""
    try:
        check_confirmable(term, begun_at, now)
    except CannotSignNow:
        return False
    return True


def takes(who: WhoMaySign, kind: Kind) -> bool:
    """Return whether a letter accepts signatories of a kind."""
    return who is WhoMaySign.BOTH or str(who) == f"{kind}s"


def check_taken(who: WhoMaySign, kind: Kind) -> None:
    """Raise NotTaken unless the letter accepts signatories of a kind."""
    if not takes(who, kind):
        raise NotTaken(f"Only {who} can sign this letter.")


def check_current(shown: int, current: int) -> None:
    """Raise TextChanged if the text that was shown is not the current one."""
    if shown != current:
        raise TextChanged("The text of this letter changed while this page was open. Please read it again, then sign.")


def check_correctable(state: SignatureState) -> None:
    """Raise NotCorrectable unless a signature is listed or on its way there."""
    if state is SignatureState.OUTDATED:
        raise NotCorrectable(
            "The text of this letter has changed since you signed. Your line was not corrected: read the new text."
        )
    if state not in STANDING:
        raise NotCorrectable(f"This signature is {state}. It cannot be corrected.")


def needs_review(before: Signatory, after: Signatory) -> bool:
    """Return whether a correction needs staff review: any change of an organization's name, and elsewhere more than case,
    accents, spaces and what joins words."""
    if before.organization != after.organization:
        return True
    return _told(before, spelling_key) != _told(after, spelling_key) or _loose_marks(after) > _loose_marks(before)


def _loose_marks(line: Signatory) -> int:
    return sum(map(loose_marks, _words(line)))


def weighed(line: Signatory) -> tuple[str, ...]:
    """Return the wording of a line, without differences of spelling."""
    return _told(line, wording_key)


def _told(line: Signatory, key: Callable[[str], str]) -> tuple[str, ...]:
    return (*map(key, _words(line)), line.kind, line.section, domain_of_website(line.url))


def _words(line: Signatory) -> tuple[str, ...]:
    return (line.organization, line.signer_name, line.signer_title, line.affiliation, line.location)


MAIL_PAUSE = dt.timedelta(minutes=1)
MAILS_A_DAY = 5


def check_may_mail(mailed_at: Sequence[dt.datetime], now: dt.datetime) -> None:
    """Raise MailedAlready if a signature had a mail within the last minute, or five within a day."""
    lately = [at for at in mailed_at if at > now - dt.timedelta(days=1)]
    if any(at > now - MAIL_PAUSE for at in lately):
        raise MailedAlready("You asked for it less than a minute ago. Give it a moment, and check your spam folder.")
    if len(lately) >= MAILS_A_DAY:
        raise MailedAlready(
            "You asked for this email several times today. Check that the address is the right one, or try again tomorrow."
        )


def masked(email: str) -> str:
    """Mask an address so that only its owner recognizes it: "n…@example.org"."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}…@{host}"
