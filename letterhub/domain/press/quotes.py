"""Quotes of signatories on a press page: none is shown before its signatory approved exactly its words."""

import enum

from letterhub.domain.errors import UserFacingError
from letterhub.domain.letters.letter_document import Signatory, SignatoryKind

MAX_QUOTE = 600  # characters
MAX_QUOTES = 60
"""Quotes of a letter that were asked for."""


class QuoteState(enum.StrEnum):
    """State of a quote. The signatory approves it, declines it, or takes the approval back; staff remove it."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class CannotQuote(UserFacingError):
    """Raised for a quote that cannot be asked for."""

    field = "text"


class QuoteDecided(UserFacingError):
    """Raised when a quote cannot be decided on any more, or in this way."""


DECISIONS = {
    QuoteState.ASKED: frozenset({QuoteState.APPROVED, QuoteState.DECLINED}),
    QuoteState.APPROVED: frozenset({QuoteState.WITHDRAWN}),
}
"""States that a signatory may move a quote to."""


def attribution_of(signatory: Signatory) -> tuple[str, str]:
    """Return whose words a quote is: an organization and who signed for it, or an individual with the affiliation."""
    if signatory.kind is SignatoryKind.INDIVIDUAL:
        return signatory.name, ", ".join(filter(None, (signatory.signer_title, signatory.affiliation)))
    return signatory.name, ", ".join(filter(None, (signatory.signer_name, signatory.signer_title)))
