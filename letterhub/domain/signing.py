"""May this letter be signed now, what a signature claims, and what counts as the same one."""

import datetime as dt
import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from letterhub.domain.document import Kind, Signatory
from letterhub.domain.letters import WhoMaySign
from letterhub.domain.lines import loose_marks
from letterhub.domain.mailboxes import mailbox_of
from letterhub.domain.once import key_of
from letterhub.domain.organizations import domain_of_website, spelling_key, wording_key
from letterhub.domain.refusals import Refused
from letterhub.domain.states import STANDING, LetterState, SignatureState


class Source(enum.StrEnum):
    """How a signature came in."""

    FORM = "form"
    IMPORT = "import"


class Scope(enum.StrEnum):
    """How far an organization reaches."""

    NATIONAL = "national"
    STATE = "state"
    LOCAL = "local"
    INTERNATIONAL = "international"


def place_of(kind: Kind, name_key: str, domain: str, email: str) -> str:
    """The one place a signatory can take under a letter: an organization by its name and domain, a person by her mailbox."""
    if kind is Kind.INDIVIDUAL:
        return f"person|{mailbox_of(email)}" if email else f"person|{name_key}"
    return f"organization|{name_key}|{domain}"


def stands_beside_its_like(kind: Kind, email: str, stands_as: str | None) -> bool:
    """Whether a person stands by another spelling of her mailbox than its own: another one has the place that is by that.

    Spellings were places of their own once, and who took them then kept them.
    """
    return kind is Kind.INDIVIDUAL and bool(email) and stands_as not in (None, place_of(kind, "", "", email))


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What the form asks for: the line as it shall print, and where to write to.

    `revision` is the number of the text that the form showed, None where it did not say. `once` is the form's stamp, "" where
    it has none: it is spent once. `no_mail_server` says that the address's domain names no server for its mail.
    """

    line: Signatory
    email: str
    revision: int | None
    once: str = ""
    no_mail_server: bool = False

    def key(self, letter_id: int) -> str | None:
        """What all sendings of one form share, whatever was typed: one stamp brings one signature."""
        return key_of(self.once, letter_id)


class CannotSignNow(Refused):
    """The letter takes no signatures."""


class NotTaken(Refused):
    """The letter is for another kind of signatory."""


class TextChanged(Refused):
    """The text that the form showed is no longer the current one."""


class AlreadySigned(Refused):
    """The organization stands under the letter already."""

    field = "organization"


class AlreadyConfirmed(Refused):
    """The signature was confirmed before: there is nothing left to confirm or to disown."""


class NothingChanged(Refused):
    """A correction that corrects nothing."""


class NotCorrectable(Refused):
    """A signature that is not in the list nor on its way there."""


class ErasedAlready(Refused):
    """A signature of which nobody can be known any more."""


class MailedAlready(Refused):
    """Enough mail has gone to this address for now."""

    field = "email"


def check_open(state: LetterState, deadline_at: dt.datetime | None, now: dt.datetime) -> None:
    """Raises CannotSignNow unless the letter takes signatures at this moment."""
    if state is LetterState.DRAFT:
        raise CannotSignNow("This letter is not open for signatures yet.")
    if state is LetterState.WITHDRAWN:
        raise CannotSignNow("This letter was withdrawn. It takes no signatures.")
    if state is not LetterState.OPEN or (deadline_at is not None and now > deadline_at):
        raise CannotSignNow("This letter is closed. It takes no more signatures.")


@dataclass(frozen=True, slots=True)
class Term:
    """How long a letter is signed: until its deadline or until it was closed by hand, and the grace to confirm after that."""

    state: LetterState
    deadline_at: dt.datetime | None
    closed_at: dt.datetime | None
    grace: dt.timedelta

    @property
    def end(self) -> dt.datetime | None:
        """When signing ended or will end; None where nobody knows yet."""
        return min((moment for moment in (self.deadline_at, self.closed_at) if moment is not None), default=None)


def check_confirmable(term: Term, begun_at: dt.datetime, now: dt.datetime) -> None:
    """Raises CannotSignNow unless a signature that was begun in time may still be confirmed."""
    in_life, end = term.state in (LetterState.CLOSED, LetterState.OPEN), term.end
    if in_life and end is not None and begun_at <= end and now - end <= term.grace:
        return
    check_open(term.state, term.deadline_at, now)


def may_confirm(term: Term, begun_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether a signature that was begun then may still be confirmed."""
    try:
        check_confirmable(term, begun_at, now)
    except CannotSignNow:
        return False
    return True


def takes(who: WhoMaySign, kind: Kind) -> bool:
    """Whether a letter takes signatories of a kind."""
    return who is WhoMaySign.BOTH or str(who) == f"{kind}s"


def check_taken(who: WhoMaySign, kind: Kind) -> None:
    """Raises NotTaken unless the letter takes signatories of a kind."""
    if not takes(who, kind):
        raise NotTaken(f"Only {who} can sign this letter.")


def check_current(shown: int, current: int) -> None:
    """Raises TextChanged where the text that was shown is not the current one."""
    if shown != current:
        raise TextChanged("The text of this letter changed while this page was open. Please read it again, then sign.")


def check_correctable(state: SignatureState) -> None:
    """Raises NotCorrectable unless a signature is in the list or on its way there."""
    if state is SignatureState.OUTDATED:
        raise NotCorrectable(
            "The text of this letter has changed since you signed. Your line was not corrected: read the new text."
        )
    if state not in STANDING:
        raise NotCorrectable(f"This signature is {state}. It cannot be corrected.")


def needs_review(before: Signatory, after: Signatory) -> bool:
    """Whether a correction changes an organization's name at all, or elsewhere more than capitals, accents, spaces and what
    joins words, so that a person must read it.
    """
    if before.organization != after.organization:
        return True
    return _told(before, spelling_key) != _told(after, spelling_key) or _loose_marks(after) > _loose_marks(before)


def _loose_marks(line: Signatory) -> int:
    return sum(map(loose_marks, _words(line)))


def weighed(line: Signatory) -> tuple[str, ...]:
    """What a line says to its reader, without how it is spelled."""
    return _told(line, wording_key)


def _told(line: Signatory, key: Callable[[str], str]) -> tuple[str, ...]:
    return (*map(key, _words(line)), line.kind, line.section, domain_of_website(line.url))


def _words(line: Signatory) -> tuple[str, ...]:
    return (line.organization, line.signer_name, line.signer_title, line.affiliation, line.location)


MAIL_PAUSE = dt.timedelta(minutes=1)
MAILS_A_DAY = 5


def check_may_mail(mailed_at: Sequence[dt.datetime], now: dt.datetime) -> None:
    """Raises MailedAlready where a signature had a mail within the last minute, or five within a day."""
    lately = [at for at in mailed_at if at > now - dt.timedelta(days=1)]
    if any(at > now - MAIL_PAUSE for at in lately):
        raise MailedAlready("You asked for it less than a minute ago. Give it a moment, and check your spam folder.")
    if len(lately) >= MAILS_A_DAY:
        raise MailedAlready(
            "You asked for this email several times today. Check that the address is the right one, or try again tomorrow."
        )


def masked(email: str) -> str:
    """An address as much as its owner needs to know it again: "n…@example.org"."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}…@{host}"
