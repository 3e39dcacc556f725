"""May this letter be signed now, what a signature claims, and how we know that it is true."""

import datetime as dt
import enum
from dataclasses import dataclass

from letterhub.domain.document import Kind, Signatory
from letterhub.domain.letters import PublishRule, WhoMaySign
from letterhub.domain.organizations import domain_of_email, domain_of_website, is_free_mail, is_government
from letterhub.domain.refusals import Refused
from letterhub.domain.states import LetterState


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


class Evidence(enum.StrEnum):
    """What speaks for a signature."""

    MAILBOX = "mailbox"
    OWN_DOMAIN = "own-domain"
    IMPORTED = "imported"


class Doubt(enum.StrEnum):
    """What makes staff look twice at a signature."""

    FREE_MAIL = "free-mail"
    OTHER_DOMAIN = "other-domain"
    NO_WEBSITE = "no-website"
    GOVERNMENT = "government"
    NO_ADDRESS = "no-address"
    FIRST_SEEN = "first-seen"


@dataclass(frozen=True, slots=True)
class Standing:
    """How we know: what speaks for a signature and what is in doubt. First seen is told, and alone is no reason to wait."""

    evidence: frozenset[Evidence]
    doubts: frozenset[Doubt]

    @property
    def clear(self) -> bool:
        """Whether mailbox and domain agree and nothing but newness is in doubt."""
        return {Evidence.MAILBOX, Evidence.OWN_DOMAIN} <= self.evidence and not self.doubts - {Doubt.FIRST_SEEN}


def evidence_of(*, source: Source, confirmed: bool, email: str, website: str, first_seen: bool) -> Standing:
    """The standing of a signature from its facts. Never says that a domain agrees where anyone can have a mailbox there."""
    mail_domain, site = domain_of_email(email), domain_of_website(website)
    free = is_free_mail(mail_domain)
    agrees = bool(site) and mail_domain == site and not free
    evidence = {
        Evidence.MAILBOX: confirmed and source is Source.FORM,
        Evidence.OWN_DOMAIN: agrees,
        Evidence.IMPORTED: source is Source.IMPORT,
    }
    doubts = {
        Doubt.NO_ADDRESS: not email,
        Doubt.FREE_MAIL: free,
        Doubt.OTHER_DOMAIN: bool(email and site) and not free and not agrees,
        Doubt.NO_WEBSITE: not site,
        Doubt.GOVERNMENT: is_government(email.rpartition("@")[2]) or is_government(site),
        Doubt.FIRST_SEEN: first_seen,
    }
    return Standing(
        frozenset(one for one, holds in evidence.items() if holds), frozenset(one for one, holds in doubts.items() if holds)
    )


def publishes_at_once(rule: PublishRule, standing: Standing) -> bool:
    """Whether a letter's rule lets a signature appear without staff."""
    return rule is PublishRule.OWN_DOMAIN and standing.clear


def place_of(kind: Kind, name_key: str, domain: str, email: str) -> str:
    """The one place a signatory can take under a letter: an organization by its name and domain, a person by her address."""
    if kind is Kind.INDIVIDUAL:
        return f"person|{email.casefold()}" if email else f"person|{name_key}"
    return f"organization|{name_key}|{domain}"


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What the form asks for: the line as it shall print, and where to write to."""

    line: Signatory
    email: str
    revision: int


class CannotSignNow(Refused):
    """The letter takes no signatures."""


class TextChanged(Refused):
    """The text that the form showed is no longer the current one."""


class AlreadySigned(Refused):
    """The organization stands under the letter already."""

    field = "organization"


def check_open(state: LetterState, deadline_at: dt.datetime | None, now: dt.datetime) -> None:
    """Raises CannotSignNow unless the letter takes signatures at this moment."""
    if state is LetterState.DRAFT:
        raise CannotSignNow("This letter is not open for signatures yet.")
    if state is LetterState.WITHDRAWN:
        raise CannotSignNow("This letter was withdrawn. It takes no signatures.")
    if state is not LetterState.OPEN or (deadline_at is not None and now > deadline_at):
        raise CannotSignNow("This letter is closed. It takes no more signatures.")


def check_confirmable(
    state: LetterState, deadline_at: dt.datetime | None, grace: dt.timedelta, begun_at: dt.datetime, now: dt.datetime
) -> None:
    """Raises CannotSignNow unless a signature that was begun in time may still be confirmed."""
    if (
        state in (LetterState.CLOSED, LetterState.OPEN)
        and deadline_at is not None
        and begun_at <= deadline_at
        and now <= deadline_at + grace
    ):
        return
    check_open(state, deadline_at, now)


def takes(who: WhoMaySign, kind: Kind) -> bool:
    """Whether a letter takes signatories of a kind."""
    return who is WhoMaySign.BOTH or str(who) == f"{kind}s"
