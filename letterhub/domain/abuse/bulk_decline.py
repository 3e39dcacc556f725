"""Bulk decline: the pattern that selects signatures, the version of the list that staff saw, and the blocklist.

See docs/design/signatures.md.
"""

import datetime as dt
import enum
from dataclasses import dataclass

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.document import SignatoryKind
from letterhub.domain.mail.email_addresses import EmailAddress, own_domain
from letterhub.domain.organizations.names_and_websites import domain_of_website, name_key
from letterhub.domain.signatures.signing import signature_key
from letterhub.domain.states import SignatureState


class BlockReason(enum.StrEnum):
    """Reason for a blocklist entry."""

    DECLINED = "declined"  # by staff, and not returned since
    DENIED = "denied"  # by another address of the organization, in answer to an inquiry
    UNANSWERED = "unanswered"  # it was erased before such an address answered


def blocklist_keys(kind: SignatoryKind, name: str, website: str, email: str) -> tuple[str, ...]:
    """Return the keys under which a signature is blocked: its organization or person, its mailbox if it has one, and the
    mailbox's domain unless that is a free or disposable mail provider's.

    Another signature is recognized if it shares any of them.
    """
    keys = [signature_key(kind, name_key(name), domain_of_website(website), email)]
    if email:
        keys.append(mailbox_blocklist_key(email))
    if domain := own_domain(email):
        keys.append(f"domain|{domain}")
    return tuple(keys)


def mailbox_blocklist_key(email: str) -> str:
    """Return the blocklist key of a mailbox."""
    return f"mailbox|{EmailAddress(email).canonical}"


HOUR = dt.timedelta(hours=1)
DECLINABLE_STATES = (SignatureState.PENDING, SignatureState.CONFIRMED)
LOOKBACK_HOURS = 24


@dataclass(frozen=True, slots=True)
class SubmissionPattern:
    """Origin filter for submissions: a hashed network, a mail domain, an hour by its start, or several of them."""

    network: str = ""
    domain: str = ""
    hour: dt.datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether it has no condition."""
        return not (self.network or self.domain or self.hour)

    def as_facts(self) -> dict[str, str]:
        """Return its conditions by name for the audit log, with only the beginning of the network's hash."""
        conditions = {"network": self.network[:8], "domain": self.domain, "hour": self.hour.isoformat() if self.hour else ""}
        return {name: value for name, value in conditions.items() if value}


@dataclass(frozen=True, slots=True)
class ExpectedMatches:
    """Version of the list that the page showed: its count, the newest id, and whether published signatures are included."""

    count: int
    newest: int
    published: bool = False

    @property
    def states(self) -> tuple[SignatureState, ...]:
        """States of the signatures that are declined."""
        return (*DECLINABLE_STATES, SignatureState.PUBLISHED) if self.published else DECLINABLE_STATES


class MatchesChanged(UserFacingError):
    """Raised when the pattern selects other signatures than the page showed."""


class AlreadyUndone(UserFacingError):
    """Raised when a bulk decline was undone already."""
